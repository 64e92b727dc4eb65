#pragma once

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>

#include <juce_core/juce_core.h>

#include <sidespan/network_client.h>
#include <sidespan/sidespan.h>

#include "recording.h"

namespace loopshare {

/// What came of an upload.
struct UploadReceipt {
    std::string traceId;           ///< UUID form; empty while telemetry has no consent
    std::size_t encodedBytes = 0;  ///< what was sent
    int httpStatus = 0;
};

/// Shares a recording: reads it, encodes it to FLAC and posts it to /api/v1/audio/upload. Each upload is one
/// trace:
///
///     audio.upload
///     ├─ audio.read
///     ├─ audio.encode
///     └─ network.post      the server's spans are children of this one
///
/// A failure sets its span and audio.upload to error, cancelling them to cancelled.
class AudioCapture {
public:
    using Done = std::function<void(const sidespan::Outcome<UploadReceipt>&)>;

    /// Both must outlive this object, which may be gone before its uploads are done.
    AudioCapture(sidespan::DefaultRecorder& recorder, sidespan::NetworkClient& network)
        : recorder_(recorder), network_(network) {}

    /// Reads and encodes on this thread, which is never the audio or the message thread, and returns when the
    /// rest is under way. `done` is called once: by the network client's executor, or on this thread, before
    /// this returns, when reading or encoding failed. Any number of threads may upload at the same time.
    void uploadAudio(const juce::File& file, Done done);

    /// Gives up every upload under way, wherever it is, and every other request of the network client; `done`
    /// gets ErrorCode::cancelled. Later uploads are not affected. [any thread]
    void cancel();

private:
    struct Upload;

    [[nodiscard]] sidespan::Outcome<Recording> read(Upload& upload, const juce::File& file);
    [[nodiscard]] sidespan::Outcome<std::string> encode(Upload& upload, const Recording& recording);
    void post(const std::shared_ptr<Upload>& upload, std::string flac);

    sidespan::DefaultRecorder& recorder_;
    sidespan::NetworkClient& network_;
    std::atomic<unsigned> cancels_{0};  // how often cancel() was called
};

}
