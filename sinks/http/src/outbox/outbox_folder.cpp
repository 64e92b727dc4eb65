#include "outbox_folder.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include <sidespan/detail/join.h>

#include "batch_file.h"

namespace sidespan::inline v0::detail {
namespace {

constexpr std::string_view batchSuffix = ".batch";
constexpr std::string_view unfinishedSuffix = ".tmp";
constexpr std::string_view brokenSuffix = ".broken";
constexpr std::string_view newPrefix = "new-";
constexpr const char* generationName = "generation";
constexpr const char* installationName = "installation";
constexpr std::uint64_t maxFileBytes = std::uint64_t{128} << 20U;
constexpr int maxBroken = 16;  // kept for whoever wants to know why
constexpr int maxTries = 3;
constexpr int adoptedAtOnce = 16;  // files, or directories: a shutdown waits for no more

// Ours are named by their age, so that a listing shows the oldest first.
std::string nameOf(const Batch& batch) noexcept {
    const auto ms =
        std::chrono::duration_cast<std::chrono::milliseconds>(batch.made.time_since_epoch()).count();
    std::array<char, 16> digits{};
    auto rest = static_cast<std::uint64_t>(ms);
    for (auto at = digits.rbegin(); at != digits.rend(); ++at, rest >>= 4U)
        *at = "0123456789abcdef"[rest & 0xfU];
    return join({{digits.data(), digits.size()}, "-", batch.id.text(), batchSuffix});
}

bool isUuid(std::string_view text) noexcept {
    if (text.size() != 36) return false;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool isDash = i == 8 || i == 13 || i == 18 || i == 23;
        if (std::string_view(isDash ? "-" : "0123456789abcdef").find(text[i]) == std::string_view::npos)
            return false;
    }
    return true;
}

// Names of subdirectories are UUIDs, or those of some about to be.
bool isSubdirectory(std::string_view name) {
    if (name.starts_with(newPrefix)) name.remove_prefix(newPrefix.size());
    return isUuid(name);
}

void removeBatches(const Directory& directory) noexcept {
    for (const auto& name : directory.list()) {
        if (name.ends_with(batchSuffix) || name.ends_with(unfinishedSuffix)) directory.remove(name);
    }
}

}

OutboxFolder::OutboxFolder(std::string path, std::string destination)
    : path_(std::move(path)), destination_(std::move(destination)) {}

Outcome<> OutboxFolder::open() noexcept {
    const std::lock_guard lock(opening_);
    if (isOpen()) return {};
    auto root = Directory::make(path_);
    if (!root.isSuccess()) return root.error();
    auto own = makeOwn(root.value());
    if (!own.isSuccess()) return own.error();
    root_ = std::move(root).value();
    own_ = std::move(own).value();
    isOpen_.store(true, std::memory_order_release);
    return {};
}

// A subdirectory gets its name when it is locked: until then nobody takes it for an orphan, at worst for
// rubbish.
Outcome<Directory> OutboxFolder::makeOwn(const Directory& root) noexcept {
    for (int i = 0; i < maxTries; ++i) {
        const auto name = Uuid::random().text();
        const auto early = join({newPrefix, name});
        auto made = root.makeChild(early);
        if (!made.isSuccess()) return made;
        const bool isNamed = made.value().tryLock() && root.rename(early, name);
        if (isNamed && root.sync()) {
            ownName_ = name;
            return made;
        }
        root.removeChild(isNamed ? name : early, std::move(made).value());
    }
    return Error{ErrorCode::io, join({"cannot lock a directory in \"", path_, "\""})};
}

Outcome<> OutboxFolder::save(Batch& batch) const noexcept {
    if (batch.generation == Batch::anyGeneration)
        batch.generation = generation();  // begun before there was one
    const auto name = nameOf(batch);
    const auto pieces = BatchFile(batch, destination_);
    auto written = own_.write(name, pieces.pieces());
    if (written.isSuccess()) batch.file = name;
    return written;
}

Outcome<> OutboxFolder::load(Batch& batch) const {
    if (!isOpen()) return Error{ErrorCode::io, "the outbox directory has been left to the next run"};
    const auto bytes = own_.read(batch.file, maxFileBytes);
    if (!bytes.isSuccess()) return bytes.error();
    auto content = BatchFile::parse(bytes.value());
    if (!content.isSuccess()) {
        setAside(own_, batch.file);
        return content.error();
    }
    batch.body = std::move(content.value().batch->body);
    return {};
}

bool OutboxFolder::has(const Batch& batch) const noexcept {
    return isOpen() && own_.sizeOf(batch.file) != 0;
}

void OutboxFolder::erase(const Batch& batch) const noexcept {
    if (isOpen()) own_.remove(batch.file);
}

bool OutboxFolder::adopt(Batches& adopted, WallTime oldest) noexcept {
    if (!std::exchange(isAdopting_, true)) orphans_ = root_.list();
    for (int i = 0; i < adoptedAtOnce && isAdopting_; ++i) {
        if (!orphan_.isOpen()) {
            isAdopting_ = !orphans_.empty();
            if (isAdopting_) openOrphan();
        } else if (orphanFiles_.empty()) {
            root_.removeChild(orphans_.back(), std::exchange(orphan_, Directory()));
            orphans_.pop_back();
        } else {
            std::ranges::pop_heap(orphanFiles_, std::greater());
            adoptFile(orphanFiles_.back(), adopted, oldest);
            orphanFiles_.pop_back();
        }
    }
    if (!adopted.empty()) own_.sync();
    return isAdopting_;
}

// The last one of the list, which stays there while it is open.
void OutboxFolder::openOrphan() noexcept {
    const auto& name = orphans_.back();
    if (isSubdirectory(name) && name != ownName_) {
        auto orphan = root_.openChild(name);
        if (orphan.isSuccess() && orphan.value().tryLock() && root_.isChild(name, orphan.value())) {
            orphan_ = std::move(orphan).value();
            orphanFiles_ = orphan_.list();
            std::ranges::make_heap(orphanFiles_, std::greater());
            return;
        }
    }
    orphans_.pop_back();
}

void OutboxFolder::adoptFile(const std::string& name, Batches& adopted, WallTime oldest) const noexcept {
    if (name.ends_with(unfinishedSuffix)) orphan_.remove(name);
    if (!name.ends_with(batchSuffix)) return;
    const auto bytes = orphan_.read(name, maxFileBytes);
    if (!bytes.isSuccess() || BatchFile::isOfLaterVersion(bytes.value())) return;
    auto content = BatchFile::parse(bytes.value());
    if (!content.isSuccess()) {
        setAside(orphan_, name);
        return;
    }
    auto& batch = content.value().batch;
    if (content.value().destination != destination_) {
        if (batch->made < oldest) orphan_.remove(name);
        return;
    }
    if (!orphan_.moveTo(own_, name)) return;
    batch->file = name;
    batch->isRecovered = true;
    batch->body = {};
    adopted.push_back(std::move(batch));
}

void OutboxFolder::setAside(const Directory& from, const std::string& file) const noexcept {
    const auto names = root_.list();
    const auto known =
        std::ranges::count_if(names, [](const auto& name) { return name.ends_with(brokenSuffix); });
    const auto aside = join({file, brokenSuffix});
    if (known >= maxBroken || !from.rename(file, aside) || !from.moveTo(root_, aside)) from.remove(file);
}

std::string OutboxFolder::installation() noexcept {
    const auto now = generation();
    if (!installation_.empty() && installationOf_ == now) return installation_;
    const auto kept = root_.keep(installationName, Uuid::random().text(), isUuid);
    installation_ = kept.isSuccess() ? kept.value() : std::string();
    installationOf_ = now;
    return installation_;
}

std::uint64_t OutboxFolder::generation() const noexcept {
    return isOpen() ? root_.sizeOf(generationName) : Batch::anyGeneration;
}

void OutboxFolder::purge() noexcept {
    const std::lock_guard lock(opening_);
    Directory there;
    if (!isOpen()) {
        auto opened = Directory::open(path_);
        if (!opened.isSuccess()) return;
        there = std::move(opened).value();
    }
    const Directory& root = isOpen() ? root_ : there;
    // The id first, so that nobody takes the old one for one of the new generation.
    root.remove(installationName);
    const bool isTold = root.lengthen(generationName).isSuccess();
    for (const auto& name : root.list()) {
        if (name.ends_with(brokenSuffix)) root.remove(name);
        if (!isSubdirectory(name)) continue;
        const auto child = root.openChild(name);
        if (child.isSuccess()) removeBatches(child.value());
    }
    if (!isTold) static_cast<void>(root.lengthen(generationName));  // the disk may have been full
}

void OutboxFolder::close() noexcept {
    const std::lock_guard lock(opening_);
    orphan_ = Directory();
    isAdopting_ = false;
    if (isOpen_.exchange(false)) root_.removeChild(ownName_, std::exchange(own_, Directory()));
}

}
