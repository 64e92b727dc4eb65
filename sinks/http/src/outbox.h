#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/stats.h>

#include "batch.h"

namespace sidespan::inline v0::detail {

/// Batches that wait to be delivered, oldest first, bounded by bytes and age; and the account of every span
/// of the sink. Any thread; `take()` and what follows it are the courier's.
class Outbox {
public:
    using Time = DeliveryClock::Time;
    using WallTime = DeliveryClock::WallTime;

    explicit Outbox(const Config::Outbox& limits) : limits_(limits) {}

    /// Spans that arrived, and are now being put together.
    void admit(std::size_t spans);
    /// Admitted spans that go no further.
    void refuse(std::size_t spans, DropReason reason);
    /// Admitted spans as a batch; makes room by dropping the oldest.
    void put(std::unique_ptr<Batch> batch);
    /// An empty batch, used before where possible.
    [[nodiscard]] std::unique_ptr<Batch> spare();

    /// Drops what has waited too long, and what was recorded under another consent epoch.
    void expire(WallTime now, std::uint32_t consentEpoch);
    /// Lends the batch to be sent next, until it is given back in one of the ways below: of those that failed
    /// least often the oldest, so that one the server chokes on does not hold up the others.
    [[nodiscard]] Batch* take();
    void giveBack(Batch& batch, bool hasFailed);
    /// Of its spans the server has refused `rejected`.
    void finish(Batch& batch, std::size_t rejected);
    void drop(Batch& batch, DropReason reason);
    /// Puts the two halves in the place of the batch.
    void halve(Batch& batch);

    /// Drops everything; the batch that is lent when it comes back undelivered.
    void dropAll(DropReason reason);
    /// Also everything that is put from now on.
    void close(DropReason reason);
    /// Why nothing is taken any more, when that is so.
    [[nodiscard]] std::optional<DropReason> closedFor() const;

    /// Waits until nothing that arrived before is left; false when the deadline comes first, or `isHopeless`
    /// does.
    template <class Condition>
    [[nodiscard]] bool waitUntilDelivered(Deadline deadline, Condition isHopeless);
    /// Has those who wait look again.
    void notify();

    [[nodiscard]] SinkStats stats() const;
    /// The body that would be sent next; empty when there is none.
    [[nodiscard]] std::string peek() const;

private:
    [[nodiscard]] std::unique_ptr<Batch> extract(const Batch& batch);
    void count(const Batch& batch, DropReason reason);
    void recycle(std::unique_ptr<Batch> batch);
    void makeRoom(std::size_t bytes);
    [[nodiscard]] bool hasOlderThan(std::uint64_t sequence) const;
    [[nodiscard]] std::deque<std::unique_ptr<Batch>>::const_iterator nextToSend() const;

    const Config::Outbox limits_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    std::deque<std::unique_ptr<Batch>> waiting_;  // by sequence
    std::unique_ptr<Batch> lent_;
    std::optional<DropReason> lentIsDropped_;  // when it comes back undelivered
    std::optional<DropReason> closed_;
    std::vector<std::unique_ptr<Batch>> spares_;
    std::uint64_t nextSequence_ = 1;
    std::size_t bytes_ = 0;  // of all bodies, the lent one included
    std::uint64_t open_ = 0;
    std::uint64_t queued_ = 0;
    SinkStats counts_;
};

template <class Condition>
bool Outbox::waitUntilDelivered(Deadline deadline, Condition isHopeless) {
    std::unique_lock lock(mutex_);
    const auto mark = nextSequence_;
    changed_.wait_until(lock, deadline, [&] { return !hasOlderThan(mark) || isHopeless(); });
    return !hasOlderThan(mark);
}

}
