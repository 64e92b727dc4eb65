#include "post_queue.h"

#include <algorithm>
#include <utility>

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr std::uint32_t defaultAttempts = 5;
constexpr std::size_t maxPosts = 1000;
constexpr std::size_t maxBytes = std::size_t{64} << 20U;

}

SIDESPAN_COLD PostQueue::PostQueue(const ValidConfig& config, const DeliveryClock& clock,
                                   Callbacks& callbacks)
    : config_(config), clock_(clock), callbacks_(callbacks) {}

SIDESPAN_COLD std::optional<Error> PostQueue::add(Post post) {
    Posts added;
    added.push_back(std::move(post));
    const std::lock_guard lock(mutex_);
    if (isClosed_) return shutDown_.error();
    std::size_t bytes = added.front().body.size();
    for (const auto& waits : waiting_) bytes += waits.body.size();
    if (waiting_.size() >= maxPosts || (!waiting_.empty() && bytes > maxBytes)) {
        return Error{ErrorCode::resource,
                     "not sent: 1,000 requests, or 64 MiB of bodies, are waiting already"};
    }
    waiting_.splice(waiting_.end(), added);
    ++unfinished_;
    return std::nullopt;
}

void PostQueue::complete(const Posts& posts, const Result& result) {
    for (const auto& post : posts) {
        callbacks_.notify(post.callback, result);
        const std::lock_guard lock(mutex_);
        --unfinished_;
        emptied_.notify_all();
    }
}

SIDESPAN_COLD std::optional<OutgoingRequest> PostQueue::next(DeliveryClock::Time now,
                                                             DeliveryClock::Time& askAgain) noexcept {
    // A post without consent fails now, even if its backoff has not passed.
    fail(Which::withdrawn, withdrawn_);
    const std::lock_guard lock(mutex_);
    const auto due =
        std::ranges::find_if(waiting_, [&](const auto& post) { return post.backoff.opensAt() <= now; });
    if (due == waiting_.end()) {
        for (const auto& post : waiting_) askAgain = std::min(askAgain, post.backoff.opensAt());
        return std::nullopt;
    }
    underWay_.splice(underWay_.begin(), waiting_, due);
    const Post& post = underWay_.front();
    return OutgoingRequest{
        .method = post.method,
        .path = post.path,
        .headers = post.headers,
        .body = post.body,
        .gzip = config_->batch.gzip,
        .consentEpoch = post.consentEpoch,
        .answers = {.statusOf = post.method == "GET" ? &httpStatusOfFetch : &httpStatusOf}};
}

// Fails posts that wait.
SIDESPAN_COLD void PostQueue::fail(Which which, const Result& result) {
    const auto& consent = config_->consent;
    Posts failed;
    std::unique_lock lock(mutex_);
    for (auto at = waiting_.begin(); at != waiting_.end();) {
        const auto post = at++;
        const bool isLive = consent.allows(post->consentEpoch);
        if (which == Which::all || !isLive) failed.splice(failed.end(), waiting_, post);
    }
    lock.unlock();
    complete(failed, result);
}

SIDESPAN_COLD void PostQueue::finish(DeliveryResult result) noexcept {
    std::unique_lock lock(mutex_);
    Posts post;
    post.splice(post.begin(), underWay_);
    auto cancelled = std::exchange(cancelled_, std::nullopt);
    if (!cancelled && !isClosed_ && retries(post.front(), result)) {
        waiting_.splice(waiting_.begin(), post);
        return;
    }
    lock.unlock();
    if (result.status == DeliveryStatus::delivered) {
        complete(post, std::move(result.response));
    } else {
        complete(post, cancelled ? std::move(*cancelled) : std::move(result.error));
    }
}

bool PostQueue::retries(Post& post, const DeliveryResult& result) const noexcept {
    if (result.status == DeliveryStatus::postponed) {
        post.backoff.postpone(*result.notBefore);
        return true;
    }
    // Interrupted by a cancel() that came before this post, or because consent was withdrawn.
    const bool isInterrupted = result.status == DeliveryStatus::cancelled;
    if (result.status != DeliveryStatus::retry && !isInterrupted) return false;
    post.backoff.fail(clock_.now(), result.notBefore);
    const auto most = config_->retry.maxAttempts == 0 ? defaultAttempts : config_->retry.maxAttempts;
    return post.backoff.failures() < most;
}

SIDESPAN_COLD void PostQueue::cancel(const Error& error) {
    const Result result = error;
    Posts failed;
    std::unique_lock lock(mutex_);  // for both lists: no post may move between them meanwhile
    if (!underWay_.empty()) cancelled_ = error;
    failed.swap(waiting_);
    lock.unlock();
    complete(failed, result);
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
    fail(Which::all, shutDown_);
}

}
