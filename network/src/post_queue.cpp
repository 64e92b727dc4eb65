#include "post_queue.h"

#include <algorithm>
#include <utility>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::uint32_t defaultAttempts = 5;
constexpr std::size_t maxPosts = 1000;
constexpr std::size_t maxBytes = std::size_t{64} << 20U;

}

PostQueue::PostQueue(const ValidConfig& config, std::shared_ptr<DeliveryClock> clock, Executor executor)
    : config_(config), clock_(std::move(clock)), executor_(std::move(executor)) {}

std::optional<Error> PostQueue::add(Post post) {
    const std::lock_guard lock(mutex_);
    if (isClosed_) return Error{ErrorCode::cancelled, "not sent: the client was shut down"};
    std::size_t bytes = post.body.size();
    for (const auto& waits : waiting_) bytes += waits->body.size();
    if (waiting_.size() >= maxPosts || (!waiting_.empty() && bytes > maxBytes)) {
        return Error{ErrorCode::resource,
                     "not sent: too much waits to be sent already (1,000 requests, or 64 MiB of bodies)"};
    }
    waiting_.push_back(std::make_unique<Post>(std::move(post)));
    ++unfinished_;
    return std::nullopt;
}

void PostQueue::notify(const NetworkClient::Callback& callback, const Outcome<HttpResponse>& outcome) {
    if (!callback) return;
    if (!executor_) {
        gate_->run(callback, outcome);
        return;
    }
    try {
        executor_([gate = gate_, callback, outcome] { gate->run(callback, outcome); });
    } catch (...) {
        gate_->run(callback, outcome);  // one that takes nothing; it is told all the same
    }
}

void PostQueue::complete(std::unique_ptr<Post> post, const Outcome<HttpResponse>& outcome) {
    notify(post->callback, outcome);
    const std::lock_guard lock(mutex_);
    --unfinished_;
    emptied_.notify_all();
}

std::optional<OutgoingRequest> PostQueue::next(DeliveryClock::Time now,
                                               DeliveryClock::Time& askAgain) noexcept {
    // What waits out its backoff need not wait for the answer that it may not be sent.
    fail(Which::withdrawn, {ErrorCode::noConsent, "not sent: consent was withdrawn"});
    const std::lock_guard lock(mutex_);
    const auto due =
        std::ranges::find_if(waiting_, [&](const auto& post) { return post->backoff.opensAt() <= now; });
    if (due == waiting_.end()) {
        for (const auto& post : waiting_) askAgain = std::min(askAgain, post->backoff.opensAt());
        return std::nullopt;
    }
    underWay_ = std::move(*due);
    waiting_.erase(due);
    return OutgoingRequest{
        .method = underWay_->method,
        .path = underWay_->path,
        .headers = underWay_->headers,
        .body = underWay_->body,
        .gzip = config_->batch.gzip,
        .consentEpoch = underWay_->consentEpoch,
        .answers = {.statusOf = underWay_->method == "GET" ? &httpStatusOfFetch : &httpStatusOf}};
}

// Those that wait.
void PostQueue::fail(Which which, const Error& error) {
    const auto& consent = config_->consent;
    std::vector<std::unique_ptr<Post>> failed;
    std::unique_lock lock(mutex_);
    for (auto& post : waiting_) {
        const bool isLive = consent.isGranted() && post->consentEpoch == consent.epoch();
        if (which == Which::all || !isLive) failed.push_back(std::move(post));
    }
    std::erase(waiting_, nullptr);
    lock.unlock();
    for (auto& post : failed) complete(std::move(post), error);
}

void PostQueue::finish(DeliveryResult result) noexcept {
    std::unique_lock lock(mutex_);
    auto post = std::move(underWay_);
    const auto cancelled = std::exchange(cancelled_, std::nullopt);
    if (!cancelled && retries(*post, result)) {
        waiting_.insert(waiting_.begin(), std::move(post));
        return;
    }
    lock.unlock();
    if (result.status == DeliveryStatus::delivered) {
        complete(std::move(post), std::move(result.response));
    } else {
        complete(std::move(post), cancelled.value_or(result.error));
    }
}

bool PostQueue::retries(Post& post, const DeliveryResult& result) const noexcept {
    if (result.status == DeliveryStatus::postponed) {
        post.backoff.postpone(*result.notBefore);
        return true;
    }
    if (result.status != DeliveryStatus::retry) return false;
    post.backoff.fail(clock_->now(), result.notBefore);
    const auto most = config_->retry.maxAttempts == 0 ? defaultAttempts : config_->retry.maxAttempts;
    return post.backoff.failures() < most;
}

void PostQueue::cancel(const Error& error) {
    {
        const std::lock_guard lock(mutex_);
        if (underWay_) cancelled_ = error;
    }
    fail(Which::all, error);
}

bool PostQueue::waitUntilEmpty(Deadline deadline, std::size_t but) {
    std::unique_lock lock(mutex_);
    return emptied_.wait_until(lock, deadline, [&] { return unfinished_ <= but; });
}

void PostQueue::abandon() {
    {
        const std::lock_guard lock(mutex_);
        isClosed_ = true;
    }
    fail(Which::all, {ErrorCode::cancelled, "not sent: the client was shut down"});
}

}
