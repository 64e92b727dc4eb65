#include "assembler.h"

#include <algorithm>
#include <new>
#include <utility>

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {

Assembler::Assembler(const ValidConfig& config, DeliveryClock& clock, const BatchDelivery::Format& format,
                     const BodySizeLimit& limit, Outbox& outbox)
    : config_(config), clock_(clock), format_(format), limit_(limit), outbox_(outbox) {}

// A batch states one offset of its clock, so it ends when the wall clock is set.
void Assembler::add(const EncodedSpans& spans, ConsentEpoch consentEpoch) noexcept {
    if (batch_ && format_.hasOwnClock && isWallClockSet()) close();
    for (std::size_t i = 0; i < spans.size(); ++i) {
        auto span = spans.span(i);
        if (i > 0) span.remove_prefix(format_.separator.size());
        try {
            addOne(span, spans, consentEpoch);
        } catch (const std::bad_alloc&) {
            outbox_.refuse(1, DropReason::sinkFailed);
        }
    }
}

bool Assembler::isWallClockSet() const {
    const auto byWall = clock_.wallNow() - batch_->made;
    const auto bySteady = clock_.now() + clock_.asleep() - batch_->begun - batch_->asleep;
    return std::chrono::abs(byWall - bySteady) > std::chrono::seconds(1);
}

// A span that the server may find too large is sent alone.
void Assembler::addOne(std::string_view span, const EncodedSpans& spans, ConsentEpoch consentEpoch) {
    const std::size_t most = config_->batch.maxBytes;
    if (spans.head().size() + span.size() + spans.tail().size() > most)
        return outbox_.refuse(1, DropReason::tooLarge);
    if (batch_ && !batch_->spanEnds.empty()) {
        const std::size_t size = batch_->body.size() + format_.separator.size() + span.size() + tail_.size();
        if (size > std::min(most, limit_.bytes())) close();
    }
    if (!batch_) begin(spans, consentEpoch);
    append(span);
    if (batch_->spanEnds.size() >= config_->batch.maxSpans) close();
}

SIDESPAN_COLD void Assembler::begin(const EncodedSpans& spans, ConsentEpoch consentEpoch) {
    auto batch = outbox_.spare();
    tail_ = spans.tail();
    batch->id = Uuid::random();
    batch->contentType = format_.contentType;
    batch->path = format_.path;
    batch->isOtlp = format_.isOtlp;
    batch->fixLengths = format_.fixLengths;
    batch->consentEpoch = consentEpoch;
    batch->generation = outbox_.generation();
    batch->made = clock_.wallNow();
    batch->begun = clock_.now();
    batch->asleep = clock_.asleep();
    batch->body.append(spans.head());
    batch->head = static_cast<std::uint32_t>(batch->body.size());
    batch_ = std::move(batch);
    hasNews_ = true;
    dueAt_.store((batch_->begun + config_->batch.maxAge).time_since_epoch().count(),
                 std::memory_order_release);
}

void Assembler::append(std::string_view span) {
    auto& body = batch_->body;
    const std::size_t before = body.size();
    try {
        if (!batch_->spanEnds.empty()) body.append(format_.separator);
        body.append(span);
        batch_->spanEnds.push_back(static_cast<std::uint32_t>(body.size()));
    } catch (const std::bad_alloc&) {
        body.truncate(before);
        throw;
    }
}

void Assembler::close() noexcept {
    if (!batch_) return;
    hasNews_ = true;
    // After a withdrawal of consent nothing is written to disk.
    if (!config_->consent.allows(batch_->consentEpoch)) return discard(DropReason::consentWithdrawn);
    if (batch_->spanEnds.empty()) return forget();
    try {
        batch_->endBody(tail_);
    } catch (const std::bad_alloc&) {
        return discard(DropReason::sinkFailed);
    }
    outbox_.put(std::move(batch_));
    forget();
}

void Assembler::closeIfDue(Time now) noexcept {
    if (now >= dueAt()) close();
}

void Assembler::forget() noexcept {
    batch_.reset();
    dueAt_.store(Time::max().time_since_epoch().count(), std::memory_order_release);
}

void Assembler::discard(DropReason reason) noexcept {
    if (batch_) outbox_.refuse(batch_->spanCount(), reason);
    forget();
}

void Assembler::discardIfOlderThan(ConsentEpoch consentEpoch) noexcept {
    if (batch_ && batch_->consentEpoch != consentEpoch) discard(DropReason::consentWithdrawn);
}

std::string Assembler::preview() const {
    if (!batch_ || batch_->spanEnds.empty()) return {};
    std::string body(batch_->body.view());
    body.append(tail_);
    if (format_.fixLengths != nullptr) format_.fixLengths(body.data(), body.size());
    return body;
}

}
