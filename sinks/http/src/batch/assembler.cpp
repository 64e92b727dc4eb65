#include "assembler.h"

#include <utility>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::size_t closingBytes = 64;  // of which a body is ended

}

Assembler::Assembler(const ValidConfig& config, DeliveryClock& clock, BatchDelivery::Format format,
                     Outbox& outbox)
    : config_(config), clock_(clock), format_(std::move(format)), outbox_(outbox) {}

void Assembler::begin(std::uint32_t consentEpoch) noexcept {
    batch_ = outbox_.spare();
    batch_->id = Uuid::random();
    batch_->contentType = format_.contentType;
    batch_->path = format_.path;
    batch_->consentEpoch = consentEpoch;
    batch_->generation = outbox_.generation();
    batch_->made = clock_.wallNow();
    batch_->begun = clock_.now();
    dueAt_.store((batch_->begun + config_->batch.maxAge).time_since_epoch().count(),
                 std::memory_order_release);
}

void Assembler::opened() {
    batch_->head = static_cast<std::uint32_t>(batch_->body.size());
}

bool Assembler::accept() noexcept {
    auto& body = batch_->body;
    auto& ends = batch_->spanEnds;
    if (body.size() + closingBytes > config_->batch.maxBytes) {
        if (ends.empty()) {
            outbox_.refuse(1, DropReason::tooLarge);
            forget();
            return true;
        }
        body.truncate(ends.back());
        close();
        return false;
    }
    ends.push_back(static_cast<std::uint32_t>(body.size()));
    if (ends.size() >= config_->batch.maxSpans) close();
    return true;
}

void Assembler::close() noexcept {
    if (!batch_) return;
    // Nothing goes to the disk once consent is withdrawn.
    if (batch_->consentEpoch != config_->consent.epoch()) return discard(DropReason::consentWithdrawn);
    if (!batch_->spanEnds.empty()) {
        format_.close(batch_->body);
        outbox_.put(std::move(batch_));
    }
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

void Assembler::discardIfOlderThan(std::uint32_t consentEpoch) noexcept {
    if (batch_ && batch_->consentEpoch != consentEpoch) discard(DropReason::consentWithdrawn);
}

std::string Assembler::preview() {
    if (!batch_ || batch_->spanEnds.empty()) return {};
    auto& body = batch_->body;
    const auto size = body.size();
    format_.close(body);
    std::string closed(body.view());
    body.truncate(size);
    return closed;
}

}
