#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sidespan/config.h>
#include <sidespan/network/detail/request_budget.h>
#include <sidespan/outcome.h>

#include "batch/batch.h"

namespace sidespan::inline v0::detail {

/// Keeps batches over restarts. Any thread, a batch at one at a time. What returns an Outcome blocks on the
/// disk, allocates and may throw std::bad_alloc.
class BatchStore {
public:
    using Batches = std::vector<std::unique_ptr<Batch>>;
    using WallTime = DeliveryClock::WallTime;

    virtual ~BatchStore() = default;

    /// Makes what batches are kept in, also when somebody has removed it meanwhile.
    [[nodiscard]] virtual Outcome<> open() = 0;
    [[nodiscard]] virtual bool isOpen() const noexcept = 0;
    /// How often open() has made it.
    [[nodiscard]] virtual std::uint64_t openings() const noexcept = 0;

    /// The batch is durable when this succeeds, and `batch.file` set.
    [[nodiscard]] virtual Outcome<> save(Batch& batch) = 0;
    /// Gives a batch its body back.
    [[nodiscard]] virtual Outcome<> load(Batch& batch) = 0;
    /// Whether the batch's file does not exist any more. False when that cannot be told.
    [[nodiscard]] virtual bool isGone(const Batch& batch) const noexcept = 0;
    virtual void erase(const Batch& batch) const noexcept = 0;
    /// The names of the files of this run's batches, sorted.
    [[nodiscard]] virtual Outcome<std::vector<std::string>> files() const = 0;

    /// Adds a few batches of what earlier runs left to `adopted`, without bodies. Batches for another
    /// destination are removed when they were made before `oldest`. False when there is no more.
    [[nodiscard]] virtual bool adopt(Batches& adopted, WallTime oldest) = 0;

    /// A random UUID that stays the same for all who use this store until consent is withdrawn; made when it
    /// is first asked for. Empty when it cannot be kept. For one thread.
    [[nodiscard]] virtual std::string installation() = 0;

    /// How often consent was withdrawn. Batches of an earlier generation are not sent by anybody. An error
    /// when that cannot be told: nothing may be sent then, and nothing dropped.
    [[nodiscard]] virtual Outcome<std::uint64_t> generation() = 0;
    /// Counts one more withdrawal and removes everybody's batches and the installation's id. Does not make
    /// what is not there. The error says what of this could not be done.
    [[nodiscard]] virtual Outcome<> purge() = 0;

    /// Lets others have what is left.
    virtual void close() = 0;

    /// Counts the day's bytes for all who use this store.
    [[nodiscard]] virtual RequestBudget& budget() noexcept = 0;
};

/// The store that the configuration asks for; null when it asks for none. Touches nothing. Defined by
/// sidespan::outbox_disk, and by sidespan::outbox_memory, which has none: a program links one of them.
[[nodiscard]] std::unique_ptr<BatchStore> makeBatchStore(const Config& config);
/// What is wrong with the configuration of a store that was left out.
[[nodiscard]] std::optional<Error> checkBatchStore(const Config& config);

}
