#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sidespan/config.h>
#include <sidespan/network/detail/request_budget.h>
#include <sidespan/outcome.h>

#include "batch/batch.h"

namespace sidespan::inline v0::detail {

/// Keeps batches across restarts. Any thread, but one batch in only one thread at a time. Functions that
/// return an Outcome block on the disk, allocate and may throw std::bad_alloc.
class BatchStore {
public:
    using Batches = std::list<std::unique_ptr<Batch>>;
    using WallTime = DeliveryClock::WallTime;

    virtual ~BatchStore() = default;

    /// Creates the place for batches, also if it was removed meanwhile.
    [[nodiscard]] virtual Outcome<> open() = 0;
    [[nodiscard]] virtual bool isOpen() const noexcept = 0;
    /// How often open() has created it.
    [[nodiscard]] virtual std::uint64_t openings() const noexcept = 0;

    /// If this succeeds, the batch is durable and `batch.file` is set, or consent was withdrawn since it was
    /// begun, and it is not set.
    [[nodiscard]] virtual Outcome<> save(Batch& batch) = 0;
    /// Reads the body of a batch.
    [[nodiscard]] virtual Outcome<> load(Batch& batch) = 0;
    /// Whether the batch's file no longer exists. False if that is not known.
    [[nodiscard]] virtual bool isGone(const Batch& batch) const noexcept = 0;
    virtual void erase(const Batch& batch) const noexcept = 0;
    /// The names of the files of this run's batches, sorted.
    [[nodiscard]] virtual Outcome<std::vector<std::string>> files() const = 0;

    /// Adds a few batches that earlier runs left to `adopted`, without bodies. Removes batches for another
    /// destination that were made before `oldest`. False if there are no more.
    [[nodiscard]] virtual bool adopt(Batches& adopted, WallTime oldest) = 0;

    /// A random UUID, the same for all who use this store until consent is withdrawn. Made by the first call.
    /// Empty if it cannot be kept. For one thread.
    [[nodiscard]] virtual std::string installation() = 0;

    /// How often consent was withdrawn. Nobody sends batches of an earlier generation. An error if that is
    /// not known: then nothing may be sent or dropped.
    [[nodiscard]] virtual Outcome<std::uint64_t> generation() = 0;
    /// Counts a withdrawal, and removes everybody's batches and the installation's id. Creates no directory.
    /// The error says what could not be done.
    [[nodiscard]] virtual Outcome<> purge() = 0;

    /// Leaves the remaining batches to others.
    virtual void close() = 0;

    /// Counts the day's bytes for all who use this store.
    [[nodiscard]] virtual RequestBudget& budget() noexcept = 0;
};

/// The store that the configuration asks for; null if it asks for none. Touches nothing.
/// sidespan::outbox_disk defines it, and so does sidespan::outbox_memory, which has no store: a program links
/// one of them.
[[nodiscard]] std::unique_ptr<BatchStore> makeBatchStore(const Config& config);
/// Returns an error if the configuration asks for a store that was not built in.
[[nodiscard]] std::optional<Error> checkBatchStore(const Config& config);

}
