#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/continued_span.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record/handle_calls.h>
#include <sidespan/detail/recorder_parts.h>
#include <sidespan/detail/shared_instance.h>
#include <sidespan/lane.h>
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
    using Parts = detail::RecorderParts<Clock, Sink, Lock>;

public:
    using ScopedSpan = BasicScopedSpan<Clock, Lock>;
    using ContinuedSpan = BasicContinuedSpan<Clock, Lock>;
    using OpenSpan = BasicOpenSpan<Clock, Lock>;
    using SharedSpan = std::shared_ptr<OpenSpan>;  ///< made by OpenSpan::share()
    using Lane = BasicLane<Clock>;

    explicit Recorder(Config config = {}) : Recorder(config, Parts::findConfigError(config)) {
        parts_.reportConfigError();
    }
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
            return std::unique_ptr<Recorder>(new Recorder(config, Parts::findConfigError(config)));
        });
        // Outside the lock: the handler may come here again.
        if (isNew) {
            recorder->parts_.reportConfigError();
        } else {
            recorder->parts_.config.joinConsent(config);
            if (!recorder->parts_.configError) recorder->parts_.config.reportDifferences(config);
        }
        return recorder;
    }

    /// Begins a span that lasts as long as the handle is in scope: a root, or a child of `parent` where that
    /// is valid. A parent is a SpanContext or any handle of a span.
    [[nodiscard]] ScopedSpan span(Literal name) noexcept {
        return ScopedSpan(*parts_.engine, parts_.rootEpoch(), name);
    }
    [[nodiscard]] ScopedSpan span(Literal name, const SpanContext& parent) noexcept {
        return ScopedSpan(*parts_.engine, parts_.epoch(), name, parent, detail::randomnessOf(parent.traceId));
    }

    /// The same with a name from run time: a Name, or a callable.
    template <RuntimeName N>
    [[nodiscard]] ScopedSpan span(const N& name,
                                  const SpanContext& parent = {}) noexcept(!detail::LazyName<N>) {
        return ScopedSpan(*parts_.engine, parts_.epoch(), name, parent, detail::randomnessOf(parent.traceId));
    }

    /// The same, continuing the trace that `extract()` read from a request. The span and its children keep
    /// trace state and baggage for inject(). Allocates a copy; without memory the span begins without them.
    // A template, so that a context in braces is a SpanContext.
    template <std::same_as<RemoteContext> Received>
    [[nodiscard]] ContinuedSpan span(Literal name, const Received& parent) noexcept {
        return ContinuedSpan(*parts_.engine, parts_.epoch(), name, parent);
    }
    template <RuntimeName N, std::same_as<RemoteContext> Received>
    [[nodiscard]] ContinuedSpan span(const N& name, const Received& parent) noexcept(!detail::LazyName<N>) {
        return ContinuedSpan(*parts_.engine, parts_.epoch(), name, parent);
    }

    /// Begins a span that can be moved into a callback or to another thread. At most 256 are open at once,
    /// those by startSpan() (detail::HandleCalls) included; more are counted as dropped.
    [[nodiscard]] OpenSpan openSpan(Literal name) noexcept {
        return OpenSpan(parts_.engine, this->startSpan(name));
    }
    [[nodiscard]] OpenSpan openSpan(Literal name, const SpanContext& parent) noexcept {
        return OpenSpan(parts_.engine, this->startSpan(name, parent));
    }
    template <std::same_as<RemoteContext> Received>
    [[nodiscard]] OpenSpan openSpan(Literal name, const Received& parent) noexcept {
        return OpenSpan(
            parts_.engine,
            detail::SpansByHandle<Clock, Lock>::start(*parts_.engine, parts_.epoch(), name, parent.context,
                                                      detail::randomnessOf(parent)),
            detail::KeptContext(parent, parts_.engine->sampler()));
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

    /// Reads a request's headers by `Config::propagators`. As `sidespan::extract()`.
    template <class Carrier>
    [[nodiscard]] RemoteContext extract(const Carrier& carrier) const {
        return sidespan::extract(carrier, parts_.config->propagators);
    }
    /// Adds the headers of a span, SpanContext or RemoteContext to a request, by `Config::propagators`, with
    /// client type and version. Does so only under consent. `received` is the context that came with the
    /// request being served; it is passed on if nothing is recorded. As `sidespan::inject()`.
    template <class Source, HeaderCarrier Carrier>
    void inject(const Source& source, Carrier&& carrier, const RemoteContext* received = nullptr) const {
        sidespan::inject(source, carrier,
                         {.consent = parts_.config->consent,
                          .propagators = parts_.config->propagators,
                          .clientType = parts_.config->clientType,
                          .clientVersion = parts_.config->service.version,
                          .received = received});
    }

    /// Opens a lane: wait-free recording for one producer at a time, the audio callback. The drain thread
    /// starts as soon as consent is granted. Invalid options give a closed lane and an error to
    /// `onError`; after shutdown() every lane is closed. [not the audio thread] Allocates.
    [[nodiscard]] SIDESPAN_COLD Lane openLane(const LaneOptions& options = {}) {
        return Lane(
            parts_.laneOpener.open(options, parts_.engine, parts_.config, parts_.lanes, parts_.lifecycle));
    }

    /// Waits until everything recorded before the call is delivered or given up; stats() says which. Returns
    /// false if that took longer than `timeout`, if the configuration cannot be used, or if called on the
    /// SDK's own threads. [not a recording thread] Blocks.
    SIDESPAN_COLD bool flush(std::chrono::nanoseconds timeout) {
        return !parts_.configError && parts_.lifecycle.flush(timeout);
    }

    /// Records nothing more, delivers what it can within `timeout`, and leaves no thread behind. Returns
    /// whether everything was delivered or given up before the end. Later calls return what the first one
    /// did. On the SDK's own threads, such as in `onError`, it only starts the shutdown and returns false;
    /// the next call, or the destructor, waits for it. [not a recording thread] Blocks.
    SIDESPAN_COLD bool shutdown(std::chrono::nanoseconds timeout) {
        return parts_.lifecycle.shutdown(timeout);
    }

    /// What became of every span so far. Zeros in a forked child of the process that recorded.
    [[nodiscard]] SIDESPAN_COLD Stats stats() {
        return parts_.lifecycle.isForked() ? Stats{} : parts_.drain.stats();
    }

    /// The consent this recorder obeys: set it when the user has answered.
    [[nodiscard]] Consent consent() const { return parts_.config->consent; }
    /// What was wrong with the configuration, if anything: what `check()` found, or what the sink lacks.
    [[nodiscard]] const std::optional<Error>& configError() const noexcept { return parts_.configError; }
    [[nodiscard]] Sink& sink() noexcept { return parts_.drain.sink(); }
    [[nodiscard]] Clock& clock() noexcept { return parts_.engine->clock; }

private:
    friend class detail::HandleCalls<Recorder, Clock, Lock>;

    SIDESPAN_COLD Recorder(Config& given, std::optional<Error> error) : parts_(given, std::move(error)) {}

    template <RuntimeName N>
    [[nodiscard]] static OpenSpan named(OpenSpan span, const N& name) noexcept(!detail::LazyName<N>) {
        span.updateName(name);
        return span;
    }

    Parts parts_;
};

}
