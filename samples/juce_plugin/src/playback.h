#pragma once

#include <memory>
#include <optional>

#include "feed.h"
#include "loop_player.h"
#include "session.h"

namespace loopshare {

/// Fetches a shared loop, decodes it and plays it. Each is a trace:
///
///     playback.start
///     ├─ network.get
///     └─ audio.decode       with the time it took for each second of sound
///
/// Any thread but the audio thread. It may be gone before what it fetches is there.
class Playback {
public:
    struct Status {
        juce::String loopId;  ///< of what was asked for last; empty for nothing
        bool isLoading = false;
        std::optional<Failure> error;
        std::string traceId;  ///< empty when not recorded
    };

    explicit Playback(std::shared_ptr<LoopPlayer> player);
    ~Playback() { stop(); }

    /// Plays the loop as soon as it is there, at the rate of the audio callback; instead of any other.
    void start(const std::shared_ptr<Session>& session, const SharedLoop& loop, double sampleRate);
    void stop();
    [[nodiscard]] Status status() const;

private:
    struct State;
    std::shared_ptr<State> state_;
};

}
