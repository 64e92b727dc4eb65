#include <chrono>
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
#include "ingest/otlp_batch.h"

namespace sidespan::collector {

namespace {

using boost::beast::http::status;
using http_server::busyResponse;
using http_server::errorResponse;
using http_server::finish;

std::string receiptJson(const ParsedBatch& batch, const Store::Written& written) {
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

/// How the spans of one media type are read, and what is answered.
struct Format {
    ParsedBatch (*parse)(std::string_view body, const Limits& limits);
    std::string (*receipt)(const ParsedBatch& batch, const Store::Written& written);
    std::string (*error)(std::string_view message);  ///< null for the server's own form
    std::string_view contentType;
    std::size_t heldTimes;  ///< how many times the body's size is held while it is read, at worst
};

constexpr Format nativeFormat{parseBatch, receiptJson, nullptr, "application/json", 0};

template <OtlpForm Form>
constexpr Format otlpFormat{
    [](std::string_view body, const Limits& limits) { return parseOtlp(body, Form, limits); },
    [](const ParsedBatch& batch, const Store::Written&) { return otlpReceipt(batch, Form); },
    [](std::string_view message) { return otlpStatus(message, Form); },
    Form == OtlpForm::protobuf ? otlpProtobufType : "application/json",
    Form == OtlpForm::protobuf ? 0 : 10,
};

const Format& formatOf(const ServerRequest& request) {
    if (request.route->pattern != otlpPath) return nativeFormat;
    return otlpFormOf(request.contentType) == OtlpForm::protobuf ? otlpFormat<OtlpForm::protobuf>
                                                                 : otlpFormat<OtlpForm::json>;
}

/// The answer in the request's own form.
ServerResponse inForm(const Format& format, ServerResponse response, std::string_view message) {
    if (format.error == nullptr) return response;
    response.body = format.error(message);
    response.contentType = format.contentType;
    return response;
}

ServerResponse busy(const Format& format, std::string_view message) {
    return inForm(format, busyResponse(message), message);
}

ServerResponse outboxIsFull(const Format& format) {
    return busy(format,
                "the outbox for the target of --forward is full (--forward-outbox); "
                "send the spans again later");
}

ServerResponse refusal(const Format& format, bool isTooLarge, std::string_view message) {
    return inForm(format,
                  errorResponse(isTooLarge ? status::payload_too_large : status::bad_request, message),
                  message);
}

/// Empty when the memory for it is not to be had.
std::optional<ParsedBatch> readBatch(ServerRequest& request, const Format& format, const Limits& limits) {
    if (request.isGzip) {
        request.body = gunzip(request.body, limits.inflatedBytes);
        if (!request.reservation.grow(request.body.size())) return std::nullopt;
    }
    if (!request.reservation.grow(request.body.size() * format.heldTimes)) return std::nullopt;
    auto batch = format.parse(request.body, limits);
    if (!request.reservation.grow(batch.rows.size() * sizeof(SpanRow))) return std::nullopt;
    request.body = {};
    return batch;
}

}

void Api::postSpans(ServerRequest request, const Respond& respond) {
    const auto& format = formatOf(request);
    if (forwarder_ && forwarder_->isFull()) return finish(request, respond, outboxIsFull(format));
    try {
        auto batch = readBatch(request, format, limits_);
        if (!batch) return finish(request, respond, busy(format, "too many requests are under way"));
        auto shared =
            std::make_shared<std::pair<ServerRequest, ParsedBatch>>(std::move(request), std::move(*batch));
        bool taken = writes_.tryPost([this, shared, respond] {
            finish(shared->first, respond, storeSpans(shared->first, shared->second));
        });
        if (!taken) finish(shared->first, respond, busy(format, "the database is behind"));
    } catch (const BatchError& error) {
        finish(request, respond, refusal(format, error.kind() == BatchError::Kind::tooLarge, error.what()));
    } catch (const GzipError& error) {
        finish(request, respond, refusal(format, error.kind() == GzipError::Kind::tooLarge, error.what()));
    }
}

ServerResponse Api::storeSpans(const ServerRequest& request, const ParsedBatch& batch) try {
    // Checked again: requests that were accepted before this one may have filled the outbox.
    if (forwarder_ && forwarder_->isFull()) return outboxIsFull(formatOf(request));
    const auto client =
        readClientReport(request.header("X-Client-Instance"), request.header("X-Client-Installation"),
                         request.header("X-Client-Lost"), request.header("X-Client-Clock"));
    Store::Written written;
    Store::TakeNew forward;
    if (forwarder_) forward = [this](const auto& rows) { forwarder_->take(rows); };
    if (!batch.rows.empty()) {
        const auto start = std::chrono::steady_clock::now();
        written = store_->write(batch.rows, {request.caller.userId, client}, forward);
        writeFailure_.succeeded();
        metrics_.storeTook(std::chrono::steady_clock::now() - start);
    }
    metrics_.lostByClients(written.lost);
    metrics_.timed(written.times);
    metrics_.stored(written.accepted, written.duplicate, batch.rejected);
    const auto& format = formatOf(request);
    ServerResponse response;
    response.body = format.receipt(batch, written);
    response.contentType = format.contentType;
    return response;
} catch (const StoreUnavailable& error) {
    writeFailure_.failed(std::chrono::steady_clock::now());
    return notStored(request, error);
} catch (const std::exception& error) {
    return notStored(request, error);
}

ServerResponse Api::notStored(const ServerRequest& request, const std::exception& error) {
    metrics_.storeFailed();
    report(error.what());
    return busy(formatOf(request), "the spans could not be stored; nothing of this batch was");
}

}