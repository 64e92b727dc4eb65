#include "router.h"

#include <array>

namespace sidespan::collector {

namespace {

constexpr std::string_view reading = "GET, HEAD";
constexpr std::string_view tracePrefix = "/api/v1/traces/";

constexpr std::array<Route, 5> fixedRoutes{{
    {Endpoint::page, "/", reading, {}, true},
    {Endpoint::health, "/healthz", reading, {}, true},
    {Endpoint::postSpans, "/api/v1/telemetry/spans", "POST", {}, false},
    {Endpoint::listTraces, "/api/v1/traces", reading, {}, false},
    {Endpoint::uploadAudio, "/api/v1/audio/upload", "POST", {}, false},
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
    if (!path.starts_with(tracePrefix)) return std::nullopt;
    auto id = path.substr(tracePrefix.size());
    if (id.empty() || id.find('/') != id.npos) return std::nullopt;
    return Route{Endpoint::getTrace, "/api/v1/traces/{id}", reading, id, false};
}

}
