#include <optional>
#include <string>
#include <string_view>

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "loop_api.h"
#include "request_span.h"

namespace loop_service {

using boost::beast::http::status;
using sidespan::http_server::errorResponse;
using sidespan::http_server::unauthorizedResponse;

namespace {

/// What a user signs in with.
struct NameAndPassword {
    std::string user;
    std::string password;
};

/// Empty if it is not `{"user": "...", "password": "..."}`.
std::optional<NameAndPassword> readNameAndPassword(std::string_view body) {
    boost::system::error_code error;
    const auto json = boost::json::parse({body.data(), body.size()}, error);
    const auto* object = error ? nullptr : json.if_object();
    if (object == nullptr) return std::nullopt;
    const auto* user = object->if_contains("user");
    const auto* password = object->if_contains("password");
    if (user == nullptr || !user->is_string() || password == nullptr || !password->is_string()) {
        return std::nullopt;
    }
    return NameAndPassword{std::string(user->get_string()), std::string(password->get_string())};
}

ServerResponse grantResponse(ServerRequest& request, const Grant& grant) {
    static_cast<RequestSpan&>(*request.trace).accept(grant.userId);
    ServerResponse response;
    response.body = boost::json::serialize(boost::json::object{
        {"token", grant.token}, {"expiresInSeconds", grant.lifetime.count()}, {"userId", grant.userId}});
    return response;
}

ServerResponse tooManyAttempts(std::chrono::seconds wait) {
    auto response = errorResponse(status::too_many_requests, "too many failed sign-ins; wait a minute");
    response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    return response;
}

}

ServerResponse LoopApi::signIn(ServerRequest& request) {
    if (!accounts_.areThere()) {
        return errorResponse(status::not_found, "this service has no users; it is started with --user");
    }
    const auto given = readNameAndPassword(request.body);
    if (!given) {
        return errorResponse(status::bad_request, R"(the body must be {"user": "...", "password": "..."})");
    }
    if (const auto wait = signIns_.mustWait(given->user, request.peer)) return tooManyAttempts(*wait);
    auto verify = static_cast<RequestSpan&>(*request.trace).step("auth.verify");
    const auto grant = accounts_.signIn(given->user, given->password);
    verify.end();
    if (grant) return grantResponse(request, *grant);
    signIns_.countFailure(given->user, request.peer);
    return unauthorizedResponse("wrong user or password");
}

ServerResponse LoopApi::refreshToken(ServerRequest& request) {
    const auto grant = accounts_.refresh(request.caller.bearer);
    if (grant) return grantResponse(request, *grant);
    return unauthorizedResponse("sign in: this token is unknown, or expired too long ago");
}

}
