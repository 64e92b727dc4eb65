// The classic API's usage patterns over the real client, a real backend and a real collector: what they
// traced is stored.
#include <chrono>
#include <future>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <sidespan/network/network_client.h>
#include <boost/json/array.hpp>

#include "../support/usage_patterns.h"
#include "loop_service_fixture.h"

namespace {

using namespace std::chrono_literals;
using sidespan::NetworkClient;
using sidespan::collector::testing::LoopServiceTest;
using sidespan::test::Log;
using testing::ElementsAre;

/// Waits for the answer, as a synchronous HTTP client does.
class BlockingClient {
public:
    struct Response {
        int statusCode = 0;
    };

    explicit BlockingClient(sidespan::Config config) : client_(std::move(config)) {}

    Response post(const std::string& path, const std::string& body, const NetworkClient::Headers& headers) {
        std::promise<Response> answered;
        client_.post(path, body, headers, [&](const auto& outcome) {
            answered.set_value({outcome ? outcome.value().status : 0});
        });
        return answered.get_future().get();
    }

private:
    NetworkClient client_;
};

class UsagePatterns : public LoopServiceTest {
protected:
    void SetUp() override {
        options_.token = serviceOptions_.token = "token";
        startBoth();
        Log::lines().clear();
    }
    [[nodiscard]] sidespan::Config config() const {
        return {.endpoint = fmt::format("http://127.0.0.1:{}", collector_->port()),
                .consent = sidespan::Consent::granted,
                .token = "token"};
    }
    [[nodiscard]] sidespan::Config serviceConfig() const {
        auto config = this->config();
        config.endpoint = service_->url();
        return config;
    }
    boost::json::object get(const std::string& target) {
        const auto response = connect().get(target, {{"Authorization", "Bearer token"}});
        EXPECT_EQ(response.status, 200) << response.body;
        return parse(response);
    }
    std::string onlyTrace() {
        const auto traces = get("/api/v1/traces").at("traces").as_array();
        EXPECT_EQ(traces.size(), 1U);
        return std::string(traces.at(0).at("traceId").as_string());
    }
};

TEST_F(UsagePatterns, TheSequentialUploadIsStoredWithTheBackendsSpan) {
    auto client = std::make_shared<NetworkClient>(config());
    sidespan::test::AudioCapture<NetworkClient, BlockingClient> capture{
        client, std::make_shared<BlockingClient>(serviceConfig())};
    capture.uploadAudio(juce::File("/home/me/my_loop.wav"));
    ASSERT_TRUE(client->shutdown(sidespan::deadlineIn(10s)));
    ASSERT_TRUE(service_->flush(10s));

    std::map<std::string, boost::json::object> spans;
    const auto trace = get("/api/v1/traces/" + onlyTrace());
    for (const auto& span : trace.at("spans").as_array())
        spans[std::string(span.at("name").as_string())] = span.as_object();
    const auto& root = spans.at("audio.upload");
    EXPECT_EQ(root.at("attributes").at("file.name"), "my_loop.wav");
    for (const char* name : {"audio.read", "audio.encode", "network.post"})
        EXPECT_EQ(spans.at(name).at("parentSpanId"), root.at("spanId")) << name;
    const auto& post = spans.at("network.post");
    EXPECT_EQ(post.at("attributes").at("http.status"), "200");
    EXPECT_EQ(spans.at("POST /api/v1/audio/upload").at("parentSpanId"), post.at("spanId"));
}

TEST_F(UsagePatterns, TheClassOfItsOwnHearsThatItsSpanArrived) {
    auto client = std::make_shared<NetworkClient>(config());
    sidespan::test::AudioUploadOperation operation(client, juce::String("token"));
    operation.execute(juce::File("my_loop.wav"));
    ASSERT_TRUE(client->shutdown(sidespan::deadlineIn(10s)));
    EXPECT_THAT(Log::lines(), ElementsAre("info: Telemetry sent"));
    EXPECT_EQ(onlyTrace(), operation.getTraceId().toStdString());
}

TEST_F(UsagePatterns, TheClassOfItsOwnHearsWhyItsSpanDidNotArrive) {
    auto wrong = config();
    wrong.token = "not this one";
    auto client = std::make_shared<NetworkClient>(wrong);
    sidespan::test::AudioUploadOperation operation(client, juce::String("token"));
    operation.execute(juce::File("my_loop.wav"));
    client->shutdown(sidespan::deadlineIn(10s));
    ASSERT_EQ(Log::lines().size(), 1U);
    EXPECT_THAT(Log::lines().front(), testing::HasSubstr("401"));
}

}
