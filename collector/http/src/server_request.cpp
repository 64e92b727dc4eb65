#include <sidespan_http_server/server_request.h>

#include <boost/beast/core/string.hpp>

namespace sidespan::http_server {

std::string_view ServerRequest::header(std::string_view name) const noexcept {
    for (const auto& [key, value] : headers) {
        if (boost::beast::iequals({key.data(), key.size()}, {name.data(), name.size()})) return value;
    }
    return {};
}

double ServerRequest::elapsedMs() const {
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count();
}

void finish(ServerRequest& request, const Respond& respond, ServerResponse response) {
    request.trace->end(response);
    respond(std::move(response));
}

}
