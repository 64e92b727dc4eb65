#include <sidespan/classic/trace_context.h>

#include <stdexcept>
#include <utility>

#include <fmt/core.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan/propagation/header_names.h>
#include <sidespan/propagation/inject.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>

#include "shared_trace.h"

namespace sidespan::inline v0 {
namespace {

namespace bj = boost::json;

std::string textOf(SpanId id) {
    return id.isValid() ? id.toHex() : std::string();
}

std::string textOf(TraceId id) {
    return id.isValid() ? id.toUuid() : std::string();
}

RemoteContext traceOf(std::string_view traceId) {
    const auto id = TraceId::parse(traceId);
    if (!id) {
        throw std::invalid_argument(
            fmt::format("a trace id was \"{}\"; it must be a UUID or 32 hex digits, not all zero",
                        toValidUtf8(traceId.substr(0, 64))));
    }
    RemoteContext remote;
    remote.context.traceId = *id;
    return remote;
}

}

TraceContext::TraceContext(TraceContextOptions options)
    : trace_(std::make_shared<detail::SharedTrace>(std::move(options), RemoteContext())) {}

TraceContext::TraceContext(std::string_view traceId, TraceContextOptions options)
    : trace_(std::make_shared<detail::SharedTrace>(std::move(options), traceOf(traceId))) {}

TraceContext TraceContext::fromHttpHeaders(const Headers& headers, TraceContextOptions options) {
    TraceContext context;
    context.trace_ = std::make_shared<detail::SharedTrace>(std::move(options), extract(headers));
    return context;
}

std::string TraceContext::getTraceId() const {
    return textOf(trace_->snapshot().traceId);
}

std::string TraceContext::getCurrentSpanId() const {
    return textOf(trace_->snapshot().current);
}

std::string TraceContext::getParentSpanId() const {
    return textOf(trace_->snapshot().parent);
}

void TraceContext::pushSpan(std::string_view spanId) {
    trace_->push(SpanId::parse(spanId).value_or(SpanId()));
}

std::string TraceContext::popSpan() {
    return textOf(trace_->pop());
}

TraceContext::Headers TraceContext::getHttpHeaders() const {
    const auto snapshot = trace_->snapshot();
    const RemoteContext& remote = trace_->remote();
    const TraceFlags random = remote.context.flags & TraceFlags::random;
    const TraceFlags sampled = trace_->isSampled() ? TraceFlags::sampled : TraceFlags::none;
    Headers headers;
    inject({.traceId = snapshot.traceId,
            .spanId = snapshot.current,
            .flags = sampled | random,
            .isRemote = false},
           headers,
           {.consent = trace_->options().consent,
            .clientType = trace_->options().clientType,
            .clientVersion = trace_->options().clientVersion,
            .parentSpanId = snapshot.parent,
            .traceState = &remote.traceState,
            .baggage = &remote.baggage});
    return headers;
}

bj::value TraceContext::toJson() const {
    const auto snapshot = trace_->snapshot();
    bj::array open;
    for (SpanId id : snapshot.open) open.emplace_back(id.toHex());
    bj::object object;
    object["traceId"] = textOf(snapshot.traceId);
    object["spanId"] = textOf(snapshot.current);
    object["parentSpanId"] = textOf(snapshot.parent);
    object["openSpans"] = std::move(open);
    object["clientType"] = toString(trace_->options().clientType);
    object["clientVersion"] = toValidUtf8(trace_->options().clientVersion);
    return object;
}

}
