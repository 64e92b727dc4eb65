#pragma once

#include <cstring>

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {

/// Writes a point where the C library wrote another sign into a number, as the host's locale has it: "0,5".
/// The sign may have several bytes.
SIDESPAN_ALWAYS_INLINE void setPoint(char* number) noexcept {
    char* to = number;
    for (const char* at = number; *at != '\0'; ++at) {
        const bool isOfNumber = std::strchr("+-0123456789aefin", *at) != nullptr;
        if (isOfNumber) {
            *to++ = *at;
        } else if (to == number || to[-1] != '.') {
            *to++ = '.';
        }
    }
    *to = '\0';
}

}
