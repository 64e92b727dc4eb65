#include "http_worker.h"

#include <algorithm>
#include <new>
#include <utility>

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {

using namespace std::chrono_literals;
using Time = DeliveryClock::Time;

namespace {

constexpr auto memoryPause = 1s;  // before a source that had no memory is asked again

// Short enough to need no allocation.
Error outOfMemory() noexcept {
    return {ErrorCode::resource, "out of memory"};
}

}

SIDESPAN_COLD HttpWorker::HttpWorker(const ValidConfig& config, std::shared_ptr<DeliveryClock> clock,
                                     std::unique_ptr<HttpTransport> transport)
    : config_(config), sender_(config, std::move(clock), std::move(transport)) {
    consent_ = config->consent.observe([this](Consent::State state) {
        if (state != Consent::granted && !isInherited()) interrupt();
    });
}

HttpWorker::~HttpWorker() {
    stop();
    // True only if a callback destroys its own client: the thread cannot join itself.
    if (thread_.isJoinable()) thread_.forget();
}

SIDESPAN_COLD void HttpWorker::attach(RequestSource& source) {
    const std::lock_guard lock(mutex_);
    sources_.push_back(&source);
    if (auto* budget = source.budget()) sender_.useBudget(*budget);
}

void HttpWorker::prepare() noexcept {
    if (isInherited()) return;
    const std::lock_guard lock(mutex_);
    prepareLocked();
}

void HttpWorker::prepareLocked() noexcept {
    if (!std::exchange(isPrepared_, true)) sender_.prepare();
}

bool HttpWorker::wake() {
    if (isInherited()) return false;
    std::unique_lock lock(mutex_);
    if (isStopping_) return false;
    if (!thread_.isJoinable()) {
        if (const auto started = start(); !started.isSuccess()) {
            lock.unlock();  // the handler may call wake() again
            config_.report(started.error());
            return false;
        }
    }
    ++calls_;
    woken_.notify_all();
    return true;
}

SIDESPAN_COLD Outcome<> HttpWorker::start() {
    prepareLocked();
    try {
        auto started = platform::Thread::start("sidespan-http", [this] { run(); });
        if (!started.isSuccess()) return started.error();
        thread_ = std::move(started).value();
        return {};
    } catch (const std::bad_alloc&) {
        return outOfMemory();
    }
}

SIDESPAN_COLD void HttpWorker::interrupt() noexcept {
    std::unique_lock lock(mutex_);
    ++calls_;
    woken_.notify_all();
    cancellation_.cancel();
    if (attempts_ % 2 == 0) return;
    // The wait is bounded: a token provider of the user's may run as part of an attempt, and wait for this
    // thread.
    const auto attempt = attempts_;
    if (!isOwnThread()) rested_.wait_for(lock, 250ms, [&] { return attempts_ != attempt; });
}

void HttpWorker::setToken(std::string token) {
    sender_.credentials().set(std::move(token));
    const std::lock_guard lock(mutex_);
    ++calls_;
    woken_.notify_all();
}

SIDESPAN_COLD void HttpWorker::stop() {
    std::unique_lock lock(mutex_);
    isStopping_ = true;
    cancellation_.cancel();
    woken_.notify_all();
    lock.unlock();
    if (isOwnThread()) {
        abandon();
    } else {
        const std::lock_guard joining(joining_);
        thread_.join();
    }
}

SIDESPAN_COLD void HttpWorker::run() noexcept {
    threadKey_.store(platform::threadKey(), std::memory_order_relaxed);
    std::unique_lock lock(mutex_);
    while (!isStopping_) {
        const auto calls = calls_;
        lock.unlock();
        auto askAgain = Time::max();
        const bool hasServed = serve(askAgain);
        lock.lock();
        while (!hasServed && !isStopping_ && calls_ == calls && clock().now() < askAgain)
            clock().wait(lock, woken_, askAgain);
    }
    lock.unlock();
    abandon();
    threadKey_.store(0, std::memory_order_relaxed);
}

// Sends one request of one source, which is asked last the next time.
SIDESPAN_COLD bool HttpWorker::serve(Time& askAgain) noexcept {
    std::unique_lock lock(mutex_);
    for (auto at = sources_.begin(); at != sources_.end(); ++at) {
        auto& source = **at;
        cancellation_.reset();  // before asking: a later interrupt() is meant for what it gives
        lock.unlock();
        const auto request = ask(source, askAgain);
        lock.lock();
        if (!request) continue;
        sources_.splice(sources_.end(), sources_, at);
        lock.unlock();
        source.finish(deliver(*request));
        return true;
    }
    return false;
}

std::optional<OutgoingRequest> HttpWorker::ask(RequestSource& source, Time& askAgain) noexcept {
    try {
        return source.next(clock().now(), askAgain);
    } catch (...) {
        askAgain = std::min(askAgain, clock().now() + memoryPause);
        return std::nullopt;
    }
}

SIDESPAN_COLD DeliveryResult HttpWorker::deliver(const OutgoingRequest& request) noexcept {
    std::unique_lock lock(mutex_);
    if (isStopping_)
        return {.status = DeliveryStatus::cancelled, .error = {ErrorCode::cancelled, "shut down"}};
    ++attempts_;
    lock.unlock();
    auto result = attempt(request);
    lock.lock();
    ++attempts_;
    rested_.notify_all();
    return result;
}

// What fails for lack of memory is tried again, like any other failure.
DeliveryResult HttpWorker::attempt(const OutgoingRequest& request) noexcept {
    try {
        return sender_.send(request, cancellation_);
    } catch (...) {
        DeliveryResult result{.status = DeliveryStatus::retry, .error = outOfMemory()};
        config_.report(result.error);
        return result;
    }
}

void HttpWorker::abandon() {
    std::unique_lock lock(mutex_);
    if (std::exchange(isAbandoned_, true)) return;
    for (auto* const source : sources_) {
        lock.unlock();
        source->abandon();
        lock.lock();
    }
}

}
