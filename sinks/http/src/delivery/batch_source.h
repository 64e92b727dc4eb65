#pragma once

#include <atomic>
#include <limits>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <sidespan/config.h>
#include <sidespan/deadline.h>
#include <sidespan/network/detail/backoff.h>
#include <sidespan/network/detail/failure_log.h>
#include <sidespan/network/detail/request_source.h>

#include "batch/assembler.h"
#include "body_size_limit.h"
#include "outbox/outbox.h"
#include "server_clock.h"

namespace sidespan::inline v0::detail {

/// Gives the worker the batches of the outbox as requests, one at a time, and handles the result of each. For
/// the worker's thread, except as marked.
class BatchSource final : public RequestSource {
public:
    using Time = DeliveryClock::Time;

    BatchSource(const ValidConfig& config, RequestRunner& runner, const BatchDelivery::Format& format,
                BodySizeLimit& limit, Outbox& outbox, Assembler& assembler);

    [[nodiscard]] std::optional<OutgoingRequest> next(Time now, Time& askAgain) override;
    void finish(DeliveryResult result) noexcept override;
    void abandon() override {}
    [[nodiscard]] RequestBudget* budget() noexcept override { return outbox_.budget(); }

    /// Ends the backoff, so that the next attempt is made at once. [any thread]
    void retryNow() noexcept { mustRetryNow_.store(true); }
    /// Whether nothing will be tried before the deadline. [any thread]
    [[nodiscard]] bool isHopeless(Deadline deadline) const;
    /// Whether the worker could not close the body because it was locked. Call this after unlocking; if true,
    /// wake the worker. [any thread]
    [[nodiscard]] bool takeLockedOut() noexcept { return isLockedOut_.exchange(false); }
    /// [any thread]
    void noteUpstreamLosses(const DropCounts& losses) noexcept;

private:
    void closeIfDue(Time now, Time& askAgain) noexcept;
    void lookAfterStore(Time now, Time& askAgain);
    void reportLosses();
    void reportDropped(const DropCounts& dropped, DropReason reason, ErrorCode code, const char* message);
    [[nodiscard]] bool mustWait(Time now, Time& askAgain);
    [[nodiscard]] bool takeBatch();
    void recogniseEncoding(Batch& batch) const noexcept;
    [[nodiscard]] OutgoingRequest compose(const Batch& batch, ConsentEpoch consentEpoch);
    void pause(Time now, Time& askAgain);

    void handle(Batch& batch, const DeliveryResult& result);
    void delivered(Batch& batch, const DeliveryResult& result);
    /// The time of a steady clock that also counts while the machine sleeps.
    [[nodiscard]] Time everNow() const { return runner_.clock().now() + runner_.clock().asleep(); }
    void observeClock(const HttpResponse& response);
    [[nodiscard]] std::string clockHeader(const Batch& batch) const;
    void retry(Batch& batch, std::optional<Time> notBefore);
    void divide(Batch& batch);
    void waitForToken(const HttpResponse& refusal);
    [[nodiscard]] bool waitsForToken(Time now) const;
    void publishOpening();

    const ValidConfig& config_;
    RequestRunner& runner_;
    const BatchDelivery::Format format_;
    BodySizeLimit& limit_;
    Outbox& outbox_;
    Assembler& assembler_;

    Backoff backoff_;
    FailureLog failures_;
    Batch* underWay_ = nullptr;
    std::uint64_t tokenTried_ = 0;
    std::optional<std::uint64_t> refusedToken_;  // its generation
    Time tokenWaitEnds_;
    DropCounts reported_;
    Time adoptAt_ = Time::min();
    Time lookAt_ = Time::min();
    std::string instance_;
    std::vector<HttpHeader> headers_;  // of the request under way
    Time sent_;                        // when the request under way was sent
    const Time started_;
    ServerClock serverClock_;
    Time::duration answeredAsleep_{};  // asleep() at the last answer with a `Date`

    std::atomic<bool> mustRetryNow_{false};
    std::atomic<bool> isLockedOut_{false};
    std::atomic<Time::rep> opensAt_{std::numeric_limits<Time::rep>::min()};
    std::mutex lossesMutex_;
    DropCounts upstreamLosses_;
};

}
