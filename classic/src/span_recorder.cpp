#include <sidespan/classic/span_recorder.h>

#include <algorithm>
#include <deque>
#include <iterator>
#include <map>
#include <mutex>
#include <unordered_map>
#include <utility>

#include <sidespan/classic/trace_context.h>
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
std::string cutText(std::string text) {
    if (text.size() <= NativeLimits::maxTextBytes / 3) return text;
    text = toValidUtf8(text);
    if (text.size() <= NativeLimits::maxTextBytes) return text;
    std::size_t size = NativeLimits::maxTextBytes;
    while (size > NativeLimits::maxTextBytes - 4 && (static_cast<unsigned char>(text[size]) & 0xC0U) == 0x80U)
        --size;
    text.resize(size);
    return text;
}

}

class SpanRecorder::State {
public:
    explicit State(SpanRecorderOptions options)
        : options_(std::move(options)), epoch_(options_.consent.epoch()) {}

    std::string start(std::string_view name, const std::shared_ptr<detail::SharedTrace>& trace);
    void end(std::string_view spanId, std::string_view status, std::string_view message);
    void addAttribute(std::string_view spanId, std::string_view key, AttributeValue value);
    void recordEvent(std::string_view spanId, std::string_view name);
    std::vector<Span> spans();
    boost::json::array json();
    void clear();
    std::size_t openSpans();
    std::uint64_t droppedSpans();
    std::uint64_t ignoredCalls();

private:
    struct Open {
        Span span;
        std::shared_ptr<detail::SharedTrace> trace;
    };
    // Spans in the order they began, so that a span comes before everything inside it.
    using OpenSpans = std::map<std::uint64_t, Open>;

    bool obeyConsent();
    bool makeRoom();
    Open* find(std::string_view spanId);
    std::uint64_t timeOf(const Open& open) const;
    void finish(OpenSpans::iterator at, std::uint64_t unixNano, std::string_view status, std::string message);
    void cancelInside(std::uint64_t outermost, std::uint64_t unixNano);

    const SpanRecorderOptions options_;
    std::mutex mutex_;
    ConsentEpoch epoch_;
    std::uint64_t nextOrder_ = 0;
    OpenSpans open_;
    std::unordered_map<std::string, std::uint64_t> orderOf_;  // by span id
    std::deque<Span> finished_;
    std::uint64_t dropped_ = 0;
    std::uint64_t ignored_ = 0;
};

// Whether anything may be recorded; what was recorded under another consent goes.
bool SpanRecorder::State::obeyConsent() {
    if (const ConsentEpoch epoch = options_.consent.epoch(); epoch != epoch_) {
        epoch_ = epoch;
        open_.clear();
        orderOf_.clear();
        finished_.clear();
    }
    return options_.consent.isGranted();
}

bool SpanRecorder::State::makeRoom() {
    if (open_.size() + finished_.size() < options_.maxSpans) return true;
    ++dropped_;
    if (finished_.empty()) return false;
    finished_.pop_front();
    return true;
}

SpanRecorder::State::Open* SpanRecorder::State::find(std::string_view spanId) {
    if (!obeyConsent()) return nullptr;
    const auto found = orderOf_.find(std::string(spanId));
    if (found != orderOf_.end()) return &open_.at(found->second);
    ignored_ += spanId.empty() ? 0 : 1;  // what a start that recorded nothing gave back
    return nullptr;
}

std::uint64_t SpanRecorder::State::timeOf(const Open& open) const {
    return options_.clock ? options_.clock() : open.trace->unixNano();
}

std::string SpanRecorder::State::start(std::string_view name,
                                       const std::shared_ptr<detail::SharedTrace>& trace) {
    const std::lock_guard lock(mutex_);
    if (!obeyConsent() || !trace->options().consent.isGranted() || !makeRoom()) return {};
    const auto started = trace->start();
    if (!started.traceId.isValid()) return {};
    Open open{.span = {}, .trace = trace};
    open.span.traceId = started.traceId.toUuid();
    open.span.spanId = started.spanId.toHex();
    if (started.parent.isValid()) open.span.parentSpanId = started.parent.toHex();
    open.span.name = nameFrom(name);
    open.span.startTimeUnixNano = options_.clock ? options_.clock() : started.unixNano;
    open.span.startTimeMs = toMillis(open.span.startTimeUnixNano);
    open.span.clientType = toString(trace->options().clientType);
    open.span.clientVersion = trace->options().clientVersion;
    std::string id = open.span.spanId;
    orderOf_.emplace(id, nextOrder_);
    open_.emplace(nextOrder_++, std::move(open));
    return id;
}

void SpanRecorder::State::finish(OpenSpans::iterator at, std::uint64_t unixNano, std::string_view status,
                                 std::string message) {
    Span& span = at->second.span;
    span.endTimeUnixNano = std::max(unixNano, span.startTimeUnixNano);
    span.endTimeMs = toMillis(span.endTimeUnixNano);
    span.durationMs = toMillis(span.endTimeUnixNano - span.startTimeUnixNano);
    span.status = toString(parseSpanStatus(status).value_or(SpanStatus::error));
    span.statusMessage = cutText(std::move(message));
    orderOf_.erase(span.spanId);
    if (at->second.trace->isSampled()) finished_.push_back(std::move(span));
    open_.erase(at);
}

// One pass finds them: whatever is inside a span began after it. The innermost ends first.
void SpanRecorder::State::cancelInside(std::uint64_t outermost, std::uint64_t unixNano) {
    const auto first = open_.find(outermost);
    const std::string name = first->second.span.name;
    const auto trace = first->second.trace;
    std::vector<std::uint64_t> inside{outermost};
    const auto isInside = [&](const Open& open) {
        const auto parent = orderOf_.find(open.span.parentSpanId);
        return open.trace == trace && parent != orderOf_.end() &&
               std::binary_search(inside.begin(), inside.end(), parent->second);
    };
    for (auto at = std::next(first); at != open_.end(); ++at) {
        if (isInside(at->second)) inside.push_back(at->first);
    }
    while (inside.size() > 1) {
        finish(open_.find(inside.back()), unixNano, "cancelled", "still open when " + name + " ended");
        inside.pop_back();
    }
}

void SpanRecorder::State::end(std::string_view spanId, std::string_view status, std::string_view message) {
    const std::lock_guard lock(mutex_);
    const Open* open = find(spanId);
    if (open == nullptr) return;
    const std::uint64_t now = timeOf(*open);
    const std::uint64_t order = orderOf_.at(open->span.spanId);
    open->trace->end(SpanId::parse(spanId).value_or(SpanId()));
    cancelInside(order, now);
    finish(open_.find(order), now, status, std::string(message));
}

void SpanRecorder::State::addAttribute(std::string_view spanId, std::string_view key, AttributeValue value) {
    const std::lock_guard lock(mutex_);
    Open* open = find(spanId);
    if (open == nullptr) return;
    Span& span = open->span;
    const std::string_view kept = cutAfter(key, NativeLimits::maxNameLength);
    if (kept.empty() || (span.attributes.size() == maxItems && !span.attributes.contains(kept))) {
        ++span.droppedAttributes;
        return;
    }
    if (const std::string* text = value.asString()) value = cutText(*text);
    span.attributes.insert_or_assign(std::string(kept), std::move(value));
}

void SpanRecorder::State::recordEvent(std::string_view spanId, std::string_view name) {
    const std::lock_guard lock(mutex_);
    Open* open = find(spanId);
    if (open == nullptr) return;
    if (open->span.events.size() == maxItems) {
        ++open->span.droppedEvents;
    } else {
        open->span.events.push_back(
            {.timeUnixNano = timeOf(*open), .name = nameFrom(name), .attributes = {}});
    }
}

std::vector<Span> SpanRecorder::State::spans() {
    const std::lock_guard lock(mutex_);
    if (!obeyConsent()) return {};
    return {finished_.begin(), finished_.end()};
}

boost::json::array SpanRecorder::State::json() {
    const std::lock_guard lock(mutex_);
    boost::json::array array;
    if (!obeyConsent()) return array;
    array.reserve(finished_.size());
    for (const Span& span : finished_) array.push_back(span.toJson());
    return array;
}

void SpanRecorder::State::clear() {
    const std::lock_guard lock(mutex_);
    finished_.clear();
}

std::size_t SpanRecorder::State::openSpans() {
    const std::lock_guard lock(mutex_);
    return obeyConsent() ? open_.size() : 0;
}

std::uint64_t SpanRecorder::State::droppedSpans() {
    const std::lock_guard lock(mutex_);
    return dropped_;
}

std::uint64_t SpanRecorder::State::ignoredCalls() {
    const std::lock_guard lock(mutex_);
    return ignored_;
}

SpanRecorder::SpanRecorder(SpanRecorderOptions options)
    : state_(std::make_unique<State>(std::move(options))) {}
SpanRecorder::~SpanRecorder() = default;

std::string SpanRecorder::startSpan(std::string_view name, TraceContext& context) {
    return state_->start(name, context.trace_);
}
void SpanRecorder::endSpan(std::string_view spanId, std::string_view status, std::string_view message) {
    state_->end(spanId, status, message);
}
void SpanRecorder::addAttribute(std::string_view spanId, std::string_view key, AttributeValue value) {
    state_->addAttribute(spanId, key, std::move(value));
}
void SpanRecorder::recordEvent(std::string_view spanId, std::string_view eventName) {
    state_->recordEvent(spanId, eventName);
}
std::vector<Span> SpanRecorder::getSpans() const {
    return state_->spans();
}
boost::json::array SpanRecorder::getJson() const {
    return state_->json();
}
void SpanRecorder::clear() {
    state_->clear();
}
std::size_t SpanRecorder::openSpans() const {
    return state_->openSpans();
}
std::uint64_t SpanRecorder::droppedSpans() const {
    return state_->droppedSpans();
}
std::uint64_t SpanRecorder::ignoredCalls() const {
    return state_->ignoredCalls();
}

}
