#include <algorithm>
#include <atomic>
#include <cstddef>
#include <iterator>
#include <list>
#include <mutex>
#include <utility>

#include <sidespan/consent.h>
#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0 {
namespace {

constexpr std::uint64_t firstEpoch = 1;

constexpr std::uint64_t pack(std::uint64_t epoch, Consent::State state) noexcept {
    return (epoch << 2U) | state;
}
constexpr Consent::State stateOf(std::uint64_t packed) noexcept {
    return static_cast<Consent::State>(packed & 3U);
}
constexpr ConsentEpoch epochOf(std::uint64_t packed) noexcept {
    return ConsentEpoch(static_cast<std::uint32_t>(packed >> 2U));
}

// The combined answer of two: a "no" overrides a "yes", which overrides no answer.
constexpr Consent::State together(Consent::State a, Consent::State b) noexcept {
    static_assert(Consent::denied > Consent::granted && Consent::granted > Consent::unknown);
    return std::max(a, b);
}

}

struct Consent::Shared {
    // State in the low two bits, epoch above them: both are read in one load.
    std::atomic<std::uint64_t> stateAndEpoch;
    std::atomic<State> own;  // the last set()
    std::mutex mutex;
    Subscription::Registration* first = nullptr;
    using List = std::list<std::weak_ptr<Shared>>;  // a vector's growth is more code
    List joined;                                    // whose own state counts here
    List joinedTo;                                  // in which this own state counts

    void setOwn(State state) {
        const std::lock_guard lock(mutex);
        const State before = own.exchange(state, std::memory_order_acq_rel);
        if (before == state && state == unknown) return;
        change(askAll());
    }

    // Reads all states under the lock, so the last to come here has read the latest.
    void hear() {
        const std::lock_guard lock(mutex);
        change(askAll());
    }

    SIDESPAN_COLD void join(const std::shared_ptr<Shared>& other) {
        const std::lock_guard lock(mutex);
        addOnce(joined, other);
        const State before = stateOf(stateAndEpoch.load(std::memory_order_relaxed));
        change(together(before, other->own.load(std::memory_order_acquire)));
    }

    void addJoinedTo(const std::shared_ptr<Shared>& other) {
        const std::lock_guard lock(mutex);
        addOnce(joinedTo, other);
    }
    [[nodiscard]] std::size_t joinedToCount() {
        const std::lock_guard lock(mutex);
        return joinedTo.size();
    }
    [[nodiscard]] std::shared_ptr<Shared> joinedToAt(std::size_t index) {
        const std::lock_guard lock(mutex);
        return index < joinedTo.size()
                   ? std::next(joinedTo.begin(), static_cast<std::ptrdiff_t>(index))->lock()
                   : nullptr;
    }

private:
    [[nodiscard]] State askAll() const noexcept {
        State state = own.load(std::memory_order_acquire);
        for (const auto& other : joined) {
            if (const auto alive = other.lock())
                state = together(state, alive->own.load(std::memory_order_acquire));
        }
        return state;
    }

    void change(State state);

    SIDESPAN_COLD static void addOnce(List& list, const std::shared_ptr<Shared>& item) {
        std::erase_if(list, [](const auto& known) { return known.expired(); });
        const bool isKnown =
            std::ranges::any_of(list, [&](const auto& known) { return known.lock() == item; });
        if (!isKnown) list.push_back(item);
    }
};

struct Consent::Subscription::Registration {
    std::shared_ptr<Shared> shared;
    Observer observer;
    bool locks = true;
    Registration* next = nullptr;
};

void Consent::Shared::change(State state) {
    const auto before = stateAndEpoch.load(std::memory_order_relaxed);
    if (stateOf(before) == state) return;
    stateAndEpoch.store(pack((before >> 2U) + 1, state), std::memory_order_release);
    for (const auto* told = first; told != nullptr; told = told->next) {
        try {
            told->observer(state);
        } catch (...) {  // NOLINT(bugprone-empty-catch): the others must still be notified
        }
    }
}

Consent::Consent(State state) : shared_(std::make_shared<Shared>()) {
    shared_->own.store(state, std::memory_order_relaxed);
    shared_->stateAndEpoch.store(pack(firstEpoch, state), std::memory_order_relaxed);
}

Consent::State Consent::state() const noexcept {
    return stateOf(shared_->stateAndEpoch.load(std::memory_order_acquire));
}

ConsentEpoch Consent::epoch() const noexcept {
    return epochOf(shared_->stateAndEpoch.load(std::memory_order_acquire));
}

ConsentEpoch Consent::grantedEpoch() const noexcept {
    const auto packed = shared_->stateAndEpoch.load(std::memory_order_acquire);
    return stateOf(packed) == granted ? epochOf(packed) : ConsentEpoch();
}

// Notifies those that it is joined to outside its lock, since they may also be joined to it. Goes through
// their list from the end and does not copy it: it may lose entries meanwhile, and a "no" must not need
// memory.
SIDESPAN_COLD void Consent::set(State state) {
    shared_->setOwn(state);
    for (std::size_t i = shared_->joinedToCount(); i-- > 0;) {
        if (const auto other = shared_->joinedToAt(i)) other->hear();
    }
}

void Consent::join(const Consent& other) {
    if (other.shared_ == shared_) return;
    other.shared_->addJoinedTo(shared_);
    shared_->join(other.shared_);
}

SIDESPAN_COLD Consent::Subscription Consent::observe(Observer observer) const {
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

void Consent::Subscription::endWithoutLock() noexcept {
    if (registration_) registration_->locks = false;
}

SIDESPAN_COLD Consent::Subscription::~Subscription() {
    if (!registration_) return;
    auto& shared = *registration_->shared;
    std::unique_lock lock(shared.mutex, std::defer_lock);
    if (registration_->locks) lock.lock();
    auto** at = &shared.first;
    while (*at != registration_.get()) at = &(*at)->next;
    *at = registration_->next;
}

}
