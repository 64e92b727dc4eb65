#include <sidespan/sink_http/detail/batch_delivery.h>

#include <atomic>
#include <limits>
#include <optional>
#include <utility>

#include <sidespan/detail/join.h>

#include <sidespan/network/detail/backoff.h>
#include <sidespan/network/detail/failure_log.h>
#include "batch/assembler.h"
#include "losses.h"
#include "outbox/outbox.h"
#include "outbox/shared_budget.h"
#include "server_answer.h"

namespace sidespan::inline v0::detail {

using Time = DeliveryClock::Time;

namespace {

constexpr std::chrono::milliseconds longestInterruption{250};
constexpr std::chrono::minutes adoptInterval{5};
constexpr std::chrono::seconds generationInterval{10};

}

struct BatchDelivery::State {
    State(const ValidConfig& valid, RequestRunner& runs, Format format)
        : config(valid),
          runner(runs),
          outbox(*config),
          assembler(config, runs.clock(), std::move(format), outbox),
          backoff(config->retry),
          failures(config) {
        if (!config->outbox.directory.empty())
            budget.emplace(config->http.maxBytesPerDay, config->outbox.directory);
    }

    [[nodiscard]] bool isParked(Time now) const {
        return parkedAt && *parkedAt == runner.tokenGeneration() && now < parkedUntil;
    }
    void park() noexcept;
    [[nodiscard]] OutgoingRequest compose(const Batch& batch, std::uint32_t consentEpoch) noexcept;
    void closeIfDue(Time now, Time& askAgain) noexcept;
    void lookAfterFolder(Time now, Time& askAgain) noexcept;
    void reportLosses() noexcept;
    void finish(Batch& batch, const DeliveryResult& result) noexcept;
    void retry(Batch& batch, const DeliveryResult& result) noexcept;
    void halve(Batch& batch, const DeliveryResult& result) noexcept;
    void publishOpening() noexcept;
    [[nodiscard]] bool isHopeless(Deadline deadline) const;
    [[nodiscard]] bool retryNow() noexcept;

    const ValidConfig config;
    RequestRunner& runner;
    Outbox outbox;
    Assembler assembler;

    // The worker's.
    Backoff backoff;
    FailureLog failures;
    std::optional<SharedBudget> budget;  // where there is a directory
    Batch* underWay = nullptr;
    std::uint64_t tokenTried = 0;
    std::optional<std::uint64_t> parkedAt;  // the token's generation that was refused
    Time parkedUntil;
    DropCounts reported;
    Time adoptAt = Time::min();
    std::string instance;
    std::vector<HttpHeader> headers;  // of the request under way

    bool wasDenied = false;  // from the beginning, for what earlier runs left
    std::atomic<bool> isStarted{false};
    std::atomic<bool> isHurried{false};
    std::atomic<bool> isCourierLockedOut{false};
    std::atomic<Time::rep> opensAt{std::numeric_limits<Time::rep>::min()};
    std::mutex lossesMutex;
    DropCounts upstreamLosses;
    Consent::Subscription consent;  // last: its observer uses all of the above
};

BatchDelivery::BatchDelivery(const ValidConfig& config, RequestRunner& runner, Format format)
    : state_(std::make_unique<State>(config, runner, std::move(format))) {
    runner.attach(*this);
    // What is on disk is gone before set() returns, whatever becomes of the program then. Who denies before
    // anything began means what earlier runs left, too.
    auto& state = *state_;
    state.consent = state.config->consent.observe([&state](Consent::State answer) {
        if (answer == Consent::granted || state.runner.isInherited()) return;
        if (state.isStarted.load() || answer == Consent::denied) state.outbox.purgeFolder();
    });
    state.wasDenied = state.config->consent.state() == Consent::denied;
}

BatchDelivery::~BatchDelivery() {
    if (state_->runner.isInherited())
        static_cast<void>(state_.release());  // see RequestRunner::isInherited()
}

// ---- drain thread

void BatchDelivery::start() {
    auto& state = *state_;
    state.isStarted.store(true);
    if (const auto wrong = checkEndpoint(*state.config)) {
        state.outbox.close(DropReason::sinkFailed);
        return state.config.report(*wrong);
    }
    if (state.wasDenied) state.outbox.purgeFolder();
    state.outbox.start();
    if (state.outbox.hasFolder()) state.runner.wake();  // for what earlier runs left
}

bool BatchDelivery::flush(Deadline deadline, const Meanwhile& meanwhile) noexcept {
    if (state_->runner.isInherited() || state_->config->endpoint.empty()) return false;
    {
        const std::lock_guard lock(state_->assembler.mutex());
        state_->assembler.close();
    }
    if (!state_->retryNow()) deadline = deadlineIn({});
    return state_->outbox.waitUntilDelivered(deadline, meanwhile);
}

void BatchDelivery::purge() noexcept {
    if (state_->runner.isInherited()) return;
    {
        const std::lock_guard lock(state_->assembler.mutex());
        state_->assembler.discard(DropReason::consentWithdrawn);
    }
    state_->outbox.purge();
    state_->runner.interrupt();
    // The batch under way is in the worker's hands, who drops it as soon as it has noticed.
    static_cast<void>(
        state_->outbox.waitUntilDelivered(deadlineIn(longestInterruption), [] { return true; }));
}

bool BatchDelivery::finish(Deadline deadline) noexcept {
    if (state_->runner.isInherited() || state_->config->endpoint.empty()) return false;
    {
        const std::lock_guard lock(state_->assembler.mutex());
        state_->assembler.close();
    }
    if (!state_->retryNow()) deadline = deadlineIn({});
    return state_->outbox.waitUntilDelivered(deadline, [&] { return !state_->isHopeless(deadline); });
}

void BatchDelivery::leave() noexcept {
    if (!state_->runner.isInherited()) state_->outbox.leave();
}

void BatchDelivery::noteUpstreamLosses(const DropCounts& losses) noexcept {
    const std::lock_guard lock(state_->lossesMutex);
    state_->upstreamLosses = losses;
}

// ---- any thread

bool BatchDelivery::isOwnThread() const noexcept {
    return state_->runner.isOwnThread();
}

SinkStats BatchDelivery::stats() const noexcept {
    return state_->runner.isInherited() ? SinkStats{} : state_->outbox.stats();
}

std::string BatchDelivery::preview() {
    if (state_->runner.isInherited()) return {};
    auto waiting = state_->outbox.peek();
    if (!waiting.empty()) return waiting;
    const std::lock_guard lock(state_->assembler.mutex());
    return state_->assembler.preview();
}

// False when nothing will be sent, such as where no thread can be started.
bool BatchDelivery::State::retryNow() noexcept {
    if (!isStarted.load()) return true;
    isHurried.store(true);
    return runner.wake();
}

// Whether nothing will be tried before the deadline. The backoff runs by the delivery clock, the deadline in
// real time.
bool BatchDelivery::State::isHopeless(Deadline deadline) const {
    if (isHurried.load()) return false;
    const Time opens(Time::duration(opensAt.load()));
    const auto now = runner.clock().now();
    return opens > now && opens - now > deadline - std::chrono::steady_clock::now();
}

// ---- worker's thread

std::optional<OutgoingRequest> BatchDelivery::next(Time now, Time& askAgain) noexcept {
    auto& state = *state_;
    state.closeIfDue(now, askAgain);
    state.lookAfterFolder(now, askAgain);
    // Looked at before the folder's generation: what a later denial means is then not sent.
    const auto epoch = state.config->consent.epoch();
    state.outbox.expire(now, state.runner.clock().wallNow(), epoch);
    state.reportLosses();
    if (state.isHurried.exchange(false)) {
        state.backoff.retryNow();
        if (state.config->tokenProvider) state.parkedAt.reset();
    }
    state.publishOpening();

    state.tokenTried = state.runner.tokenGeneration();
    if (state.isParked(now)) {
        askAgain = std::min(askAgain, state.parkedUntil);
        return std::nullopt;
    }
    if (state.backoff.opensAt() > now) {
        askAgain = std::min(askAgain, state.backoff.opensAt());
        return std::nullopt;
    }
    state.underWay = state.outbox.take();
    if (state.underWay == nullptr) return std::nullopt;
    if (state.underWay->body.isEmpty()) {  // it is on disk, and cannot be read now
        state.backoff.fail(now);
        state.outbox.giveBack(*std::exchange(state.underWay, nullptr), true);
        state.reportLosses();
        state.publishOpening();
        askAgain = std::min(askAgain, state.backoff.opensAt());
        return std::nullopt;
    }
    return state.compose(*state.underWay, epoch);
}

// A consume() that holds the lock does the same at its end; the worker does not wait for it.
void BatchDelivery::State::closeIfDue(Time now, Time& askAgain) noexcept {
    isCourierLockedOut.store(true);
    const std::unique_lock lock(assembler.mutex(), std::try_to_lock);
    if (!lock) return;
    isCourierLockedOut.store(false);
    assembler.closeIfDue(now);
    askAgain = std::min(askAgain, assembler.dueAt());
}

// Orphans may turn up at any time, and consent be withdrawn in another process.
void BatchDelivery::State::lookAfterFolder(Time now, Time& askAgain) noexcept {
    if (!outbox.hasFolder() || !config->consent.isGranted()) return;
    if (now >= adoptAt && !outbox.adopt(runner.clock().wallNow())) adoptAt = now + adoptInterval;
    askAgain = std::min(askAgain, adoptAt);
    if (outbox.stats().onDisk != 0) askAgain = std::min(askAgain, now + generationInterval);
}

void BatchDelivery::State::publishOpening() noexcept {
    const auto opens = isParked(runner.clock().now()) ? parkedUntil : backoff.opensAt();
    opensAt.store(opens.time_since_epoch().count());
}

// Until there is another token: from outside, or from a provider that may have one later.
void BatchDelivery::State::park() noexcept {
    parkedAt = tokenTried;
    parkedUntil = config->tokenProvider ? runner.clock().now() + config->retry.maxBackoff : Time::max();
}

OutgoingRequest BatchDelivery::State::compose(const Batch& batch, std::uint32_t consentEpoch) noexcept {
    if (instance.empty()) instance = Uuid::random().text();
    OutgoingRequest request;
    request.path = batch.path;
    request.body = batch.body.view();
    request.gzip = config->batch.gzip;
    request.answers.read = &readServerAnswer;
    // What an earlier run recorded is bound by the folder's generation instead.
    request.consentEpoch = batch.isRecovered ? consentEpoch : batch.consentEpoch;
    headers.clear();
    addHeader(headers, "Content-Type", batch.contentType);
    addHeader(headers, "Idempotency-Key", batch.id.text());
    addHeader(headers, "X-Client-Instance", instance);
    auto losses = outbox.stats().dropped;
    {
        const std::lock_guard lock(lossesMutex);
        losses += upstreamLosses;
    }
    if (const auto installation = outbox.installation(); !installation.empty())
        addHeader(headers, "X-Client-Installation", installation);
    if (const auto text = lossesHeader(losses); !text.empty()) addHeader(headers, "X-Client-Lost", text);
    request.headers = headers;
    return request;
}

RequestBudget* BatchDelivery::budget() noexcept {
    return state_->budget ? &*state_->budget : nullptr;
}

void BatchDelivery::finish(DeliveryResult result) noexcept {
    auto& state = *state_;
    Batch& batch = *std::exchange(state.underWay, nullptr);
    switch (result.status) {
        case DeliveryStatus::delivered:
            state.backoff.succeed();
            state.failures.succeeded("outbox");
            state.finish(batch, result);
            break;
        case DeliveryStatus::retry:
            state.retry(batch, result);
            break;
        case DeliveryStatus::postponed:
            state.backoff.postpone(*result.notBefore);
            state.outbox.giveBack(batch, false);
            break;
        case DeliveryStatus::unauthorized:
            state.park();
            state.outbox.giveBack(batch, false);
            break;
        case DeliveryStatus::tooLarge:
            state.halve(batch, result);
            break;
        case DeliveryStatus::rejected:
            state.outbox.drop(batch, DropReason::rejected);
            break;
        case DeliveryStatus::switchedOff:
            state.outbox.close(DropReason::rejected);
            state.outbox.giveBack(batch, false);
            break;
        case DeliveryStatus::noConsent:
            state.outbox.drop(batch, DropReason::consentWithdrawn);
            break;
        case DeliveryStatus::cancelled:
            state.outbox.giveBack(batch, false);
            break;
    }
    state.publishOpening();
}

void BatchDelivery::State::finish(Batch& batch, const DeliveryResult& result) noexcept {
    const auto& reason = result.error.message;
    if (result.refused != 0) {
        failures.failed("rejected", {ErrorCode::rejected, join({"the server refused some spans of a batch",
                                                                reason.empty() ? "" : ": ", reason})});
    }
    outbox.finish(batch, result.refused);
}

void BatchDelivery::State::retry(Batch& batch, const DeliveryResult& result) noexcept {
    backoff.fail(runner.clock().now(), result.notBefore);
    const auto most = config->retry.maxAttempts;
    if (most != 0 && batch.attempts + 1 >= most) {
        outbox.drop(batch, DropReason::expired);
    } else {
        outbox.giveBack(batch, true);
    }
}

void BatchDelivery::State::halve(Batch& batch, const DeliveryResult& result) noexcept {
    if (batch.spanCount() < 2) {
        outbox.drop(batch, DropReason::tooLarge);
    } else if (!outbox.halve(batch)) {
        retry(batch, result);
    }
}

void BatchDelivery::State::reportLosses() noexcept {
    if (const auto problem = outbox.takeProblem()) {
        failures.failed(
            "folder", {problem->code, join({"the outbox directory cannot be used, new spans wait in memory: ",
                                            problem->message})});
    }
    const auto dropped = outbox.stats().dropped;
    if (dropped == reported) return;
    if (dropped[DropReason::outboxFull] > reported[DropReason::outboxFull]) {
        failures.failed("outbox",
                        {ErrorCode::resource,
                         "the outbox is full (Config::outbox.maxBytes): its oldest spans are being dropped"});
    }
    if (dropped[DropReason::expired] > reported[DropReason::expired]) {
        failures.failed("outbox", {ErrorCode::unavailable,
                                   "spans that could not be delivered are being dropped "
                                   "(Config::outbox.maxAge, Config::retry.maxAttempts)"});
    }
    if (dropped[DropReason::tooLarge] > reported[DropReason::tooLarge]) {
        failures.failed("outbox", {ErrorCode::tooLarge,
                                   "spans larger than a batch are being dropped (Config::batch.maxBytes, "
                                   "or the server's limit)"});
    }
    reported = dropped;
}

// ---- assembling

BatchDelivery::Assembly::Assembly(BatchDelivery& delivery, const SpanBatch& batch)
    : delivery_(delivery), lock_(delivery.state_->assembler.mutex()) {
    auto& state = *delivery.state_;
    const auto& consent = state.config->consent;
    state.outbox.admit(batch.size());
    consentEpoch_ = batch.consentEpoch();
    state.assembler.discardIfOlderThan(consent.epoch());
    auto refusal = state.outbox.closedFor();
    if (!refusal && (!consent.isGranted() || consent.epoch() != consentEpoch_))
        refusal = DropReason::consentWithdrawn;
    isWanted_ = !refusal;
    if (refusal) state.outbox.refuse(batch.size(), *refusal);
    text_ = state.assembler.body();
}

BatchDelivery::Assembly::~Assembly() {
    auto& state = *delivery_.state_;
    const bool wasOpen = state.assembler.body() != nullptr;
    state.assembler.closeIfDue(state.runner.clock().now());
    hasNews_ = hasNews_ || (wasOpen && state.assembler.body() == nullptr);
    lock_.unlock();
    // Looked at after unlocking: the worker raises the flag before it tries the lock.
    if (state.isCourierLockedOut.exchange(false) || hasNews_) state.runner.wake();
}

void BatchDelivery::Assembly::begin() noexcept {
    delivery_.state_->assembler.begin(consentEpoch_);
    text_ = delivery_.state_->assembler.body();
    hasNews_ = true;
}

void BatchDelivery::Assembly::opened() noexcept {
    delivery_.state_->assembler.opened();
}

bool BatchDelivery::Assembly::accept() noexcept {
    const bool isAccepted = delivery_.state_->assembler.accept();
    text_ = delivery_.state_->assembler.body();
    return isAccepted;
}

}
