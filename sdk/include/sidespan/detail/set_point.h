#pragma once

#include <cstring>

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {

/// Replaces the locale's decimal separator, which may have several bytes, with a point: "0,5" becomes
/// "0.5".
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
