#pragma once

#include <algorithm>
#include <string>
#include <string_view>

#include <sidespan/version.h>

/// What HTTP headers are made of, and how to read a value that is a list (RFC 9110, section 5.6.1).
namespace sidespan::inline v0::detail {

[[nodiscard]] constexpr bool isBlank(char c) noexcept {
    return c == ' ' || c == '\t';
}

/// Without optional white space (RFC 9110, section 5.6.3) at both ends.
[[nodiscard]] constexpr std::string_view trim(std::string_view text) noexcept {
    while (!text.empty() && isBlank(text.front())) text.remove_prefix(1);
    while (!text.empty() && isBlank(text.back())) text.remove_suffix(1);
    return text;
}

/// Removes the text before the first separator from the front of `rest`, with the separator. Returns the
/// text, trimmed.
[[nodiscard]] constexpr std::string_view takeMember(std::string_view& rest, char separator = ',') noexcept {
    const std::string_view member = rest.substr(0, rest.find(separator));
    rest.remove_prefix(member.size() == rest.size() ? rest.size() : member.size() + 1);
    return trim(member);
}

/// Of the letters of ASCII alone.
[[nodiscard]] constexpr char toLower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

[[nodiscard]] inline std::string toLower(std::string_view text) {
    std::string lower(text);
    for (char& c : lower) c = toLower(c);
    return lower;
}

/// Compares as header names do (RFC 9110, section 5.1).
[[nodiscard]] constexpr bool equalIgnoringCase(std::string_view a, std::string_view b) noexcept {
    const auto isSame = [](char one, char other) { return toLower(one) == toLower(other); };
    return std::ranges::equal(a, b, isSame);
}

/// Letters, digits and the marks of a token (RFC 9110, section 5.6.2).
[[nodiscard]] constexpr bool isTokenCharacter(char c) noexcept {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
           std::string_view("!#$%&'*+-.^_`|~").find(c) != std::string_view::npos;
}

[[nodiscard]] constexpr bool isToken(std::string_view text) noexcept {
    for (char c : text) {
        if (!isTokenCharacter(c)) return false;
    }
    return !text.empty();
}

/// Whether a header's value may contain the text: no control characters except tab, no DEL (RFC 9110,
/// section 5.5).
[[nodiscard]] constexpr bool isHeaderValue(std::string_view text) noexcept {
    for (char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if ((byte < 0x20 && c != '\t') || byte == 0x7f) return false;
    }
    return true;
}

}
