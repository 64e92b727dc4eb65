#include <sidespan/detail/drain/inline_drain.h>
#include <sidespan/detail/platform.h>

namespace sidespan::inline v0::detail {

class InlineDrain::Waker final : public DrainWaker {
public:
    void wake() noexcept override {
        if (drain != nullptr) drain->drainNow();
    }
    InlineDrain* drain = nullptr;
};

InlineDrain::InlineDrain(DrainTarget& target, std::chrono::milliseconds)
    : target_(target), waker_(std::make_shared<Waker>()) {
    waker_->drain = this;
}

InlineDrain::~InlineDrain() {
    waker_->drain = nullptr;
}

Outcome<> InlineDrain::start() {
    startedIn_ = platform::processId();
    target_.prepareSink();
    return {};
}

bool InlineDrain::flush(Deadline deadline) {
    if (isInside_) return false;
    if (isDelivered_) return *isDelivered_;
    return inside([&] {
        target_.drain();
        return target_.flushSink(deadline, [] { return true; });
    });
}

void InlineDrain::purge() {
    target_.requestPurge();
    if (!isInside_ && isSinkStarted_)
        inside([] { return true; });  // a sink that has not started holds nothing
}

bool InlineDrain::stop(Deadline deadline) {
    if (isInside_) return false;
    if (isDelivered_) return *isDelivered_;
    isDelivered_ = inside([&] {
        target_.drain();
        return target_.shutdownSink(deadline);
    });
    return *isDelivered_;
}

void InlineDrain::forget() noexcept {
    waker_->drain = nullptr;
}

std::shared_ptr<DrainWaker> InlineDrain::waker() const noexcept {
    return waker_;
}

// Does nothing in a forked child: the spans and the sink belong to the parent.
void InlineDrain::drainNow() {
    if (isInside_ || isDelivered_ || startedIn_ != platform::processId()) return;
    inside([this] { return target_.drain(); });
}

// Purges the sink before and after: an error handler may withdraw consent in between.
template <class Work>
bool InlineDrain::inside(Work work) {
    isInside_ = true;
    if (!isSinkStarted_) target_.startSink();
    isSinkStarted_ = true;
    target_.purgeSink();
    const bool isGood = work();
    target_.purgeSink();
    isInside_ = false;
    return isGood;
}

}
