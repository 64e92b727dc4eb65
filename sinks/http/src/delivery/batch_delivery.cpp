#include <sidespan/detail/compiler.h>
#include <sidespan/sink_http/detail/batch_delivery.h>

#include <atomic>
#include <exception>
#include <utility>

#include <sidespan/network/detail/check_endpoint.h>

#include "batch/assembler.h"
#include "batch_source.h"
#include "body_size_limit.h"
#include "outbox/batch_store.h"
#include "outbox/outbox.h"

namespace sidespan::inline v0::detail {
namespace {

constexpr std::chrono::milliseconds longestInterruption{250};

// The endpoint may already contain the path.
std::string_view pathOf(const Config& config, std::string_view encodingsPath) {
    if (!config.http.spansPath.empty()) return config.http.spansPath;
    std::string_view endpoint = config.endpoint;
    while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
    return endpoint.ends_with(encodingsPath) ? std::string_view() : encodingsPath;
}

BatchDelivery::Format withPath(BatchDelivery::Format format, const Config& config) {
    format.path = pathOf(config, format.path);
    return format;
}

}

struct BatchDelivery::State {
    State(const ValidConfig& valid, RequestRunner& runs, const Format& format)
        : config(valid),
          runner(runs),
          outbox(config->outbox, makeBatchStore(*config)),
          assembler(config, runs.clock(), withPath(format, *config), limit, outbox),
          source(config, runs, withPath(format, *config), limit, outbox, assembler) {}

    void purgeStore() noexcept;
    void reportPurge(const Outcome<>& purged) noexcept;
    [[nodiscard]] bool sendNow();

    const ValidConfig config;
    RequestRunner& runner;
    BodySizeLimit limit;
    Outbox outbox;
    Assembler assembler;
    BatchSource source;

    bool wasDenied = false;  // when this was constructed; also applies to what earlier runs left
    std::atomic<bool> isStarted{false};
    std::atomic<bool> isPurgeReported{false};
    Consent::Subscription consent;  // last: its observer uses all of the above
};

SIDESPAN_COLD std::optional<Error> BatchDelivery::checkConfig(const Config& config) {
    auto wrong = checkEndpoint(config);
    return wrong ? wrong : checkBatchStore(config);
}

SIDESPAN_COLD BatchDelivery::BatchDelivery(const ValidConfig& config, RequestRunner& runner,
                                           const Format& format)
    : state_(std::make_unique<State>(config, runner, format)) {
    runner.attach(state_->source);
    // Removes what is on disk before Consent::set() returns, in case the program ends then. A denial before
    // start() also applies to what earlier runs left.
    auto& state = *state_;
    state.consent = state.config->consent.observe([&state](Consent::State answer) {
        if (answer == Consent::granted || state.runner.isInherited()) return;
        if (state.isStarted.load() || answer == Consent::denied) state.purgeStore();
    });
    state.wasDenied = state.config->consent.state() == Consent::denied;
}

SIDESPAN_COLD BatchDelivery::~BatchDelivery() {
    if (state_->runner.isInherited())
        static_cast<void>(state_.release());  // see RequestRunner::isInherited()
}

// ---- drain thread

SIDESPAN_COLD void BatchDelivery::start() noexcept try {
    auto& state = *state_;
    state.isStarted.store(true);
    if (const auto wrong = checkConfig(*state.config)) {
        state.outbox.close(DropReason::sinkFailed);
        return state.config.report(*wrong);
    }
    if (state.wasDenied) state.purgeStore();
    state.outbox.start();
    if (state.outbox.hasStore()) state.runner.wake();  // for what earlier runs left
} catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the outbox tries again with each batch
}

bool BatchDelivery::flush(Deadline deadline, const Meanwhile& meanwhile) noexcept try {
    if (state_->runner.isInherited() || state_->config->endpoint.empty()) return false;
    if (!state_->sendNow()) deadline = deadlineIn({});
    return state_->outbox.waitUntilDelivered(deadline, meanwhile);
} catch (const std::exception&) {
    return false;
}

bool BatchDelivery::finish(Deadline deadline) noexcept {
    return flush(deadline, [&] { return !state_->source.isHopeless(deadline); });
}

// False if nothing will be sent, for example because no thread can be started.
bool BatchDelivery::State::sendNow() {
    {
        const std::lock_guard lock(assembler.mutex());
        assembler.close();
    }
    if (!isStarted.load()) return true;
    source.retryNow();
    return runner.wake();
}

SIDESPAN_COLD void BatchDelivery::purge() noexcept try {
    auto& state = *state_;
    if (state.runner.isInherited()) return;
    {
        const std::lock_guard lock(state.assembler.mutex());
        state.assembler.discard(DropReason::consentWithdrawn);
    }
    state.purgeStore();
    state.outbox.purge();
    state.runner.interrupt();
    // The worker holds the batch under way, and drops it as soon as it notices.
    static_cast<void>(state.outbox.waitUntilDelivered(deadlineIn(longestInterruption), {}));
} catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): only of the last wait
}

void BatchDelivery::State::purgeStore() noexcept {
    try {
        reportPurge(outbox.purgeStore());
    } catch (const std::exception&) {
        config.report({ErrorCode::resource, "out of memory"});
    }
}

// Reports once, until a purge succeeds.
void BatchDelivery::State::reportPurge(const Outcome<>& purged) noexcept {
    if (isPurgeReported.exchange(!purged.isSuccess()) || purged.isSuccess()) return;
    config.report(purged.error());
}

void BatchDelivery::leave() noexcept try {
    if (!state_->runner.isInherited()) state_->outbox.leave();
} catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): an empty directory stays
}

void BatchDelivery::noteUpstreamLosses(const DropCounts& losses) noexcept {
    state_->source.noteUpstreamLosses(losses);
}

// ---- any thread

bool BatchDelivery::isOwnThread() const noexcept {
    return state_->runner.isOwnThread();
}

SinkStats BatchDelivery::stats() const noexcept {
    return state_->runner.isInherited() ? SinkStats{} : state_->outbox.stats();
}

std::size_t BatchDelivery::waitingBytes() const noexcept {
    return state_->runner.isInherited() ? 0 : state_->outbox.waitingBytes();
}

std::string BatchDelivery::preview() {
    if (state_->runner.isInherited()) return {};
    auto waiting = state_->outbox.peek();
    if (!waiting.empty()) return waiting;
    const std::lock_guard lock(state_->assembler.mutex());
    return state_->assembler.preview();
}

// ---- taking spans in

BatchDelivery::Intake::Intake(BatchDelivery& delivery, std::size_t spans, ConsentEpoch consentEpoch)
    : delivery_(delivery), left_(spans), consentEpoch_(consentEpoch) {
    auto& state = *delivery.state_;
    const auto& consent = state.config->consent;
    state.outbox.admit(left_);
    {
        const std::lock_guard lock(state.assembler.mutex());
        state.assembler.discardIfOlderThan(consent.epoch());
    }
    auto refusal = state.outbox.closedFor();
    if (!refusal && !consent.allows(consentEpoch_)) refusal = DropReason::consentWithdrawn;
    isWanted_ = !refusal;
    if (refusal) state.outbox.refuse(std::exchange(left_, 0), *refusal);
}

void BatchDelivery::Intake::add(const EncodedSpans& spans) noexcept {
    auto& state = *delivery_.state_;
    const std::lock_guard lock(state.assembler.mutex());
    state.assembler.add(spans, consentEpoch_);
    left_ -= spans.size();
}

BatchDelivery::Intake::~Intake() {
    auto& state = *delivery_.state_;
    if (left_ != 0) state.outbox.refuse(left_, DropReason::sinkFailed);
    bool hasNews = false;  // a body was begun, which will be due, or closed, which is to be sent
    {
        const std::lock_guard lock(state.assembler.mutex());
        state.assembler.closeIfDue(state.runner.clock().now());
        hasNews = state.assembler.takeNews();
    }
    // Checked after unlocking: the worker sets the flag before it tries the lock.
    if (!state.source.takeLockedOut() && !hasNews) return;
    try {
        state.runner.wake();
    } catch (const std::exception&) {  // NOLINT(bugprone-empty-catch): the worker could not be started now
    }
}

}
