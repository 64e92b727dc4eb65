#include "outbox_folder.h"

#include <algorithm>
#include <array>
#include <new>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/hex.h>
#include <sidespan/detail/join.h>

#include "batch_file.h"
#include "outbox/batch_age.h"

namespace sidespan::inline v0::detail {
namespace {

constexpr std::string_view batchSuffix = ".batch";
constexpr std::string_view unfinishedSuffix = ".tmp";
constexpr std::string_view brokenSuffix = ".broken";
constexpr std::string_view newPrefix = "new-";
constexpr const char* generationName = "generation";
constexpr const char* installationName = "installation";
constexpr std::uint64_t maxFileBytes = std::uint64_t{128} << 20U;
constexpr int maxBroken = 16;      // kept for finding the cause
constexpr int maxTries = 32;       // each process that cleans up meanwhile may make one fail
constexpr int adoptedAtOnce = 16;  // files or directories, since a shutdown waits for them

// Names begin with the time of the batch, so that a sorted list has the oldest first.
std::string nameOf(const Batch& batch) {
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(batch.made.time_since_epoch()).count();
    std::array<char, 16> digits{};
    formatHex(digits.data(), static_cast<std::uint64_t>(ms), digits.size());
    return join({{digits.data(), digits.size()}, "-", batch.id.text(), batchSuffix});
}

bool isUuid(std::string_view text) noexcept {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isDash = i == 8 || i == 13 || i == 18 || i == 23;
        if (std::string_view(isDash ? "-" : hexDigits).find(text[i]) == std::string_view::npos) return false;
    }
    return true;
}

SIDESPAN_COLD Error notOpen(const std::string& path) {
    return {ErrorCode::io, join({"the outbox directory \"", path, "\" is not open"})};
}

// Names of subdirectories are UUIDs, with a prefix while they are being created.
bool isSubdirectory(std::string_view name) {
    if (name.starts_with(newPrefix)) name.remove_prefix(newPrefix.size());
    return isUuid(name);
}

// False if some may be left.
bool removeBatches(const Directory& directory) {
    const auto names = directory.list();
    if (!names.isSuccess()) return false;
    bool isClean = true;
    for (const auto& name : names.value()) {
        if (name.ends_with(batchSuffix) || name.ends_with(unfinishedSuffix) || name.ends_with(brokenSuffix))
            isClean = directory.wipe(name) && isClean;
    }
    return isClean;
}

// Removes everybody's batches, and broken files. False if some may be left.
bool removeAllBatches(const Directory& root) {
    const auto names = root.list();
    if (!names.isSuccess()) return false;
    bool isClean = true;
    for (const auto& name : names.value()) {
        if (name.ends_with(brokenSuffix)) isClean = root.wipe(name) && isClean;
        if (!isSubdirectory(name)) continue;
        const auto child = root.openChild(name);
        const bool isChildClean = child.isSuccess() && removeBatches(child.value());
        isClean = (isChildClean || root.findFile(name) == Presence::gone) && isClean;
    }
    return isClean;
}

}

SIDESPAN_COLD OutboxFolder::OutboxFolder(std::string path, std::string destination,
                                         std::uint64_t maxBytesPerDay)
    : path_(std::move(path)),
      destination_(std::move(destination)),
      owed_(path_),
      budget_(maxBytesPerDay, path_) {}

// ---- where it is

std::shared_ptr<const OutboxFolder::Place> OutboxFolder::place() const noexcept {
    const std::lock_guard lock(placeMutex_);
    return place_;
}

void OutboxFolder::moveTo(std::shared_ptr<const Place> next) noexcept {
    const std::lock_guard lock(placeMutex_);
    place_ = std::move(next);
}

SIDESPAN_COLD Outcome<> OutboxFolder::open() {
    const std::lock_guard lock(opening_);
    const auto before = place();
    if (before && before->root.findAt(path_) != Presence::gone &&
        before->root.findChild(before->ownName, before->own) != Presence::gone)
        return {};
    auto made = makePlace();
    if (!made.isSuccess()) return made.error();
    auto next = std::make_shared<const Place>(std::move(made).value());
    if (before && !takeOver(before->own, *next)) {
        const auto reopened = next->root.openChild(before->ownName);  // somebody closed its descriptor
        if (reopened.isSuccess()) takeOver(reopened.value(), *next);
    }
    moveTo(std::move(next));
    ++openings_;
    return {};
}

// Moves all batches to the new place; false if they cannot be listed.
SIDESPAN_COLD bool OutboxFolder::takeOver(const Directory& from, const Place& next) {
    const auto names = from.list();
    if (!names.isSuccess()) return false;
    for (const auto& name : names.value()) from.moveTo(next.own, name);
    next.own.sync();
    return true;
}

SIDESPAN_COLD Outcome<OutboxFolder::Place> OutboxFolder::makePlace() const {
    auto root = Directory::make(path_);
    if (!root.isSuccess()) return root.error();
    Place place{std::move(root).value(), {}, {}};
    if (const auto readable = generationIn(place.root); !readable.isSuccess()) return readable.error();
    for (int i = 0; i < maxTries; ++i) {
        place.ownName = Uuid::random().text();
        auto made = place.root.makeLockedChild(place.ownName);
        if (!made.isSuccess()) return made.error();
        if (made.value().isOpen()) {
            place.own = std::move(made).value();
            return place;
        }
    }
    return Error{ErrorCode::io, join({"cannot lock a directory in \"", path_, "\""})};
}

SIDESPAN_COLD void OutboxFolder::close() {
    const std::lock_guard lock(opening_);
    orphan_ = Directory();
    isAdopting_ = false;
    const auto before = place();
    moveTo(nullptr);
    if (!before) return;
    const auto left = before->own.list();
    if (left.isSuccess() && left.value().empty()) {
        auto own = before->root.openChild(before->ownName);
        before->own.unlock();  // older Windows removes no directory that contains an open file
        if (own.isSuccess()) before->root.removeChild(before->ownName, std::move(own).value());
    }
}

// ---- one batch

SIDESPAN_COLD Outcome<> OutboxFolder::save(Batch& batch) {
    const auto at = place();
    if (!at) return notOpen(path_);
    const auto now = generationIn(at->root);
    if (!now.isSuccess()) return now.error();
    if (owed_->count() != 0)
        return Error{ErrorCode::io, join({"\"", path_, "\" does not say yet that consent was withdrawn"})};
    if (batch.generation == Batch::anyGeneration)
        batch.generation = now.value();  // begun before this was open
    auto name = nameOf(batch);
    const auto pieces = BatchFile(batch, destination_);
    auto written = at->own.write(name, pieces.pieces());
    // Consent may have been withdrawn meanwhile: the purge then removed the file, or came too early for it.
    static_cast<void>(generationIn(at->root));
    if (batch.generation < knownGeneration_.load()) {
        at->own.remove(name);
        return {};
    }
    if (written.isSuccess()) batch.file = std::move(name);  // allocates nothing: the file exists already
    return written;
}

SIDESPAN_COLD Outcome<> OutboxFolder::load(Batch& batch) {
    const auto at = place();
    if (!at) return notOpen(path_);
    const auto bytes = at->own.read(batch.file, maxFileBytes);
    if (!bytes.isSuccess()) return bytes.error();
    auto content = BatchFile::parse(bytes.value());
    if (!content.isSuccess()) {
        setAside(at->root, at->own, batch.file);
        return content.error();
    }
    batch.body = std::move(content.value().batch->body);
    return {};
}

SIDESPAN_COLD bool OutboxFolder::isGone(const Batch& batch) const noexcept {
    const auto at = place();
    return at && at->own.findFile(batch.file) == Presence::gone;
}

SIDESPAN_COLD void OutboxFolder::erase(const Batch& batch) const noexcept {
    if (const auto at = place()) at->own.remove(batch.file);
}

SIDESPAN_COLD Outcome<std::vector<std::string>> OutboxFolder::files() const {
    const auto at = place();
    if (!at) return notOpen(path_);
    return at->own.list();
}

SIDESPAN_COLD void OutboxFolder::setAside(const Directory& root, const Directory& from,
                                          const std::string& file) {
    const auto names = root.list();
    if (!names.isSuccess()) return;
    const auto known =
        std::ranges::count_if(names.value(), [](const auto& name) { return name.ends_with(brokenSuffix); });
    const auto aside = file.ends_with(brokenSuffix) ? file : join({file, brokenSuffix});
    const bool isKept =
        known < maxBroken && (aside == file || from.rename(file, aside)) && from.moveTo(root, aside);
    if (isKept) return;
    from.remove(file);
    from.remove(aside);
}

// ---- what earlier runs left

SIDESPAN_COLD bool OutboxFolder::adopt(Batches& adopted, WallTime oldest) {
    const auto at = place();
    if (!at) return false;
    if (!isAdopting_) {
        auto names = at->root.list();
        if (!names.isSuccess()) return false;
        orphans_ = std::move(names).value();
        isAdopting_ = true;
    }
    for (int i = 0; i < adoptedAtOnce && isAdopting_; ++i) {
        if (!orphan_.isOpen()) {
            isAdopting_ = !orphans_.empty();
            if (isAdopting_) openOrphan(*at);
        } else if (nextFile_ == orphanFiles_.size()) {
            at->root.removeChild(orphans_.back(), std::exchange(orphan_, Directory()));
            orphans_.pop_back();
        } else {
            adoptFile(orphanFiles_[nextFile_++], *at, adopted, oldest);
        }
    }
    if (!adopted.empty()) at->own.sync();
    return isAdopting_;
}

// Opens the last of the list, which stays in the list while it is open.
SIDESPAN_COLD void OutboxFolder::openOrphan(const Place& place) {
    const auto& name = orphans_.back();
    if (isSubdirectory(name) && name != place.ownName) {
        auto orphan = place.root.openChild(name);
        if (orphan.isSuccess() && orphan.value().tryLock() &&
            place.root.findChild(name, orphan.value()) == Presence::there) {
            auto files = orphan.value().list();
            if (files.isSuccess()) {
                orphan_ = std::move(orphan).value();
                orphanFiles_ = std::move(files).value();
                nextFile_ = 0;
                return;
            }
        }
    }
    orphans_.pop_back();
}

SIDESPAN_COLD void OutboxFolder::adoptFile(const std::string& name, const Place& place, Batches& adopted,
                                           WallTime oldest) const {
    if (name.ends_with(unfinishedSuffix)) orphan_.remove(name);
    // A run may end after it renamed a broken file and before it moved it.
    if (name.ends_with(brokenSuffix)) setAside(place.root, orphan_, name);
    if (!name.ends_with(batchSuffix)) return;
    const auto bytes = orphan_.read(name, maxFileBytes);
    if (!bytes.isSuccess() || BatchFile::isOfLaterVersion(bytes.value())) return;
    auto content = BatchFile::parse(bytes.value());
    if (!content.isSuccess()) return setAside(place.root, orphan_, name);
    auto& batch = content.value().batch;
    if (content.value().destination != destination_) {
        if (canBeJudged(batch->made) && batch->made < oldest) orphan_.remove(name);
        return;
    }
    batch->file = name;
    batch->isRecovered = true;
    batch->body = {};
    adopted.push_back(std::move(batch));
    if (!orphan_.moveTo(place.own, name)) adopted.pop_back();
}

// ---- consent

SIDESPAN_COLD std::string OutboxFolder::installation() {
    const auto at = place();
    const auto now = generation();
    if (!at || !now.isSuccess()) return {};
    if (!installation_.empty() && installationOf_ == now.value()) return installation_;
    installation_.clear();
    if (mustRemoveInstallation_.load() && !at->root.wipe(installationName)) return {};
    mustRemoveInstallation_.store(false);
    auto kept = at->root.keep(installationName, Uuid::random().text(), isUuid);
    if (kept.isSuccess()) installation_ = std::move(kept).value();
    installationOf_ = now.value();
    return installation_;
}

Outcome<std::uint64_t> OutboxFolder::generation() {
    const auto at = place();
    if (!at) return Batch::anyGeneration;
    return generationIn(at->root);
}

// Includes withdrawals that are owed, after trying to write them.
SIDESPAN_COLD Outcome<std::uint64_t> OutboxFolder::generationIn(const Directory& root) const {
    std::unique_lock lock(owed_->lock(), std::defer_lock);
    if (owed_->count() != 0) {
        lock.lock();
        while (owed_->isOfOnePath() && owed_->count() != 0 && root.lengthen(generationName).isSuccess())
            owed_->noteWritten();
    }
    auto written = root.sizeOf(generationName);
    if (!written.isSuccess()) return written;
    const auto known = knownGeneration_.load();
    if (written.value() < known) {
        restoreGeneration(root, known);
        written.value() = known;
    }
    knownGeneration_.store(written.value());
    if (lock.owns_lock()) written.value() += owed_->count();
    return written;
}

// Somebody has removed the file. Batches contain the count at their time, so it must not begin at 0 again.
SIDESPAN_COLD void OutboxFolder::restoreGeneration(const Directory& root, std::uint64_t known) const {
    const auto restored = root.update(generationName, [known](std::string_view there) {
        return std::string(std::max<std::size_t>(there.size(), known), '.');
    });
    static_cast<void>(restored);  // if this fails, the next look tries again
}

// If memory runs out, it is not known what was done, so the withdrawal is owed: counting it twice does no
// harm.
SIDESPAN_COLD Outcome<> OutboxFolder::purge() try {
    const std::lock_guard lock(opening_);
    const auto held = place();
    const auto named = Directory::open(path_);
    // If the directory was moved or replaced, the old one must be emptied, too.
    const bool isElsewhere = held && held->root.findAt(path_) == Presence::gone;
    const bool isClean = !isElsewhere || removeBatches(held->own);
    if (named.isSuccess()) return purgeIn(named.value());
    if (Directory::find(path_) == Presence::gone)
        return isClean ? Outcome<>() : incompletePurge(true, "it has been moved");
    if (held && !isElsewhere) return purgeIn(held->root);
    owed_->add();
    return incompletePurge(false, named.error().message);
} catch (const std::bad_alloc&) {
    mustRemoveInstallation_.store(true);
    owed_->add();
    throw;
}

SIDESPAN_COLD Outcome<> OutboxFolder::purgeIn(const Directory& root) {
    // The id first, so that nobody uses the old one in the new generation.
    const bool isForgotten = root.wipe(installationName);
    mustRemoveInstallation_.store(!isForgotten);
    auto counted = root.lengthen(generationName);
    const bool isClean = removeAllBatches(root) && isForgotten;
    if (!counted.isSuccess()) counted = root.lengthen(generationName);  // the disk may have been full
    if (!counted.isSuccess()) {
        owed_->add();
        return incompletePurge(false, counted.error().message);
    }
    return isClean ? Outcome<>() : incompletePurge(true, "some files cannot be removed");
}

SIDESPAN_COLD Error OutboxFolder::incompletePurge(bool isCounted, const std::string& reason) const {
    if (isCounted)
        return {ErrorCode::io,
                join({"consent was withdrawn, but spans recorded before remain in \"", path_, "\" (", reason,
                      "). They will not be sent; please remove the directory"})};
    return {ErrorCode::io,
            join({"consent was withdrawn, but that could not be written to \"", path_, "\" (", reason,
                  "). This process sends nothing that was recorded before; a later run may, unless the "
                  "directory is removed"})};
}

}
