#include "router.h"

#include <array>

namespace sidespan::collector {

namespace {

constexpr std::string_view reading = "GET, HEAD";

constexpr std::array<Route, 9> fixedRoutes{{
    {Endpoint::page, "/", reading, {}, true},
    {Endpoint::health, "/healthz", reading, {}, true},
    {Endpoint::postSpans, "/api/v1/telemetry/spans", "POST", {}, false},
    {Endpoint::listTraces, "/api/v1/traces", reading, {}, false},
    {Endpoint::uploadAudio, "/api/v1/audio/upload", "POST", {}, false},
    {Endpoint::listLoops, "/api/v1/audio/loops", reading, {}, false},
    {Endpoint::listClients, "/api/v1/clients", reading, {}, false},
    {Endpoint::signIn, "/api/v1/auth/sign-in", "POST", {}, true},
    {Endpoint::refreshToken, "/api/v1/auth/refresh", "POST", {}, true},
}};

constexpr std::array<Route, 2> routesWithId{{
    {Endpoint::getTrace, "/api/v1/traces/{id}", reading, {}, false},
    {Endpoint::getLoop, "/api/v1/audio/loops/{id}", reading, {}, false},
}};

}

bool Route::allows(boost::beast::http::verb method) const noexcept {
    using boost::beast::http::verb;
    bool reads = method == verb::get || method == verb::head;
    return allow == reading ? reads : method == verb::post;
}

std::optional<Route> findRoute(std::string_view path) noexcept {
    for (const auto& route : fixedRoutes) {
        if (path == route.pattern) return route;
    }
    for (auto route : routesWithId) {
        auto prefix = route.pattern.substr(0, route.pattern.find('{'));
        if (!path.starts_with(prefix)) continue;
        route.parameter = path.substr(prefix.size());
        if (!route.parameter.empty() && route.parameter.find('/') == path.npos) return route;
    }
    return std::nullopt;
}

}
