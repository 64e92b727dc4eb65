#pragma once

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The parts as one text. Where `+` would do, it is code for every part in every place.
[[nodiscard]] std::string join(std::initializer_list<std::string_view> parts);

[[nodiscard]] std::string decimal(std::uint64_t magnitude, bool isNegative);
/// A whole number as text. Where `std::to_string` would do, it is code and tables in every file.
[[nodiscard]] std::string decimal(std::integral auto number) {
    const auto bits = static_cast<std::uint64_t>(number);
    return number < 0 ? decimal(0 - bits, true) : decimal(bits, false);
}
/// Takes the decimal digits at the front of `text`. Nothing if there are none, or if 64 bits are too few.
[[nodiscard]] std::optional<std::uint64_t> takeDecimal(std::string_view& text) noexcept;
/// A number as text, of nine digits at most.
[[nodiscard]] std::string decimal(double number);

}
