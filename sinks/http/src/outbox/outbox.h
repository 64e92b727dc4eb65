#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/stats.h>

#include "batch_store.h"
#include "waiting_batches.h"

namespace sidespan::inline v0::detail {

/// Batches that wait to be delivered, oldest first, bounded by bytes and age, and the counts of all spans of
/// the sink. With a store, a batch is on disk before it counts as waiting; if that fails it waits in memory.
/// Spans for which there is no memory are dropped and counted (sinkFailed). Any thread, but only the sending
/// thread takes, returns and finishes batches.
class Outbox {
public:
    using Time = DeliveryClock::Time;
    using WallTime = DeliveryClock::WallTime;

    /// `store` may be null.
    Outbox(const Config::Outbox& limits, std::unique_ptr<BatchStore> store);

    /// Opens the store, if there is one.
    void start();

    /// Counts spans that arrived and are being assembled.
    void admit(std::size_t spans) noexcept;
    /// Counts admitted spans that are dropped.
    void refuse(std::size_t spans, DropReason reason) noexcept;
    /// Adds a batch of admitted spans, and drops the oldest batches if there is no room. With a store it
    /// blocks until the batch is on disk.
    void put(std::unique_ptr<Batch> batch) noexcept;
    /// An empty batch, with the storage of an earlier one if possible.
    [[nodiscard]] std::unique_ptr<Batch> spare();

    /// Takes over some batches that earlier runs left in the store. False if there are no more. `now` here
    /// and in expire() is a time that also counts while the machine sleeps.
    [[nodiscard]] bool adopt(Time now, WallTime wallNow);
    /// Creates the store again if somebody has removed it. A batch that is no longer on disk waits in memory,
    /// or is dropped if its body was only on disk. Looks for single files only if `isThorough`.
    void checkStore(bool isThorough);
    /// Drops batches that are too old, and those recorded under another consent epoch or before consent was
    /// withdrawn elsewhere. False if that is not known now: then nothing may be sent.
    [[nodiscard]] bool expire(Time now, ConsentEpoch consentEpoch);
    /// Lends the batch to be sent next; null if there is none. It has no body if that cannot be read now, for
    /// example because there are no free descriptors.
    [[nodiscard]] Batch* take();
    void giveBack(Batch& batch, bool hasFailed) noexcept;
    /// The batch was delivered; the server refused `rejected` of its spans.
    void finish(Batch& batch, std::size_t rejected) noexcept;
    void drop(Batch& batch, DropReason reason) noexcept;
    /// Replaces the batch by its two halves. If the batch is on disk and the halves cannot be written there,
    /// returns false and the batch stays lent, since what is durable must stay so.
    [[nodiscard]] bool halve(Batch& batch);

    /// Consent was withdrawn: drops all batches. The lent one is dropped if it is returned undelivered.
    void purge() noexcept;
    /// Removes everybody's batches from the store before it returns. The error says what could not be done.
    /// [any thread]
    [[nodiscard]] Outcome<> purgeStore() { return store_ ? store_->purge() : Outcome<>(); }
    /// Drops all batches, and all that are put from now on.
    void close(DropReason reason) noexcept;
    /// Leaves the store and its batches to the next run. Drops batches that are only in memory, and all that
    /// are put from now on.
    void leave();
    /// The reason if nothing is taken any more.
    [[nodiscard]] std::optional<DropReason> closedFor() const noexcept;

    /// Waits until no batch that arrived before is left. False if the deadline comes first, or if `goesOn()`,
    /// which is called every few milliseconds unless it is empty, returns false.
    [[nodiscard]] bool waitUntilDelivered(Deadline deadline, const Meanwhile& goesOn);

    [[nodiscard]] SinkStats stats() const noexcept;
    /// Bytes of all batches, including the lent one: the size of each body plus 1 KiB.
    [[nodiscard]] std::size_t waitingBytes() const noexcept;
    /// The body that would be sent next; empty if there is none.
    [[nodiscard]] std::string peek() const;
    /// The last problem with the store since the last call.
    [[nodiscard]] std::optional<Error> takeProblem();
    [[nodiscard]] bool hasStore() const noexcept { return store_ && store_->isOpen(); }
    /// The id of this installation; empty without a store. For the sending thread.
    [[nodiscard]] std::string installation() { return hasStore() ? store_->installation() : std::string(); }
    /// How often consent has been withdrawn, as far as this process could read it. Stored in a batch when it
    /// is begun.
    [[nodiscard]] std::uint64_t generation();
    [[nodiscard]] RequestBudget* budget() noexcept { return store_ ? &store_->budget() : nullptr; }

private:
    void store(Batch& batch);
    void enter(std::unique_ptr<Batch> batch) noexcept;
    [[nodiscard]] bool isWithdrawn(const Batch& batch) const noexcept;
    void noteGeneration(std::uint64_t generation) noexcept;
    [[nodiscard]] std::unique_ptr<Batch> extract(const Batch& batch) noexcept;
    void forget(const Batch& batch) noexcept;
    void discard(const Batch& batch, DropReason reason) noexcept;
    void discardThose(DropReason reason, bool (*isMeant)(const Outbox&, const Batch&));
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
    std::optional<DropReason> lentIsDropped_;  // if it is returned undelivered
    std::optional<DropReason> closed_;
    std::optional<Error> problem_;
    BatchStore::Batches spares_;
    std::size_t spareBytes_ = 0;  // of their storage
    std::uint64_t nextSequence_ = 1;
    std::size_t bytes_ = 0;        // of all bodies, including the lent one
    std::size_t cachedBytes_ = 0;  // of bodies that are both on disk and in memory
    std::uint64_t open_ = 0;
    std::uint64_t queued_ = 0;
    std::uint64_t onDisk_ = 0;
    SinkStats counts_;

    std::uint64_t seenOpenings_ = 0;    // for the sending thread
    std::uint64_t seenGeneration_ = 0;  // the last one that could be read
    ConsentEpoch seenEpoch_{1};         // the first epoch of a Consent
    bool hasWithdrawn_ = false;         // there may be a batch that is older than the last withdrawal
};

}
