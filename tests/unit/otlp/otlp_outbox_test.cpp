#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/otlp/otlp_json.h>
#include <sidespan/otlp/otlp_protobuf.h>
#include <sidespan/sink_http/http_sink.h>
#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "otlp_document.h"
#include "support/manual_delivery_clock.h"
#include "support/patience.h"
#include "support/scripted_transport.h"
#include "support/span_records.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

// A run delivers what a run with another encoding left on disk.
class OtlpOutbox : public ::testing::Test {
protected:
    static constexpr std::size_t spans = 100;  // more than what is too small to be divided

    OtlpOutbox() {
        config_.endpoint = "http://collector.example.com:4318";
        config_.consent = Consent::granted;
        config_.retry = {.initialBackoff = 1ms, .maxBackoff = 1ms};
        config_.outbox.directory = directory_ / "outbox";
    }

    template <class Encoding>
    std::unique_ptr<HttpBatchSink<Encoding>> make(TransportScript& script) {
        auto sink = std::make_unique<HttpBatchSink<Encoding>>(
            validate(config_).value(),
            NetworkClient::Parts{.transport = script.transport(), .clock = clock_});
        sink->start();
        return sink;
    }

    // Leaves a batch behind as `Earlier` writes it, and has the server call it too large for `Later`.
    template <class Earlier, class Later>
    void deliverInParts() {
        TransportScript offline;
        offline.otherwise(503);
        {
            const auto sink = make<Earlier>(offline);
            sink->consume(SpanRecords(spans).batch(config_.consent.epoch()));
            EXPECT_FALSE(sink->shutdown(deadlineIn({})));
        }
        online_.then(413);
        const auto sink = make<Later>(online_);
        EXPECT_TRUE(eventually([&] {
            clock_->advance(1ms);
            return sink->stats().delivered == spans;
        }));
        EXPECT_EQ(sink->stats().recovered, spans);
        ASSERT_EQ(online_.sent().size(), 3U);
        for (const auto& sent : online_.sent()) {
            EXPECT_EQ(sent.header("Content-Type"), Earlier::contentType);
            EXPECT_TRUE(sent.url.ends_with(Earlier::path));
        }
    }

    TemporaryDirectory directory_;
    Config config_;
    TransportScript online_;
    std::shared_ptr<ManualDeliveryClock> clock_ = std::make_shared<ManualDeliveryClock>();
};

int spansIn(const OtlpRequest& request) {
    return request.resource_spans(0).scope_spans(0).spans_size();
}

TEST_F(OtlpOutbox, ABatchInProtobufIsDividedByASinkOfAnotherEncoding) {
    deliverInParts<OtlpProtobuf, NativeJson>();
    EXPECT_EQ(spansIn(readProtobuf(online_.sent().at(1).body)), 50);
    EXPECT_EQ(spansIn(readProtobuf(online_.sent().at(2).body)), 50);
}

TEST_F(OtlpOutbox, ABatchInOtlpsJsonIsDividedByASinkOfAnotherEncoding) {
    deliverInParts<OtlpJson, OtlpProtobuf>();
    EXPECT_EQ(spansIn(readJson(online_.sent().at(1).body)), 50);
    EXPECT_EQ(spansIn(readJson(online_.sent().at(2).body)), 50);
}

TEST_F(OtlpOutbox, ABatchInNativeJsonIsDividedByASinkOfAnotherEncoding) {
    deliverInParts<NativeJson, OtlpProtobuf>();
    EXPECT_EQ(parseJson(online_.sent().at(1).body).as_array().size(), 50U);
    EXPECT_EQ(parseJson(online_.sent().at(2).body).as_array().size(), 50U);
}

// The answer to a batch in protobuf is read as OTLP, whatever encoding the program uses.
TEST_F(OtlpOutbox, TheAnswerToABatchOfAnEarlierRunIsReadByTheBatchsEncoding) {
    TransportScript offline;
    offline.otherwise(503);
    static_cast<void>([&] {
        const auto sink = make<OtlpProtobuf>(offline);
        sink->consume(SpanRecords(5).batch(config_.consent.epoch()));
        return sink->shutdown(deadlineIn({}));
    }());
    online_.then(200, {}, std::string("\x0a\x0b\x08\x02\x12\x07too old"));
    const auto sink = make<NativeJson>(online_);
    EXPECT_TRUE(eventually([&] { return sink->stats().delivered == 3; }));
    EXPECT_EQ(sink->stats().dropped[DropReason::rejected], 2U);
}

// With a custom path only the body distinguishes OTLP's JSON from the native one.
TEST_F(OtlpOutbox, TheAnswerToABatchInOtlpsJsonIsReadSoAtAnyPath) {
    config_.endpoint = "http://collector.example.com:4318/v1/traces";
    TransportScript offline;
    offline.otherwise(503);
    static_cast<void>([&] {
        const auto sink = make<OtlpJson>(offline);
        sink->consume(SpanRecords(5).batch(config_.consent.epoch()));
        return sink->shutdown(deadlineIn({}));
    }());
    online_.then(200, {}, R"({"partialSuccess":{"rejectedSpans":2}})");
    const auto sink = make<OtlpProtobuf>(online_);
    EXPECT_TRUE(eventually([&] { return sink->stats().delivered == 3; }));
    EXPECT_EQ(sink->stats().dropped[DropReason::rejected], 2U);
    EXPECT_EQ(online_.sent().at(0).url, config_.endpoint);
}

}
}
