#include <sidespan_http_server/route.h>

namespace sidespan::http_server {

bool Route::allows(boost::beast::http::verb method) const noexcept {
    using boost::beast::http::verb;
    const bool reads = method == verb::get || method == verb::head;
    if (allow == reading) return reads;
    return method == (allow == deleting ? verb::delete_ : verb::post);
}

RouteTable::Match RouteTable::find(std::string_view path, std::size_t nameAt) const noexcept {
    const auto name = path.substr(nameAt);
    const bool hasSlash = name.find('/') != name.npos;
    for (const auto& route : routes_) {
        if (path == route.pattern && !hasSlash) return {&route, {}};
    }
    for (const auto& route : routes_) {
        const auto brace = route.pattern.find('{');
        if (brace != nameAt || name.empty() || !path.starts_with(route.pattern.substr(0, brace))) continue;
        if (!hasSlash || route.pattern.ends_with("{text}")) return {&route, name};
    }
    return {};
}

}
