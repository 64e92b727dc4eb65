#include <atomic>
#include <mutex>
#include <utility>

#include <sidespan/consent.h>

namespace sidespan::inline v0 {

struct Consent::Shared {
    // State in the low two bits, epoch above them: both are read in one load.
    std::atomic<std::uint64_t> stateAndEpoch;
    std::mutex mutex;
    Subscription::Registration* first = nullptr;
};

struct Consent::Subscription::Registration {
    std::shared_ptr<Shared> shared;
    Observer observer;
    Registration* next = nullptr;
};

Consent::Consent(State state) : shared_(std::make_shared<Shared>()) {
    shared_->stateAndEpoch.store(state, std::memory_order_relaxed);
}

Consent::State Consent::state() const noexcept {
    return static_cast<State>(shared_->stateAndEpoch.load(std::memory_order_acquire) & 3U);
}

std::uint32_t Consent::epoch() const noexcept {
    return static_cast<std::uint32_t>(shared_->stateAndEpoch.load(std::memory_order_acquire) >> 2U);
}

void Consent::set(State state) {
    const std::lock_guard lock(shared_->mutex);
    const auto before = shared_->stateAndEpoch.load(std::memory_order_relaxed);
    if ((before & 3U) == state) return;
    shared_->stateAndEpoch.store((((before >> 2U) + 1) << 2U) | state, std::memory_order_release);
    for (const auto* told = shared_->first; told != nullptr; told = told->next) {
        try {
            told->observer(state);
        } catch (...) {  // NOLINT(bugprone-empty-catch): the others must obey all the same
        }
    }
}

Consent::Subscription Consent::observe(Observer observer) const {
    Subscription subscription;
    subscription.registration_ = std::make_unique<Subscription::Registration>();
    subscription.registration_->shared = shared_;
    subscription.registration_->observer = std::move(observer);
    const std::lock_guard lock(shared_->mutex);
    auto** at = &shared_->first;
    while (*at != nullptr) at = &(*at)->next;
    *at = subscription.registration_.get();
    return subscription;
}

Consent::Subscription::Subscription() noexcept = default;
Consent::Subscription::Subscription(Subscription&&) noexcept = default;

Consent::Subscription& Consent::Subscription::operator=(Subscription&& other) noexcept {
    if (this != &other) {
        const Subscription ended(std::move(*this));
        registration_ = std::move(other.registration_);
    }
    return *this;
}

Consent::Subscription::~Subscription() {
    if (!registration_) return;
    auto& shared = *registration_->shared;
    const std::lock_guard lock(shared.mutex);
    auto** at = &shared.first;
    while (*at != registration_.get()) at = &(*at)->next;
    *at = registration_->next;
}

}
