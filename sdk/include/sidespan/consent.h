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
/// Consent are the same consent. Its state is unknown until somebody asks the user. Before it is `granted`,
/// nothing is recorded, made, injected, written or sent.
///
/// [any thread] `state()`, `isGranted()`, `allows()` and the epochs are wait-free; the others take a mutex.
class Consent {
public:
    enum State : std::uint8_t { unknown, granted, denied };

    /// The state of that name, "granted" or "denied"; any other text is `unknown`. So a settings file that
    /// was never written, or is damaged, grants nothing: `consent.set(Consent::fromString(text))`.
    [[nodiscard]] static constexpr State fromString(std::string_view text) noexcept {
        if (text == "granted") return granted;
        return text == "denied" ? denied : unknown;
    }

    /// A new consent in the given state: `config.consent = Consent::granted`.
    Consent(State state = unknown);

    [[nodiscard]] State state() const noexcept;
    [[nodiscard]] bool isGranted() const noexcept { return state() == granted; }

    /// Changes with every change of state, so that what was recorded under one consent is never sent under a
    /// later one. Valid in every state.
    [[nodiscard]] ConsentEpoch epoch() const noexcept;
    /// The same while consent is granted; not valid while it is not.
    [[nodiscard]] ConsentEpoch grantedEpoch() const noexcept;
    /// Whether what was recorded under `epoch` may still be kept or sent: consent was granted then and has
    /// not changed since.
    [[nodiscard]] bool allows(ConsentEpoch epoch) const noexcept {
        return epoch.isValid() && epoch == grantedEpoch();
    }

    /// Changes the state, unless a consent that joined this one was denied. Tells every observer before it
    /// returns. Withdrawing (anything but `granted` after `granted`) makes recorders purge what they hold.
    /// What an http sink has on disk is gone when this returns, so it may wait for the disk. Setting the same
    /// state again does nothing. Exceptions of observers are dropped.
    void set(State state);

    /// Makes `other` count here too. From now on this consent is denied while any of them was last set to
    /// `denied`, otherwise granted while any was last set to `granted`. So an `other` that is unknown changes
    /// nothing, and one that is denied withdraws. `other` itself does not change. If nobody holds `other` any
    /// more, what it said counts until the next set(). Takes effect before it returns, as set() does.
    /// Recorder::shared() joins the consents of its later callers to its own.
    void join(const Consent& other);

    /// Called with the new state, on the thread that called set(), one call at a time. An observer must not
    /// call set() or observe(), or destroy a Subscription (a recorder has one): these would wait for the
    /// observer itself.
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
        /// The destructor will not take the lock that set() holds. For the end of a process, where a thread
        /// may have ended in the middle of set().
        void endWithoutLock() noexcept;

        struct Registration;
        std::unique_ptr<Registration> registration_;
    };
    [[nodiscard]] Subscription observe(Observer observer) const;

private:
    struct Shared;
    std::shared_ptr<Shared> shared_;
};

/// The text that fromString() reads, for a settings file.
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
