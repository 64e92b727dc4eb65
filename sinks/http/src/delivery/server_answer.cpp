#include "server_answer.h"

#include <charconv>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::string_view blank = " \t\r\n";

std::string_view trimFront(std::string_view text) noexcept {
    const auto at = text.find_first_not_of(blank);
    return at == std::string_view::npos ? std::string_view() : text.substr(at);
}

// `at` is just behind an opening quote; gives the position of the closing one, or npos.
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

// Empty when there is no colon.
std::string_view afterColon(std::string_view rest) noexcept {
    rest = trimFront(rest);
    return rest.starts_with(':') ? trimFront(rest.substr(1)) : std::string_view();
}

std::size_t numberAfterColon(std::string_view rest) noexcept {
    rest = afterColon(rest);
    std::size_t value = 0;
    const auto [end, problem] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    return problem == std::errc{} ? value : 0;
}

}

std::size_t rejectedSpans(std::string_view body) noexcept {
    if (!trimFront(body).starts_with('{')) return 0;
    int depth = 0;
    for (std::size_t at = 0; at < body.size(); ++at) {
        const char c = body[at];
        if (c == '{' || c == '[') ++depth;
        if (c == '}' || c == ']') --depth;
        if (c != '"') continue;
        const auto end = endOfString(body, at + 1);
        if (end == std::string_view::npos) return 0;
        const bool isName = trimFront(body.substr(end + 1)).starts_with(':');
        if (depth == 1 && isName && body.substr(at + 1, end - at - 1) == "rejected") {
            return numberAfterColon(body.substr(end + 1));
        }
        at = end;
    }
    return 0;
}

std::string_view rejectionReason(std::string_view body) noexcept {
    constexpr std::string_view name = "\"reason\"";
    const auto at = body.find(name);
    if (at == std::string_view::npos) return {};
    const auto value = afterColon(body.substr(at + name.size()));
    const auto end = value.starts_with('"') ? endOfString(value, 1) : std::string_view::npos;
    return end == std::string_view::npos ? std::string_view() : value.substr(1, end - 1);
}

AnswerReading readServerAnswer(std::string_view body) noexcept {
    return {rejectedSpans(body), rejectionReason(body)};
}

}
