#include <sidespan/detail/compiler.h>
#include <sidespan/http_transport/http_header.h>

#include <algorithm>

namespace sidespan::inline v0 {
namespace {

char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool isTokenCharacter(char c) noexcept {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    const char l = lower(c);
    return (l >= 'a' && l <= 'z') || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
}

bool isControl(char c) noexcept {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

}

SIDESPAN_COLD void addHeader(std::vector<HttpHeader>& headers, std::string_view name,
                             std::string_view value) {
    headers.push_back({std::string(name), std::string(value)});
}

bool isSameHeaderName(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, lower, lower);
}

SIDESPAN_COLD bool isSendable(const HttpHeader& header) noexcept {
    return !header.name.empty() && std::ranges::all_of(header.name, isTokenCharacter) &&
           std::ranges::none_of(header.value, isControl);
}

}
