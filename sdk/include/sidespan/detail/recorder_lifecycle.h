#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>

#include <sidespan/config.h>
#include <sidespan/detail/drain/drainer.h>
#include <sidespan/detail/lane/lane_registry.h>
#include <sidespan/detail/record/engine.h>

namespace sidespan::inline v0::detail {

/// Starts a recorder with the first span or lane under granted consent, obeys every change of the consent,
/// shuts down once, and keeps still in a forked child. It opens and closes the engine's gate, and drives the
/// drainer.
class RecorderLifecycle {
public:
    /// Keeps references to all of them.
    RecorderLifecycle(const ValidConfig& config, EngineBase& engine, LaneRegistry& lanes, Drainer& drainer);
    /// Shuts down within `Config::shutdownTimeout`.
    ~RecorderLifecycle();
    RecorderLifecycle(const RecorderLifecycle&) = delete;
    RecorderLifecycle& operator=(const RecorderLifecycle&) = delete;

    /// Obeys the consent from now on. Without it nothing ever starts. Once.
    void watchConsent();

    /// Starts recording if that is still to be done; the consent to record under, not valid when there is
    /// none. [not the audio thread]
    ConsentEpoch startRecording() noexcept;
    /// Adds a lane, and starts recording if consent is granted; false after shutdown. Throws std::bad_alloc.
    bool addLane(const std::shared_ptr<LaneBase>& lane);

    /// As Recorder's.
    bool flush(std::chrono::nanoseconds timeout);
    bool shutdown(std::chrono::nanoseconds timeout);

    /// Whether this is a forked child of the process that started recording: threads do not exist here, and
    /// locks may be held by nobody.
    [[nodiscard]] bool isForked() const noexcept;

private:
    void obeyConsent() noexcept;
    std::optional<Error> obeyConsentLocked() noexcept;
    std::optional<Error> startLocked() noexcept;
    std::optional<Error> prepare() noexcept;

    const ValidConfig& config_;
    EngineBase& engine_;
    LaneRegistry& lanes_;
    Drainer& drainer_;
    std::uint64_t startedIn_ = 0;  // the process

    std::mutex mutex_;
    bool mayStart_ = false;  // from watchConsent() to shutdown()

    Consent::Subscription consentWatch_;
};

}
