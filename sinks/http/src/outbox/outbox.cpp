#include "outbox.h"

#include <algorithm>
#include <utility>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::chrono::milliseconds askInterval{5};
constexpr std::size_t maxSpareBytes = std::size_t{16} << 20U;  // a full hand-off of the default size, encoded
constexpr std::size_t backlog = 8;  // batches that wait longer than it takes to send them
constexpr std::size_t maxCachedBytes = std::size_t{4} << 20U;

}

Outbox::Outbox(const Config& config) : limits_(config.outbox) {
    if (!limits_.directory.empty()) folder_.emplace(limits_.directory, config.endpoint);
}

void Outbox::start() noexcept {
    if (!folder_) return;
    const auto opened = folder_->open();
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

void Outbox::put(std::unique_ptr<Batch> batch) noexcept {
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

// Not under the mutex: it waits for the disk.
void Outbox::store(Batch& batch) noexcept {
    if (!folder_) return;
    auto stored = folder_->open();
    if (stored.isSuccess()) stored = folder_->save(batch);
    if (stored.isSuccess()) return;
    const std::lock_guard lock(mutex_);
    note(stored.error());
}

// Into the account and into its place. Bodies that are on disk stay in memory as well only while they are
// few.
void Outbox::enter(std::unique_ptr<Batch> batch) noexcept {
    bytes_ += batch->bodyBytes;
    if (batch->file.empty()) {
        queued_ += batch->spanCount();
        if (waiting_.size() >= backlog) batch->fit();
    } else {
        onDisk_ += batch->spanCount();
        if (cachedBytes_ + batch->body.size() > maxCachedBytes) batch->body = {};
        cachedBytes_ += batch->body.size();
    }
    const auto orderOf = [](const auto& b) { return std::pair(b->sequence, b->made); };
    const auto at = std::ranges::upper_bound(waiting_, orderOf(batch), {}, orderOf);
    waiting_.insert(at, std::move(batch));
}

void Outbox::makeRoom(std::size_t bytes) noexcept {
    while (!waiting_.empty() && bytes_ + bytes > limits_.maxBytes) {
        discard(*extract(*waiting_.front()), DropReason::outboxFull);
    }
}

std::unique_ptr<Batch> Outbox::spare() noexcept {
    const std::lock_guard lock(mutex_);
    if (spares_.empty()) return std::make_unique<Batch>();
    auto batch = std::move(spares_.back());
    spares_.pop_back();
    spareBytes_ -= batch->body.capacity();
    return batch;
}

// What goes back to the system is taken out of the page tables of every processor that runs a thread of the
// program, the audio thread's too, whose next calls then look each page up again.
void Outbox::recycle(std::unique_ptr<Batch> batch) noexcept {
    const std::size_t bytes = batch->body.capacity();
    if (bytes == 0 || (!spares_.empty() && spareBytes_ + bytes > maxSpareBytes)) return;
    spareBytes_ += bytes;
    batch->clear();
    spares_.push_back(std::move(batch));
}

bool Outbox::adopt(WallTime now) noexcept {
    if (!hasFolder() || closedFor()) return false;
    Batches adopted;
    const bool isThereMore = folder_->adopt(adopted, now - limits_.maxAge);
    const std::lock_guard lock(mutex_);
    for (auto& batch : adopted) {
        counts_.recovered += batch->spanCount();
        enter(std::move(batch));
    }
    makeRoom(0);
    return isThereMore;
}

// ---- going out

// Takes a waiting or lent batch out of the account; what becomes of its spans is for the caller to say.
std::unique_ptr<Batch> Outbox::extract(const Batch& batch) noexcept {
    bytes_ -= batch.bodyBytes;
    (batch.file.empty() ? queued_ : onDisk_) -= batch.spanCount();
    changed_.notify_all();
    if (lent_.get() == &batch) {
        lentIsDropped_.reset();
        return std::move(lent_);
    }
    if (!batch.file.empty()) cachedBytes_ -= batch.body.size();
    const auto at = std::ranges::find(waiting_, &batch, [](const auto& held) { return held.get(); });
    auto extracted = std::move(*at);
    waiting_.erase(at);
    return extracted;
}

// The end of a batch that was not delivered.
void Outbox::discard(const Batch& batch, DropReason reason) noexcept {
    counts_.dropped[reason] += batch.spanCount();
    if (!batch.file.empty()) folder_->erase(batch);
}

// Of the waiting batches those for which `judge(batch)` has a reason.
template <class Judge>
void Outbox::discardThose(Judge judge) noexcept {
    for (std::size_t i = waiting_.size(); i-- > 0;) {
        const std::optional<DropReason> reason = judge(*waiting_[i]);
        if (reason) discard(*extract(*waiting_[i]), *reason);
    }
}

void Outbox::expire(DeliveryClock::Time now, WallTime wallNow, std::uint32_t consentEpoch) noexcept {
    const auto withdrawals = folder_ && folder_->isOpen() ? folder_->generation() : 0;
    const std::lock_guard lock(mutex_);
    discardThose([&](const Batch& batch) -> std::optional<DropReason> {
        const bool isOfThisRun = !batch.isRecovered;
        if ((isOfThisRun && batch.consentEpoch != consentEpoch) || batch.generation < withdrawals)
            return DropReason::consentWithdrawn;
        const bool isTooOld =
            isOfThisRun ? now - batch.begun > limits_.maxAge : wallNow - batch.made > limits_.maxAge;
        if (isTooOld) return DropReason::expired;
        return std::nullopt;
    });
}

Outbox::Batches::const_iterator Outbox::nextToSend() const {
    return std::ranges::min_element(waiting_, {}, [](const auto& batch) { return batch->attempts; });
}

Batch* Outbox::take() noexcept {
    for (;;) {
        std::unique_lock lock(mutex_);
        const auto next = nextToSend();
        if (next == waiting_.end()) return nullptr;
        const auto at = waiting_.begin() + (next - waiting_.cbegin());
        lent_ = std::move(*at);
        waiting_.erase(at);
        if (!lent_->file.empty()) cachedBytes_ -= lent_->body.size();
        if (!lent_->body.isEmpty()) return lent_.get();
        lock.unlock();
        const auto loaded = folder_->load(*lent_);
        if (loaded.isSuccess()) return lent_.get();
        lock.lock();
        note(loaded.error());
        if (folder_->has(*lent_)) return lent_.get();
        discard(*extract(*lent_), DropReason::sinkFailed);
    }
}

void Outbox::giveBack(Batch& batch, bool hasFailed) noexcept {
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
    if (!finished->file.empty()) folder_->erase(*finished);
    recycle(std::move(finished));
}

void Outbox::drop(Batch& batch, DropReason reason) noexcept {
    const std::lock_guard lock(mutex_);
    auto dropped = extract(batch);
    discard(*dropped, reason);
    recycle(std::move(dropped));
}

// Both halves are on disk before the whole leaves it.
bool Outbox::halve(Batch& batch) noexcept {
    auto [first, second] = split(batch);
    if (!batch.file.empty()) {
        store(*first);
        if (!first->file.empty()) store(*second);
        if (second->file.empty()) {
            if (!first->file.empty()) folder_->erase(*first);
            return false;
        }
    }
    const std::lock_guard lock(mutex_);
    const auto reason = lentIsDropped_;
    const auto whole = extract(batch);
    if (!whole->file.empty()) folder_->erase(*whole);
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

void Outbox::dropAll(DropReason reason) noexcept {
    discardThose([reason](const Batch&) { return reason; });
    if (lent_) lentIsDropped_ = reason;
}

void Outbox::purge() noexcept {
    if (folder_) folder_->purge();
    const std::lock_guard lock(mutex_);
    dropAll(DropReason::consentWithdrawn);
}

void Outbox::close(DropReason reason) noexcept {
    const std::lock_guard lock(mutex_);
    closed_ = reason;
    dropAll(reason);
}

void Outbox::leave() noexcept {
    const std::lock_guard lock(mutex_);
    closed_ = DropReason::shutdown;
    discardThose([](const Batch& batch) {
        return batch.file.empty() ? std::optional(DropReason::shutdown) : std::nullopt;
    });
    if (folder_) folder_->close();
}

std::optional<DropReason> Outbox::closedFor() const noexcept {
    const std::lock_guard lock(mutex_);
    return closed_;
}

bool Outbox::hasOlderThan(std::uint64_t sequence) const {
    const auto isOlder = [&](const auto& batch) { return !batch->isRecovered && batch->sequence < sequence; };
    return (lent_ && isOlder(lent_)) || std::ranges::any_of(waiting_, isOlder);
}

bool Outbox::waitUntilDelivered(Deadline deadline, const Meanwhile& goesOn) {
    std::unique_lock lock(mutex_);
    const auto mark = nextSequence_;
    for (;;) {
        const auto isDelivered = [&] { return !hasOlderThan(mark); };
        if (changed_.wait_until(lock, std::min(deadline, deadlineIn(askInterval)), isDelivered)) return true;
        if (std::chrono::steady_clock::now() >= deadline) return false;
        lock.unlock();
        if (!goesOn()) return false;
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

std::string Outbox::peek() const {
    const std::lock_guard lock(mutex_);
    const auto next = nextToSend();
    if (next == waiting_.end()) return {};
    if (!(*next)->body.isEmpty()) return std::string((*next)->body.view());
    Batch copy;
    copy.file = (*next)->file;
    return folder_->load(copy).isSuccess() ? std::string(copy.body.view()) : std::string();
}

void Outbox::note(const Error& problem) noexcept {
    problem_ = problem;
}

std::optional<Error> Outbox::takeProblem() noexcept {
    const std::lock_guard lock(mutex_);
    return std::exchange(problem_, std::nullopt);
}

std::uint64_t Outbox::generation() const noexcept {
    return folder_ ? folder_->generation() : Batch::anyGeneration;
}

}
