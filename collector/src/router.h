#pragma once

#include <cstdint>
#include <optional>
#include <ostream>  // Boost.Beast's verb.hpp needs it and does not say so
#include <string>
#include <string_view>

#include <boost/beast/http/verb.hpp>

namespace sidespan::collector {

/// What the collector can be asked.
enum class Endpoint : std::uint8_t {
    page,
    health,
    postSpans,
    listTraces,
    getTrace,
    uploadAudio,
    listLoops,
    getLoop,
    signIn,
    refreshToken,
    listClients,
};

/// Where a path leads.
struct Route {
    Endpoint endpoint = Endpoint::page;
    std::string_view pattern;    ///< the path with `{id}` in place of what varies
    std::string_view allow;      ///< the methods it has, as the Allow header lists them
    std::string_view parameter;  ///< what stands in place of `{id}`; refers to the path
    bool isPublic = false;       ///< needs no valid token: it tells nothing of what is stored

    [[nodiscard]] bool allows(boost::beast::http::verb method) const noexcept;
};

/// Empty when nothing is there.
[[nodiscard]] std::optional<Route> findRoute(std::string_view path) noexcept;

}
