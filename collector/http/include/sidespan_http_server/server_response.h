#pragma once

#include <functional>
#include <ostream>  // Boost.Beast's status.hpp needs it and does not say so
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/beast/http/status.hpp>

#include <sidespan_http_server/body_budget.h>

namespace sidespan::http_server {

/// What a request is answered with.
struct ServerResponse {
    boost::beast::http::status status = boost::beast::http::status::ok;
    std::string body;
    std::string contentType = "application/json";
    std::vector<std::pair<std::string, std::string>> headers;
    BodyBudget::Reservation reservation;  ///< what a large body takes, until it is sent

    [[nodiscard]] bool isError() const noexcept { return static_cast<unsigned>(status) >= 400; }
};

/// Takes the answer to one request, once. [any thread]
using Respond = std::function<void(ServerResponse)>;

/// `{"error": message}`.
[[nodiscard]] ServerResponse errorResponse(boost::beast::http::status status, std::string_view message);

/// 401, with the scheme that is asked for.
[[nodiscard]] ServerResponse unauthorizedResponse(std::string_view message);

/// 503, to be tried again in a second.
[[nodiscard]] ServerResponse busyResponse(std::string_view message);

}
