#pragma once

#include <string>
#include <string_view>

namespace sidespan::collector {

/// A LIKE pattern, escaped with a backslash, that finds `text` anywhere; empty when there is nothing to find.
[[nodiscard]] std::string patternFor(std::string_view text);

/// `text` as it stands in JSON, without the quotes.
[[nodiscard]] std::string inJson(std::string_view text);

/// A LIKE pattern that finds a trace by the beginning of its id, with or without dashes.
[[nodiscard]] std::string idPattern(std::string_view text);

}
