#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>

#include <sidespan/consent_epoch.h>
#include <sidespan/version.h>

namespace sidespan::inline v0 {

namespace detail {
class RecorderLifecycle;
}

/// The user's answer to "may we record?". One object is shared by everything that must obey it: copies of a
/// Consent are the same consent. Unknown until somebody asks the user; before `granted` nothing is recorded,
/// made, injected, written or sent.
///
/// [any thread] `state()`, `isGranted()`, `allows()` and the epochs are wait-free; the others take a mutex.
class Consent {
public:
    enum State : std::uint8_t { unknown, granted, denied };

    /// The state of that name, "granted" or "denied"; anything else is `unknown`, so that a settings file
    /// which was never written, or is damaged, grants nothing: `consent.set(Consent::fromString(text))`.
    [[nodiscard]] static constexpr State fromString(std::string_view text) noexcept {
        if (text == "granted") return granted;
        return text == "denied" ? denied : unknown;
    }

    /// A new consent in the given state: `config.consent = Consent::granted`.
    Consent(State state = unknown);

    [[nodiscard]] State state() const noexcept;
    [[nodiscard]] bool isGranted() const noexcept { return state() == granted; }

    /// Changes with every change of state, so that what began under one consent is never sent under a later
    /// one. Valid in every state.
    [[nodiscard]] ConsentEpoch epoch() const noexcept;
    /// The same while consent is granted; not valid while it is not.
    [[nodiscard]] ConsentEpoch grantedEpoch() const noexcept;
    /// Whether what was recorded under `epoch` may still be kept or sent: consent was granted then and has
    /// not changed since.
    [[nodiscard]] bool allows(ConsentEpoch epoch) const noexcept {
        return epoch.isValid() && epoch == grantedEpoch();
    }

    /// Changes the state, unless a consent that joined this one was denied, and tells every observer before
    /// it returns. Withdrawing (anything but `granted` after `granted`) makes recorders purge what they hold;
    /// what an http sink has on disk is gone when this returns, so it may wait for the disk. Setting the same
    /// state again does nothing. What an observer throws is dropped.
    void set(State state);

    /// Makes `other` count here too: from now on this consent is denied while the last set() of any was
    /// `denied`, otherwise granted while that of any was `granted`. So an `other` that is unknown changes
    /// nothing, and one that is denied withdraws. `other` itself does not change. What an `other` said that
    /// nobody holds any more stands until the next set(). Takes effect before it returns, as set() does.
    /// Recorder::shared() joins the consents of its later callers to its own.
    void join(const Consent& other);

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
        friend class detail::RecorderLifecycle;
        /// It will end without the lock that set() holds: for the end of a process, where a thread may have
        /// ended in the midst of set().
        void endWithoutLock() noexcept;

        struct Registration;
        std::unique_ptr<Registration> registration_;
    };
    [[nodiscard]] Subscription observe(Observer observer) const;

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

/// As fromString() reads it: what a settings file keeps.
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
