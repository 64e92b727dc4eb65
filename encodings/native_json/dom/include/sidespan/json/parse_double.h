#pragma once

#include <optional>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// The double nearest to a decimal number, in any locale: digits with an optional '-', point and exponent.
/// Nothing if the text has anything else, or if the number is too large, or too small to differ from zero.
/// [any thread]
[[nodiscard]] std::optional<double> parseDouble(std::string_view text);

}
