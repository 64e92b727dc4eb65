#include "json_scan.h"

#include <cstdint>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {
namespace {

// `at` is just after an opening quote. Returns the position of the closing one, or npos.
std::size_t endOfString(std::string_view text, std::size_t at) noexcept {
    for (; at < text.size(); ++at) {
        if (text[at] == '\\') {
            ++at;
        } else if (text[at] == '"') {
            return at;
        }
    }
    return std::string_view::npos;
}

}

std::string_view trimFront(std::string_view text) noexcept {
    const auto at = text.find_first_not_of(" \t\r\n");
    return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

SIDESPAN_COLD std::string_view jsonMember(std::string_view object, std::string_view name) noexcept {
    object = trimFront(object);
    if (!object.starts_with('{')) return {};
    int depth = 0;
    for (std::size_t at = 0; at < object.size(); ++at) {
        const char c = object[at];
        if (c == '{' || c == '[') ++depth;
        if ((c == '}' || c == ']') && --depth == 0) return {};
        if (c != '"') continue;
        const auto end = endOfString(object, at + 1);
        if (end == std::string_view::npos) return {};
        const auto rest = trimFront(object.substr(end + 1));
        if (depth == 1 && rest.starts_with(':') && object.substr(at + 1, end - at - 1) == name)
            return trimFront(rest.substr(1));
        at = end;
    }
    return {};
}

std::size_t jsonCount(std::string_view value) noexcept {
    const auto count = takeDecimal(value).value_or(0);
    return std::in_range<std::size_t>(count) ? static_cast<std::size_t>(count) : 0;
}

std::string_view jsonText(std::string_view value) noexcept {
    const auto end = value.starts_with('"') ? endOfString(value, 1) : std::string_view::npos;
    return end == std::string_view::npos ? std::string_view() : value.substr(1, end - 1);
}

}
