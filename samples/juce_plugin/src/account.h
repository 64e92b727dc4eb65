#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>

#include "failure.h"
#include "settings.h"
#include "traced_network.h"

namespace loopshare {

/// Signs the user in to the service, for a bearer token that expires, and renews the token in time. Each
/// request is a trace: "account.sign_in", "account.refresh". Name and password are in none of them.
///
/// Any thread but the audio thread. Recorder, network and settings outlive it, and the network ends its
/// callbacks before it is gone.
class Account {
public:
    struct Status {
        SignedIn who;  ///< nobody while the token is empty
        bool isBusy = false;
        std::optional<Failure> error;  ///< why the last sign-in failed, or the session ended
        std::string traceId;           ///< of that; empty when not recorded
    };
    /// Told of every new token, and of "" when nobody is signed in any more. On the network's thread or the
    /// caller's.
    using OnToken = std::function<void(const std::string& token)>;

    /// `endpoint` is the service's, whose tokens are stored in the settings.
    Account(Recorder& recorder, Network& network, Settings& settings, const std::string& endpoint,
            OnToken onToken);

    /// What was asked for last counts: a sign-in that is still under way then changes nothing any more.
    void signIn(const juce::String& user, const juce::String& password);
    void signOut();
    /// Renews a token that has less than a fifth of its life left, or a minute; again after a while when that
    /// fails, longer each time.
    void refreshIfDue(juce::Time now);
    /// Takes over what is stored, by an earlier run or another process.
    void reload();

    [[nodiscard]] Status status() const;

private:
    enum class Request { signIn, refresh };
    struct Sent {
        Request request;
        SignedIn before;  // the user alone for a sign-in
        unsigned asked;   // asked_ then
    };

    void send(Request request, std::string body, const SignedIn& before);
    void receive(const Sent& sent, const sidespan::Outcome<Answer>& answer,
                 const sidespan::SpanContext& trace);
    void adoptIfLast(const Sent& sent, const SignedIn& who);
    bool replace(const SignedIn& before, const SignedIn& who);
    void adopt(const SignedIn& who);

    Recorder& recorder_;
    TracedNetwork network_;
    Settings& settings_;
    const juce::String endpoint_;
    const OnToken onToken_;
    std::atomic<unsigned> asked_{0};  // how often signIn() and signOut() were called
    std::mutex changing_;             // from a look at asked_ until that is done
    mutable std::mutex mutex_;
    Status status_;     // without isBusy, which status() fills in
    int underWay_ = 0;  // requests
    juce::int64 lifetimeMs_ = 0;
    juce::int64 renewAtMs_ = 0;  // not before
    juce::int64 retryMs_ = 0;    // of the failures so far
};

}
