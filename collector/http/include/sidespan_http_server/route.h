#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <ostream>  // Boost.Beast's verb.hpp needs it and does not say so
#include <string_view>
#include <vector>

#include <sidespan/literal.h>
#include <boost/beast/http/verb.hpp>

#include <sidespan_http_server/access_scope.h>
#include <sidespan_http_server/server_response.h>

namespace sidespan::http_server {

struct ServerRequest;

/// The methods of a path, as the Allow header lists them.
inline constexpr std::string_view reading = "GET, HEAD";
inline constexpr std::string_view posting = "POST";
inline constexpr std::string_view deleting = "DELETE";

/// What a route takes as a body.
struct BodyRule {
    std::size_t mostBytes = 4'096;  ///< beyond it 413; the body of a GET is ignored
    /// Judges the media type, lower case and without parameters; null takes any.
    bool (*takesType)(std::string_view mediaType) = nullptr;
    std::string_view typeHint{};  ///< the message of the 415 for another type
    bool takesGzip = false;
};

/// Answers a request, now or later, once. [any thread]
using RouteHandler = std::function<void(ServerRequest request, Respond respond)>;

/// Where a path leads.
struct Route {
    Literal name;  ///< of the server span: method and pattern
    /// The path. It may end in `{id}` or `{text}`, a parameter. Only a `{text}` may contain a slash, escaped
    /// as %2F.
    std::string_view pattern;
    std::string_view allow;  ///< `reading`, `posting` or `deleting`
    Access access;
    BodyRule body;
    RouteHandler handle;

    [[nodiscard]] bool allows(boost::beast::http::verb method) const noexcept;
};

/// Finds routes by path. [any thread]
class RouteTable {
public:
    explicit RouteTable(std::vector<Route> routes) : routes_(std::move(routes)) {}

    struct Match {
        const Route* route = nullptr;  ///< null when nothing is there
        std::string_view parameter{};  ///< the parameter's value; refers to the path
    };
    /// `nameAt` is where the last segment of the path begins.
    [[nodiscard]] Match find(std::string_view path, std::size_t nameAt) const noexcept;

private:
    std::vector<Route> routes_;
};

}
