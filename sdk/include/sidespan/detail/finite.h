#pragma once

#include <bit>
#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

// What numbers are is read from their bits: under -ffast-math a compiler takes for granted that none is
// infinite or NaN. By reference, since the same goes for arguments.

inline constexpr std::uint64_t exponentBits = 0x7ff0'0000'0000'0000U;
inline constexpr std::uint64_t fractionBits = 0x000f'ffff'ffff'ffffU;

/// Neither infinite nor NaN.
[[nodiscard]] constexpr bool isFinite(const double& value) noexcept {
    return (std::bit_cast<std::uint64_t>(value) & exponentBits) != exponentBits;
}
[[nodiscard]] constexpr bool isNan(const double& value) noexcept {
    return !isFinite(value) && (std::bit_cast<std::uint64_t>(value) & fractionBits) != 0;
}
/// Never compares a NaN with `<`: if a host has unmasked invalid operations, that raises a signal.
[[nodiscard]] constexpr bool isWithin(const double& value, double least, double most) noexcept {
    return isFinite(value) && value >= least && value <= most;
}
/// Below zero, or a zero of that sign.
[[nodiscard]] constexpr bool isNegative(const double& value) noexcept {
    return std::bit_cast<std::uint64_t>(value) >> 63U != 0;
}

}
