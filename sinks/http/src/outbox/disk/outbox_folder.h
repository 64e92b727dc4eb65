#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "directory.h"
#include "outbox/batch_store.h"
#include "owed_withdrawals.h"
#include "shared_budget.h"

namespace sidespan::inline v0::detail {

/// The outbox directory, shared by all recorders and processes that use it. Each keeps its batches in its own
/// subdirectory, which has a random name and stays locked while its owner lives. The batches of an owner that
/// has ended are adopted by another one. The size of the file "generation" is how often consent was
/// withdrawn.
///
/// If the directory is removed while in use, the next open() creates it again. If it was renamed, its files
/// are moved to the new one. Broken files are set aside. Batches of later versions, and those for another
/// destination, are left alone.
class OutboxFolder final : public BatchStore {
public:
    /// Touches nothing.
    OutboxFolder(std::string path, std::string destination, std::uint64_t maxBytesPerDay = 0);

    [[nodiscard]] Outcome<> open() override;
    [[nodiscard]] bool isOpen() const noexcept override { return place() != nullptr; }
    [[nodiscard]] std::uint64_t openings() const noexcept override { return openings_.load(); }

    [[nodiscard]] Outcome<> save(Batch& batch) override;
    [[nodiscard]] Outcome<> load(Batch& batch) override;
    [[nodiscard]] bool isGone(const Batch& batch) const noexcept override;
    void erase(const Batch& batch) const noexcept override;
    [[nodiscard]] Outcome<std::vector<std::string>> files() const override;

    /// Removes unfinished files and sets broken ones aside. For the thread that calls close().
    [[nodiscard]] bool adopt(Batches& adopted, WallTime oldest) override;
    [[nodiscard]] std::string installation() override;
    [[nodiscard]] Outcome<std::uint64_t> generation() override;
    [[nodiscard]] Outcome<> purge() override;
    void close() override;
    [[nodiscard]] RequestBudget& budget() noexcept override { return budget_; }

private:
    /// The directory and this owner's subdirectory, both open.
    struct Place {
        Directory root;
        Directory own;
        std::string ownName;
    };
    [[nodiscard]] std::shared_ptr<const Place> place() const noexcept;
    void moveTo(std::shared_ptr<const Place> next) noexcept;
    [[nodiscard]] Outcome<Place> makePlace() const;
    static bool takeOver(const Directory& from, const Place& next);

    void openOrphan(const Place& place);
    void adoptFile(const std::string& name, const Place& place, Batches& adopted, WallTime oldest) const;
    static void setAside(const Directory& root, const Directory& from, const std::string& file);
    [[nodiscard]] Outcome<std::uint64_t> generationIn(const Directory& root) const;
    void restoreGeneration(const Directory& root, std::uint64_t known) const;
    [[nodiscard]] Outcome<> purgeIn(const Directory& root);
    [[nodiscard]] Error incompletePurge(bool isCounted, const std::string& reason) const;

    const std::string path_;
    const std::string destination_;
    const OwedWithdrawals::Share owed_;
    SharedBudget budget_;

    std::mutex opening_;
    mutable std::mutex placeMutex_;
    std::shared_ptr<const Place> place_;  // null while it is not open

    std::atomic<std::uint64_t> openings_{0};
    mutable std::atomic<std::uint64_t> knownGeneration_{0};  // as it was last written

    bool isAdopting_ = false;
    std::vector<std::string> orphans_;      // names that are still to be examined
    Directory orphan_;                      // the last of them, while its files are adopted
    std::vector<std::string> orphanFiles_;  // its files, the oldest first
    std::size_t nextFile_ = 0;              // of them
    std::string installation_;
    std::uint64_t installationOf_ = 0;  // the generation
    std::atomic<bool> mustRemoveInstallation_{false};
};

}
