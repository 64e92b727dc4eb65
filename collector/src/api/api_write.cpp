#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "api/api.h"
#include "ingest/batch_parser.h"
#include "ingest/client_report.h"
#include "ingest/gunzip.h"

namespace sidespan::collector {

namespace {

using boost::beast::http::status;
using http_server::busyResponse;
using http_server::errorResponse;
using http_server::finish;

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
std::optional<ParsedBatch> readBatch(ServerRequest& request, const Limits& limits) {
    if (request.isGzip) {
        request.body = gunzip(request.body, limits.inflatedBytes);
        if (!request.reservation.grow(request.body.size())) return std::nullopt;
    }
    auto batch = parseBatch(request.body, limits);
    if (!request.reservation.grow(batch.rows.size() * sizeof(SpanRow))) return std::nullopt;
    request.body = {};
    return batch;
}

}

void Api::postSpans(ServerRequest request, const Respond& respond) try {
    auto batch = readBatch(request, limits_);
    if (!batch) return finish(request, respond, busyResponse("too many requests are under way"));
    auto shared =
        std::make_shared<std::pair<ServerRequest, ParsedBatch>>(std::move(request), std::move(*batch));
    bool taken = writes_.tryPost([this, shared, respond] {
        finish(shared->first, respond, storeSpans(shared->first, shared->second));
    });
    if (!taken) finish(shared->first, respond, busyResponse("the database is behind"));
} catch (const BatchError& error) {
    bool tooLarge = error.kind() == BatchError::Kind::tooLarge;
    finish(request, respond,
           errorResponse(tooLarge ? status::payload_too_large : status::bad_request, error.what()));
} catch (const GzipError& error) {
    bool tooLarge = error.kind() == GzipError::Kind::tooLarge;
    finish(request, respond,
           errorResponse(tooLarge ? status::payload_too_large : status::bad_request, error.what()));
}

ServerResponse Api::storeSpans(const ServerRequest& request, const ParsedBatch& batch) try {
    const auto client =
        readClientReport(request.header("X-Client-Instance"), request.header("X-Client-Installation"),
                         request.header("X-Client-Lost"));
    SpanStore::Written written;
    if (!batch.rows.empty()) written = store_.write(batch.rows, {request.caller.userId, client});
    ServerResponse response;
    response.body = receiptJson(batch, written);
    return response;
} catch (const std::exception& error) {
    report(error.what());
    return busyResponse("the spans could not be stored; nothing of this batch was");
}

}