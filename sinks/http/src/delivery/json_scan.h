#pragma once

#include <cstddef>
#include <string_view>

#include <sidespan/version.h>

/// Looking for a few members in a server's short JSON answer, without a document.
namespace sidespan::inline v0::detail {

/// What follows the colon of the object's own member `name`, to the end of the text; empty when `object` does
/// not begin with an object, or that has no such member.
[[nodiscard]] std::string_view jsonMember(std::string_view object, std::string_view name) noexcept;
/// The whole number that `value` begins with; 0 when it begins with something else, or is too large.
[[nodiscard]] std::size_t jsonCount(std::string_view value) noexcept;
/// The string that `value` begins with, as it is written between its quotes; empty when it begins with
/// something else.
[[nodiscard]] std::string_view jsonText(std::string_view value) noexcept;
/// What `text` has behind its leading blanks.
[[nodiscard]] std::string_view trimFront(std::string_view text) noexcept;

}
