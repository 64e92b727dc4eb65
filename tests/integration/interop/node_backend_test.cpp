#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/propagation/inject.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>
#include <boost/json/array.hpp>

#include "../collector_fixture.h"
#include "../program.h"

namespace sidespan::collector::testing {
namespace {

using namespace std::chrono_literals;

/// A plugin's trace that goes on in a backend with OpenTelemetry's Node SDK, and ends in the collector.
class NodeBackendTest : public CollectorTest, public ::testing::WithParamInterface<const char*> {
protected:
    /// The trace's id, once both have delivered their spans.
    std::string share() {
        Program backend(directory_,
                        {INTEROP_NODE, INTEROP_FOLDER "/backend.mjs", collector_->url(), GetParam()});
        const auto port = static_cast<std::uint16_t>(std::stoi(backend.readLine()));
        Config config;
        config.service = {"LoopShare", "1.2.0"};
        config.endpoint = collector_->url();
        config.consent = Consent::granted;
        Recorder<SteadyClock, HttpSink, std::mutex> recorder(config);
        std::string traceId;
        {
            auto share = recorder.span("loop.share");
            auto post = share.child("network.post");
            Headers headers{{"Content-Type", "application/json"}};
            inject(post.context(), headers);
            EXPECT_EQ(Client(port).post("/loops", "{}", headers).status, 200);
            traceId = share.context().traceId.toUuid();
        }
        EXPECT_EQ(backend.readLine(), "exported\n") << backend.errors();
        EXPECT_TRUE(recorder.flush(10s));
        return traceId;
    }
};

TEST_P(NodeBackendTest, ContinuesThePluginsTrace) {
    start();
    const auto stored = parse(connect().get("/api/v1/traces/" + share()));
    ASSERT_EQ(stored.at("spanCount"), 4);
    const auto& spans = stored.at("spans").as_array();
    const auto named = [&](std::string_view name) -> const boost::json::object& {
        for (const auto& span : spans)
            if (span.at("name").as_string() == name) return span.as_object();
        throw std::runtime_error("there is no span " + std::string(name));
    };
    const auto& post = named("network.post");
    const auto& server = named("POST /loops");
    const auto& insert = named("INSERT loops");
    EXPECT_EQ(server.at("parentSpanId"), post.at("spanId"));
    EXPECT_EQ(insert.at("parentSpanId"), server.at("spanId"));
    EXPECT_EQ(server.at("tier"), "server");
    EXPECT_EQ(server.at("serviceName"), "loop-backend");
    EXPECT_EQ(server.at("clientVersion"), "7.1");
    const auto& attributes = server.at("attributes");
    EXPECT_EQ(attributes.at("encoding"), GetParam());
    EXPECT_EQ(attributes.at("ratio"), 0.25);
    EXPECT_EQ(attributes.at("cached"), false);
    EXPECT_EQ(attributes.at("huge"), 9007199254740991);
    EXPECT_EQ(attributes.at("empty"), "");
    EXPECT_EQ(server.at("events").at(0).at("name"), "stored");
    EXPECT_EQ(server.at("links").at(0).at("spanId"), post.at("spanId"));
    EXPECT_EQ(insert.at("status"), "error");
    EXPECT_EQ(insert.at("statusMessage"), "disk is full");
    EXPECT_EQ(insert.at("events").at(0).at("attributes").at("exception.message"), "disk is \"full\" \u2713");
    const auto place = server.at("resource").to_number<std::size_t>();
    EXPECT_EQ(stored.at("resources").at(place).at("telemetry.sdk.language"), "nodejs");
    EXPECT_GT(stored.at("split").at("serverMs").to_number<double>(), 0);
}

INSTANTIATE_TEST_SUITE_P(Encodings, NodeBackendTest, ::testing::Values("protobuf", "json"));

}
}
