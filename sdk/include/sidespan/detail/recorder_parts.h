#pragma once

#include <concepts>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>

#include <sidespan/config.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/drain.h>
#include <sidespan/detail/drain/drain_loop.h>
#include <sidespan/detail/drain/inline_drain.h>
#include <sidespan/detail/lane/lane_opener.h>
#include <sidespan/detail/record/engine.h>
#include <sidespan/detail/recorder_lifecycle.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/policy/sink_policy.h>

namespace sidespan::inline v0::detail {

/// What a Recorder is made of. The lifecycle is last, so it ends before what it drives.
template <ClockPolicy Clock, SinkPolicy Sink, LockPolicy Lock>
struct RecorderParts {
    using Loop = std::conditional_t<std::same_as<Lock, NullLock>, InlineDrain, DrainLoop>;

    // Config first: otherwise libc++ 16 tries to make the error of parts of a braced Config, and fails.
    SIDESPAN_COLD RecorderParts(Config& given, std::optional<Error> error)
        : configError(std::move(error)),
          config(configError ? withoutSettings(given) : asChecked(given)),
          engine(std::make_shared<Engine<Clock, Lock>>(config->sampler)),
          drain(config, *engine, lanes),
          loop(drain, config->queue.drainInterval),
          lifecycle(config, *engine, lanes, loop) {
        if (!configError && !config->disabled) lifecycle.watchConsent();
    }

    [[nodiscard]] SIDESPAN_COLD static std::optional<Error> findConfigError(const Config& given) {
        auto error = (check)(given);
        return error ? std::move(error) : checkForSink<Sink>(given);
    }

    void reportConfigError() const noexcept {
        if (configError) config.report(*configError);
    }

    /// The consent to record a span under. The first span under granted consent starts everything.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE ConsentEpoch epoch() noexcept {
        const auto& gate = engine->gate();
        if (const auto* const cell = gate.cell(); cell != nullptr) [[likely]]
            return ConsentEpoch(cell->load(std::memory_order_relaxed));
        return gate.isArmed() ? lifecycle.startRecording() : ConsentEpoch();
    }
    /// The same for a root; also not valid if the sampler is asked for each root.
    [[nodiscard]] SIDESPAN_ALWAYS_INLINE ConsentEpoch rootEpoch() noexcept {
        const auto& gate = engine->gate();
        if (const auto* const cell = gate.rootCell(); cell != nullptr) [[likely]]
            return ConsentEpoch(cell->load(std::memory_order_relaxed));
        if (!gate.isArmed()) return {};
        const ConsentEpoch current = lifecycle.startRecording();
        return gate.asksEachRoot() ? ConsentEpoch() : current;
    }

    std::optional<Error> configError;
    ValidConfig config;
    std::shared_ptr<Engine<Clock, Lock>> engine;
    LaneRegistry lanes;
    Drain<Clock, Sink, Lock> drain;
    Loop loop;
    LaneOpener<Clock> laneOpener;
    RecorderLifecycle lifecycle;
};

}
