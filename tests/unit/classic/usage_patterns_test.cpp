#include "../../support/usage_patterns.h"

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan/error.h>
#include <sidespan/outcome.h>
#include <boost/json/array.hpp>

namespace {

using sidespan::test::Log;
using testing::ElementsAre;

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

struct Capture : sidespan::test::AudioCapture<NetworkClient, HttpClient> {
    Capture() : AudioCapture{std::make_shared<NetworkClient>(), std::make_shared<HttpClient>()} {}
};
using AudioUploadOperation = sidespan::test::AudioUploadOperation<NetworkClient>;

TEST(UsagePattern1, GivesTheTreeOfTheDocumentation) {
    Capture capture;
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

TEST(UsagePattern1, SendsHeadersOfTheSpanThatPosts) {
    Capture capture;
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

TEST(UsagePattern1, LeavesNothingOpenAfterTheCatch) {
    Capture capture;
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

TEST(UsagePattern1, KeepsWhatWasDoneBeforeTheError) {
    Capture capture;
    capture.isEncoderBroken = true;
    capture.uploadAudio(juce::File("my_loop.wav"));
    const auto& spans = capture.networkClient->sent;
    std::vector<std::string> names;
    for (const auto& span : spans) names.push_back(span.name + " " + span.status);
    EXPECT_THAT(names, ElementsAre("audio.read ok", "audio.encode cancelled", "audio.upload error"));
}

TEST(UsagePattern2, SendsItsSpanUnderItsTrace) {
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

TEST(UsagePattern2, TellsWhyTelemetryCouldNotBeSent) {
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
