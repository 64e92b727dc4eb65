#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// The user's answer to "may we record?". One object is shared by everything that must obey it: copies of a
/// Consent are the same consent. Unknown until somebody asks the user; before `granted` nothing is recorded,
/// made, injected, written or sent.
///
/// Any thread. `state()` and `epoch()` are wait-free; the others take a mutex.
class Consent {
public:
    enum State : std::uint8_t { unknown, granted, denied };

    /// A new consent in the given state: `config.consent = Consent::granted`.
    Consent(State state = unknown);

    [[nodiscard]] State state() const noexcept;
    [[nodiscard]] bool isGranted() const noexcept { return state() == granted; }

    /// A number that changes with every change of state, so that what began under one consent is never sent
    /// under a later one.
    [[nodiscard]] std::uint32_t epoch() const noexcept;

    /// Changes the state and tells every observer before it returns. Withdrawing (anything but `granted`
    /// after `granted`) makes recorders purge what they hold; what an http sink has on disk is gone when this
    /// returns, so it may wait for the disk. Setting the same state again does nothing. What an
    /// observer throws is dropped.
    void set(State state);

    /// Called with the new state, on the thread that called set(), one call at a time. Within it set() and
    /// observe() would wait for themselves, and so would the end of a Subscription: a recorder has one.
    using Observer = std::function<void(State)>;

    /// Keeps an observer registered; once its destructor has returned, the observer is not running and will
    /// not be called again.
    class Subscription {
    public:
        Subscription() noexcept;
        ~Subscription();
        Subscription(Subscription&&) noexcept;
        Subscription& operator=(Subscription&&) noexcept;

    private:
        friend class Consent;
        struct Registration;
        std::unique_ptr<Registration> registration_;
    };
    [[nodiscard]] Subscription observe(Observer observer) const;

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

[[nodiscard]] constexpr std::string_view toString(Consent::State state) noexcept {
    switch (state) {
        case Consent::granted:
            return "granted";
        case Consent::denied:
            return "denied";
        case Consent::unknown:
            break;
    }
    return "unknown";
}

}
