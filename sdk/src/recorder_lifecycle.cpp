#include <new>

#include <sidespan/deadline.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/recorder_errors.h>
#include <sidespan/detail/platform.h>
#include <sidespan/detail/recorder_lifecycle.h>

namespace sidespan::inline v0::detail {

RecorderLifecycle::RecorderLifecycle(const ValidConfig& config, EngineBase& engine, LaneRegistry& lanes,
                                     Drainer& drainer)
    : config_(config), engine_(engine), lanes_(lanes), drainer_(drainer) {}

RecorderLifecycle::~RecorderLifecycle() {
    if (platform::processId() == 0) consentWatch_.endWithoutLock();
    consentWatch_ = {};
    shutdown(config_->shutdownTimeout);
}

void RecorderLifecycle::watchConsent() {
    mayStart_ = true;
    consentWatch_ = config_->consent.observe([this](Consent::State) { obeyConsent(); });
    obeyConsent();
}

// onError may call the recorder, so it is called outside the lock.
void RecorderLifecycle::obeyConsent() noexcept {
    const auto problem = obeyConsentLocked();
    if (problem) config_.report(*problem);
}

// Reads the state under the lock, so the last to come here has read the latest.
SIDESPAN_COLD std::optional<Error> RecorderLifecycle::obeyConsentLocked() noexcept {
    const std::lock_guard lock(mutex_);
    if (!mayStart_) return std::nullopt;
    const ConsentEpoch epoch = config_->consent.grantedEpoch();
    if (!engine_.gate().isStarted()) {
        engine_.gate().arm(epoch.isValid());
        return epoch.isValid() && !lanes_.isEmpty() ? startLocked() : std::nullopt;
    }
    if (isForked()) return std::nullopt;
    if (epoch.isValid()) {
        engine_.open(epoch);
    } else {
        engine_.close(DropReason::consentWithdrawn);
        engine_.discard(DropReason::consentWithdrawn);
        drainer_.purge();
    }
    return std::nullopt;
}

SIDESPAN_COLD ConsentEpoch RecorderLifecycle::startRecording() noexcept {
    std::optional<Error> problem;
    {
        const std::lock_guard lock(mutex_);
        problem = startLocked();
    }
    if (problem) config_.report(*problem);
    return engine_.gate().epoch();
}

SIDESPAN_COLD bool RecorderLifecycle::addLane(const std::shared_ptr<LaneBase>& lane) {
    {
        const std::lock_guard lock(mutex_);
        if (!mayStart_) return false;
        if (!engine_.gate().isStarted()) lanes_.forgetClosed();
        lane->summaryEpoch = config_->consent.grantedEpoch();
        lanes_.add(lane);
    }
    startRecording();
    return true;
}

SIDESPAN_COLD std::optional<Error> RecorderLifecycle::startLocked() noexcept {
    if (engine_.gate().isStarted() || !mayStart_ || !config_->consent.isGranted()) return std::nullopt;
    if (auto problem = prepare()) {
        engine_.gate().arm(false);
        return problem;
    }
    // If consent was withdrawn meanwhile, this opens nothing, and the observer runs next.
    engine_.open(config_->consent.grantedEpoch());
    return std::nullopt;
}

SIDESPAN_COLD std::optional<Error> RecorderLifecycle::prepare() noexcept {
    try {
        engine_.prepare(config_->queue.capacityBytes, drainer_.waker());
        startedIn_ = platform::processId();
        const auto started = drainer_.start();
        return started ? std::nullopt : std::optional(started.error());
    } catch (const std::bad_alloc&) {
        return noMemoryForQueue();
    }
}

bool RecorderLifecycle::flush(std::chrono::nanoseconds timeout) {
    if (!engine_.gate().isStarted() || isForked()) return true;
    return drainer_.flush(deadlineIn(timeout));
}

SIDESPAN_COLD bool RecorderLifecycle::shutdown(std::chrono::nanoseconds timeout) {
    if (platform::processId() == 0) {  // a thread that is gone may hold the lock
        drainer_.forget();
        return true;
    }
    const Deadline deadline = deadlineIn(timeout);
    {
        const std::lock_guard lock(mutex_);
        mayStart_ = false;
        engine_.gate().arm(false);
        if (!engine_.gate().isStarted()) return true;
        if (isForked()) {
            drainer_.forget();
            return true;
        }
        engine_.close(DropReason::shutdown);
    }
    return drainer_.stop(deadline);
}

bool RecorderLifecycle::isForked() const noexcept {
    return engine_.gate().isStarted() && startedIn_ != platform::processId();
}

}
