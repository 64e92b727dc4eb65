#include <sidespan_http_server/list_limit.h>

#include <charconv>
#include <stdexcept>

#include <fmt/format.h>

namespace sidespan::http_server {

std::size_t parseLimit(std::string_view text) {
    constexpr std::size_t most = 1000;
    std::size_t limit = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, limit);
    if (read.ec != std::errc() || read.ptr != end || limit < 1 || limit > most) {
        throw std::invalid_argument(
            fmt::format("limit is \"{}\"; it must be a number from 1 to {}", text, most));
    }
    return limit;
}

std::size_t parseListLimit(const QueryParameters& parameters) {
    std::size_t limit = 50;
    for (const auto& [name, value] : parameters) {
        if (name != "limit") {
            throw std::invalid_argument(
                fmt::format("there is no parameter \"{}\"; the only parameter is limit", name));
        }
        limit = parseLimit(value);
    }
    return limit;
}

}
