#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidespan::http_server {

/// Name and value, decoded, in the order they were given.
using QueryParameters = std::vector<std::pair<std::string, std::string>>;

/// What a request line asks for.
struct RequestTarget {
    std::string path;        ///< decoded; begins with '/'
    std::size_t nameAt = 1;  ///< where its last segment begins; only that one may contain an escaped slash
    QueryParameters query;
};

/// Reads the origin or absolute form of a request target (RFC 9112, section 3.2): `/path?name=value&…`,
/// percent-encoded, '+' a space in the query. Empty for any other form, a broken escape, an escaped slash
/// before the last segment of the path, an escaped NUL in the path, or text that is not UTF-8.
[[nodiscard]] std::optional<RequestTarget> parseTarget(std::string_view text);

/// Decodes percent-escapes. Empty for a broken one, or text that is not UTF-8.
[[nodiscard]] std::optional<std::string> unescape(std::string_view text);

}
