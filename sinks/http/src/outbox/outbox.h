#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/stats.h>

#include "batch/batch.h"
#include "outbox_folder.h"

namespace sidespan::inline v0::detail {

/// Batches that wait to be delivered, oldest first, bounded by bytes and age; and the account of every span
/// of the sink. With a folder a batch is on disk before it is counted as waiting; where that fails it waits
/// in memory. Any thread; `take()` and what follows it are the worker's.
class Outbox {
public:
    using WallTime = DeliveryClock::WallTime;

    explicit Outbox(const Config& config);

    /// Opens the folder, if there is to be one.
    void start() noexcept;

    /// Spans that arrived, and are now being put together.
    void admit(std::size_t spans) noexcept;
    /// Admitted spans that go no further.
    void refuse(std::size_t spans, DropReason reason) noexcept;
    /// Admitted spans as a batch; makes room by dropping the oldest. With a folder it blocks until they are
    /// on disk.
    void put(std::unique_ptr<Batch> batch) noexcept;
    /// An empty batch, used before where possible.
    [[nodiscard]] std::unique_ptr<Batch> spare() noexcept;
    /// Takes over some of what earlier runs left in the folder; false when there is no more.
    [[nodiscard]] bool adopt(WallTime now) noexcept;

    /// Drops what has waited too long, by the wall clock only what comes from earlier runs; and what was
    /// recorded under another consent epoch or before it was withdrawn somewhere else.
    void expire(DeliveryClock::Time now, WallTime wallNow, std::uint32_t consentEpoch) noexcept;
    /// Lends the batch to be sent next, until it is given back in one of the ways below: of those that failed
    /// least often the oldest, so that one the server chokes on does not hold up the others. Without its body
    /// when that cannot be read now: the machine may be out of descriptors.
    [[nodiscard]] Batch* take() noexcept;
    void giveBack(Batch& batch, bool hasFailed) noexcept;
    /// Of its spans the server has refused `rejected`.
    void finish(Batch& batch, std::size_t rejected) noexcept;
    void drop(Batch& batch, DropReason reason) noexcept;
    /// Puts the two halves in the place of the batch. False, and the batch is still lent, when it is on disk
    /// and they cannot be put there: what is durable stays so.
    [[nodiscard]] bool halve(Batch& batch) noexcept;

    /// Drops everything, here and in the folder: consent was withdrawn. The batch that is lent goes when it
    /// comes back undelivered.
    void purge() noexcept;
    /// The folder's part of purge(): done when it returns, whatever the program does next. Any thread.
    void purgeFolder() noexcept {
        if (folder_) folder_->purge();
    }
    /// Drops everything, and what is put from now on.
    void close(DropReason reason) noexcept;
    /// Lets go of the folder with what is in it, for the next run; what is in memory alone is dropped, and
    /// what is put from now on.
    void leave() noexcept;
    /// Why nothing is taken any more, when that is so.
    [[nodiscard]] std::optional<DropReason> closedFor() const noexcept;

    /// Waits until nothing that arrived before is left; false when the deadline comes first, or when
    /// `goesOn()`, which is asked every few milliseconds, says no.
    [[nodiscard]] bool waitUntilDelivered(Deadline deadline, const Meanwhile& goesOn);

    [[nodiscard]] SinkStats stats() const noexcept;
    /// The body that would be sent next; empty when there is none.
    [[nodiscard]] std::string peek() const;
    /// What went wrong with the folder since the last time.
    [[nodiscard]] std::optional<Error> takeProblem() noexcept;
    [[nodiscard]] bool hasFolder() const noexcept { return folder_.has_value() && folder_->isOpen(); }
    /// The id of this installation; empty without a folder. The worker's.
    [[nodiscard]] std::string installation() noexcept {
        return hasFolder() ? folder_->installation() : std::string();
    }
    /// To be noted on a batch when it is begun.
    [[nodiscard]] std::uint64_t generation() const noexcept;

private:
    using Batches = std::vector<std::unique_ptr<Batch>>;

    void store(Batch& batch) noexcept;
    void enter(std::unique_ptr<Batch> batch) noexcept;
    [[nodiscard]] std::unique_ptr<Batch> extract(const Batch& batch) noexcept;
    void discard(const Batch& batch, DropReason reason) noexcept;
    template <class Judge>
    void discardThose(Judge judge) noexcept;
    void dropAll(DropReason reason) noexcept;
    void recycle(std::unique_ptr<Batch> batch) noexcept;
    void makeRoom(std::size_t bytes) noexcept;
    void note(const Error& problem) noexcept;
    [[nodiscard]] bool hasOlderThan(std::uint64_t sequence) const;
    [[nodiscard]] Batches::const_iterator nextToSend() const;

    const Config::Outbox limits_;
    std::optional<OutboxFolder> folder_;
    mutable std::mutex mutex_;
    std::condition_variable changed_;
    Batches waiting_;  // by sequence, those of earlier runs by age
    std::unique_ptr<Batch> lent_;
    std::optional<DropReason> lentIsDropped_;  // when it comes back undelivered
    std::optional<DropReason> closed_;
    std::optional<Error> problem_;
    Batches spares_;
    std::size_t spareBytes_ = 0;  // of their storage
    std::uint64_t nextSequence_ = 1;
    std::size_t bytes_ = 0;        // of all bodies, the lent one included
    std::size_t cachedBytes_ = 0;  // of bodies that are on disk as well as in memory
    std::uint64_t open_ = 0;
    std::uint64_t queued_ = 0;
    std::uint64_t onDisk_ = 0;
    SinkStats counts_;
};

}
