#include <sidespan/http_transport/cancellation.h>

#include <utility>

namespace sidespan::inline v0 {

void Cancellation::cancel() {
    const std::lock_guard lock(mutex_);
    if (cancelled_.exchange(true, std::memory_order_acq_rel)) return;
    for (const Hook* hook = hooks_; hook != nullptr; hook = hook->next_) hook->wake_();
}

void Cancellation::reset() {
    const std::lock_guard lock(mutex_);
    cancelled_.store(false, std::memory_order_release);
}

Cancellation::Hook::Hook(Cancellation& cancellation, std::function<void()> wake)
    : cancellation_(cancellation), wake_(std::move(wake)) {
    const std::lock_guard lock(cancellation_.mutex_);
    next_ = cancellation_.hooks_;
    cancellation_.hooks_ = this;
    if (cancellation_.isCancelled()) wake_();
}

Cancellation::Hook::~Hook() {
    const std::lock_guard lock(cancellation_.mutex_);
    Hook** at = &cancellation_.hooks_;
    while (*at != this) at = &(*at)->next_;
    *at = next_;
}

}
