#include "api/server_spans.h"

#include <utility>

#include <fmt/format.h>
#include <sidespan/native_json/native_limits.h>
#include <sidespan_http_server/server_response.h>
#include <boost/json/value.hpp>

#include "store/row_ids.h"

namespace sidespan::collector {

namespace {

std::uint64_t wallClockNano(std::chrono::steady_clock::time_point time) {
    const auto ago = std::chrono::steady_clock::now() - time;
    const auto wall = std::chrono::system_clock::now().time_since_epoch() - ago;
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(wall).count());
}

SpanRow serverRow(Span span) {
    auto json = span.toJson();
    auto row = makeRow(std::move(span), json.get_object());
    row.origin = SpanOrigin::server;
    return row;
}

}

ServerSpans::ServerSpans(std::string_view name, const RemoteContext& caller, Take take,
                         Clock::time_point start)
    : take_(std::move(take)), start_(start), startUnixNano_(wallClockNano(start)) {
    const auto& context = caller.context;
    server_.traceId = (context.traceId.isValid() ? context.traceId : newTraceId()).toUuid();
    server_.name = name.substr(0, NativeLimits::maxNameLength);
    server_.kind = "server";
    server_.startTimeUnixNano = startUnixNano_;
    server_.spanId = newSpanId().toHex();
    if (context.isValid()) server_.parentSpanId = context.spanId.toHex();
    server_.clientType = toString(caller.clientType.value_or(ClientType::plugin));
    server_.clientVersion = caller.clientVersion;
}

void ServerSpans::set(std::string_view key, AttributeValue value) {
    server_.attributes.insert_or_assign(std::string(key), std::move(value));
}

ServerSpans::Step::Step(ServerSpans& spans, std::string_view name)
    : spans_(&spans), span_(spans.begin(name, Clock::now())) {}

void ServerSpans::Step::set(std::string_view key, AttributeValue value) {
    span_.attributes.insert_or_assign(std::string(key), std::move(value));
}

void ServerSpans::Step::end() {
    if (spans_ == nullptr) return;
    spans_->end(span_);
    spans_->steps_.push_back(std::move(span_));
    spans_ = nullptr;
}

void ServerSpans::bodyEnds(std::size_t bytes) {
    set("http.request.body.size", bytes);
    if (bytes == 0) return;
    auto span = begin("network.receive", bodyStart_);
    end(span);
    steps_.push_back(std::move(span));
}

void ServerSpans::end(http_server::ServerResponse& response) {
    const auto elapsed = std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
    response.headers.emplace_back("X-Trace-ID", server_.traceId);
    response.headers.emplace_back("X-Span-ID", server_.spanId);
    response.headers.emplace_back("X-Server-Time", fmt::format("{:.3f}", elapsed));
    const auto statusCode = static_cast<unsigned>(response.status);
    if (answered_) answered_(statusCode);
    if (!take_) return;
    set("http.response.status_code", statusCode);
    if (response.isError()) {
        server_.status = "error";
        server_.statusMessage = fmt::format("answered {}", statusCode);
    }
    end(server_);
    std::vector<SpanRow> rows;
    rows.push_back(serverRow(std::move(server_)));
    for (auto& step : steps_) rows.push_back(serverRow(std::move(step)));
    take_(std::move(rows));
}

Span ServerSpans::begin(std::string_view name, Clock::time_point start) const {
    Span span;
    span.traceId = server_.traceId;
    span.spanId = newSpanId().toHex();
    span.parentSpanId = server_.spanId;
    span.name = name;
    span.clientType = server_.clientType;
    span.clientVersion = server_.clientVersion;
    span.startTimeUnixNano = unixNano(start);
    return span;
}

void ServerSpans::end(Span& span) const {
    constexpr std::uint64_t nanosPerMs = 1'000'000;
    span.endTimeUnixNano = unixNano(Clock::now());
    span.startTimeMs = static_cast<std::int64_t>(span.startTimeUnixNano / nanosPerMs);
    span.endTimeMs = static_cast<std::int64_t>(span.endTimeUnixNano / nanosPerMs);
    span.durationMs = static_cast<std::int64_t>((span.endTimeUnixNano - span.startTimeUnixNano) / nanosPerMs);
}

std::uint64_t ServerSpans::unixNano(Clock::time_point time) const {
    auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time - start_).count();
    return startUnixNano_ + static_cast<std::uint64_t>(since);
}

}
