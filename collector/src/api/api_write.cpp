#include <algorithm>
#include <chrono>
#include <exception>
#include <memory>
#include <new>
#include <optional>
#include <span>
#include <utility>
#include <vector>

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
        auto client =
            readClientReport(request.header("X-Client-Instance"), request.header("X-Client-Installation"),
                             request.header("X-Client-Lost"), request.header("X-Client-Clock"));
        const auto post = std::make_shared<SpanPost>(
            SpanPost{std::move(request), std::move(*batch), std::move(client), respond});
        if (!posts_.tryAdd(post))
            return finish(post->request, respond, busy(format, "the database is behind"));
        if (posts_.startStoring()) storeSoon();
    } catch (const BatchError& error) {
        finish(request, respond, refusal(format, error.kind() == BatchError::Kind::tooLarge, error.what()));
    } catch (const GzipError& error) {
        finish(request, respond, refusal(format, error.kind() == GzipError::Kind::tooLarge, error.what()));
    }
}

// One group at a time, so that other writes, and reads, can run in between.
void Api::storeSoon() noexcept {
    try {
        writes_.post([this] {
            try {
                storeGroup();
            } catch (...) {
                // Out of memory: the posts are dropped, and the connections that waited for them close.
            }
            if (posts_.hasMore()) storeSoon();
        });
    } catch (const std::bad_alloc&) {
        posts_.drop();  // likewise
    }
}

void Api::storeGroup() {
    const auto posts = posts_.takeTogether();
    // Checked again: requests that were accepted before these may have filled the outbox.
    if (!forwarder_ || !forwarder_->isFull()) return store(posts);
    for (const auto& post : posts)
        finish(post->request, post->respond, outboxIsFull(formatOf(post->request)));
}

// The database may refuse only one of them. So each is tried alone, unless the database stores nothing.
void Api::store(std::span<const SpanPostPtr> posts) {
    bool areForwarded = false;
    if (tryStore(posts, areForwarded) || posts.size() == 1) return;
    int failures = 0;  // in a row
    for (std::size_t i = 0; i < posts.size(); ++i) {
        if (failures == 2) return refuse(posts.subspan(i));
        bool isForwarded = areForwarded;
        failures = tryStore(posts.subspan(i, 1), isForwarded) ? 0 : failures + 1;
    }
}

// Answers them, unless they are several and could not be stored: then they may be forwarded nevertheless.
bool Api::tryStore(std::span<const SpanPostPtr> posts, bool& areForwarded) {
    Store::WrittenTogether written;
    try {
        written = write(posts, areForwarded);
    } catch (const std::exception& error) {
        if (posts.size() > 1) return false;
        if (dynamic_cast<const StoreUnavailable*>(&error) != nullptr)
            writeFailure_.failed(std::chrono::steady_clock::now());
        report(error.what());
        refuse(posts);
        return false;
    }
    metrics_.timed(written.times);
    for (std::size_t i = 0; i < posts.size(); ++i) answer(*posts[i], written.batches[i]);
    return true;
}

Store::WrittenTogether Api::write(std::span<const SpanPostPtr> posts, bool& areForwarded) {
    if (std::ranges::all_of(posts, [](const auto& post) { return post->batch.rows.empty(); }))
        return {.batches = std::vector<Store::Written>(posts.size())};
    std::vector<Store::Submission> batches;
    for (const auto& post : posts)
        batches.push_back({post->batch.rows, {post->request.caller.userId, post->client}});
    Store::TakeNew forward;
    if (forwarder_ && !areForwarded) {
        forward = [&](const auto& rows) {
            forwarder_->take(rows);
            areForwarded = true;
        };
    }
    const auto start = std::chrono::steady_clock::now();
    auto written = store_->writeTogether(batches, forward);
    writeFailure_.succeeded();
    const auto took = std::chrono::steady_clock::now() - start;
    for (const auto& post : posts)
        if (!post->batch.rows.empty()) metrics_.storeTook(took);
    return written;
}

void Api::answer(SpanPost& post, const Store::Written& written) {
    metrics_.lostByClients(written.lost);
    metrics_.stored(written.accepted, written.duplicate, post.batch.rejected);
    const auto& format = formatOf(post.request);
    ServerResponse response;
    response.body = format.receipt(post.batch, written);
    response.contentType = format.contentType;
    finish(post.request, post.respond, std::move(response));
}

void Api::refuse(std::span<const SpanPostPtr> posts) {
    for (const auto& post : posts) {
        metrics_.storeFailed();
        finish(post->request, post->respond,
               busy(formatOf(post->request), "the spans could not be stored; nothing of this batch was"));
    }
}

}
