#include <string>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sidespan_database/sqlite.h>
#include <sidespan_database/time_text.h>
#include <sidespan_http_server/list_limit.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "loop_api.h"
#include "request_span.h"

namespace loop_service {

using boost::beast::http::status;
using sidespan::http_server::busyResponse;
using sidespan::http_server::errorResponse;
using sidespan::http_server::parseListLimit;

namespace {

/// The trace that LoopApi::application() made.
RequestSpan& spanOf(ServerRequest& request) {
    return static_cast<RequestSpan&>(*request.trace);
}

boost::json::value textOrNull(const std::string& text) {
    return text.empty() ? boost::json::value() : boost::json::value(text);
}

boost::json::object loopJson(const AudioLoop& loop) {
    return {{"id", loop.id},
            {"name", loop.name},
            {"bytes", loop.bytes},
            {"contentType", loop.contentType},
            {"uploadedAt", sidespan::database::timeText(loop.uploadedUnixMs)},
            {"userId", textOrNull(loop.userId)}};
}

ServerResponse jsonResponse(const boost::json::object& json) {
    ServerResponse response;
    response.body = boost::json::serialize(json);
    return response;
}

AudioLoop describe(ServerRequest& request, std::string fileName) {
    AudioLoop loop;
    loop.name = fileName.empty() ? "untitled" : std::move(fileName);
    loop.contentType = request.contentType.empty() ? "application/octet-stream" : request.contentType;
    loop.bytes = static_cast<std::int64_t>(request.body.size());
    loop.userId = request.caller.userId;
    loop.uploadedUnixMs = sidespan::database::unixMsNow();
    auto digest = spanOf(request).step("audio.digest");
    digest.set("audio.bytes", loop.bytes);
    loop.id = AudioStore::idOf(request.body, loop.contentType);
    return loop;
}

}

ServerResponse LoopApi::uploadAudio(ServerRequest& request) {
    constexpr std::size_t fileNameBytes = 255;
    if (request.body.empty()) {
        return errorResponse(status::bad_request, "the body is empty; it must be the audio");
    }
    auto fileName = sidespan::http_server::unescape(request.header("X-File-Name"));
    if (!fileName || fileName->size() > fileNameBytes) {
        return errorResponse(status::bad_request,
                             "X-File-Name must be percent-encoded UTF-8 of at most 255 bytes");
    }
    return storeAudio(request, describe(request, *std::move(fileName)));
}

/// The file is written before its row, so that no row lacks its file. If the row cannot be written, the file
/// is removed.
ServerResponse LoopApi::storeAudio(ServerRequest& request, const AudioLoop& loop) try {
    const auto room = writer_.roomFor(loop, limits_);
    if (room == Room::full) {
        return errorResponse(status::insufficient_storage, "there is no room for more audio");
    }
    auto write = spanOf(request).step("storage.write");
    write.set("audio.id", loop.id);
    audio_.store(loop.id, request.body, loop.contentType);
    try {
        writer_.add(loop);
    } catch (...) {
        if (room == Room::forNewFile) audio_.remove(loop.id, loop.contentType);
        throw;
    }
    write.end();
    return jsonResponse({{"id", loop.id},
                         {"name", loop.name},
                         {"size", loop.bytes},
                         {"contentType", loop.contentType},
                         {"traceId", textOrNull(spanOf(request).traceId())}});
} catch (const std::system_error& error) {
    report(error.what());
    return error.code() == std::errc::no_space_on_device
               ? errorResponse(status::insufficient_storage, "there is no room for more audio")
               : busyResponse("the audio could not be stored");
} catch (const std::exception& error) {
    report(error.what());
    return busyResponse("the audio could not be stored");
}

ServerResponse LoopApi::listLoops(ServerRequest& request) {
    const auto limit = parseListLimit(request.query);
    auto query = spanOf(request).step("db.query");
    boost::json::array loops;
    for (const auto& loop : reader_.list(limit)) loops.push_back(loopJson(loop));
    query.set("db.loops", static_cast<std::int64_t>(loops.size()));
    return jsonResponse({{"loops", std::move(loops)}});
}

ServerResponse LoopApi::getLoop(ServerRequest& request) {
    auto query = spanOf(request).step("db.query");
    const auto loop = reader_.find(request.parameter);
    query.end();
    if (!loop) return errorResponse(status::not_found, "no audio of this id is stored");
    if (!request.reservation.grow(static_cast<std::size_t>(loop->bytes))) {
        return busyResponse("too many requests are under way");
    }
    auto read = spanOf(request).step("storage.read");
    read.set("audio.bytes", loop->bytes);
    ServerResponse response;
    response.body = audio_.load(loop->id, loop->contentType);
    if (std::cmp_not_equal(response.body.size(), loop->bytes)) {
        throw std::runtime_error(fmt::format("audio {}: its file has {} bytes, and {} were stored", loop->id,
                                             response.body.size(), loop->bytes));
    }
    response.contentType = loop->contentType;
    response.reservation = std::move(request.reservation);
    return response;
}

}
