#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <sidespan/outcome.h>

#include "batch/batch.h"
#include "directory.h"

namespace sidespan::inline v0::detail {

/// The outbox directory, shared by every recorder and process that was given it. Each keeps its batches in a
/// subdirectory of its own, under a random name, locked for as long as it lives; what a subdirectory holds
/// whose owner is gone, the next one takes over. `generation` counts, in bytes, how often consent was
/// withdrawn: batches of an earlier generation are not sent by anybody.
///
/// Any thread; a batch at one at a time.
class OutboxFolder {
public:
    using WallTime = DeliveryClock::WallTime;

    /// Touches nothing. Batches for another destination, and of later versions, are left alone.
    OutboxFolder(std::string path, std::string destination);

    /// Makes our subdirectory, if that has not been done.
    [[nodiscard]] Outcome<> open() noexcept;
    [[nodiscard]] bool isOpen() const noexcept { return isOpen_.load(std::memory_order_acquire); }

    /// The batch is durable when this succeeds, and `batch.file` set.
    [[nodiscard]] Outcome<> save(Batch& batch) const noexcept;
    /// Gives a batch its body back. A file that is not whole any more is set aside.
    [[nodiscard]] Outcome<> load(Batch& batch) const;
    /// Whether the batch's file is there, so that what could not be loaded may be another time.
    [[nodiscard]] bool has(const Batch& batch) const noexcept;
    void erase(const Batch& batch) const noexcept;

    using Batches = std::vector<std::unique_ptr<Batch>>;
    /// Adds a few batches of what earlier runs left to `adopted`, now ours and without bodies. Unfinished
    /// files are removed, broken ones set aside, and batches for another destination when they were made
    /// before `oldest`. False when there is no more. For the thread that closes.
    bool adopt(Batches& adopted, WallTime oldest) noexcept;

    /// A random UUID that stays the same for all who use this folder until consent is withdrawn; made when it
    /// is first asked for. Empty when it cannot be kept. For one thread.
    [[nodiscard]] std::string installation() noexcept;

    /// How often consent was withdrawn.
    [[nodiscard]] std::uint64_t generation() const noexcept;
    /// Counts one more withdrawal and removes everybody's batches and the installation's id. Does not make
    /// what is not there.
    void purge() noexcept;

    /// Lets others have what is left, which is out of reach of load() and erase() from then on.
    void close() noexcept;

private:
    [[nodiscard]] Outcome<Directory> makeOwn(const Directory& root) noexcept;
    void openOrphan() noexcept;
    void adoptFile(const std::string& name, Batches& adopted, WallTime oldest) const noexcept;
    void setAside(const Directory& from, const std::string& file) const noexcept;

    const std::string path_;
    const std::string destination_;
    mutable std::mutex opening_;
    std::atomic<bool> isOpen_{false};  // from then on the rest stays as it is, until close()
    Directory root_;
    Directory own_;
    std::string ownName_;
    bool isAdopting_ = false;
    std::vector<std::string> orphans_;      // what is still to be looked at
    Directory orphan_;                      // the last of them, while its files are adopted
    std::vector<std::string> orphanFiles_;  // a heap, the oldest on top
    std::string installation_;
    std::uint64_t installationOf_ = 0;  // the generation
};

}
