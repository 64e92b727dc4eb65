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

}

void Api::postSpans(Request request, Respond respond) try {
    auto batch = readBatch(request, limits_);
    if (!batch) return finishNow(request, respond, busyAnswer("too many requests are under way"));
    auto shared = std::make_shared<std::pair<Request, ParsedBatch>>(std::move(request), std::move(*batch));
    bool taken = writes_.tryPost(
        [this, shared, respond] { finishNow(shared->first, respond, storeSpans(shared->second)); });
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

Answer Api::storeSpans(const ParsedBatch& batch) try {
    auto written = batch.rows.empty() ? SpanStore::Written{} : store_.write(batch.rows);
    Answer answer;
    answer.body = receiptJson(batch, written);
    return answer;
} catch (const std::exception& error) {
    report(error.what());
    return busyAnswer("the spans could not be stored; nothing of this batch was");
}

void Api::uploadAudio(Request request, Respond respond) {
    finishNow(request, respond, storeAudio(request));
}

Answer Api::storeAudio(Request& request) try {
    if (request.body.empty())
        return errorAnswer(status::bad_request, "the body is empty; it must be the audio");
    auto digest = request.trace.step("audio.digest");
    auto id = AudioStore::idOf(request.body);
    digest.set("audio.bytes", request.body.size());
    digest.end();
    auto write = request.trace.step("storage.write");
    write.set("audio.id", id);
    audio_.store(id, request.body, request.plan.contentType);
    write.end();
    Answer answer;
    answer.body = boost::json::serialize(boost::json::object{{"id", id},
                                                             {"size", request.body.size()},
                                                             {"contentType", request.plan.contentType},
                                                             {"traceId", request.trace.traceId()}});
    return answer;
} catch (const std::exception& error) {
    report(error.what());
    return errorAnswer(status::insufficient_storage, "the audio could not be stored");
}

}
