#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include <juce_events/juce_events.h>

#include "account.h"
#include "feed.h"
#include "network.h"
#include "settings.h"
#include "telemetry.h"

namespace loopshare {

/// What all instances of Loop Share in a process have in common: the recorder, the connection to the service,
/// who is signed in, and the user's choices. There is one for as long as an instance is prepared to play or
/// shown.
///
/// Making one reads the settings; it starts no thread of its own beside JUCE's timer, and opens no
/// connection. Message thread, unless said otherwise.
class Session : public std::enable_shared_from_this<Session>, private juce::Timer {
public:
    /// Told when the user has chosen another service: everything of the session before it is to be given up.
    class Listener {
    public:
        virtual ~Listener() = default;
        virtual void sessionReplaced(const std::shared_ptr<Session>& session) = 0;
    };

    /// The session of this process: made for the first caller, gone with the last pointer. [any thread but
    /// the audio thread]
    [[nodiscard]] static std::shared_ptr<Session> shared();

    explicit Session(const juce::File& settingsFile);
    ~Session() override;

    void addListener(Listener& listener) { listeners_.add(&listener); }
    void removeListener(Listener& listener) { listeners_.remove(&listener); }

    /// The user's answer to "may we record?", stored for all instances, formats and hosts.
    [[nodiscard]] sidespan::Consent::State consent() const { return consent_.state(); }
    /// An answer of "unknown" puts the question off until the session is gone.
    void setConsent(sidespan::Consent::State state);
    /// Whether the user is still to be asked.
    [[nodiscard]] bool isConsentDue() const { return !isPutOff_ && consent() == sidespan::Consent::unknown; }

    /// "http://host:port" or "https://…"; another one replaces the session, unless it is not an address.
    [[nodiscard]] const std::string& endpoint() const noexcept { return endpoint_; }
    [[nodiscard]] sidespan::Outcome<> setEndpoint(const juce::String& url);

    /// Takes over what another process has stored; by itself every three seconds.
    void takeOverSettings();

    // From any thread but the audio thread:

    /// A number for each instance of the plugin, by which its audio blocks are told from those of others.
    [[nodiscard]] std::int64_t nextInstance() noexcept { return instances_.fetch_add(1) + 1; }
    [[nodiscard]] Recorder& recorder() noexcept { return *recorder_; }
    [[nodiscard]] Network& network() noexcept { return network_; }
    [[nodiscard]] Account& account() noexcept { return account_; }
    [[nodiscard]] Feed& feed() noexcept { return feed_; }
    [[nodiscard]] std::string token() const;
    /// What went wrong last in the background while delivering telemetry, unless something was delivered
    /// since.
    [[nodiscard]] std::optional<sidespan::Error> lastError();

    /// Exactly what would be sent next; empty when there is nothing, or where this build sends nothing.
    [[nodiscard]] std::string preview();

private:
    void timerCallback() override;
    void replace();
    void adoptToken(const std::string& token);
    [[nodiscard]] sidespan::Config makeConfig();

    mutable std::mutex mutex_;
    std::string token_;
    std::optional<sidespan::Error> lastError_;
    std::optional<std::uint64_t> deliveredBefore_;  // when somebody first asked for lastError_

    Settings settings_;
    const std::string endpoint_;
    const std::string telemetryEndpoint_;
    sidespan::Consent consent_;
    bool isPutOff_ = false;
    const std::unique_ptr<Recorder> recorder_;
    Account account_;
    Feed feed_;
    Network network_;  // the first to go: what it calls back is above
    std::atomic<std::int64_t> instances_{0};
    juce::ListenerList<Listener, juce::Array<Listener*, juce::CriticalSection>> listeners_;
};

}
