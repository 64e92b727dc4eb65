#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/stats.h>

#include "batch_store.h"
#include "waiting_batches.h"

namespace sidespan::inline v0::detail {

/// Batches that wait to be delivered, oldest first, bounded by bytes and age; and the account of every span
/// of the sink. With a store a batch is on disk before it is counted as waiting; where that fails it waits
/// in memory. What finds no memory is dropped and counted (sinkFailed). Any thread; `take()` and what follows
/// it are the sending thread's.
class Outbox {
public:
    using Time = DeliveryClock::Time;
    using WallTime = DeliveryClock::WallTime;

    /// `store` may be null.
    Outbox(const Config::Outbox& limits, std::unique_ptr<BatchStore> store);

    /// Opens the store, if there is one.
    void start();

    /// Spans that arrived, and are now being put together.
    void admit(std::size_t spans) noexcept;
    /// Admitted spans that go no further.
    void refuse(std::size_t spans, DropReason reason) noexcept;
    /// Admitted spans as a batch; makes room by dropping the oldest. With a store it blocks until they are
    /// on disk.
    void put(std::unique_ptr<Batch> batch) noexcept;
    /// An empty batch, used before where possible.
    [[nodiscard]] std::unique_ptr<Batch> spare();

    /// Takes over some of what earlier runs left in the store; false when there is no more.
    [[nodiscard]] bool adopt(Time now, WallTime wallNow);
    /// Makes the store again when somebody has removed it. What is not on disk any more waits in memory, or
    /// is dropped where its body was on disk alone. Looks for single files only when `isThorough`.
    void checkStore(bool isThorough);
    /// Drops what has waited too long, and what was recorded under another consent epoch or before it was
    /// withdrawn somewhere else. False when that cannot be told now: nothing may be sent then.
    [[nodiscard]] bool expire(Time now, ConsentEpoch consentEpoch);
    /// Lends the batch to be sent next; null when there is none. It comes without its body when that cannot
    /// be read now: the machine may be out of descriptors.
    [[nodiscard]] Batch* take();
    void giveBack(Batch& batch, bool hasFailed) noexcept;
    /// Of its spans the server has refused `rejected`.
    void finish(Batch& batch, std::size_t rejected) noexcept;
    void drop(Batch& batch, DropReason reason) noexcept;
    /// Puts the two halves in the place of the batch. False, and the batch is still lent, when it is on disk
    /// and they cannot be put there: what is durable stays so.
    [[nodiscard]] bool halve(Batch& batch);

    /// Drops everything that is known here: consent was withdrawn. The batch that is lent goes when it comes
    /// back undelivered.
    void purge() noexcept;
    /// Removes everybody's batches from the store: done when it returns, whatever the program does next. The
    /// error says what of this could not be done. [any thread]
    [[nodiscard]] Outcome<> purgeStore() { return store_ ? store_->purge() : Outcome<>(); }
    /// Drops everything, and what is put from now on.
    void close(DropReason reason) noexcept;
    /// Lets go of the store with what is in it, for the next run; what is in memory alone is dropped, and
    /// what is put from now on.
    void leave();
    /// Why nothing is taken any more, when that is so.
    [[nodiscard]] std::optional<DropReason> closedFor() const noexcept;

    /// Waits until nothing that arrived before is left; false when the deadline comes first, or when
    /// `goesOn()`, which is asked every few milliseconds, says no.
    [[nodiscard]] bool waitUntilDelivered(Deadline deadline, const Meanwhile& goesOn);

    [[nodiscard]] SinkStats stats() const noexcept;
    /// Bytes of all batches, including the lent one: the size of each body plus 1 KiB.
    [[nodiscard]] std::size_t waitingBytes() const noexcept;
    /// The body that would be sent next; empty when there is none.
    [[nodiscard]] std::string peek() const;
    /// What went wrong with the store since the last time.
    [[nodiscard]] std::optional<Error> takeProblem();
    [[nodiscard]] bool hasStore() const noexcept { return store_ && store_->isOpen(); }
    /// The id of this installation; empty without a store. The sending thread's.
    [[nodiscard]] std::string installation() { return hasStore() ? store_->installation() : std::string(); }
    /// To be noted on a batch when it is begun: how often consent had been withdrawn by then, as far as this
    /// process has been able to see.
    [[nodiscard]] std::uint64_t generation();
    [[nodiscard]] RequestBudget* budget() noexcept { return store_ ? &store_->budget() : nullptr; }

private:
    void store(Batch& batch);
    void enter(std::unique_ptr<Batch> batch) noexcept;
    [[nodiscard]] bool isWithdrawn(const Batch& batch) const noexcept;
    [[nodiscard]] std::unique_ptr<Batch> extract(const Batch& batch) noexcept;
    void forget(const Batch& batch) noexcept;
    void discard(const Batch& batch, DropReason reason) noexcept;
    template <class Judge>
    void discardThose(Judge judge);
    void dropAll(DropReason reason) noexcept;
    void dropWithdrawn(std::uint64_t generation, ConsentEpoch consentEpoch);
    void dropOld(Time now);
    void lostFile(Batch& batch);
    void recycle(std::unique_ptr<Batch> batch) noexcept;
    void makeRoom(std::size_t bytes) noexcept;
    void note(const Error& problem) noexcept;
    [[nodiscard]] Outcome<> load(Batch& batch);

    const Config::Outbox limits_;
    const std::unique_ptr<BatchStore> store_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    WaitingBatches<> waiting_;
    std::unique_ptr<Batch> lent_;
    std::optional<DropReason> lentIsDropped_;  // when it comes back undelivered
    std::optional<DropReason> closed_;
    std::optional<Error> problem_;
    std::vector<std::unique_ptr<Batch>> spares_;
    std::size_t spareBytes_ = 0;  // of their storage
    std::uint64_t nextSequence_ = 1;
    std::size_t bytes_ = 0;        // of all bodies, the lent one included
    std::size_t cachedBytes_ = 0;  // of bodies that are on disk as well as in memory
    std::uint64_t open_ = 0;
    std::uint64_t queued_ = 0;
    std::uint64_t onDisk_ = 0;
    SinkStats counts_;

    std::uint64_t seenOpenings_ = 0;                // the sending thread's
    std::atomic<std::uint64_t> seenGeneration_{0};  // the last that could be read
    ConsentEpoch seenEpoch_{1};                     // a consent begins with it
    bool hasWithdrawn_ = false;                     // one came in that is older than what was seen
};

}
