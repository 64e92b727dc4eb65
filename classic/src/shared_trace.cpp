#include "shared_trace.h"

#include <algorithm>
#include <utility>

#include <sidespan/detail/record/copy_text.h>
#include <sidespan/detail/record/id_keys.h>
#include <sidespan/native_json/native_limits.h>

namespace sidespan::inline v0::detail {
namespace {

// As many bytes as characters are taken, so that Span::fromJson takes what Span::toJson gives.
TraceContextOptions withinLimits(TraceContextOptions options) {
    options.clientVersion = cutText(options.clientVersion, NativeLimits::maxClientVersionLength);
    return options;
}

}

SharedTrace::SharedTrace(TraceContextOptions options, RemoteContext remote)
    : options_(withinLimits(std::move(options))),
      remote_(std::move(remote)),
      epoch_(options_.consent.epoch()) {}

// Whether ids may be made. They are drawn one by one: nothing is kept that a forked child would repeat. A
// trace whose consent has changed forgets what it made before.
bool SharedTrace::obeyConsent() {
    if (const ConsentEpoch epoch = options_.consent.epoch(); epoch != epoch_) {
        epoch_ = epoch;
        traceId_ = {};
        stack_.clear();
    }
    if (!options_.consent.isGranted()) return false;
    if (!traceId_.isValid())
        traceId_ = remote_.context.traceId.isValid() ? remote_.context.traceId : IdKeys::draw().traceId(1);
    return true;
}

// The innermost of the first `size` spans, or else the caller's.
SpanId SharedTrace::currentBelow(std::size_t size) const noexcept {
    while (size > 0 && !stack_[size - 1].isValid()) --size;
    return size > 0 ? stack_[size - 1] : remote_.context.spanId;
}

SharedTrace::Snapshot SharedTrace::snapshot() {
    const std::lock_guard lock(mutex_);
    if (!obeyConsent()) return {};
    Snapshot snapshot{.traceId = traceId_, .current = currentBelow(stack_.size()), .parent = {}, .open = {}};
    std::ranges::copy_if(stack_, std::back_inserter(snapshot.open), &SpanId::isValid);
    const auto own = std::ranges::find(stack_, snapshot.current);
    snapshot.parent = own == stack_.end() ? remote_.parentSpanId
                                          : currentBelow(static_cast<std::size_t>(own - stack_.begin()));
    return snapshot;
}

void SharedTrace::push(SpanId span) {
    const std::lock_guard lock(mutex_);
    if (obeyConsent()) stack_.push_back(span);
}

SpanId SharedTrace::pop() {
    const std::lock_guard lock(mutex_);
    if (!obeyConsent()) return {};
    if (!stack_.empty()) stack_.pop_back();
    return currentBelow(stack_.size());
}

SharedTrace::Started SharedTrace::start() {
    const std::lock_guard lock(mutex_);
    if (!obeyConsent()) return {};
    if (stack_.size() <= clockSetAt_) setClock();
    const Started started{.traceId = traceId_,
                          .spanId = IdKeys::draw().spanId(1),
                          .parent = currentBelow(stack_.size()),
                          .unixNano = readClock()};
    stack_.push_back(started.spanId);
    return started;
}

void SharedTrace::end(SpanId span) {
    const std::lock_guard lock(mutex_);
    stack_.erase(std::ranges::find(stack_, span), stack_.end());
}

std::uint64_t SharedTrace::unixNano() {
    const std::lock_guard lock(mutex_);
    return readClock();
}

void SharedTrace::setClock() {
    using namespace std::chrono;
    wallStart_ = static_cast<std::uint64_t>(nanoseconds(system_clock::now().time_since_epoch()).count());
    steadyStart_ = Steady::now();
    clockSetAt_ = stack_.size();
}

std::uint64_t SharedTrace::readClock() const {
    return wallStart_ +
           static_cast<std::uint64_t>(std::chrono::nanoseconds(Steady::now() - steadyStart_).count());
}

}
