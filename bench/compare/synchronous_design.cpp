#include "synchronous_design.h"

#include <chrono>

#include <uuid/uuid.h>

namespace sidespan::bench::synchronous {
namespace {

std::string makeUuid() {
    constexpr std::size_t textSize = 37;
    uuid_t id;
    char text[textSize];
    uuid_generate(id);
    uuid_unparse_lower(id, text);
    return text;
}

std::int64_t nowMs() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::system_clock::now().time_since_epoch())
        .count();
}

}

TraceContext::TraceContext() : traceId_(makeUuid()) {}

std::string TraceContext::getCurrentSpanId() const {
    return spans_.empty() ? std::string() : spans_.back();
}

std::string TraceContext::popSpan() {
    if (spans_.empty()) return {};
    std::string last = spans_.back();
    spans_.pop_back();
    return last;
}

std::string SpanRecorder::startSpan(const std::string& name, TraceContext& context) {
    Span span;
    span.traceId = context.getTraceId();
    span.spanId = makeUuid();
    span.parentSpanId = context.getCurrentSpanId();
    span.name = name;
    span.startTimeMs = nowMs();
    std::string id = span.spanId;
    const std::lock_guard lock(mutex_);
    open_[id] = std::move(span);
    return id;
}

void SpanRecorder::endSpan(const std::string& spanId, const std::string& status, const std::string& message) {
    const std::lock_guard lock(mutex_);
    const auto at = open_.find(spanId);
    if (at == open_.end()) return;
    Span& span = at->second;
    span.endTimeMs = nowMs();
    span.durationMs = span.endTimeMs - span.startTimeMs;
    span.status = status;
    span.statusMessage = message;
    finished_[spanId] = std::move(span);
    open_.erase(at);
}

void SpanRecorder::addAttribute(const std::string& spanId, const std::string& key, const std::string& value) {
    const std::lock_guard lock(mutex_);
    if (const auto at = open_.find(spanId); at != open_.end()) at->second.attributes[key] = value;
}

void SpanRecorder::recordEvent(const std::string& spanId, const std::string& name) {
    const std::lock_guard lock(mutex_);
    if (const auto at = open_.find(spanId); at != open_.end()) at->second.events.emplace_back(nowMs(), name);
}

void SpanRecorder::clear() {
    const std::lock_guard lock(mutex_);
    finished_.clear();
}

std::size_t SpanRecorder::finished() const {
    const std::lock_guard lock(mutex_);
    return finished_.size();
}

}
