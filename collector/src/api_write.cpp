#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api.h"
#include "batch_parser.h"
#include "gzip.h"
#include "time_text.h"
#include "utf8.h"

namespace sidespan::collector {

namespace {

using boost::beast::http::status;

std::string receiptJson(const ParsedBatch& batch, SpanStore::Written written) {
    boost::json::array rejections;
    for (const auto& rejection : batch.rejections) {
        rejections.push_back(boost::json::object{{"index", rejection.index}, {"reason", rejection.reason}});
    }
    return boost::json::serialize(
        boost::json::object{{"accepted", written.accepted},
                            {"duplicate", written.duplicate},
                            {"rejected", batch.rejected},
                            {"rejections", std::move(rejections)},
                            {"rejectionsTruncated", batch.rejected > batch.rejections.size()}});
}

/// Empty when the memory for it is not to be had.
std::optional<ParsedBatch> readBatch(Request& request, const Limits& limits) {
    if (request.plan.isGzip) {
        request.body = gunzip(request.body, limits.inflatedBytes);
        if (!request.reservation.grow(request.body.size())) return std::nullopt;
    }
    auto batch = parseBatch(request.body, limits);
    if (!request.reservation.grow(batch.rows.size() * sizeof(SpanRow))) return std::nullopt;
    request.body = {};
    return batch;
}

AudioLoop describe(Request& request) {
    constexpr const char* unknownType = "application/octet-stream";
    AudioLoop loop;
    loop.name = request.plan.fileName.empty() ? "untitled" : request.plan.fileName;
    loop.contentType = request.plan.contentType.empty() ? unknownType : request.plan.contentType;
    loop.bytes = static_cast<std::int64_t>(request.body.size());
    loop.userId = request.plan.userId;
    loop.uploadedUnixMs = unixMsNow();
    auto digest = request.trace.step("audio.digest");
    digest.set("audio.bytes", loop.bytes);
    loop.id = AudioStore::idOf(request.body, loop.contentType);
    return loop;
}

}

void Api::postSpans(Request request, Respond respond) try {
    auto batch = readBatch(request, limits_);
    if (!batch) return finishNow(request, respond, busyAnswer("too many requests are under way"));
    auto shared = std::make_shared<std::pair<Request, ParsedBatch>>(std::move(request), std::move(*batch));
    bool taken = writes_.tryPost([this, shared, respond] {
        finishNow(shared->first, respond, storeSpans(shared->first, shared->second));
    });
    if (!taken) finishNow(shared->first, respond, busyAnswer("the database is behind"));
} catch (const BatchError& error) {
    bool tooLarge = error.kind() == BatchError::Kind::tooLarge;
    finishNow(request, respond,
              errorAnswer(tooLarge ? status::payload_too_large : status::bad_request, error.what()));
} catch (const GzipError& error) {
    bool tooLarge = error.kind() == GzipError::Kind::tooLarge;
    finishNow(request, respond,
              errorAnswer(tooLarge ? status::payload_too_large : status::bad_request, error.what()));
}

Answer Api::storeSpans(const Request& request, const ParsedBatch& batch) try {
    SpanStore::Written written;
    if (!batch.rows.empty()) written = store_.write(batch.rows, {request.plan.userId, request.plan.client});
    Answer answer;
    answer.body = receiptJson(batch, written);
    return answer;
} catch (const std::exception& error) {
    report(error.what());
    return busyAnswer("the spans could not be stored; nothing of this batch was");
}

void Api::uploadAudio(Request request, Respond respond) {
    constexpr std::size_t fileNameBytes = 255;
    if (request.body.empty()) {
        return finishNow(request, respond,
                         errorAnswer(status::bad_request, "the body is empty; it must be the audio"));
    }
    if (request.plan.fileName.size() > fileNameBytes || !isUtf8(request.plan.fileName)) {
        return finishNow(request, respond,
                         errorAnswer(status::bad_request,
                                     "X-File-Name must be percent-encoded UTF-8 of at most 255 bytes"));
    }
    auto shared = std::make_shared<Request>(std::move(request));
    bool taken = writes_.tryPost([this, shared, respond, loop = describe(*shared)] {
        finishNow(*shared, respond, storeAudio(*shared, loop));
    });
    if (!taken) finishNow(*shared, respond, busyAnswer("the database is behind"));
}

Answer Api::storeAudio(Request& request, const AudioLoop& loop) try {
    if (!loops_.hasRoomFor(loop, limits_)) {
        return errorAnswer(status::insufficient_storage, "there is no room for more audio");
    }
    auto write = request.trace.step("storage.write");
    write.set("audio.id", loop.id);
    audio_.store(loop.id, request.body, loop.contentType);
    loops_.add(loop);
    write.end();
    Answer answer;
    answer.body = boost::json::serialize(boost::json::object{{"id", loop.id},
                                                             {"name", loop.name},
                                                             {"size", loop.bytes},
                                                             {"contentType", loop.contentType},
                                                             {"traceId", request.trace.traceId()}});
    return answer;
} catch (const std::exception& error) {
    report(error.what());
    return errorAnswer(status::insufficient_storage, "the audio could not be stored");
}

}
