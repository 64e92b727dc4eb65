#include <sidespan_http_server/allowed_origins.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

namespace sidespan::http_server {

namespace {

constexpr std::string_view insecure = "http://";
constexpr std::string_view secure = "https://";

bool isLowerCase(std::string_view text, std::string_view others) {
    return std::all_of(text.begin(), text.end(), [&](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || others.find(c) != others.npos;
    });
}

bool isHost(std::string_view text) {
    if (text.starts_with('['))
        return text.size() > 2 && text.ends_with(']') && isLowerCase(text.substr(1, text.size() - 2), ":.");
    return !text.empty() && isLowerCase(text, ".-");
}

/// Browsers leave out the scheme's own port.
bool isPort(std::string_view text, std::uint16_t ownPort) {
    std::uint16_t port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    return error == std::errc() && end == text.data() + text.size() && !text.starts_with('0') &&
           port != ownPort;
}

bool isOrigin(std::string_view text) {
    const bool isSecure = text.starts_with(secure);
    if (!isSecure && !text.starts_with(insecure)) return false;
    text.remove_prefix(isSecure ? secure.size() : insecure.size());
    const auto hostEnd = text.starts_with('[') ? text.find(']') : 0;
    const auto colon = text.find(':', hostEnd == text.npos ? 0 : hostEnd);
    if (colon == text.npos) return isHost(text);
    return isHost(text.substr(0, colon)) && isPort(text.substr(colon + 1), isSecure ? 443 : 80);
}

}

AllowedOrigins::AllowedOrigins(std::vector<std::string> origins) : origins_(std::move(origins)) {
    for (const auto& origin : origins_) {
        if (isOrigin(origin)) continue;
        throw std::invalid_argument(
            fmt::format("\"{}\" is not an origin that a browser sends; write https://app.example.com or "
                        "http://localhost:3000, in lower case, without a path or the default port",
                        origin));
    }
}

bool AllowedOrigins::contains(std::string_view origin) const noexcept {
    return std::find(origins_.begin(), origins_.end(), origin) != origins_.end();
}

}
