#pragma once

#include <cstddef>
#include <string_view>

#include <sidespan/version.h>

/// Finds a few members in a server's short JSON answer, without parsing all of it.
namespace sidespan::inline v0::detail {

/// The text from the value of the object's own member `name` to the end. Empty if `object` is not an object
/// or has no such member.
[[nodiscard]] std::string_view jsonMember(std::string_view object, std::string_view name) noexcept;
/// The whole number at the start of `value`; 0 if there is none or it is too large.
[[nodiscard]] std::size_t jsonCount(std::string_view value) noexcept;
/// The string at the start of `value`, with its escapes and without its quotes. Empty if there is none.
[[nodiscard]] std::string_view jsonText(std::string_view value) noexcept;
/// `text` without its leading blanks.
[[nodiscard]] std::string_view trimFront(std::string_view text) noexcept;

}
