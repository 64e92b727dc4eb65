#include <algorithm>
#include <functional>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/drain_loop.h>

namespace sidespan::inline v0::detail {

DrainLoop::DrainLoop(DrainTarget& target, std::chrono::milliseconds interval)
    : target_(target), interval_(interval), waker_(std::make_shared<Waker>()) {}

SIDESPAN_COLD DrainLoop::~DrainLoop() {
    if (waker_->self_) return;
    std::unique_lock lock(waker_->mutex_);
    waker_->answered_.wait(lock, [this] { return callersInside_ == 0; });
}

SIDESPAN_COLD Outcome<> DrainLoop::start() {
    target_.prepareSink();
    lastBusy_ = std::chrono::steady_clock::now();
    auto thread = platform::Thread::start("sidespan-drain", [this] { run(); });
    if (!thread) return thread.error();
    thread_ = std::move(thread).value();
    return {};
}

void DrainLoop::Waker::wake() noexcept {
    if (isWoken_.load(std::memory_order_relaxed)) return;
    if (isWoken_.exchange(true, std::memory_order_acq_rel)) return;
    const std::lock_guard lock(mutex_);  // so that the wake cannot come between a check and a wait
    changed_.notify_one();
}

SIDESPAN_COLD bool DrainLoop::flush(Deadline deadline) {
    if (isOwnThread()) return false;
    const auto waker = waker_;  // this object may be destroyed once the last caller has unlocked
    std::unique_lock lock(waker->mutex_);
    if (isStopped_ || requests_.isStopAsked) return isStopped_ && isStopGood_;
    const std::uint64_t ticket = ++requests_.flushesAsked;
    requests_.flushBy = std::max(requests_.flushBy, deadline);
    waker->changed_.notify_one();
    ++callersInside_;
    const bool isAnswered =
        waker->answered_.wait_until(lock, deadline, [&] { return flushesDone_ >= ticket || isStopped_; });
    --callersInside_;
    waker->answered_.notify_all();
    return isAnswered && isLastFlushGood_;
}

void DrainLoop::purge() {
    target_.requestPurge();
    const std::lock_guard lock(waker_->mutex_);
    requests_.isPurgeAsked = true;
    waker_->changed_.notify_one();
}

bool DrainLoop::stop(Deadline deadline) {
    {
        const std::lock_guard lock(waker_->mutex_);
        if (!requests_.isStopAsked) {
            requests_.isStopAsked = true;
            requests_.stopBy = deadline;
        }
        waker_->changed_.notify_one();
    }
    if (isOwnThread()) return false;
    const std::lock_guard joining(joining_);
    thread_.join();
    return isStopGood_;
}

SIDESPAN_COLD void DrainLoop::forget() noexcept {
    thread_.forget();
    waker_->self_ = waker_;
}

void DrainLoop::run() noexcept {
    drainThread_.store(platform::threadKey(), std::memory_order_relaxed);
    target_.startSink();
    for (bool isStopAsked = false; !isStopAsked;) {
        const Requests requests = waitForWork();
        if (target_.drain()) lastBusy_ = std::chrono::steady_clock::now();
        serve(requests);
        isStopAsked = requests.isStopAsked;
    }
    drainThread_.store(0, std::memory_order_relaxed);
}

SIDESPAN_COLD DrainLoop::Requests DrainLoop::waitForWork() noexcept {
    constexpr auto busyFor = std::chrono::seconds(2);
    constexpr int idleFactor = 10;
    std::unique_lock lock(waker_->mutex_);
    const auto now = std::chrono::steady_clock::now();
    const auto interval = now - lastBusy_ < busyFor ? interval_ : interval_ * idleFactor;
    waker_->changed_.wait_until(lock, now + interval, [this] {
        return requests_.flushesAsked > flushesDone_ || requests_.isPurgeAsked || requests_.isStopAsked ||
               waker_->isWoken_.load(std::memory_order_acquire);
    });
    waker_->isWoken_.store(false, std::memory_order_release);
    const Requests taken = requests_;
    requests_.isPurgeAsked = false;
    requests_.flushBy = {};
    return taken;
}

SIDESPAN_COLD void DrainLoop::serve(const Requests& requests) noexcept {
    if (requests.isPurgeAsked) target_.purgeSink();
    if (requests.isStopAsked) {
        const bool isGood = target_.shutdownSink(requests.stopBy);
        const std::lock_guard lock(waker_->mutex_);
        isStopped_ = true;
        isStopGood_ = isGood;
        isLastFlushGood_ = isGood;
        waker_->answered_.notify_all();
    } else if (requests.flushesAsked > flushesDone_) {
        bool isStopAsked = false;
        const auto meanwhile = [&] {
            target_.purgeSink();
            if (target_.drain()) lastBusy_ = std::chrono::steady_clock::now();
            isStopAsked = this->isStopAsked();
            return !isStopAsked;
        };
        const bool isFlushed = target_.flushSink(requests.flushBy, std::ref(meanwhile));  // allocates nothing
        if (!isStopAsked) finish(requests.flushesAsked, isFlushed);  // else the shutdown answers
    }
}

bool DrainLoop::isStopAsked() noexcept {
    const std::lock_guard lock(waker_->mutex_);
    return requests_.isStopAsked;
}

void DrainLoop::finish(std::uint64_t flushes, bool isFlushed) noexcept {
    const std::lock_guard lock(waker_->mutex_);
    flushesDone_ = flushes;
    isLastFlushGood_ = isFlushed;
    waker_->answered_.notify_all();
}

}
