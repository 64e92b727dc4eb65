#include "audio_capture.h"

#include <cstdlib>
#include <utility>

#include <sidespan/propagation/inject.h>

#include "flac_encoder.h"

namespace loopshare {

using sidespan::Error;
using sidespan::ErrorCode;
using sidespan::HttpResponse;
using sidespan::Outcome;
using sidespan::SpanStatus;

namespace {

constexpr auto uploadPath = "/api/v1/audio/upload";

SpanStatus statusOf(const Error& error) {
    return error.code == ErrorCode::cancelled ? SpanStatus::cancelled : SpanStatus::error;
}

/// Says in a span why the operation failed; `error.type` is OpenTelemetry's name for it.
template <class Span>
void fail(Span& span, const Error& error) {
    span.set("error.type", toString(error.code));
    span.setStatus(statusOf(error), error.message);
}

/// The server's own measurement, in milliseconds; below 0 when it sent none.
double serverTimeMs(const HttpResponse& response) {
    const auto header = response.header("X-Server-Time");
    return header ? std::strtod(std::string(*header).c_str(), nullptr) : -1;
}

}

/// One upload under way, shared with the callback that ends it on another thread.
struct AudioCapture::Upload {
    Upload(sidespan::OpenSpan span, Done whenDone, unsigned cancelsBefore)
        : root(std::move(span)), done(std::move(whenDone)), cancels(cancelsBefore) {
        const auto context = root.context();
        if (context.isValid()) receipt.traceId = context.traceId.toUuid();
    }

    void finish(const Outcome<>& outcome) {
        if (!outcome) fail(root, outcome.error());
        root.end();
        if (!done) return;
        done(outcome ? Outcome<UploadReceipt>(receipt) : Outcome<UploadReceipt>(outcome.error()));
    }

    sidespan::OpenSpan root;
    sidespan::OpenSpan post;
    Done done;
    unsigned cancels;  // when it began
    UploadReceipt receipt;
};

void AudioCapture::uploadAudio(const juce::File& file, Done done) {
    const auto upload =
        std::make_shared<Upload>(recorder_.openSpan("audio.upload"), std::move(done), cancels_.load());
    upload->root.set("file.name", file.getFileName().toStdString());

    const auto recording = read(*upload, file);
    if (!recording) return upload->finish(recording.error());
    auto flac = encode(*upload, recording.value());
    if (!flac) return upload->finish(flac.error());
    post(upload, std::move(flac).value());
}

void AudioCapture::cancel() {
    cancels_.fetch_add(1);
    network_.cancel();
}

Outcome<Recording> AudioCapture::read(Upload& upload, const juce::File& file) {
    auto span = recorder_.span("audio.read", upload.root.context());
    auto recording = readRecording(file);
    if (!recording) {
        fail(span, recording.error());
        return recording;
    }
    span.set("file.size_bytes", static_cast<std::int64_t>(recording.value().file.getSize()));
    span.set("audio.format", recording.value().format.toStdString());
    span.set("audio.duration_seconds", recording.value().seconds());
    return recording;
}

Outcome<std::string> AudioCapture::encode(Upload& upload, const Recording& recording) {
    auto span = recorder_.span("audio.encode", upload.root.context());
    span.set("codec", "flac");
    span.set("audio.sample_rate", recording.sampleRate);
    span.set("audio.channels", recording.channels);
    span.set("audio.bits_per_sample", flacBitsPerSample(recording));
    span.event("encoding_started");
    auto flac = encodeFlac(recording, [&] { return cancels_.load() != upload.cancels; });
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
    upload->post = upload->root.child("network.post");
    upload->post.setKind(sidespan::SpanKind::client);
    upload->post.set("http.request.method", "POST");
    upload->post.set("url.path", uploadPath);
    upload->post.set("http.request.body.size", static_cast<std::int64_t>(flac.size()));

    sidespan::NetworkClient::Headers headers{{"Content-Type", "audio/flac"}};
    sidespan::InjectOptions options;
    options.parentSpanId = upload->root.context().spanId;
    sidespan::inject(upload->post.context(), headers, options);

    network_.post(uploadPath, std::move(flac), std::move(headers),
                  [upload](const Outcome<HttpResponse>& response) {
                      if (!response) {
                          fail(upload->post, response.error());
                      } else {
                          upload->receipt.httpStatus = response.value().status;
                          upload->post.set("http.response.status_code", response.value().status);
                          const double serverTime = serverTimeMs(response.value());
                          if (serverTime >= 0) upload->post.set("server.time_ms", serverTime);
                      }
                      upload->post.end();
                      upload->finish(response ? Outcome<>() : Outcome<>(response.error()));
                  });
    if (cancels_.load() != upload->cancels) network_.cancel();  // cancel() came before there was a request
}

}
