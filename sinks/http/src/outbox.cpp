#include "outbox.h"

#include <algorithm>
#include <tuple>
#include <utility>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::size_t maxSpares = 4;
constexpr std::size_t backlog = 8;  // batches that wait longer than it takes to send them

}

void Outbox::admit(std::size_t spans) {
    const std::lock_guard lock(mutex_);
    counts_.received += spans;
    open_ += spans;
}

void Outbox::refuse(std::size_t spans, DropReason reason) {
    const std::lock_guard lock(mutex_);
    open_ -= spans;
    counts_.dropped[reason] += spans;
}

void Outbox::put(std::unique_ptr<Batch> batch) {
    const std::lock_guard lock(mutex_);
    open_ -= batch->spanCount();
    if (closed_ || batch->body.size() > limits_.maxBytes) {
        count(*batch, closed_.value_or(DropReason::tooLarge));
        recycle(std::move(batch));
        return;
    }
    makeRoom(batch->body.size());
    if (waiting_.size() >= backlog) batch->fit();
    batch->sequence = nextSequence_++;
    bytes_ += batch->body.size();
    queued_ += batch->spanCount();
    waiting_.push_back(std::move(batch));
}

void Outbox::makeRoom(std::size_t bytes) {
    while (!waiting_.empty() && bytes_ + bytes > limits_.maxBytes) {
        const auto oldest = extract(*waiting_.front());
        count(*oldest, DropReason::outboxFull);
    }
}

std::unique_ptr<Batch> Outbox::spare() {
    const std::lock_guard lock(mutex_);
    if (spares_.empty()) return std::make_unique<Batch>();
    auto batch = std::move(spares_.back());
    spares_.pop_back();
    return batch;
}

void Outbox::recycle(std::unique_ptr<Batch> batch) {
    if (spares_.size() >= maxSpares) return;
    batch->clear();
    spares_.push_back(std::move(batch));
}

// Takes a waiting or lent batch out of the account; what becomes of its spans is for the caller to say.
std::unique_ptr<Batch> Outbox::extract(const Batch& batch) {
    bytes_ -= batch.body.size();
    queued_ -= batch.spanCount();
    changed_.notify_all();
    if (lent_.get() == &batch) {
        lentIsDropped_.reset();
        return std::move(lent_);
    }
    const auto at = std::ranges::find(waiting_, &batch, [](const auto& held) { return held.get(); });
    auto extracted = std::move(*at);
    waiting_.erase(at);
    return extracted;
}

void Outbox::count(const Batch& batch, DropReason reason) {
    counts_.dropped[reason] += batch.spanCount();
}

void Outbox::expire(WallTime now, std::uint32_t consentEpoch) {
    const std::lock_guard lock(mutex_);
    std::vector<std::pair<const Batch*, DropReason>> leaving;
    for (const auto& batch : waiting_) {
        if (batch->consentEpoch != consentEpoch) {
            leaving.emplace_back(batch.get(), DropReason::consentWithdrawn);
        } else if (now - batch->made > limits_.maxAge) {
            leaving.emplace_back(batch.get(), DropReason::expired);
        }
    }
    for (const auto& [batch, reason] : leaving) count(*extract(*batch), reason);
}

std::deque<std::unique_ptr<Batch>>::const_iterator Outbox::nextToSend() const {
    return std::ranges::min_element(
        waiting_, {}, [](const auto& batch) { return std::pair(batch->attempts, batch->sequence); });
}

Batch* Outbox::take() {
    const std::lock_guard lock(mutex_);
    const auto next = nextToSend();
    if (next == waiting_.end()) return nullptr;
    const auto at = waiting_.begin() + (next - waiting_.cbegin());
    lent_ = std::move(*at);
    waiting_.erase(at);
    return lent_.get();
}

void Outbox::giveBack(Batch& batch, bool hasFailed) {
    const std::lock_guard lock(mutex_);
    if (lentIsDropped_) {
        const auto reason = *lentIsDropped_;
        const auto dropped = extract(batch);
        count(*dropped, reason);
        return;
    }
    batch.attempts += hasFailed ? 1 : 0;
    const auto at =
        std::ranges::upper_bound(waiting_, batch.sequence, {}, [](const auto& b) { return b->sequence; });
    waiting_.insert(at, std::move(lent_));
}

void Outbox::finish(Batch& batch, std::size_t rejected) {
    const std::lock_guard lock(mutex_);
    rejected = std::min(rejected, batch.spanCount());
    counts_.delivered += batch.spanCount() - rejected;
    counts_.dropped[DropReason::rejected] += rejected;
    recycle(extract(batch));
}

void Outbox::drop(Batch& batch, DropReason reason) {
    const std::lock_guard lock(mutex_);
    count(batch, reason);
    recycle(extract(batch));
}

void Outbox::halve(Batch& batch) {
    auto [first, second] = split(batch);
    const std::lock_guard lock(mutex_);
    const auto dropped = lentIsDropped_;
    const auto whole = extract(batch);
    if (dropped) {
        count(*whole, *dropped);
        return;
    }
    for (auto* half : {&first, &second}) {
        bytes_ += (*half)->body.size();
        queued_ += (*half)->spanCount();
        const auto at = std::ranges::upper_bound(waiting_, whole->sequence, {},
                                                 [](const auto& b) { return b->sequence; });
        waiting_.insert(at, std::move(*half));
    }
}

void Outbox::dropAll(DropReason reason) {
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty()) {
        const auto batch = extract(*waiting_.front());
        count(*batch, reason);
    }
    if (lent_) lentIsDropped_ = reason;
}

void Outbox::close(DropReason reason) {
    {
        const std::lock_guard lock(mutex_);
        closed_ = reason;
    }
    dropAll(reason);
}

std::optional<DropReason> Outbox::closedFor() const {
    const std::lock_guard lock(mutex_);
    return closed_;
}

bool Outbox::hasOlderThan(std::uint64_t sequence) const {
    const auto isOlder = [&](const auto& batch) { return !batch->isRecovered && batch->sequence < sequence; };
    return (lent_ && isOlder(lent_)) || std::ranges::any_of(waiting_, isOlder);
}

void Outbox::notify() {
    const std::lock_guard lock(mutex_);
    changed_.notify_all();
}

SinkStats Outbox::stats() const {
    const std::lock_guard lock(mutex_);
    auto stats = counts_;
    stats.queued = open_ + queued_;
    return stats;
}

std::string Outbox::peek() const {
    const std::lock_guard lock(mutex_);
    const auto next = nextToSend();
    return next == waiting_.end() ? std::string() : std::string((*next)->body.view());
}

}
