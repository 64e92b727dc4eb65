#include <sidespan_http_server/request_target.h>

#include <algorithm>
#include <cstdint>

#include <sidespan/encoding/utf8.h>

namespace sidespan::http_server {

namespace {

int hexDigit(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

enum class Part { folder, name, query, header };

std::optional<std::string> decode(std::string_view text, Part part) {
    std::string result;
    result.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        char c = text[i];
        if (c == '+' && part == Part::query) c = ' ';
        if (text[i] == '%') {
            if (i + 2 >= text.size()) return std::nullopt;
            int high = hexDigit(text[i + 1]);
            int low = hexDigit(text[i + 2]);
            if (high < 0 || low < 0) return std::nullopt;
            c = static_cast<char>(high * 16 + low);
            if (c == '/' && part == Part::folder) return std::nullopt;
            if (c == '\0' && (part == Part::folder || part == Part::name)) return std::nullopt;
            i += 2;
        }
        result += c;
    }
    if (toValidUtf8(result) != result) return std::nullopt;
    return result;
}

bool decodeQuery(std::string_view text, QueryParameters& parameters) {
    while (!text.empty()) {
        auto field = text.substr(0, text.find('&'));
        text.remove_prefix(field.size() == text.size() ? field.size() : field.size() + 1);
        if (field.empty()) continue;
        auto equals = field.find('=');
        auto name = decode(field.substr(0, equals), Part::query);
        auto value = decode(equals == field.npos ? "" : field.substr(equals + 1), Part::query);
        if (!name || !value) return false;
        parameters.emplace_back(std::move(*name), std::move(*value));
    }
    return true;
}

// Of the absolute form that proxies are sent: the host is whoever was connected to.
std::string_view withoutOrigin(std::string_view text) {
    for (std::string_view scheme : {"http://", "https://"}) {
        if (!text.starts_with(scheme)) continue;
        text.remove_prefix(scheme.size());
        return text.substr(std::min(text.find('/'), text.size()));
    }
    return text;
}

}

std::optional<RequestTarget> parseTarget(std::string_view text) {
    text = withoutOrigin(text);
    if (text.empty() || text.front() != '/' || text.find('#') != text.npos) return std::nullopt;
    auto question = text.find('?');
    const auto path = text.substr(0, question);
    const auto nameAt = path.rfind('/') + 1;
    const auto folder = decode(path.substr(0, nameAt), Part::folder);
    const auto name = decode(path.substr(nameAt), Part::name);
    if (!folder || !name) return std::nullopt;
    RequestTarget target{*folder + *name, folder->size(), {}};
    if (question != text.npos && !decodeQuery(text.substr(question + 1), target.query)) return std::nullopt;
    return target;
}

std::optional<std::string> unescape(std::string_view text) {
    return decode(text, Part::header);
}

}
