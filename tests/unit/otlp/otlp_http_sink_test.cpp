#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/otlp/otlp_json.h>
#include <sidespan/otlp/otlp_protobuf.h>
#include <sidespan/sink_file/file_sink.h>
#include <sidespan/sink_http/http_batch_sink.h>

#include "otlp_document.h"
#include "random_records.h"
#include "support/error_log.h"
#include "support/manual_delivery_clock.h"
#include "support/scripted_transport.h"
#include "support/span_records.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

static_assert(SinkPolicy<HttpBatchSink<OtlpProtobuf>>);
static_assert(SinkPolicy<HttpBatchSink<OtlpJson>>);
static_assert(SinkPolicy<FileSink<OtlpJson>>);

template <class Encoding>
class OtlpHttpSink : public ::testing::Test {
protected:
    OtlpHttpSink() {
        config_.endpoint = "http://collector.example.com:4318";
        config_.consent = Consent::granted;
        config_.batch.maxAge = 1h;
        config_.retry = {.initialBackoff = 1ms, .maxBackoff = 1ms};
        config_.onError = log_.handler();
    }
    ~OtlpHttpSink() override {
        const auto stats = sink_->stats();
        EXPECT_EQ(stats.received, stats.delivered + stats.dropped.total() + stats.queued);
    }

    HttpBatchSink<Encoding>& feed(std::size_t spans) {
        if (!sink_) {
            sink_.emplace(validate(config_).value(),
                          NetworkClient::Parts{.transport = script_.transport(), .clock = clock_});
            sink_->start();
        }
        const SpanRecords records(spans);
        sink_->consume(records.batch(config_.consent.epoch()));
        return *sink_;
    }

    static OtlpRequest read(const std::string& body) {
        return std::same_as<Encoding, OtlpJson> ? readJson(body) : readProtobuf(body);
    }
    static int spansIn(const OtlpRequest& request) {
        return request.resource_spans(0).scope_spans(0).spans_size();
    }

    ErrorLog log_;
    Config config_;
    TransportScript script_;
    std::shared_ptr<ManualDeliveryClock> clock_ = std::make_shared<ManualDeliveryClock>();
    std::optional<HttpBatchSink<Encoding>> sink_;
};

using Encodings = ::testing::Types<OtlpProtobuf, OtlpJson>;
TYPED_TEST_SUITE(OtlpHttpSink, Encodings);

TYPED_TEST(OtlpHttpSink, PostsWholeRequestsToTheTracesPath) {
    EXPECT_TRUE(this->feed(7).flush(deadlineIn(10s)));
    const auto sent = this->script_.sent();
    ASSERT_EQ(sent.size(), 1U);
    EXPECT_EQ(sent[0].url, "http://collector.example.com:4318/v1/traces");
    EXPECT_EQ(sent[0].header("content-type"), TypeParam::contentType);
    EXPECT_EQ(this->spansIn(this->read(sent[0].body)), 7);
    EXPECT_EQ(this->sink_->stats().delivered, 7U);
}

TYPED_TEST(OtlpHttpSink, GathersTheSpansOfSeveralBatchesOfTheDrainThread) {
    this->feed(3);
    this->feed(4);
    EXPECT_TRUE(this->sink_->flush(deadlineIn(10s)));
    ASSERT_EQ(this->script_.sent().size(), 1U);
    EXPECT_EQ(this->spansIn(this->read(this->script_.sent()[0].body)), 7);
}

TYPED_TEST(OtlpHttpSink, SendsWholeRequestsInPartsWhenOneIsTooLarge) {
    this->script_.then(413);
    EXPECT_TRUE(this->feed(100).flush(deadlineIn(10s)));
    const auto sent = this->script_.sent();
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_EQ(this->spansIn(this->read(sent[1].body)) + this->spansIn(this->read(sent[2].body)), 100);
    EXPECT_EQ(this->sink_->stats().delivered, 100U);
}

TYPED_TEST(OtlpHttpSink, CountsWhatAPartialSuccessRejectsAndSendsNothingAgain) {
    if constexpr (std::same_as<TypeParam, OtlpJson>) {
        this->script_.then(200, {}, R"({"partialSuccess":{"rejectedSpans":"2","errorMessage":"too old"}})");
    } else {
        this->script_.then(200, {}, std::string("\x0a\x0b\x08\x02\x12\x07too old"));
    }
    EXPECT_TRUE(this->feed(5).flush(deadlineIn(10s)));
    EXPECT_EQ(this->script_.sent().size(), 1U);
    EXPECT_EQ(this->sink_->stats().delivered, 3U);
    EXPECT_EQ(this->sink_->stats().dropped[DropReason::rejected], 2U);
    EXPECT_TRUE(this->log_.waitFor(ErrorCode::rejected));
    EXPECT_TRUE(this->log_.mentions("too old"));
}

// OTLP, "Partial Success": a message without rejected spans is a warning.
TYPED_TEST(OtlpHttpSink, ReportsWhatAServerWarnsOfOnce) {
    for (int i = 0; i < 2; ++i) {
        if constexpr (std::same_as<TypeParam, OtlpJson>) {
            this->script_.then(200, {}, R"({"partialSuccess":{"errorMessage":"use /v2"}})");
        } else {
            this->script_.then(200, {}, std::string("\x0a\x09\x12\x07use /v2"));
        }
        EXPECT_TRUE(this->feed(5).flush(deadlineIn(10s)));
    }
    EXPECT_EQ(this->sink_->stats().delivered, 10U);
    EXPECT_TRUE(this->log_.waitFor(ErrorCode::rejected));
    EXPECT_EQ(this->log_.count(ErrorCode::rejected), 1U);
    EXPECT_TRUE(this->log_.mentions("took a batch with a warning: use /v2"));
}

TYPED_TEST(OtlpHttpSink, TriesAgainWhatTheSpecificationNamesAndNothingElse) {
    const std::size_t times = 10;
    for (const int status : {429, 502, 503, 504, 407, 421, 425, 511, 520, 530}) this->script_.then(status);
    this->feed(1);
    EXPECT_FALSE(this->sink_->flush(deadlineIn(0s)));
    for (std::size_t i = 1; i <= times; ++i) {
        ASSERT_TRUE(this->script_.waitForSent(i));
        while (this->script_.sent().size() == i) this->clock_->advance(1ms);  // the pause
    }
    EXPECT_TRUE(this->sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(this->sink_->stats().delivered, 1U);
    std::size_t sent = this->script_.sent().size();
    for (const int status : {400, 408, 500, 501, 507}) {
        this->script_.then(status);
        EXPECT_TRUE(this->feed(1).flush(deadlineIn(10s))) << status;
        EXPECT_EQ(this->script_.sent().size(), ++sent) << status;
    }
    EXPECT_EQ(this->sink_->stats().dropped[DropReason::rejected], 5U);
}

TYPED_TEST(OtlpHttpSink, PostsWithTheUsersHeaders) {
    this->config_.http.headers = {{"x-honeycomb-team", "audio"}, {"X-Scope-OrgID", "7"}};
    EXPECT_TRUE(this->feed(1).flush(deadlineIn(10s)));
    const auto sent = this->script_.sent().at(0);
    EXPECT_EQ(sent.header("x-honeycomb-team"), "audio");
    EXPECT_EQ(sent.header("X-Scope-OrgID"), "7");
}

TYPED_TEST(OtlpHttpSink, PostsToAnEndpointThatIsTheWholeUrl) {
    for (const char* endpoint :
         {"http://otlp.example.com/otlp/v1/traces", "http://otlp.example.com/otlp/v1/traces/"}) {
        this->config_.endpoint = endpoint;
        this->sink_.reset();
        EXPECT_TRUE(this->feed(1).flush(deadlineIn(10s)));
        EXPECT_EQ(this->script_.sent().back().url, "http://otlp.example.com/otlp/v1/traces");
    }
}

TYPED_TEST(OtlpHttpSink, ReadsAnswersByItsEncodingWhateverThePath) {
    this->config_.http.spansPath = "/ingest?team=audio";
    this->script_.then(500);  // by OTLP's rules no reason to try again
    EXPECT_TRUE(this->feed(2).flush(deadlineIn(10s)));
    EXPECT_EQ(this->script_.sent().at(0).url, "http://collector.example.com:4318/ingest?team=audio");
    EXPECT_EQ(this->sink_->stats().dropped[DropReason::rejected], 2U);
    this->script_.then(200, {}, R"({"partialSuccess":{"rejectedSpans":2}})");
    EXPECT_TRUE(this->feed(5).flush(deadlineIn(10s)));
    EXPECT_EQ(this->sink_->stats().delivered, 3U);
    EXPECT_EQ(this->script_.sent().size(), 2U);
}

TYPED_TEST(OtlpHttpSink, ShowsWhatItWillSendAsJson) {
    RandomRecords records(11);
    std::vector<std::byte> bytes;
    for (int i = 0; i < 50; ++i) {
        const auto& record = records.next();
        bytes.insert(bytes.end(), record.begin(), record.end());
    }
    static_cast<void>(this->feed(0));
    this->sink_->consume(
        {bytes, 50, Resource{{"a \"b\"", "1"}, ClientType::cli}, this->config_.consent.epoch()});
    const auto preview = this->sink_->preview();
    EXPECT_TRUE(this->sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(print(readJson(preview)), print(this->read(this->script_.sent().at(0).body)));
    EXPECT_EQ(this->sink_->preview(), "");
}

}
}
