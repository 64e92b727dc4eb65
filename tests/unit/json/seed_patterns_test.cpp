// The two usage patterns of the seed's documentation, as it gives them: only the variables that the first one
// uses across scopes are declared, and what surrounds the tracing (files, codec, HTTP client) is played by the
// smallest thing that fits.
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan/error.h>
#include <sidespan/outcome.h>
#include <sidespan/span_recorder.h>
#include <sidespan/trace_context.h>

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

namespace {

using sidespan::SpanRecorder;
using sidespan::TraceContext;
using testing::ElementsAre;

class Log {
public:
    static void info(const std::string& text) { lines().push_back("info: " + text); }
    static void warning(const std::string& text) { lines().push_back("warning: " + text); }
    static std::vector<std::string>& lines() {
        static std::vector<std::string> lines;
        return lines;
    }
};

/// Keeps what it is asked to send and answers at once.
class NetworkClient {
public:
    using Callback = std::function<void(const sidespan::Outcome<>&)>;

    void sendTelemetrySpans(const boost::json::array& spans, const Callback& callback = {}) {
        for (const auto& span : spans) sent.push_back(sidespan::Span::fromJson(span));
        if (callback) callback(answer);
    }

    std::vector<sidespan::Span> sent;
    sidespan::Outcome<> answer;
};

struct Response {
    int statusCode = 200;
};

class HttpClient {
public:
    Response post(const std::string&, const std::string&, const std::map<std::string, std::string>& headers) {
        sentHeaders = headers;
        if (isBroken) throw std::runtime_error("connection reset");
        return {};
    }

    bool isBroken = false;
    std::map<std::string, std::string> sentHeaders;
};

const sidespan::Span& spanNamed(const std::vector<sidespan::Span>& spans, std::string_view name) {
    for (const auto& span : spans) {
        if (span.name == name) return span;
    }
    throw std::out_of_range("no span is named " + std::string(name));
}

// Pattern 1: Simple Sequential Operation

class AudioCapture {
public:
    void uploadAudio(const juce::File& audioFile);

    std::shared_ptr<NetworkClient> networkClient = std::make_shared<NetworkClient>();
    std::shared_ptr<HttpClient> httpClient = std::make_shared<HttpClient>();
    bool isEncoderBroken = false;

private:
    static std::string readAudioFile(const juce::File&) { return "samples"; }
    [[nodiscard]] std::string encodeAudio(const std::string& data) const {
        if (isEncoderBroken) throw std::runtime_error("encoder failed");
        return data + "!";
    }
};

void AudioCapture::uploadAudio(const juce::File& audioFile) {
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
            recorder->addAttribute(rootSpanId, "encoded_size_bytes",
                                  std::to_string(encoded.size()));
            recorder->endSpan(spanId, "ok");
        }

        // Network upload with trace headers
        {
            auto spanId = recorder->startSpan("network.post", *traceCtx);
            auto headers = traceCtx->getHttpHeaders();
            auto response = httpClient->post("/api/v1/audio/upload", encoded, headers);
            recorder->addAttribute(spanId, "http.status",
                                  std::to_string(response.statusCode));
            recorder->endSpan(spanId, "ok");
        }

        recorder->endSpan(rootSpanId, "ok");

    } catch (const std::exception& e) {
        recorder->endSpan(rootSpanId, "error", e.what());
    }

    // Send telemetry asynchronously
    networkClient->sendTelemetrySpans(recorder->getJson());
}

TEST(SeedPattern1, GivesTheTreeOfTheDocumentation) {
    AudioCapture capture;
    capture.uploadAudio(juce::File("/home/me/my_loop.wav"));
    const auto& spans = capture.networkClient->sent;
    ASSERT_EQ(spans.size(), 4U);
    const auto& root = spanNamed(spans, "audio.upload");
    EXPECT_EQ(root.parentSpanId, "");
    EXPECT_EQ(root.attributes.at("file.name"), "my_loop.wav");
    EXPECT_EQ(root.attributes.at("encoded_size_bytes"), "8");
    for (const char* name : {"audio.read", "audio.encode", "network.post"}) {
        const auto& child = spanNamed(spans, name);
        EXPECT_EQ(child.parentSpanId, root.spanId) << name;
        EXPECT_EQ(child.traceId, root.traceId) << name;
        EXPECT_EQ(child.status, "ok") << name;
        EXPECT_GE(child.startTimeUnixNano, root.startTimeUnixNano) << name;
        EXPECT_LE(child.endTimeUnixNano, root.endTimeUnixNano) << name;
    }
    EXPECT_EQ(spanNamed(spans, "network.post").attributes.at("http.status"), "200");
}

TEST(SeedPattern1, SendsHeadersOfTheSpanThatPosts) {
    AudioCapture capture;
    capture.uploadAudio(juce::File("/home/me/my_loop.wav"));
    const auto& spans = capture.networkClient->sent;
    const auto& headers = capture.httpClient->sentHeaders;
    EXPECT_EQ(headers.at("X-Trace-ID"), spanNamed(spans, "audio.upload").traceId);
    EXPECT_EQ(headers.at("X-Span-ID"), spanNamed(spans, "network.post").spanId);
    EXPECT_EQ(headers.at("X-Parent-Span-ID"), spanNamed(spans, "audio.upload").spanId);
    EXPECT_EQ(headers.at("X-Client-Type"), "plugin");
    EXPECT_TRUE(headers.contains("X-Client-Timestamp"));
    EXPECT_TRUE(headers.contains("traceparent"));
}

TEST(SeedPattern1, LeavesNothingOpenAfterTheCatch) {
    AudioCapture capture;
    capture.httpClient->isBroken = true;
    capture.uploadAudio(juce::File("/home/me/my_loop.wav"));
    const auto& spans = capture.networkClient->sent;
    ASSERT_EQ(spans.size(), 4U);
    const auto& root = spanNamed(spans, "audio.upload");
    EXPECT_EQ(root.status, "error");
    EXPECT_EQ(root.statusMessage, "connection reset");
    const auto& post = spanNamed(spans, "network.post");
    EXPECT_EQ(post.status, "cancelled");
    EXPECT_EQ(post.parentSpanId, root.spanId);
    EXPECT_EQ(post.endTimeUnixNano, root.endTimeUnixNano);
    EXPECT_EQ(spanNamed(spans, "audio.encode").status, "ok");
}

TEST(SeedPattern1, KeepsWhatWasDoneBeforeTheError) {
    AudioCapture capture;
    capture.isEncoderBroken = true;
    capture.uploadAudio(juce::File("my_loop.wav"));
    const auto& spans = capture.networkClient->sent;
    std::vector<std::string> names;
    for (const auto& span : spans) names.push_back(span.name + " " + span.status);
    EXPECT_THAT(names, ElementsAre("audio.read ok", "audio.encode cancelled", "audio.upload error"));
}

// Pattern 2: Class-Based Approach (Reusable)

class AudioUploadOperation {
private:
    std::unique_ptr<TraceContext> traceCtx_;
    std::unique_ptr<SpanRecorder> recorder_;
    std::shared_ptr<NetworkClient> networkClient_;
    juce::String authToken_;

public:
    AudioUploadOperation(std::shared_ptr<NetworkClient> networkClient,
                        const juce::String& authToken)
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

    juce::String getTraceId() const {
        return juce::String(traceCtx_->getTraceId());
    }

private:
    void sendTelemetry() {
        networkClient_->sendTelemetrySpans(
            recorder_->getJson(),
            [this](const auto& outcome) {
                if (outcome.isSuccess()) {
                    Log::info("Telemetry sent");
                } else {
                    Log::warning("Failed: " + outcome.error());
                }
            }
        );
    }
};

TEST(SeedPattern2, SendsItsSpanUnderItsTrace) {
    Log::lines().clear();
    auto client = std::make_shared<NetworkClient>();
    AudioUploadOperation operation(client, juce::String("token"));
    operation.execute(juce::File("my_loop.wav"));
    ASSERT_EQ(client->sent.size(), 1U);
    EXPECT_EQ(client->sent[0].name, "upload");
    EXPECT_EQ(client->sent[0].status, "ok");
    EXPECT_EQ(client->sent[0].traceId, operation.getTraceId().toStdString());
    EXPECT_THAT(Log::lines(), ElementsAre("info: Telemetry sent"));
}

TEST(SeedPattern2, TellsWhyTelemetryCouldNotBeSent) {
    Log::lines().clear();
    auto client = std::make_shared<NetworkClient>();
    client->answer = sidespan::Error{sidespan::ErrorCode::network, "no route to host"};
    AudioUploadOperation operation(client, juce::String("token"));
    operation.execute(juce::File(""));
    EXPECT_EQ(client->sent.at(0).status, "error");
    EXPECT_EQ(client->sent.at(0).statusMessage, "no such file");
    EXPECT_THAT(Log::lines(), ElementsAre("warning: Failed: no route to host"));
}

}
