#include <optional>
#include <string>
#include <utility>

#include <sidespan/json/parse_json.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "api.h"
#include "time_text.h"

namespace sidespan::collector {

namespace {

using boost::beast::http::status;

boost::json::value textOrNull(const std::string& text) {
    return text.empty() ? boost::json::value() : boost::json::value(text);
}

boost::json::object loopJson(const AudioLoop& loop) {
    return {{"id", loop.id},
            {"name", loop.name},
            {"bytes", loop.bytes},
            {"contentType", loop.contentType},
            {"uploadedAt", timeText(loop.uploadedUnixMs)},
            {"userId", textOrNull(loop.userId)}};
}

boost::json::object clientJson(const StoredClient& client) {
    return {{"instance", client.instance},
            {"installation", textOrNull(client.installation)},
            {"clientType", client.clientType},
            {"clientVersion", client.clientVersion},
            {"userId", textOrNull(client.userId)},
            {"firstSeen", timeText(client.firstSeenUnixMs)},
            {"lastSeen", timeText(client.lastSeenUnixMs)},
            {"batches", client.batches},
            {"accepted", client.accepted},
            {"lostTotal", client.lostTotal},
            {"lost", parseJson(client.lost)}};
}

Answer jsonAnswer(const boost::json::object& json) {
    Answer answer;
    answer.body = boost::json::serialize(json);
    return answer;
}

struct Credentials {
    std::string user;
    std::string password;
};

/// Empty when it is not `{"user": "...", "password": "..."}`.
std::optional<Credentials> readCredentials(std::string_view body) {
    boost::json::error_code error;
    auto json = boost::json::parse({body.data(), body.size()}, error);
    const auto* object = error ? nullptr : json.if_object();
    if (object == nullptr) return std::nullopt;
    const auto* user = object->if_contains("user");
    const auto* password = object->if_contains("password");
    if (user == nullptr || !user->is_string() || password == nullptr || !password->is_string()) {
        return std::nullopt;
    }
    return Credentials{std::string(user->get_string()), std::string(password->get_string())};
}

}

Answer Api::listLoops(Request& request) {
    auto limit = parseListLimit(request.plan.query);
    auto step = request.trace.step("db.query");
    boost::json::array loops;
    for (const auto& loop : loopReader_.list(limit)) loops.push_back(loopJson(loop));
    step.set("db.loops", loops.size());
    return jsonAnswer({{"loops", std::move(loops)}});
}

Answer Api::getLoop(Request& request) {
    auto query = request.trace.step("db.query");
    auto loop = loopReader_.find(request.plan.parameter);
    query.end();
    if (!loop) return errorAnswer(status::not_found, "no audio of this id is stored");
    if (!request.reservation.grow(static_cast<std::size_t>(loop->bytes))) {
        return busyAnswer("too many requests are under way");
    }
    auto read = request.trace.step("storage.read");
    read.set("audio.bytes", loop->bytes);
    Answer answer;
    answer.body = audio_.load(loop->id, loop->contentType);
    answer.contentType = loop->contentType;
    answer.reservation = std::move(request.reservation);
    return answer;
}

Answer Api::listClients(Request& request) {
    auto limit = parseListLimit(request.plan.query);
    auto step = request.trace.step("db.query");
    boost::json::array clients;
    for (const auto& client : clientReader_.list(limit)) clients.push_back(clientJson(client));
    return jsonAnswer({{"clients", std::move(clients)}});
}

Answer Api::signIn(Request& request) {
    if (!accounts_.areThere()) {
        return errorAnswer(status::not_found, "this collector has no users; it is started with --user");
    }
    auto credentials = readCredentials(request.body);
    if (!credentials) {
        return errorAnswer(status::bad_request, R"(the body must be {"user": "...", "password": "..."})");
    }
    auto step = request.trace.step("auth.verify");
    auto grant = accounts_.signIn(credentials->user, credentials->password);
    step.end();
    return grantAnswer(request, grant, "wrong user or password");
}

Answer Api::refreshToken(Request& request) {
    auto grant = accounts_.refresh(request.plan.bearer);
    return grantAnswer(request, grant, "sign in: this token is not known, or expired too long ago");
}

/// A caller who has shown who it is may have its request recorded, which a stranger may not.
Answer Api::grantAnswer(Request& request, const std::optional<Grant>& grant, std::string_view refusal) {
    if (!grant) return unauthorizedAnswer(refusal);
    request.trace.setUser(grant->userId);
    request.plan.isRecorded = request.trace.continuesTrace();
    return jsonAnswer(
        {{"token", grant->token}, {"expiresInSeconds", grant->lifetime.count()}, {"userId", grant->userId}});
}

}
