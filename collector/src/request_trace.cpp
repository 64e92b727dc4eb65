#include "request_trace.h"

#include <utility>

#include <fmt/format.h>

#include "ids.h"

namespace sidespan::collector {

namespace {

std::uint64_t wallClockNano() {
    auto now = std::chrono::system_clock::now().time_since_epoch();
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(now).count());
}

SpanRow serverRow(Span span) {
    auto json = span.toJson();
    auto row = makeRow(std::move(span), json.get_object());
    row.origin = SpanOrigin::server;
    return row;
}

}

RequestTrace::RequestTrace(const RemoteContext& caller)
    : startUnixNano_(wallClockNano()), continues_(caller.context.traceId.isValid()) {
    server_.traceId = (continues_ ? caller.context.traceId : newTraceId()).toUuid();
    server_.kind = "server";
    server_.startTimeUnixNano = startUnixNano_;
    server_.spanId = newSpanId().toHex();
    if (caller.context.isValid()) server_.parentSpanId = caller.context.spanId.toHex();
    server_.clientType = toString(caller.clientType.value_or(ClientType::plugin));
    server_.clientVersion = caller.clientVersion;
}

void RequestTrace::set(std::string_view key, AttributeValue value) {
    server_.attributes.insert_or_assign(std::string(key), std::move(value));
}

RequestTrace::Step::Step(RequestTrace& trace, std::string_view name)
    : trace_(&trace), span_(trace.begin(name, Clock::now())) {}

void RequestTrace::Step::set(std::string_view key, AttributeValue value) {
    span_.attributes.insert_or_assign(std::string(key), std::move(value));
}

void RequestTrace::Step::fail(std::string_view message) {
    span_.status = "error";
    span_.statusMessage = message;
}

void RequestTrace::Step::end() {
    if (trace_ == nullptr) return;
    trace_->end(span_);
    trace_->steps_.push_back(std::move(span_));
    trace_ = nullptr;
}

void RequestTrace::addStep(std::string_view name, Clock::time_point start) {
    auto span = begin(name, start);
    end(span);
    steps_.push_back(std::move(span));
}

double RequestTrace::elapsedMs() const {
    return std::chrono::duration<double, std::milli>(Clock::now() - start_).count();
}

std::vector<SpanRow> RequestTrace::finish(unsigned statusCode) {
    set("http.response.status_code", statusCode);
    if (statusCode >= 400) {
        server_.status = "error";
        server_.statusMessage = fmt::format("answered {}", statusCode);
    }
    end(server_);
    std::vector<SpanRow> rows;
    rows.push_back(serverRow(std::move(server_)));
    for (auto& step : steps_) rows.push_back(serverRow(std::move(step)));
    return rows;
}

Span RequestTrace::begin(std::string_view name, Clock::time_point start) const {
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

void RequestTrace::end(Span& span) const {
    constexpr std::uint64_t nanosPerMs = 1'000'000;
    span.endTimeUnixNano = unixNano(Clock::now());
    span.startTimeMs = static_cast<std::int64_t>(span.startTimeUnixNano / nanosPerMs);
    span.endTimeMs = static_cast<std::int64_t>(span.endTimeUnixNano / nanosPerMs);
    span.durationMs = static_cast<std::int64_t>((span.endTimeUnixNano - span.startTimeUnixNano) / nanosPerMs);
}

std::uint64_t RequestTrace::unixNano(Clock::time_point time) const {
    auto since = std::chrono::duration_cast<std::chrono::nanoseconds>(time - start_).count();
    return startUnixNano_ + static_cast<std::uint64_t>(since);
}

}
