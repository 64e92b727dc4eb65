#include "loop_api.h"

#include <exception>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>

#include "request_span.h"

namespace loop_service {

using boost::beast::http::status;
using sidespan::http_server::Access;
using sidespan::http_server::Application;
using sidespan::http_server::BodyRule;
using sidespan::http_server::busyResponse;
using sidespan::http_server::errorResponse;
using sidespan::http_server::finish;
using sidespan::http_server::posting;
using sidespan::http_server::reading;
using sidespan::http_server::Route;
using sidespan::http_server::RouteHandler;
using sidespan::http_server::WorkQueue;

namespace {

constexpr std::size_t queuedReads = 64;

std::filesystem::path audioDirectory(std::filesystem::path database) {
    return database += ".audio";
}

bool isJson(std::string_view mediaType) {
    return mediaType == "application/json";
}

bool isAudio(std::string_view mediaType) {
    constexpr std::size_t most = 64;
    constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz0123456789/+-._";
    if (mediaType.empty() || mediaType == "application/octet-stream") return true;
    return mediaType.starts_with("audio/") && mediaType.size() <= most &&
           mediaType.find_first_not_of(letters) == mediaType.npos;
}

void answerHealth(ServerRequest request, const Respond& respond) {
    ServerResponse response;
    response.body = R"({"status":"ok"})";
    finish(request, respond, std::move(response));
}

}

LoopApi::LoopApi(const std::filesystem::path& database, const LoopLimits& limits, Accounts accounts,
                 sidespan::DefaultRecorder* recorder, std::function<void(std::string_view)> onError)
    : limits_(limits),
      accounts_(std::move(accounts)),
      signIns_(limits),
      recorder_(recorder),
      onError_(std::move(onError)),
      audio_(audioDirectory(database)),
      writer_(database),
      reader_(database),
      reads_(queuedReads),
      writes_(limits.queuedWrites) {}

Application LoopApi::application() {
    return {.routes = routes(),
            .trace =
                [this](const ServerRequest& request) {
                    return std::make_unique<RequestSpan>(recorder_, request);
                },
            .givenUp = [this] { reads_.close(); }};
}

std::vector<Route> LoopApi::routes() {
    const BodyRule credentials{.takesType = isJson, .typeHint = "the Content-Type must be application/json"};
    const BodyRule audio{.mostBytes = limits_.uploadBytes,
                         .takesType = isAudio,
                         .typeHint = "the Content-Type must be audio/… or application/octet-stream"};
    return {
        {"GET /healthz", "/healthz", reading, Access::everyone, {}, answerHealth},
        {"POST /api/v1/audio/upload", "/api/v1/audio/upload", posting, Access::token, audio,
         answeredOn(writes_, &LoopApi::uploadAudio)},
        {"GET /api/v1/audio/loops",
         "/api/v1/audio/loops",
         reading,
         Access::token,
         {},
         answeredOn(reads_, &LoopApi::listLoops)},
        {"GET /api/v1/audio/loops/{id}",
         "/api/v1/audio/loops/{id}",
         reading,
         Access::token,
         {},
         answeredOn(reads_, &LoopApi::getLoop)},
        {"POST /api/v1/auth/sign-in", "/api/v1/auth/sign-in", posting, Access::everyone, credentials,
         answeredOn(reads_, &LoopApi::signIn)},
        {"POST /api/v1/auth/refresh",
         "/api/v1/auth/refresh",
         posting,
         Access::everyone,
         {},
         answeredOn(reads_, &LoopApi::refreshToken)},
    };
}

RouteHandler LoopApi::answeredOn(WorkQueue& queue, Handler handler) {
    return [this, &queue, handler](ServerRequest request, const Respond& respond) {
        auto shared = std::make_shared<ServerRequest>(std::move(request));
        const bool isTaken = queue.tryPost(
            [this, shared, respond, handler] { finish(*shared, respond, answerSafely(handler, *shared)); });
        if (!isTaken) finish(*shared, respond, busyResponse("too many requests are waiting"));
    };
}

ServerResponse LoopApi::answerSafely(Handler handler, ServerRequest& request) try {
    return (this->*handler)(request);
} catch (const std::invalid_argument& error) {
    return errorResponse(status::bad_request, error.what());
} catch (const std::exception& error) {
    report(error.what());
    return errorResponse(status::internal_server_error, "the stored data could not be read");
}

void LoopApi::report(std::string_view message) {
    if (onError_) onError_(message);
}

}
