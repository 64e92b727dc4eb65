#include <sidespan_http_server/route.h>

namespace sidespan::http_server {

bool Route::allows(boost::beast::http::verb method) const noexcept {
    using boost::beast::http::verb;
    const bool reads = method == verb::get || method == verb::head;
    if (allow == reading) return reads;
    return method == (allow == deleting ? verb::delete_ : verb::post);
}

RouteTable::Match RouteTable::find(std::string_view path) const noexcept {
    for (const auto& route : routes_) {
        if (path == route.pattern) return {&route, {}};
    }
    for (const auto& route : routes_) {
        const auto brace = route.pattern.find('{');
        if (brace == route.pattern.npos || !path.starts_with(route.pattern.substr(0, brace))) continue;
        const auto parameter = path.substr(brace);
        if (!parameter.empty() && parameter.find('/') == path.npos) return {&route, parameter};
    }
    return {};
}

}
