#include "outbox.h"

#include <algorithm>
#include <new>
#include <utility>

#include "batch_age.h"

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::chrono::milliseconds askInterval{5};
constexpr std::size_t maxSpareBytes = std::size_t{16} << 20U;  // a full hand-off of the default size, encoded
constexpr std::size_t backlog = 8;  // if more batches wait, they wait longer than sending takes
constexpr std::size_t maxCachedBytes = std::size_t{4} << 20U;

}

SIDESPAN_COLD Outbox::Outbox(const Config::Outbox& limits, std::unique_ptr<BatchStore> store)
    : limits_(limits), store_(std::move(store)) {}

void Outbox::start() {
    if (!store_) return;
    const auto opened = store_->open();
    if (opened.isSuccess()) static_cast<void>(generation());
    const std::lock_guard lock(mutex_);
    if (!opened.isSuccess()) note(opened.error());
}

// ---- coming in

void Outbox::admit(std::size_t spans) noexcept {
    const std::lock_guard lock(mutex_);
    counts_.received += spans;
    open_ += spans;
}

void Outbox::refuse(std::size_t spans, DropReason reason) noexcept {
    const std::lock_guard lock(mutex_);
    open_ -= spans;
    counts_.dropped[reason] += spans;
}

SIDESPAN_COLD void Outbox::put(std::unique_ptr<Batch> batch) noexcept {
    batch->bodyBytes = batch->body.size();
    const bool isTooLarge = batch->bodyBytes > limits_.maxBytes;
    if (!closedFor() && !isTooLarge) store(*batch);
    const std::lock_guard lock(mutex_);
    open_ -= batch->spanCount();
    if (closed_ || isTooLarge) {
        discard(*batch, closed_.value_or(DropReason::tooLarge));
        recycle(std::move(batch));
        return;
    }
    makeRoom(batch->bodyBytes);
    batch->sequence = nextSequence_++;
    enter(std::move(batch));
}

// Not under the mutex, since it waits for the disk. If there is no memory for storing it, the batch stays
// only in memory.
SIDESPAN_COLD void Outbox::store(Batch& batch) try {
    if (!store_) return;
    auto stored = store_->open();
    if (stored.isSuccess()) stored = store_->save(batch);
    if (stored.isSuccess()) return;
    const std::lock_guard lock(mutex_);
    note(stored.error());
} catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch)
}

// Adds the batch to the waiting ones and counts it. Bodies that are on disk also stay in memory only while
// they are few.
void Outbox::enter(std::unique_ptr<Batch> batch) noexcept {
    const bool isOnDisk = !batch->file.empty();
    try {
        if (!isOnDisk && waiting_.size() >= backlog) batch->fit();
        if (isOnDisk && cachedBytes_ + batch->body.size() > maxCachedBytes) batch->body = {};
        const Batch& entered = waiting_.add(batch);
        hasWithdrawn_ = hasWithdrawn_ || isWithdrawn(entered);
        bytes_ += entered.bodyBytes;
        if (isOnDisk) cachedBytes_ += entered.body.size();
        (isOnDisk ? onDisk_ : queued_) += entered.spanCount();
    } catch (const std::bad_alloc&) {
        discard(*batch, DropReason::sinkFailed);
    }
}

SIDESPAN_COLD void Outbox::makeRoom(std::size_t bytes) noexcept {
    while (!waiting_.isEmpty() && bytes_ + bytes > limits_.maxBytes)
        discard(*extract(*waiting_.oldest()), DropReason::outboxFull);
}

std::unique_ptr<Batch> Outbox::spare() {
    const std::lock_guard lock(mutex_);
    if (spares_.empty()) return std::make_unique<Batch>();
    auto batch = std::move(spares_.back());
    spares_.pop_back();
    spareBytes_ -= batch->body.capacity();
    return batch;
}

// Keeps storage instead of freeing it. Freed memory is removed from the page tables of all processors that
// run a thread of the program, also the audio thread's, which then must look pages up again.
SIDESPAN_COLD void Outbox::recycle(std::unique_ptr<Batch> batch) noexcept {
    const std::size_t bytes = batch->body.capacity();
    if (bytes == 0 || (!spares_.empty() && spareBytes_ + bytes > maxSpareBytes)) return;
    batch->clear();
    try {
        spares_.push_back(std::move(batch));
        spareBytes_ += bytes;
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): then there is no spare
    }
}

SIDESPAN_COLD bool Outbox::adopt(Time now, WallTime wallNow) {
    if (!hasStore() || closedFor()) return false;
    BatchStore::Batches adopted;
    const auto enterAll = [&] {
        const std::lock_guard lock(mutex_);
        for (auto& batch : adopted) {
            counts_.recovered += batch->spanCount();
            batch->begun = now - ageOf(batch->made, wallNow);
            enter(std::move(batch));
        }
        makeRoom(0);
    };
    try {
        const bool isThereMore = store_->adopt(adopted, wallNow - limits_.maxAge);
        enterAll();
        return isThereMore;
    } catch (const std::bad_alloc&) {
        enterAll();  // these have been adopted
        return false;
    }
}

// ---- what is not on disk any more

SIDESPAN_COLD void Outbox::checkStore(bool isThorough) {
    if (!hasStore() || closedFor()) return;
    if (const auto opened = store_->open(); !opened.isSuccess()) {
        const std::lock_guard lock(mutex_);
        note(opened.error());
    }
    const auto openings = store_->openings();
    if (std::exchange(seenOpenings_, openings) == openings && !isThorough) return;
    const auto listed = store_->files();
    if (!listed.isSuccess()) return;
    const auto& names = listed.value();
    static_cast<void>(generation());  // a withdrawal elsewhere is noted before the files are removed
    const std::lock_guard lock(mutex_);
    waiting_.forEach([&](Batch& batch) {
        const bool isMissing = !batch.file.empty() && !std::ranges::binary_search(names, batch.file);
        if (isMissing && !isWithdrawn(batch) && store_->isGone(batch)) lostFile(batch);
    });
}

SIDESPAN_COLD void Outbox::lostFile(Batch& batch) {
    note({ErrorCode::io, "somebody has removed files of spans that were not yet delivered"});
    if (batch.body.isEmpty()) return discard(*extract(batch), DropReason::sinkFailed);
    cachedBytes_ -= batch.body.size();
    onDisk_ -= batch.spanCount();
    queued_ += batch.spanCount();
    batch.file.clear();
}

// ---- what must not be sent

std::uint64_t Outbox::generation() {
    if (!hasStore()) return Batch::anyGeneration;
    const auto now = store_->generation();
    const std::lock_guard lock(mutex_);
    if (now.isSuccess()) noteGeneration(now.value());
    return seenGeneration_;
}

// Unless the store was closed meanwhile.
void Outbox::noteGeneration(std::uint64_t generation) noexcept {
    if (generation == Batch::anyGeneration || generation <= seenGeneration_) return;
    seenGeneration_ = generation;
    hasWithdrawn_ = true;
}

bool Outbox::isWithdrawn(const Batch& batch) const noexcept {
    const bool isOfOtherConsent = !batch.isRecovered && batch.consentEpoch != seenEpoch_;
    return isOfOtherConsent || batch.generation < seenGeneration_;
}

bool Outbox::expire(Time now, ConsentEpoch consentEpoch) {
    const auto generation = hasStore() ? store_->generation() : Outcome<std::uint64_t>(std::uint64_t{0});
    const std::lock_guard lock(mutex_);
    dropOld(now);
    if (!generation.isSuccess()) {
        note(generation.error());
        return false;
    }
    dropWithdrawn(generation.value(), consentEpoch);
    return true;
}

SIDESPAN_COLD void Outbox::dropWithdrawn(std::uint64_t generation, ConsentEpoch consentEpoch) {
    noteGeneration(generation);
    const bool isNew = std::exchange(seenEpoch_, consentEpoch) != consentEpoch;
    if (!std::exchange(hasWithdrawn_, false) && !isNew) return;
    discardThose(DropReason::consentWithdrawn,
                 [](const Outbox& outbox, const Batch& batch) { return outbox.isWithdrawn(batch); });
}

SIDESPAN_COLD void Outbox::dropOld(Time now) {
    const auto dropFirst = [&](const Batch* batch) {
        if (batch == nullptr || now - batch->begun - batch->asleep <= limits_.maxAge) return false;
        discard(*extract(*batch), DropReason::expired);
        return true;
    };
    while (dropFirst(waiting_.oldest()) || dropFirst(waiting_.oldestOfThisRun())) {
    }
}

// ---- going out

// Removes a waiting or lent batch from the counts. The caller counts what becomes of its spans.
SIDESPAN_COLD std::unique_ptr<Batch> Outbox::extract(const Batch& batch) noexcept {
    forget(batch);
    changed_.notify_all();
    if (lent_.get() == &batch) {
        lentIsDropped_.reset();
        return std::move(lent_);
    }
    if (!batch.file.empty()) cachedBytes_ -= batch.body.size();
    return waiting_.remove(batch);
}

void Outbox::forget(const Batch& batch) noexcept {
    bytes_ -= batch.bodyBytes;
    (batch.file.empty() ? queued_ : onDisk_) -= batch.spanCount();
}

// Counts the spans of a batch as dropped, and erases its file.
void Outbox::discard(const Batch& batch, DropReason reason) noexcept {
    counts_.dropped[reason] += batch.spanCount();
    if (!batch.file.empty()) store_->erase(batch);
}

// Discards the waiting batches for which `isMeant` is true.
SIDESPAN_COLD void Outbox::discardThose(DropReason reason, bool (*isMeant)(const Outbox&, const Batch&)) {
    waiting_.forEach([&](const Batch& batch) {
        if (isMeant(*this, batch)) discard(*extract(batch), reason);
    });
}

SIDESPAN_COLD Batch* Outbox::take() {
    for (;;) {
        std::unique_lock lock(mutex_);
        const Batch* const next = waiting_.nextToSend();
        if (next == nullptr) return nullptr;
        if (!next->file.empty()) cachedBytes_ -= next->body.size();
        lent_ = waiting_.remove(*next);
        if (!lent_->body.isEmpty()) return lent_.get();
        lock.unlock();
        if (const auto loaded = load(*lent_); !loaded.isSuccess()) {
            lock.lock();
            note(loaded.error());
            if (store_->isGone(*lent_)) {
                discard(*extract(*lent_), DropReason::sinkFailed);
                continue;
            }
        }
        return lent_.get();
    }
}

// Does not throw: the batch is lent and must be returned.
Outcome<> Outbox::load(Batch& batch) try { return store_->load(batch); } catch (const std::bad_alloc&) {
    return Error{ErrorCode::resource, "out of memory"};
}

SIDESPAN_COLD void Outbox::giveBack(Batch& batch, bool hasFailed) noexcept {
    const std::lock_guard lock(mutex_);
    const auto reason = lentIsDropped_;
    auto returned = extract(batch);
    if (reason) {
        discard(*returned, *reason);
        return;
    }
    returned->attempts += hasFailed ? 1 : 0;
    enter(std::move(returned));
}

void Outbox::finish(Batch& batch, std::size_t rejected) noexcept {
    const std::lock_guard lock(mutex_);
    rejected = std::min(rejected, batch.spanCount());
    counts_.delivered += batch.spanCount() - rejected;
    counts_.dropped[DropReason::rejected] += rejected;
    auto finished = extract(batch);
    if (!finished->file.empty()) store_->erase(*finished);
    recycle(std::move(finished));
}

void Outbox::drop(Batch& batch, DropReason reason) noexcept {
    const std::lock_guard lock(mutex_);
    auto dropped = extract(batch);
    discard(*dropped, reason);
    recycle(std::move(dropped));
}

// Both halves are written to disk before the whole is erased.
SIDESPAN_COLD bool Outbox::halve(Batch& batch) {
    auto [first, second] = split(batch);
    if (!batch.file.empty()) {
        store(*first);
        if (!first->file.empty()) store(*second);
        if (second->file.empty()) {
            if (!first->file.empty()) store_->erase(*first);
            return false;
        }
    }
    const std::lock_guard lock(mutex_);
    const auto reason = lentIsDropped_;
    const auto whole = extract(batch);
    if (!whole->file.empty()) store_->erase(*whole);
    for (auto* half : {&first, &second}) {
        if (reason) {
            discard(**half, *reason);
        } else {
            enter(std::move(*half));
        }
    }
    return true;
}

// ---- ends

SIDESPAN_COLD void Outbox::dropAll(DropReason reason) noexcept {
    discardThose(reason, [](const Outbox&, const Batch&) { return true; });
    if (lent_) lentIsDropped_ = reason;
}

void Outbox::purge() noexcept {
    const std::lock_guard lock(mutex_);
    dropAll(DropReason::consentWithdrawn);
}

void Outbox::close(DropReason reason) noexcept {
    const std::lock_guard lock(mutex_);
    closed_ = reason;
    dropAll(reason);
}

SIDESPAN_COLD void Outbox::leave() {
    const std::lock_guard lock(mutex_);
    closed_ = DropReason::shutdown;
    discardThose(DropReason::shutdown, [](const Outbox&, const Batch& batch) { return batch.file.empty(); });
    if (store_) store_->close();
}

std::optional<DropReason> Outbox::closedFor() const noexcept {
    const std::lock_guard lock(mutex_);
    return closed_;
}

SIDESPAN_COLD bool Outbox::waitUntilDelivered(Deadline deadline, const Meanwhile& goesOn) {
    std::unique_lock lock(mutex_);
    const auto mark = nextSequence_;
    const auto isOlder = [&](const Batch* batch) {
        return batch != nullptr && !batch->isRecovered && batch->sequence < mark;
    };
    const auto isDelivered = [&] { return !isOlder(lent_.get()) && !isOlder(waiting_.oldestOfThisRun()); };
    for (;;) {
        if (changed_.wait_until(lock, std::min(deadline, deadlineIn(askInterval)), isDelivered)) return true;
        if (std::chrono::steady_clock::now() >= deadline) return false;
        lock.unlock();
        if (goesOn && !goesOn()) return false;
        lock.lock();
    }
}

// ---- looking

SinkStats Outbox::stats() const noexcept {
    const std::lock_guard lock(mutex_);
    auto stats = counts_;
    stats.queued = open_ + queued_;
    stats.onDisk = onDisk_;
    return stats;
}

// Besides its body, a batch takes about 1 KiB: entries in two tables, and the name of its file.
std::size_t Outbox::waitingBytes() const noexcept {
    constexpr std::size_t besideBody = 1024;
    const std::lock_guard lock(mutex_);
    return bytes_ + (waiting_.size() + (lent_ ? 1 : 0)) * besideBody;
}

SIDESPAN_COLD std::string Outbox::peek() const {
    const std::lock_guard lock(mutex_);
    const Batch* const next = waiting_.nextToSend();
    if (next == nullptr) return {};
    if (!next->body.isEmpty()) return std::string(next->body.view());
    Batch copy;
    copy.file = next->file;
    return store_->load(copy).isSuccess() ? std::string(copy.body.view()) : std::string();
}

SIDESPAN_COLD void Outbox::note(const Error& problem) noexcept try {
    problem_ = problem;
} catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): it will not be the last
}

SIDESPAN_COLD std::optional<Error> Outbox::takeProblem() {
    const std::lock_guard lock(mutex_);
    return std::exchange(problem_, std::nullopt);
}

}
