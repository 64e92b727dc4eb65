#include "audio_capture.h"

#include <utility>

#include "flac_encoder.h"

namespace loopshare {

using sidespan::Error;
using sidespan::Outcome;

namespace {

constexpr auto uploadPath = "/api/v1/audio/upload";

}

/// One upload under way, shared with the callback that ends it on another thread.
struct AudioCapture::Upload {
    Upload(OpenSpan span, const juce::String& fileName, Done whenDone, unsigned cancelsBefore)
        : root(std::move(span)), name(fileName), done(std::move(whenDone)), cancels(cancelsBefore) {
        const auto context = root.context();
        if (context.isValid()) receipt.traceId = context.traceId.toUuid();
        root.set("file.name", name.toStdString());
    }

    void finish(const Outcome<>& outcome) {
        if (!outcome) fail(root, outcome.error());
        root.end();
        if (!done) return;
        done(outcome ? Outcome<UploadReceipt>(receipt) : Outcome<UploadReceipt>(outcome.error()));
    }

    OpenSpan root;
    juce::String name;
    Done done;
    unsigned cancels;  // when it began
    UploadReceipt receipt;
};

void AudioCapture::uploadAudio(const juce::File& file, Done done) {
    const auto upload = std::make_shared<Upload>(recorder_.openSpan("audio.upload"), file.getFileName(),
                                                 std::move(done), cancels_.load());
    run(upload, [&] { return readRecording(file); }, {});
}

void AudioCapture::uploadLoop(const LoopSnapshot& loop, const LoopDetails& details, Done done) {
    const auto upload = std::make_shared<Upload>(recorder_.openSpan("audio.upload"), details.name,
                                                 std::move(done), cancels_.load());
    for (const auto& block : details.blocks) upload->root.link(block);
    if (details.began) details.began(upload->receipt.traceId);
    run(
        upload, [&] { return recordingOf(loop); }, details);
}

void AudioCapture::cancel() {
    {
        const std::lock_guard lock(posting_);
        cancels_.fetch_add(1);
    }
    network_.network().cancel();
}

void AudioCapture::run(const std::shared_ptr<Upload>& upload, const Read& readIt,
                       const LoopDetails& details) {
    const auto recording = read(*upload, readIt);
    if (!recording) return upload->finish(recording.error());
    auto flac = encode(*upload, recording.value(), details.progress);
    if (!flac) return upload->finish(flac.error());
    if (details.encoded) details.encoded();
    post(upload, std::move(flac).value());
}

Outcome<Recording> AudioCapture::read(Upload& upload, const Read& readIt) {
    auto span = recorder_.span("audio.read", upload.root.context());
    auto recording = readIt();
    if (!recording) {
        fail(span, recording.error());
        return recording;
    }
    span.set("file.size_bytes", static_cast<std::int64_t>(recording.value().file.getSize()));
    span.set("audio.format", recording.value().format.toStdString());
    span.set("audio.duration_seconds", recording.value().seconds());
    return recording;
}

Outcome<std::string> AudioCapture::encode(Upload& upload, const Recording& recording,
                                          const Progress& progress) {
    auto span = recorder_.span("audio.encode", upload.root.context());
    span.set("codec", "flac");
    span.set("audio.sample_rate", recording.sampleRate);
    span.set("audio.channels", recording.channels);
    span.set("audio.bits_per_sample", flacBitsPerSample(recording));
    span.event("encoding_started");
    auto flac = encodeFlac(recording, [&](double encoded) {
        if (progress) progress(encoded);
        return cancels_.load() == upload.cancels;
    });
    if (!flac) {
        fail(span, flac.error());
        return flac;
    }
    span.event("encoding_complete");
    const auto before = recording.file.getSize();
    const auto after = flac.value().size();
    span.set("input_size_bytes", static_cast<std::int64_t>(before));
    span.set("encoded_size_bytes", static_cast<std::int64_t>(after));
    span.set("compression_ratio", static_cast<double>(before) / static_cast<double>(after));
    return flac;
}

void AudioCapture::post(const std::shared_ptr<Upload>& upload, std::string flac) {
    upload->receipt.encodedBytes = flac.size();
    upload->root.set("encoded_size_bytes", static_cast<std::int64_t>(flac.size()));
    Network::Headers headers{{"Content-Type", "audio/flac"},
                             {"X-File-Name", juce::URL::addEscapeChars(upload->name, false).toStdString()}};
    {
        const std::lock_guard lock(posting_);
        if (cancels_.load() == upload->cancels) return send(upload, std::move(flac), std::move(headers));
    }
    upload->finish(Error{sidespan::ErrorCode::cancelled, "cancelled"});
}

void AudioCapture::send(const std::shared_ptr<Upload>& upload, std::string flac, Network::Headers headers) {
    network_.post(upload->root.context(), uploadPath, std::move(flac), std::move(headers),
                  [upload](const Outcome<Answer>& answer) {
                      if (answer) upload->receipt.httpStatus = answer.value().status;
                      upload->finish(answer ? Outcome<>() : Outcome<>(answer.error()));
                  });
}

}
