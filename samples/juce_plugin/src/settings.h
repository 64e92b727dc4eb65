#pragma once

#include <filesystem>
#include <mutex>

#include <juce_data_structures/juce_data_structures.h>

#include <sidespan/consent.h>

namespace loopshare {

/// Who is signed in, and for how long.
struct SignedIn {
    juce::String user;
    juce::String userId;
    juce::String token;
    juce::int64 expiresMs = 0;  ///< Unix milliseconds

    friend bool operator==(const SignedIn&, const SignedIn&) = default;
};

/// What the user chose once for all instances, formats and hosts: a file in a folder that the user alone can
/// read. None of it is in a host's project file, which people give away.
///
/// [any thread but the audio thread] Blocks on the disk; a process that writes keeps the others out
/// meanwhile.
class Settings {
public:
    static constexpr auto defaultEndpoint = "http://127.0.0.1:8090";   ///< of loop-service
    static constexpr auto defaultTelemetry = "http://127.0.0.1:8080";  ///< of sidespan-collector

    /// The file of this user, or the one that the environment names in LOOPSHARE_SETTINGS.
    [[nodiscard]] static juce::File defaultFile();

    /// Reads nothing before it is asked.
    explicit Settings(juce::File file);

    /// Of the service: sign-in and shared loops.
    [[nodiscard]] juce::String endpoint();
    /// Where spans go: the file's "telemetry". Where that is empty, the service's address, under which a
    /// team's proxy may have both; the collector on this machine for the service on this machine.
    [[nodiscard]] juce::String telemetryEndpoint();
    [[nodiscard]] sidespan::Consent::State consent();
    /// Nobody when the service chosen meanwhile is not `endpoint`: a token is for the service that gave it.
    [[nodiscard]] SignedIn signedIn(const juce::String& endpoint);

    /// Each writes at once; false when the disk refused, and then the choice holds until the process ends.
    /// Another service than before: nobody is signed in there.
    bool setEndpoint(const juce::String& url);
    bool setConsent(sidespan::Consent::State state);
    /// Changes nothing when the service chosen meanwhile is not `endpoint`.
    bool setSignedIn(const juce::String& endpoint, const SignedIn& who);
    /// Puts another token in the place of one that was renewed or refused; false, and nothing changes, when
    /// the service or who is signed in has changed meanwhile.
    bool replaceToken(const juce::String& endpoint, const juce::String& token, const SignedIn& who);

    /// Reads again what another process may have written; whether it has written since this was last asked.
    bool reloadIfChanged();

    /// For what belongs beside the file: spans not yet delivered.
    [[nodiscard]] juce::File folder() const { return file_.getParentDirectory(); }
    [[nodiscard]] const juce::File& file() const noexcept { return file_; }

private:
    [[nodiscard]] juce::PropertiesFile& open();
    template <class Change>
    bool write(Change change);
    [[nodiscard]] std::filesystem::file_time_type fileTime() const;

    const juce::File file_;
    std::mutex mutex_;
    juce::InterProcessLock processLock_;
    std::unique_ptr<juce::PropertiesFile> properties_;
    std::filesystem::file_time_type readAt_;  // the file's own time; JUCE's has whole seconds only
    bool hasNews_ = false;                    // others have written what nobody has taken over yet
};

}
