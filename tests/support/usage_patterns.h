#pragma once

// The two usage patterns of the classic API's documentation, as it gives them: only the variables that the
// first one uses across scopes are declared, and the clients are the test's choice. What else surrounds the
// tracing (files, codec, log) is played by the smallest thing that fits.
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <sidespan/classic/span_recorder.h>
#include <sidespan/classic/trace_context.h>

namespace juce {

class String {
public:
    String(std::string text) : text_(std::move(text)) {}
    [[nodiscard]] const std::string& toStdString() const { return text_; }

private:
    std::string text_;
};

class File {
public:
    explicit File(std::string path) : path_(std::move(path)) {}
    [[nodiscard]] String getFileName() const { return {path_.substr(path_.rfind('/') + 1)}; }

private:
    std::string path_;
};

}

namespace sidespan::test {

class Log {
public:
    static void info(const std::string& text) { lines().push_back("info: " + text); }
    static void warning(const std::string& text) { lines().push_back("warning: " + text); }
    static std::vector<std::string>& lines() {
        static std::vector<std::string> lines;
        return lines;
    }
};

// Pattern 1: Simple Sequential Operation

template <class NetworkClient, class HttpClient>
class AudioCapture {
public:
    void uploadAudio(const juce::File& audioFile);

    std::shared_ptr<NetworkClient> networkClient;
    std::shared_ptr<HttpClient> httpClient;
    bool isEncoderBroken = false;

private:
    static std::string readAudioFile(const juce::File&) { return "samples"; }
    [[nodiscard]] std::string encodeAudio(const std::string& data) const {
        if (isEncoderBroken) throw std::runtime_error("encoder failed");
        return data + "!";
    }
};

template <class NetworkClient, class HttpClient>
void AudioCapture<NetworkClient, HttpClient>::uploadAudio(const juce::File& audioFile) {
    auto traceCtx = std::make_unique<TraceContext>();
    auto recorder = std::make_unique<SpanRecorder>();

    auto rootSpanId = recorder->startSpan("audio.upload", *traceCtx);
    recorder->addAttribute(rootSpanId, "file.name", audioFile.getFileName().toStdString());

    std::string data;
    std::string encoded;

    try {
        // File reading
        {
            auto spanId = recorder->startSpan("audio.read", *traceCtx);
            data = readAudioFile(audioFile);
            recorder->endSpan(spanId, "ok");
        }

        // Audio encoding
        {
            auto spanId = recorder->startSpan("audio.encode", *traceCtx);
            encoded = encodeAudio(data);
            recorder->addAttribute(rootSpanId, "encoded_size_bytes", std::to_string(encoded.size()));
            recorder->endSpan(spanId, "ok");
        }

        // Network upload with trace headers
        {
            auto spanId = recorder->startSpan("network.post", *traceCtx);
            auto headers = traceCtx->getHttpHeaders();
            auto response = httpClient->post("/api/v1/audio/upload", encoded, headers);
            recorder->addAttribute(spanId, "http.status", std::to_string(response.statusCode));
            recorder->endSpan(spanId, "ok");
        }

        recorder->endSpan(rootSpanId, "ok");

    } catch (const std::exception& e) {
        recorder->endSpan(rootSpanId, "error", e.what());
    }

    // Send telemetry asynchronously
    networkClient->sendTelemetrySpans(recorder->getJson());
}

// Pattern 2: Class-Based Approach (Reusable)

template <class NetworkClient>
class AudioUploadOperation {
private:
    std::unique_ptr<TraceContext> traceCtx_;
    std::unique_ptr<SpanRecorder> recorder_;
    std::shared_ptr<NetworkClient> networkClient_;
    juce::String authToken_;

public:
    AudioUploadOperation(std::shared_ptr<NetworkClient> networkClient, const juce::String& authToken)
        : traceCtx_(std::make_unique<TraceContext>()),
          recorder_(std::make_unique<SpanRecorder>()),
          networkClient_(networkClient),
          authToken_(authToken) {}

    void execute(const juce::File& audioFile) {
        auto rootSpanId = recorder_->startSpan("upload", *traceCtx_);

        try {
            if (audioFile.getFileName().toStdString().empty()) throw std::runtime_error("no such file");
            recorder_->endSpan(rootSpanId, "ok");
        } catch (const std::exception& e) {
            recorder_->endSpan(rootSpanId, "error", e.what());
        }

        sendTelemetry();
    }

    juce::String getTraceId() const { return juce::String(traceCtx_->getTraceId()); }

private:
    void sendTelemetry() {
        networkClient_->sendTelemetrySpans(recorder_->getJson(), [this](const auto& outcome) {
            if (outcome.isSuccess()) {
                Log::info("Telemetry sent");
            } else {
                Log::warning("Failed: " + outcome.error());
            }
        });
    }
};

}
