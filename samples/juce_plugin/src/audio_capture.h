#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include <juce_core/juce_core.h>

#include "loop_buffer.h"
#include "recording.h"
#include "traced_network.h"

namespace loopshare {

/// What came of an upload.
struct UploadReceipt {
    std::string traceId;           ///< UUID form; empty while telemetry has no consent
    std::size_t encodedBytes = 0;  ///< what was sent
    int httpStatus = 0;
};

/// Shares sound: reads it, encodes it to FLAC and posts it to /api/v1/audio/upload. Each upload is one trace:
///
///     audio.upload           with links to the audio blocks it is made of
///     ├─ audio.read
///     ├─ audio.encode
///     └─ network.post        the server's spans are children of this one
///
/// A failure sets its span and audio.upload to error, cancelling them to cancelled.
class AudioCapture {
public:
    using Done = std::function<void(const sidespan::Outcome<UploadReceipt>&)>;
    /// Told how much has been encoded, 0 to 1, on the thread that uploads.
    using Progress = std::function<void(double)>;

    /// What a loop is uploaded with.
    struct LoopDetails {
        juce::String name;                            ///< as others will see it
        std::vector<sidespan::SpanContext> blocks{};  ///< the audio blocks that were kept of it
        Progress progress{};
        std::function<void()> encoded{};  ///< told when the upload itself begins
        std::function<void(const std::string& traceId)>
            began{};  ///< the trace, in UUID form, unless not recorded
    };

    /// Both must outlive this object, which may be gone before its uploads are done.
    AudioCapture(Recorder& recorder, Network& network) : recorder_(recorder), network_(recorder, network) {}

    /// Each reads and encodes on this thread, which is never the audio or the message thread, and returns
    /// when the rest is under way. `done` is called once: on the network's thread, or on this one before this
    /// returns, if reading or encoding failed or cancel() came before the post. Any number of threads may
    /// upload at the same time.
    void uploadAudio(const juce::File& file, Done done);
    void uploadLoop(const LoopSnapshot& loop, const LoopDetails& details, Done done);

    /// Gives up every upload under way, wherever it is, and every other request of the network; `done` gets
    /// ErrorCode::cancelled. Later uploads are not affected. [any thread]
    void cancel();

private:
    struct Upload;
    using Read = std::function<sidespan::Outcome<Recording>()>;

    void run(const std::shared_ptr<Upload>& upload, const Read& read, const LoopDetails& details);
    [[nodiscard]] sidespan::Outcome<Recording> read(Upload& upload, const Read& read);
    [[nodiscard]] sidespan::Outcome<std::string> encode(Upload& upload, const Recording& recording,
                                                        const Progress& progress);
    void post(const std::shared_ptr<Upload>& upload, std::string flac);
    void send(const std::shared_ptr<Upload>& upload, std::string flac, Network::Headers headers);

    Recorder& recorder_;
    TracedNetwork network_;
    std::recursive_mutex
        posting_;  // orders cancel() and send(); recursive: a post that fails at once calls `done`
    std::atomic<unsigned> cancels_{0};  // how often cancel() was called
};

}
