#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/continued_span.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/drain.h>
#include <sidespan/detail/drain/drain_loop.h>
#include <sidespan/detail/drain/inline_drain.h>
#include <sidespan/detail/lane/lane_opener.h>
#include <sidespan/detail/record/engine.h>
#include <sidespan/detail/record/handle_calls.h>
#include <sidespan/detail/recorder_lifecycle.h>
#include <sidespan/detail/shared_instance.h>
#include <sidespan/lane.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/open_span.h>
#include <sidespan/policy/sink_policy.h>
#include <sidespan/propagation/extract.h>
#include <sidespan/propagation/inject.h>
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
class Recorder final : public detail::HandleCalls<Recorder<Clock, Sink, Lock>, Clock, Lock> {
    using Engine = detail::Engine<Clock, Lock>;
    using ByHandle = detail::SpansByHandle<Clock, Lock>;

public:
    using ScopedSpan = BasicScopedSpan<Clock, Lock>;
    using ContinuedSpan = BasicContinuedSpan<Clock, Lock>;
    using OpenSpan = BasicOpenSpan<Clock, Lock>;
    using SharedSpan = std::shared_ptr<OpenSpan>;  ///< made by OpenSpan::share()
    using Lane = BasicLane<Clock>;

    explicit Recorder(Config config = {}) : Recorder(config, findConfigError(config)) { reportConfigError(); }
    Recorder(const Recorder&) = delete;
    Recorder& operator=(const Recorder&) = delete;

    /// Delivers what is left, within `Config::shutdownTimeout`. Afterwards no thread of the recorder or its
    /// sink exists.
    SIDESPAN_COLD ~Recorder() = default;

    /// The one recorder of this plugin binary. It is made from the first caller's `config` and destroyed with
    /// the last pointer. Later callers get the same recorder. Their consent is joined to it
    /// (Consent::join()): any one that is denied denies for all. The rest of their `config` is not used; if
    /// it differs, `onError` is told which fields. Code of another binary gets that binary's recorder.
    [[nodiscard]] SIDESPAN_HIDDEN static std::shared_ptr<Recorder> shared(Config config) {
        bool isNew = false;
        auto recorder = detail::sharedInstance<Recorder>(detail::sharedSlot<Recorder>(), [&] {
            isNew = true;
            return std::unique_ptr<Recorder>(new Recorder(config, findConfigError(config)));
        });
        // Outside the lock: the handler may come here again.
        if (isNew) {
            recorder->reportConfigError();
        } else {
            recorder->config_.joinConsent(config);
            if (!recorder->configError_) recorder->config_.reportDifferences(config);
        }
        return recorder;
    }

    /// Begins a span that lasts as long as the handle is in scope: a root, or a child of `parent` where that
    /// is valid. A parent is a SpanContext or any handle of a span.
    [[nodiscard]] ScopedSpan span(Literal name) noexcept { return ScopedSpan(*engine_, rootEpoch(), name); }
    [[nodiscard]] ScopedSpan span(Literal name, const SpanContext& parent) noexcept {
        return ScopedSpan(*engine_, epoch(), name, parent, detail::randomnessOf(parent.traceId));
    }

    /// The same with a name from run time: a Name, or a callable.
    template <RuntimeName N>
    [[nodiscard]] ScopedSpan span(const N& name,
                                  const SpanContext& parent = {}) noexcept(!detail::LazyName<N>) {
        return ScopedSpan(*engine_, epoch(), name, parent, detail::randomnessOf(parent.traceId));
    }

    /// The same, continuing the trace that `extract()` read from a request. The span and its children keep
    /// trace state and baggage for inject(). Allocates a copy; without memory the span begins without them.
    // A template, so that a context in braces is a SpanContext.
    template <std::same_as<RemoteContext> Received>
    [[nodiscard]] ContinuedSpan span(Literal name, const Received& parent) noexcept {
        return ContinuedSpan(*engine_, epoch(), name, parent);
    }
    template <RuntimeName N, std::same_as<RemoteContext> Received>
    [[nodiscard]] ContinuedSpan span(const N& name, const Received& parent) noexcept(!detail::LazyName<N>) {
        return ContinuedSpan(*engine_, epoch(), name, parent);
    }

    /// Begins a span that can be moved into a callback or to another thread. At most 256 are open at once,
    /// those by startSpan() included; more are counted as dropped.
    [[nodiscard]] OpenSpan openSpan(Literal name) noexcept { return OpenSpan(engine_, startSpan(name)); }
    [[nodiscard]] OpenSpan openSpan(Literal name, const SpanContext& parent) noexcept {
        return OpenSpan(engine_, startSpan(name, parent));
    }
    template <std::same_as<RemoteContext> Received>
    [[nodiscard]] OpenSpan openSpan(Literal name, const Received& parent) noexcept {
        return OpenSpan(
            engine_, ByHandle::start(*engine_, epoch(), name, parent.context, detail::randomnessOf(parent)),
            detail::KeptContext(parent, engine_->sampler()));
    }
    template <RuntimeName N>
    [[nodiscard]] OpenSpan openSpan(const N& name,
                                    const SpanContext& parent = {}) noexcept(!detail::LazyName<N>) {
        return named(openSpan(detail::item_writer::unnamed, parent), name);
    }
    template <RuntimeName N, std::same_as<RemoteContext> Received>
    [[nodiscard]] OpenSpan openSpan(const N& name, const Received& parent) noexcept(!detail::LazyName<N>) {
        return named(openSpan(detail::item_writer::unnamed, parent), name);
    }

    /// Begins a span by handle, for code that keeps its own table. It is open until endSpan().
    /// detail::HandleCalls has the calls for it: addAttribute(), recordEvent(), recordException(). It is
    /// exported with the trace state of a RemoteContext, but does not keep that, or its baggage, for
    /// inject().
    [[nodiscard]] SpanHandle startSpan(Literal name) noexcept {
        return ByHandle::startRoot(*engine_, rootEpoch(), name);
    }
    template <std::same_as<RemoteContext> Received>
    [[nodiscard]] SpanHandle startSpan(Literal name, const Received& parent) noexcept {
        auto span = openSpan(name, parent);
        return std::exchange(span.handle_, {});
    }
    [[nodiscard]] SpanHandle startSpan(Literal name, const SpanContext& parent) noexcept {
        return ByHandle::start(*engine_, epoch(), name, parent, detail::randomnessOf(parent.traceId));
    }
    template <RuntimeName N>
    [[nodiscard]] SpanHandle startSpan(const N& name,
                                       const SpanContext& parent = {}) noexcept(!detail::LazyName<N>) {
        auto span = openSpan(name, parent);  // ends it if the callable throws
        return std::exchange(span.handle_, {});
    }
    template <RuntimeName N, std::same_as<RemoteContext> Received>
    [[nodiscard]] SpanHandle startSpan(const N& name, const Received& parent) noexcept(!detail::LazyName<N>) {
        auto span = openSpan(name, parent);
        return std::exchange(span.handle_, {});
    }

    /// Reads a request's headers by `Config::propagators`. As `sidespan::extract()`.
    template <class Carrier>
    [[nodiscard]] RemoteContext extract(const Carrier& carrier) const {
        return sidespan::extract(carrier, config_->propagators);
    }
    /// Adds the headers of a span, SpanContext or RemoteContext to a request, by `Config::propagators`, with
    /// client type and version. Does so only under consent. `received` is the context that came with the
    /// request being served; it is passed on if nothing is recorded. As `sidespan::inject()`.
    template <class Source, HeaderCarrier Carrier>
    void inject(const Source& source, Carrier&& carrier, const RemoteContext* received = nullptr) const {
        sidespan::inject(source, carrier,
                         {.consent = config_->consent,
                          .propagators = config_->propagators,
                          .clientType = config_->clientType,
                          .clientVersion = config_->service.version,
                          .received = received});
    }

    /// Opens a lane: wait-free recording for one producer at a time, the audio callback. The drain thread
    /// starts as soon as consent is granted. Invalid options give a closed lane and an error to
    /// `onError`; after shutdown() every lane is closed. [not the audio thread] Allocates.
    [[nodiscard]] SIDESPAN_COLD Lane openLane(const LaneOptions& options = {}) {
        return Lane(laneOpener_.open(options, engine_, config_, lanes_, lifecycle_));
    }

    /// Waits until everything recorded before the call is delivered or given up; stats() says which. Returns
    /// false if that took longer than `timeout`, if the configuration cannot be used, or if called on the
    /// SDK's own threads. [not a recording thread] Blocks.
    SIDESPAN_COLD bool flush(std::chrono::nanoseconds timeout) {
        return !configError_ && lifecycle_.flush(timeout);
    }

    /// Records nothing more, delivers what it can within `timeout`, and leaves no thread behind. Returns
    /// whether everything was delivered or given up before the end. Later calls return what the first one
    /// did. On the SDK's own threads, such as in `onError`, it only starts the shutdown and returns false;
    /// the next call, or the destructor, waits for it. [not a recording thread] Blocks.
    SIDESPAN_COLD bool shutdown(std::chrono::nanoseconds timeout) { return lifecycle_.shutdown(timeout); }

    /// What became of every span so far. Zeros in a forked child of the process that recorded.
    [[nodiscard]] SIDESPAN_COLD Stats stats() { return lifecycle_.isForked() ? Stats{} : drain_.stats(); }

    /// The consent this recorder obeys: set it when the user has answered.
    [[nodiscard]] Consent consent() const { return config_->consent; }
    /// What was wrong with the configuration, if anything: what `check()` found, or what the sink lacks.
    [[nodiscard]] const std::optional<Error>& configError() const noexcept { return configError_; }
    [[nodiscard]] Sink& sink() noexcept { return drain_.sink(); }
    [[nodiscard]] Clock& clock() noexcept { return engine_->clock; }

private:
    friend class detail::HandleCalls<Recorder, Clock, Lock>;
    using Loop = std::conditional_t<std::same_as<Lock, NullLock>, detail::InlineDrain, detail::DrainLoop>;

    // In this order, no part of a braced Config is tried as the error: libc++ 16 cannot compile that.
    SIDESPAN_COLD Recorder(Config& given, std::optional<Error> error)
        : configError_(std::move(error)),
          config_(configError_ ? detail::withoutSettings(given) : detail::asChecked(given)),
          engine_(std::make_shared<Engine>(config_->sampler)),
          drain_(config_, *engine_, lanes_),
          loop_(drain_, config_->queue.drainInterval),
          lifecycle_(config_, *engine_, lanes_, loop_) {
        if (!configError_ && !config_->disabled) lifecycle_.watchConsent();
    }

    [[nodiscard]] SIDESPAN_COLD static std::optional<Error> findConfigError(const Config& config) {
        auto error = (check)(config);
        return error ? std::move(error) : detail::checkForSink<Sink>(config);
    }

    void reportConfigError() const noexcept {
        if (configError_) config_.report(*configError_);
    }

    template <RuntimeName N>
    [[nodiscard]] static OpenSpan named(OpenSpan span, const N& name) noexcept(!detail::LazyName<N>) {
        span.updateName(name);
        return span;
    }

    // The first span under granted consent starts everything.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE ConsentEpoch epoch() noexcept {
        const auto& gate = engine_->gate();
        if (const auto* const cell = gate.cell(); cell != nullptr) [[likely]]
            return ConsentEpoch(cell->load(std::memory_order_relaxed));
        return gate.isArmed() ? lifecycle_.startRecording() : ConsentEpoch();
    }
    // The same for a root; also not valid if the sampler is asked for each root.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE ConsentEpoch rootEpoch() noexcept {
        const auto& gate = engine_->gate();
        if (const auto* const cell = gate.rootCell(); cell != nullptr) [[likely]]
            return ConsentEpoch(cell->load(std::memory_order_relaxed));
        if (!gate.isArmed()) return {};
        const ConsentEpoch epoch = lifecycle_.startRecording();
        return gate.asksEachRoot() ? ConsentEpoch() : epoch;
    }

    std::optional<Error> configError_;
    ValidConfig config_;
    std::shared_ptr<Engine> engine_;
    detail::LaneRegistry lanes_;
    detail::Drain<Clock, Sink, Lock> drain_;
    Loop loop_;
    detail::LaneOpener<Clock> laneOpener_;
    detail::RecorderLifecycle lifecycle_;
};

}
