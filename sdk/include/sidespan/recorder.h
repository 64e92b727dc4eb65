#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <type_traits>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/drain.h>
#include <sidespan/detail/drain/drain_loop.h>
#include <sidespan/detail/drain/inline_drain.h>
#include <sidespan/detail/drain/recorder_errors.h>
#include <sidespan/detail/lane/lane_core.h>
#include <sidespan/detail/lane/lane_registry.h>
#include <sidespan/detail/platform.h>
#include <sidespan/detail/record/engine.h>
#include <sidespan/detail/shared_instance.h>
#include <sidespan/lane.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/open_span.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/scoped_span.h>
#include <sidespan/stats.h>

namespace sidespan::inline v0 {

/// Records spans from any thread and hands them to a sink on a thread of its own.
///
/// Constructing one does nothing outside memory: no thread, socket, file or randomness, since hosts construct
/// plugins only to look at them. Recording begins with the first span after consent was granted. A
/// configuration that cannot be used leaves a recorder that records nothing, tells `onError` once, and says
/// why in `configError()`.
///
/// [any thread] unless said otherwise. Nothing here throws.
template <ClockPolicy Clock, SinkPolicy Sink, LockPolicy Lock>
class Recorder final : private detail::Engine<Clock, Lock>::Starter {
    using Engine = detail::Engine<Clock, Lock>;
    using ByHandle = detail::SpansByHandle<Clock, Lock>;

public:
    using ScopedSpan = BasicScopedSpan<Clock, Lock>;
    using OpenSpan = BasicOpenSpan<Clock, Lock>;
    using Lane = BasicLane<Clock>;

    explicit Recorder(Config config = {}) : Recorder(wrongWith(config), config) { reportConfigError(); }
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// Delivers what is left, within `Config::shutdownTimeout`. No thread of the recorder or its sink is
    /// left.
    SIDESPAN_COLD ~Recorder() {
        consentWatch_ = {};
        shutdown(config_->shutdownTimeout);
    }

    /// The one recorder of this plugin binary: made from `config` for the first caller, gone with the last
    /// pointer. Later callers get the same one, whatever their `config` says.
    [[nodiscard]] static std::shared_ptr<Recorder> shared(Config config) {
        bool isNew = false;
        auto recorder = detail::sharedInstance<Recorder>([&] {
            isNew = true;
            return std::unique_ptr<Recorder>(new Recorder(wrongWith(config), config));
        });
        if (isNew) recorder->reportConfigError();  // outside the lock: the handler may come here again
        return recorder;
    }

    /// Begins a span that lasts as long as the handle is in scope: a root, or a child of `parent` where that
    /// is valid.
    [[nodiscard]] ScopedSpan span(Literal name) noexcept { return ScopedSpan(*engine_, name); }
    [[nodiscard]] ScopedSpan span(Literal name, const SpanContext& parent) noexcept {
        return ScopedSpan(*engine_, name, parent);
    }

    /// Begins a span that can be moved into a callback or to another thread. At most 256 are open at once,
    /// those by startSpan() included; more are counted as dropped.
    [[nodiscard]] OpenSpan openSpan(Literal name, const SpanContext& parent = {}) noexcept {
        return OpenSpan(engine_, startSpan(name, parent));
    }

    /// Begins a span by handle, for code that keeps its own books. It is open until endSpan().
    [[nodiscard]] SpanHandle startSpan(Literal name, const SpanContext& parent = {}) noexcept {
        return ByHandle::start(*engine_, name, [&](auto& record) { Engine::makeChild(record, parent); });
    }
    template <detail::PlainAttributeValue V>
    void addAttribute(SpanHandle span, Literal key, const V& value) noexcept {
        ByHandle::write(*engine_, span,
                        [&](auto& room) { detail::item_writer::writeAttribute(room, key, value); });
    }
    void recordEvent(SpanHandle span, Literal name) noexcept {
        const std::uint64_t ticks = engine_->clock.now();
        ByHandle::write(*engine_, span,
                        [&](auto& room) { detail::item_writer::writeEvent(room, name, ticks); });
    }
    /// A handle that names no open span does nothing, here and in the calls above.
    void endSpan(SpanHandle span, SpanStatus status = SpanStatus::ok,
                 std::string_view message = {}) noexcept {
        ByHandle::end(*engine_, span, status, message);
    }
    /// What names the span to other threads and processes; not valid when it is not open.
    [[nodiscard]] SpanContext contextOf(SpanHandle span) const noexcept {
        return ByHandle::contextOf(*engine_, span);
    }

    /// Opens a wait-free entrance for one producer at a time: the audio callback. Where consent is granted,
    /// or as soon as it is, the drain thread starts. Options that are no good give a closed lane and tell
    /// `onError`; after shutdown() every lane is closed. [not the audio thread] allocates.
    [[nodiscard]] SIDESPAN_COLD Lane openLane(const LaneOptions& options = {}) {
        if (const auto wrong = (check)(options)) {
            config_.report(*wrong);
            return {};
        }
        warnOfSlowClock();
        try {
            auto lane = makeLane(options);
            startForLanes();
            return Lane(std::move(lane));
        } catch (const std::bad_alloc&) {
            config_.report(detail::noMemoryForLane());
            return {};
        }
    }

    /// Waits until everything recorded before the call is where the sink delivers to, or given up: stats()
    /// tells which. False when that was not so within `timeout`, when the configuration cannot be used, or
    /// when called on the SDK's own threads. [not for recording threads] blocks.
    SIDESPAN_COLD bool flush(std::chrono::nanoseconds timeout) {
        if (configError_) return false;
        if (!engine_->isStarted() || isForked()) return true;
        return loop_.flush(deadlineIn(timeout));
    }

    /// Records nothing more, delivers what it can within `timeout`, and leaves no thread behind; whether
    /// everything was delivered, or given up before the end. Once; later calls return what the first one did.
    /// Called on the SDK's own threads, as from `onError`, it asks for all that and returns false: the next
    /// call, or the destructor, waits for it. [not for recording threads] blocks.
    SIDESPAN_COLD bool shutdown(std::chrono::nanoseconds timeout) {
        const Deadline deadline = deadlineIn(timeout);
        {
            const std::lock_guard lock(lifecycle_);
            engine_->arm(nullptr);
            isShutDown_ = true;
            if (!engine_->isStarted()) return true;
            if (isForked()) return leaveToParent();
            engine_->close(DropReason::shutdown);
        }
        return loop_.stop(deadline);
    }

    /// What became of every span so far. Zeros in a forked child of the process that recorded.
    [[nodiscard]] SIDESPAN_COLD Stats stats() {
        if (engine_->isStarted() && isForked()) return {};  // the locks may be held by nobody
        const SinkStats sink = drain_.sink().stats();
        Stats stats{.recovered = sink.recovered,
                    .delivered = sink.delivered,
                    .queued = sink.queued,
                    .onDisk = sink.onDisk,
                    .dropped = sink.dropped};
        if (engine_->isStarted()) {
            const auto counts = engine_->queue().counts();
            stats.recorded = counts.recorded;
            stats.queued += counts.queued;
            stats.dropped += counts.dropped;
        }
        const auto lanes = lanes_.counts();
        const std::uint64_t left = drain_.isOver() ? lanes_.countLeft() : 0;
        stats.recorded += lanes.drained + lanes.dropped.total() + left;
        stats.dropped += lanes.dropped;
        stats.dropped[DropReason::shutdown] += left;
        stats.notKept = lanes.notKept;
        stats.dropped[DropReason::consentWithdrawn] += drain_.withdrawn();
        return stats;
    }

    /// The consent this recorder obeys: set it when the user has answered.
    [[nodiscard]] Consent consent() const { return config_->consent; }
    /// What was wrong with the configuration, if anything: what `check()` found, or what the sink lacks.
    [[nodiscard]] const std::optional<Error>& configError() const noexcept { return configError_; }
    [[nodiscard]] Sink& sink() noexcept { return drain_.sink(); }
    [[nodiscard]] Clock& clock() noexcept { return engine_->clock; }

private:
    using Loop = std::conditional_t<std::same_as<Lock, NullLock>, detail::InlineDrain, detail::DrainLoop>;

    // All of this runs once or a few times a second: it is compiled to be small.

    [[nodiscard]] SIDESPAN_COLD static std::optional<Error> wrongWith(const Config& config) {
        auto wrong = (check)(config);
        return wrong ? std::move(wrong) : detail::lackOf<Sink>(config);
    }

    SIDESPAN_COLD Recorder(std::optional<Error> wrong, Config& given)
        : configError_(std::move(wrong)),
          config_(configError_ ? detail::withoutSettings(given) : detail::asChecked(given)),
          engine_(std::make_shared<Engine>()),
          drain_(config_, *engine_, lanes_),
          loop_(drain_, config_->queue.drainInterval) {
        if (configError_) {
            isShutDown_ = true;
            return;
        }
        consentWatch_ = config_->consent.observe([this](Consent::State) { obeyConsent(); });
        obeyConsent();
    }

    void reportConfigError() const noexcept {
        if (configError_) config_.report(*configError_);
    }

    SIDESPAN_COLD void obeyConsent() noexcept {
        std::optional<Error> problem;
        obeyConsent(problem);
        if (problem) config_.report(*problem);
    }

    // Looks at the state itself, under the lock: whoever comes here last has seen the latest.
    SIDESPAN_COLD void obeyConsent(std::optional<Error>& problem) noexcept {
        const std::lock_guard lock(lifecycle_);
        if (isShutDown_) return;
        const bool isGranted = config_->consent.isGranted();
        if (!engine_->isStarted()) {
            engine_->arm(isGranted ? this : nullptr);
            if (isGranted && !lanes_.isEmpty()) startLocked(problem);
            return;
        }
        if (isForked()) return;
        if (isGranted) return openGate();
        engine_->close(DropReason::consentWithdrawn);
        engine_->queue().discard(DropReason::consentWithdrawn);
        drain_.endEpoch();
        loop_.purge();
    }

    // The number of the consent that is granted now; 0, a closed gate, when none is.
    [[nodiscard]] std::uint32_t consentEpoch() const noexcept {
        return config_->consent.isGranted() ? config_->consent.epoch() + 1 : 0;
    }

    void openGate() noexcept {
        const std::uint32_t epoch = config_->consent.epoch() + 1;
        drain_.beginEpoch(epoch);
        engine_->open(epoch);
    }

    SIDESPAN_COLD bool startRecording() noexcept override {
        std::optional<Error> problem;
        const bool isStarted = [&] {
            const std::lock_guard lock(lifecycle_);
            return startLocked(problem);
        }();
        if (problem) config_.report(*problem);
        return isStarted;
    }

    // A lane cannot start anything itself, so it begins with whichever comes second: the lane or the consent.
    void startForLanes() noexcept { static_cast<void>(startRecording()); }

    SIDESPAN_COLD bool startLocked(std::optional<Error>& problem) noexcept {
        if (engine_->isStarted()) return true;
        if (isShutDown_ || !config_->consent.isGranted()) return false;
        prepare(problem);
        if (problem) {
            engine_->arm(nullptr);
            return false;
        }
        openGate();
        return true;
    }

    SIDESPAN_COLD std::shared_ptr<detail::LaneCore<Clock>> makeLane(const LaneOptions& options) {
        const std::uint64_t range = detail::summaryIdRange + 1 + lanes_.nextIndex();
        auto core = std::make_shared<detail::LaneCore<Clock>>(options, range, engine_);
        core->summaryEpoch = consentEpoch();
        const std::lock_guard lock(lifecycle_);
        if (isShutDown_) return nullptr;
        if (!engine_->isStarted()) lanes_.forgetClosed();
        lanes_.add(core);
        return core;
    }

    void warnOfSlowClock() {
        if constexpr (requires { Clock::isKernelClock; }) {
            if (hasLookedAtClock_.exchange(true) || detail::platform::isSteadyClockInUserSpace()) return;
            config_.report(detail::slowClock());
        }
    }

    SIDESPAN_COLD void prepare(std::optional<Error>& problem) noexcept {
        try {
            engine_->prepare(config_->queue.capacityBytes, loop_.waker());
            startedIn_ = detail::platform::processId();
            const auto started = loop_.start();
            if (!started) problem.emplace(started.error());
        } catch (const std::bad_alloc&) {
            problem.emplace(detail::noMemoryForQueue());
        }
    }

    [[nodiscard]] bool isForked() const noexcept { return startedIn_ != detail::platform::processId(); }

    // In a forked child the threads do not exist and locks may be held by nobody.
    bool leaveToParent() noexcept {
        loop_.forget();
        return true;
    }

    std::optional<Error> configError_;
    ValidConfig config_;
    std::shared_ptr<Engine> engine_;
    detail::LaneRegistry lanes_;
    detail::Drain<Clock, Sink, Lock> drain_;
    std::atomic<bool> hasLookedAtClock_{false};
    std::uint64_t startedIn_ = 0;

    std::mutex lifecycle_;
    bool isShutDown_ = false;

    Loop loop_;
    Consent::Subscription consentWatch_;
};

}
