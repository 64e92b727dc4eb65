#include <sidespan/classic/span_recorder.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <sidespan/classic/trace_context.h>
#include <sidespan/detail/record/copy_text.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan/native_json/native_limits.h>
#include <sidespan/span_status.h>

#include "shared_trace.h"

namespace sidespan::inline v0 {
namespace {

constexpr std::uint64_t nanosPerMilli = 1'000'000;
constexpr std::size_t maxItems = 128;  // OpenTelemetry's limit of attributes and events for a span

std::int64_t toMillis(std::uint64_t nanos) {
    return static_cast<std::int64_t>(nanos / nanosPerMilli);
}

// The beginning of a text, whole code points only.
std::string_view cutAfter(std::string_view text, std::size_t codePoints) {
    std::size_t size = 0;
    while (size < text.size() && codePoints-- > 0) size += utf8SequenceAt(text.substr(size)).size;
    return text.substr(0, size);
}

std::string nameFrom(std::string_view name) {
    return name.empty() ? "unnamed" : std::string(cutAfter(name, NativeLimits::maxNameLength));
}

// What is not UTF-8 takes up to three times its room in JSON.
std::string withinLimit(std::string_view text) {
    if (text.size() <= NativeLimits::maxTextBytes / 3) return std::string(text);
    return std::string(detail::cutText(toValidUtf8(text), NativeLimits::maxTextBytes));
}

}

struct SpanRecorder::State {
    struct Open {
        Span span;
        std::shared_ptr<detail::SharedTrace> trace;
    };
    // Spans in the order they began, so that a span comes before everything inside it.
    using OpenSpans = std::map<std::uint64_t, Open>;

    explicit State(SpanRecorderOptions given) : options(std::move(given)), epoch(options.consent.epoch()) {}

    // The caller of these has locked the mutex.
    bool obeyConsent();
    bool makeRoom();
    Open* find(std::string_view spanId);
    std::uint64_t timeOf(const Open& span) const;
    void finish(OpenSpans::iterator at, std::uint64_t unixNano, std::string_view status,
                std::string_view message);
    void cancelInside(std::uint64_t outermost, std::uint64_t unixNano);

    const SpanRecorderOptions options;
    std::mutex mutex;
    ConsentEpoch epoch;
    std::uint64_t nextOrder = 0;
    OpenSpans open;
    std::unordered_map<std::string, std::uint64_t> orderOf;  // by span id
    std::deque<Span> finished;
    std::uint64_t dropped = 0;
    std::uint64_t ignored = 0;
};

// Whether anything may be recorded; what was recorded under another consent goes.
bool SpanRecorder::State::obeyConsent() {
    if (const ConsentEpoch now = options.consent.epoch(); now != epoch) {
        epoch = now;
        open.clear();
        orderOf.clear();
        finished.clear();
    }
    return options.consent.isGranted();
}

bool SpanRecorder::State::makeRoom() {
    if (open.size() + finished.size() < options.maxSpans) return true;
    ++dropped;
    if (finished.empty()) return false;
    finished.pop_front();
    return true;
}

SpanRecorder::State::Open* SpanRecorder::State::find(std::string_view spanId) {
    if (!obeyConsent()) return nullptr;
    const auto found = orderOf.find(std::string(spanId));
    if (found != orderOf.end()) return &open.at(found->second);
    ignored += spanId.empty() ? 0 : 1;  // what a start that recorded nothing gave back
    return nullptr;
}

std::uint64_t SpanRecorder::State::timeOf(const Open& span) const {
    return options.clock ? options.clock() : span.trace->unixNano();
}

void SpanRecorder::State::finish(OpenSpans::iterator at, std::uint64_t unixNano, std::string_view status,
                                 std::string_view message) {
    Span& span = at->second.span;
    span.endTimeUnixNano = std::max(unixNano, span.startTimeUnixNano);
    span.endTimeMs = toMillis(span.endTimeUnixNano);
    span.durationMs = toMillis(span.endTimeUnixNano - span.startTimeUnixNano);
    span.status = toString(parseSpanStatus(status).value_or(SpanStatus::error));
    span.statusMessage = withinLimit(message);
    orderOf.erase(span.spanId);
    if (at->second.trace->isSampled()) finished.push_back(std::move(span));
    open.erase(at);
}

// One pass finds them: whatever is inside a span began after it. The innermost ends first.
void SpanRecorder::State::cancelInside(std::uint64_t outermost, std::uint64_t unixNano) {
    const auto first = open.find(outermost);
    const std::string name = first->second.span.name;
    const auto trace = first->second.trace;
    std::vector<std::uint64_t> inside{outermost};
    const auto isInside = [&](const Open& other) {
        const auto parent = orderOf.find(other.span.parentSpanId);
        return other.trace == trace && parent != orderOf.end() &&
               std::binary_search(inside.begin(), inside.end(), parent->second);
    };
    for (auto at = std::next(first); at != open.end(); ++at) {
        if (isInside(at->second)) inside.push_back(at->first);
    }
    while (inside.size() > 1) {
        finish(open.find(inside.back()), unixNano, "cancelled", "still open when " + name + " ended");
        inside.pop_back();
    }
}

SpanRecorder::SpanRecorder(SpanRecorderOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
SpanRecorder::~SpanRecorder() = default;

std::string SpanRecorder::startSpan(std::string_view name, TraceContext& context) {
    const auto& trace = context.trace_;
    const std::lock_guard lock(state_->mutex);
    if (!state_->obeyConsent() || !trace->options().consent.isGranted() || !state_->makeRoom()) return {};
    const auto started = trace->start();
    if (!started.traceId.isValid()) return {};
    const auto& clock = state_->options.clock;
    State::Open open{.span = {}, .trace = trace};
    open.span.traceId = started.traceId.toUuid();
    open.span.spanId = started.spanId.toHex();
    if (started.parent.isValid()) open.span.parentSpanId = started.parent.toHex();
    open.span.name = nameFrom(name);
    open.span.startTimeUnixNano = clock ? clock() : started.unixNano;
    open.span.startTimeMs = toMillis(open.span.startTimeUnixNano);
    open.span.clientType = toString(trace->options().clientType);
    open.span.clientVersion = trace->options().clientVersion;
    std::string id = open.span.spanId;
    state_->orderOf.emplace(id, state_->nextOrder);
    state_->open.emplace(state_->nextOrder++, std::move(open));
    return id;
}

void SpanRecorder::endSpan(std::string_view spanId, std::string_view status, std::string_view message) {
    const std::lock_guard lock(state_->mutex);
    const auto* open = state_->find(spanId);
    if (open == nullptr) return;
    const std::uint64_t now = state_->timeOf(*open);
    const std::uint64_t order = state_->orderOf.at(open->span.spanId);
    open->trace->end(SpanId::parse(spanId).value_or(SpanId()));
    state_->cancelInside(order, now);
    state_->finish(state_->open.find(order), now, status, message);
}

void SpanRecorder::addAttribute(std::string_view spanId, std::string_view key, AttributeValue value) {
    const std::lock_guard lock(state_->mutex);
    auto* open = state_->find(spanId);
    if (open == nullptr) return;
    Span& span = open->span;
    const std::string_view kept = cutAfter(key, NativeLimits::maxNameLength);
    if (kept.empty() || (span.attributes.size() == maxItems && !span.attributes.contains(kept))) {
        ++span.droppedAttributes;
        return;
    }
    if (const std::string* text = value.asString()) value = withinLimit(*text);
    span.attributes.insert_or_assign(std::string(kept), std::move(value));
}

void SpanRecorder::recordEvent(std::string_view spanId, std::string_view eventName) {
    const std::lock_guard lock(state_->mutex);
    auto* open = state_->find(spanId);
    if (open == nullptr) return;
    if (open->span.events.size() == maxItems) {
        ++open->span.droppedEvents;
    } else {
        open->span.events.push_back(
            {.timeUnixNano = state_->timeOf(*open), .name = nameFrom(eventName), .attributes = {}});
    }
}

std::vector<Span> SpanRecorder::getSpans() const {
    const std::lock_guard lock(state_->mutex);
    if (!state_->obeyConsent()) return {};
    return {state_->finished.begin(), state_->finished.end()};
}

boost::json::array SpanRecorder::getJson() const {
    const std::lock_guard lock(state_->mutex);
    boost::json::array array;
    if (!state_->obeyConsent()) return array;
    array.reserve(state_->finished.size());
    for (const Span& span : state_->finished) array.push_back(span.toJson());
    return array;
}

void SpanRecorder::clear() {
    const std::lock_guard lock(state_->mutex);
    state_->finished.clear();
}

std::size_t SpanRecorder::openSpans() const {
    const std::lock_guard lock(state_->mutex);
    return state_->obeyConsent() ? state_->open.size() : 0;
}

std::uint64_t SpanRecorder::droppedSpans() const {
    const std::lock_guard lock(state_->mutex);
    return state_->dropped;
}

std::uint64_t SpanRecorder::ignoredCalls() const {
    const std::lock_guard lock(state_->mutex);
    return state_->ignored;
}

}
