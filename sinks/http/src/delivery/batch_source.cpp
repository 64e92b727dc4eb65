#include "batch_source.h"

#include <algorithm>
#include <new>
#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>
#include <sidespan/encoding/detail/otlp_lengths.h>
#include <sidespan/network/detail/answer_rules.h>
#include <sidespan/network/detail/http_date.h>

#include "losses.h"
#include "otlp_answer.h"
#include "server_answer.h"

namespace sidespan::inline v0::detail {
namespace {

constexpr std::chrono::minutes adoptInterval{5};
constexpr std::chrono::seconds lookInterval{10};

// Some machines measure the length of a sleep with a clock of whole seconds.
constexpr std::chrono::seconds wakingError{2};

bool hasSleptBetween(DeliveryClock::Time::duration asleep, DeliveryClock::Time::duration other) {
    constexpr std::chrono::milliseconds notReadAtOnce{100};
    return std::chrono::abs(asleep - other) > notReadAtOnce;
}

}

SIDESPAN_COLD BatchSource::BatchSource(const ValidConfig& config, RequestRunner& runner,
                                       const BatchDelivery::Format& format, BodySizeLimit& limit,
                                       Outbox& outbox, Assembler& assembler)
    : config_(config),
      runner_(runner),
      format_(format),
      limit_(limit),
      outbox_(outbox),
      assembler_(assembler),
      backoff_(config->retry),
      failures_(config),
      started_(everNow()) {}

// ---- what is sent next

std::optional<OutgoingRequest> BatchSource::next(Time now, Time& askAgain) {
    closeIfDue(now, askAgain);
    lookAfterStore(now, askAgain);
    limit_.forgetIfOld(now);
    // Read before the store's generation, so that a denial in between is not missed.
    const auto epoch = config_->consent.epoch();
    const bool isCertain = outbox_.expire(now + runner_.clock().asleep(), epoch);
    reportLosses();
    if (mustWait(now, askAgain)) return std::nullopt;
    try {
        if (isCertain && takeBatch())
            return underWay_ == nullptr ? std::nullopt : std::optional(compose(*underWay_, epoch));
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): tried again later
    }
    pause(now, askAgain);
    return std::nullopt;
}

// Does not wait for a consume() that holds the lock: it does the same at its end.
void BatchSource::closeIfDue(Time now, Time& askAgain) noexcept {
    isLockedOut_.store(true);
    const std::unique_lock lock(assembler_.mutex(), std::try_to_lock);
    if (!lock) return;
    isLockedOut_.store(false);
    assembler_.closeIfDue(now);
    askAgain = std::min(askAgain, assembler_.dueAt());
}

// At any time, another process may leave batches behind, files may be removed, or consent may be withdrawn
// elsewhere.
void BatchSource::lookAfterStore(Time now, Time& askAgain) {
    if (!outbox_.hasStore() || !config_->consent.isGranted()) return;
    outbox_.checkStore(now >= lookAt_);
    if (now >= lookAt_) lookAt_ = now + lookInterval;
    if (now >= adoptAt_ && !outbox_.adopt(everNow(), runner_.clock().wallNow()))
        adoptAt_ = now + adoptInterval;
    askAgain = std::min(askAgain, adoptAt_);
    if (outbox_.stats().onDisk != 0) askAgain = std::min(askAgain, lookAt_);
}

bool BatchSource::mustWait(Time now, Time& askAgain) {
    if (mustRetryNow_.exchange(false)) {
        backoff_.retryNow();
        if (config_->tokenProvider) refusedToken_.reset();
    }
    publishOpening();
    tokenTried_ = runner_.tokenGeneration();
    const auto opensAt = waitsForToken(now) ? tokenWaitEnds_ : backoff_.opensAt();
    if (opensAt <= now) return false;
    askAgain = std::min(askAgain, opensAt);
    return true;
}

// Divides a batch that is larger than the server takes. False if the batch is on disk and cannot be read now.
SIDESPAN_COLD bool BatchSource::takeBatch() {
    for (;;) {
        underWay_ = outbox_.take();
        if (underWay_ == nullptr) return true;
        if (underWay_->body.isEmpty()) return false;
        if (underWay_->isRecovered) recogniseEncoding(*underWay_);
        const bool isTooLarge = underWay_->spanCount() > 1 && limit_.isTooLarge(underWay_->bodyBytes);
        if (!isTooLarge || !outbox_.halve(*underWay_)) return true;
    }
}

// An earlier run may have had another encoding, or another path.
SIDESPAN_COLD void BatchSource::recogniseEncoding(Batch& batch) const noexcept {
    const bool isProtobuf = batch.contentType == otlpProtobufType;
    if (batch.contentType == format_.contentType && batch.path == format_.path) {
        batch.isOtlp = format_.isOtlp;
        batch.fixLengths = format_.fixLengths;
    } else {
        batch.isOtlp = isProtobuf || batch.body.view().starts_with(otlpJsonStart);
        batch.fixLengths = isProtobuf ? &fixOtlpLengths : nullptr;
    }
}

// Nothing can be sent now for a reason on this machine.
void BatchSource::pause(Time now, Time& askAgain) {
    backoff_.fail(now);
    if (underWay_ != nullptr) outbox_.giveBack(*std::exchange(underWay_, nullptr), true);
    publishOpening();
    askAgain = std::min(askAgain, backoff_.opensAt());
    reportLosses();
}

SIDESPAN_COLD OutgoingRequest BatchSource::compose(const Batch& batch, ConsentEpoch consentEpoch) {
    if (instance_.empty()) instance_ = Uuid::random().text();
    OutgoingRequest request;
    request.path = batch.path;
    request.body = batch.body.view();
    request.gzip = config_->batch.gzip;
    request.answers =
        batch.isOtlp ? AnswerRules{&otlpStatusOf, &readOtlpAnswer} : AnswerRules{.read = &readServerAnswer};
    // For what an earlier run recorded, the store's generation decides instead.
    request.consentEpoch = batch.isRecovered ? consentEpoch : batch.consentEpoch;
    headers_.clear();
    addHeader(headers_, "Content-Type", batch.contentType);
    addHeader(headers_, "Idempotency-Key", batch.id.text());
    addHeader(headers_, "X-Client-Instance", instance_);
    auto losses = outbox_.stats().dropped;
    {
        const std::lock_guard lock(lossesMutex_);
        losses += upstreamLosses_;
    }
    if (const auto installation = outbox_.installation(); !installation.empty())
        addHeader(headers_, "X-Client-Installation", installation);
    if (const auto text = lossesHeader(losses); !text.empty()) addHeader(headers_, "X-Client-Lost", text);
    if (format_.hasOwnClock && !batch.isRecovered) addHeader(headers_, "X-Client-Clock", clockHeader(batch));
    request.headers = headers_;
    sent_ = everNow();
    return request;
}

// In nanoseconds. `wall` and `monotonic` are the moment at which the batch was begun: `wall` by the clock
// that dates its spans, `monotonic` since this sink's start, by a clock that is never set or stopped.
// `offset` is added to `monotonic` to get the server's Unix time; `error` is its largest error. A batch of an
// earlier run has no such header: its moment by that clock is not known.
SIDESPAN_COLD std::string BatchSource::clockHeader(const Batch& batch) const {
    const auto nanos = [](auto time) { return std::chrono::duration_cast<ServerClock::Nanos>(time).count(); };
    auto text = join({"wall=", decimal(nanos(batch.made.time_since_epoch())),
                      ", monotonic=", decimal(nanos(batch.begun + batch.asleep - started_))});
    if (auto server = serverClock_.at(batch.begun + batch.asleep)) {
        if (hasSleptBetween(batch.asleep, answeredAsleep_)) server->error += wakingError;
        text += join({", offset=", decimal(nanos(server->offset + started_.time_since_epoch())),
                      ", error=", decimal(nanos(server->error))});
    }
    return text;
}

// ---- what became of it

void BatchSource::finish(DeliveryResult result) noexcept {
    Batch& batch = *std::exchange(underWay_, nullptr);
    try {
        handle(batch, result);
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): of a report
    }
    publishOpening();
}

SIDESPAN_COLD void BatchSource::handle(Batch& batch, const DeliveryResult& result) {
    switch (result.status) {
        case DeliveryStatus::delivered:
            return delivered(batch, result);
        case DeliveryStatus::retry:
            return retry(batch, result.notBefore);
        case DeliveryStatus::postponed:
            backoff_.postpone(*result.notBefore);
            return outbox_.giveBack(batch, false);
        case DeliveryStatus::unauthorized:
            waitForToken(result.response);
            return outbox_.giveBack(batch, false);
        case DeliveryStatus::tooLarge:
            return divide(batch);
        case DeliveryStatus::rejected:
            return outbox_.drop(batch, DropReason::rejected);
        case DeliveryStatus::switchedOff:
            outbox_.close(DropReason::rejected);
            return outbox_.giveBack(batch, false);
        case DeliveryStatus::noConsent:
            return outbox_.drop(batch, DropReason::consentWithdrawn);
        case DeliveryStatus::cancelled:
            return outbox_.giveBack(batch, false);
    }
}

SIDESPAN_COLD void BatchSource::delivered(Batch& batch, const DeliveryResult& result) {
    backoff_.succeed();
    limit_.taken(batch.bodyBytes);
    observeClock(result.response);  // first: the rest may wait for a lock or the disk
    outbox_.finish(batch, result.refused);
    failures_.succeeded("outbox");
    const auto& reason = result.error.message;
    if (result.refused == 0 && reason.empty()) return;
    const char* const said = result.refused == 0 ? "the server took a batch with a warning"
                                                 : "the server refused some spans of a batch";
    failures_.failed("rejected", {ErrorCode::rejected, join({said, reason.empty() ? "" : ": ", reason})});
}

// To be called only with an answer of the server itself.
SIDESPAN_COLD void BatchSource::observeClock(const HttpResponse& response) {
    const auto date = parseHttpDate(response.header("Date").value_or(""));
    if (!date) return;
    const auto asleep = runner_.clock().asleep();
    if (hasSleptBetween(asleep, answeredAsleep_)) serverClock_ = {};
    answeredAsleep_ = asleep;
    serverClock_.observe(sent_, everNow(), *date,
                         parseServerTime(response.header("X-Server-Time").value_or("")));
}

void BatchSource::retry(Batch& batch, std::optional<Time> notBefore) {
    backoff_.fail(runner_.clock().now(), notBefore);
    const auto most = config_->retry.maxAttempts;
    if (most != 0 && batch.attempts + 1 >= most) {
        outbox_.drop(batch, DropReason::expired);
    } else {
        outbox_.giveBack(batch, true);
    }
}

// A span that is refused alone is dropped. Then there is a pause, because a server that refuses such a small
// body may refuse everything.
SIDESPAN_COLD void BatchSource::divide(Batch& batch) {
    const auto now = runner_.clock().now();
    const std::size_t size = batch.bodyBytes;
    if (batch.spanCount() < 2) {
        limit_.refused(size, now);
        backoff_.fail(now);
        return outbox_.drop(batch, DropReason::tooLarge);
    }
    try {
        if (outbox_.halve(batch)) return limit_.refused(size, now);
    } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): tried again later
    }
    retry(batch, std::nullopt);
}

// ---- when to try again

// Waits for another token, from setToken() or later from the provider. A page may be that of a firewall or of
// a captive portal, which goes away without one.
void BatchSource::waitForToken(const HttpResponse& refusal) {
    const bool mayPass = config_->tokenProvider || isHtml(refusal);
    refusedToken_ = tokenTried_;
    tokenWaitEnds_ = mayPass ? runner_.clock().now() + config_->retry.maxBackoff : Time::max();
}

bool BatchSource::waitsForToken(Time now) const {
    return refusedToken_ && *refusedToken_ == runner_.tokenGeneration() && now < tokenWaitEnds_;
}

void BatchSource::publishOpening() {
    const auto opens = waitsForToken(runner_.clock().now()) ? tokenWaitEnds_ : backoff_.opensAt();
    opensAt_.store(opens.time_since_epoch().count());
}

// The backoff runs by the delivery clock, the deadline in real time.
bool BatchSource::isHopeless(Deadline deadline) const {
    if (mustRetryNow_.load()) return false;
    const Time opens(Time::duration(opensAt_.load()));
    const auto now = runner_.clock().now();
    return opens > now && opens - now > deadline - std::chrono::steady_clock::now();
}

// ---- what is reported

void BatchSource::noteUpstreamLosses(const DropCounts& losses) noexcept {
    const std::lock_guard lock(lossesMutex_);
    upstreamLosses_ = losses;
}

SIDESPAN_COLD void BatchSource::reportLosses() {
    if (const auto problem = outbox_.takeProblem()) {
        failures_.failed("store", {problem->code, join({"the outbox directory cannot be used, new spans wait "
                                                        "in memory: ",
                                                        problem->message})});
    }
    const auto dropped = outbox_.stats().dropped;
    if (dropped == reported_) return;
    reportDropped(dropped, DropReason::outboxFull, ErrorCode::resource,
                  "the outbox is full (Config::outbox.maxBytes): its oldest spans are being dropped");
    reportDropped(dropped, DropReason::expired, ErrorCode::unavailable,
                  "spans that could not be delivered are being dropped (Config::outbox.maxAge, "
                  "Config::retry.maxAttempts)");
    reportDropped(
        dropped, DropReason::tooLarge, ErrorCode::tooLarge,
        "spans larger than a batch are being dropped (Config::batch.maxBytes, or the server's limit)");
    reported_ = dropped;
}

SIDESPAN_COLD void BatchSource::reportDropped(const DropCounts& dropped, DropReason reason, ErrorCode code,
                                              const char* message) {
    if (dropped[reason] > reported_[reason]) failures_.failed("outbox", {code, message});
}

}
