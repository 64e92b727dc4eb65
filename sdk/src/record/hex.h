#pragma once

#include <sidespan/version.h>

/// Hexadecimal digits of ids and headers.
namespace sidespan::inline v0::detail {

inline constexpr char hexDigits[] = "0123456789abcdef";

/// The value of a digit of either case; -1 for any other character.
constexpr int hexValue(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

}
