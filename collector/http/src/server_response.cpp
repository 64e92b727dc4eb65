#include <sidespan_http_server/server_response.h>

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace sidespan::http_server {

ServerResponse errorResponse(boost::beast::http::status status, std::string_view message) {
    ServerResponse response;
    response.status = status;
    response.body = boost::json::serialize(boost::json::object{{"error", message}});
    return response;
}

ServerResponse unauthorizedResponse(std::string_view message) {
    auto response = errorResponse(boost::beast::http::status::unauthorized, message);
    response.headers.emplace_back("WWW-Authenticate", "Bearer realm=\"sidespan\"");
    return response;
}

ServerResponse busyResponse(std::string_view message) {
    auto response = errorResponse(boost::beast::http::status::service_unavailable, message);
    response.headers.emplace_back("Retry-After", "1");
    return response;
}

}
