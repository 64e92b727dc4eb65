#include "http_sink_fixture.h"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <set>
#include <string>

#include "support/patience.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

TEST_F(HttpSinkTest, ClosesABatchAtItsNumberOfSpans) {
    config_.batch.maxSpans = 4;
    sink();
    feed(10);
    ASSERT_TRUE(script_.waitForSent(2));
    const auto stats = sink_->stats();
    EXPECT_EQ(stats.queued + stats.delivered, 10U);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    const auto sent = script_.sent();
    ASSERT_EQ(sent.size(), 3U);
    EXPECT_EQ(spansIn(sent[0].body), 4U);
    EXPECT_EQ(spansIn(sent[1].body), 4U);
    EXPECT_EQ(spansIn(sent[2].body), 2U);
}

TEST_F(HttpSinkTest, ClosesABatchAtItsNumberOfBytes) {
    config_.batch.maxBytes = 8192;
    sink();
    feed(40, 1000);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    std::size_t spans = 0;
    for (const auto& sent : script_.sent()) {
        EXPECT_LE(sent.body.size(), 8192U);
        spans += spansIn(sent.body);
    }
    EXPECT_EQ(spans, 40U);
    EXPECT_GE(script_.sent().size(), 5U);
}

TEST_F(HttpSinkTest, ClosesABatchAtItsAge) {
    config_.batch.maxAge = 5s;
    sink();
    feed(3);
    clock_->advance(4s);
    feed(2);
    EXPECT_TRUE(script_.sent().empty());
    clock_->advance(2s);
    ASSERT_TRUE(script_.waitForSent(1));
    EXPECT_EQ(spansIn(script_.sent().at(0).body), 5U);
}

TEST_F(HttpSinkTest, WithoutAgeEachFeedingIsABatch) {
    config_.batch.maxAge = 0s;
    sink();
    feed(3);
    feed(2);
    ASSERT_TRUE(script_.waitForSent(2));
}

TEST_F(HttpSinkTest, DropsASpanThatIsLargerThanABatchMayBe) {
    config_.batch.maxBytes = 8192;
    sink();
    SpanRecords records;
    records.add(16);
    records.add(3900, '\1');  // a control character takes six bytes in JSON
    records.add(16);
    sink_->consume(records.batch());
    fed_ += 3;
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().delivered, 2U);
    EXPECT_EQ(sink_->stats().dropped[DropReason::tooLarge], 1U);
}

TEST_F(HttpSinkTest, HalvesABatchThatIsTooLargeForTheServer) {
    FaultServer server;
    server.otherwise(faults::limit(4000));
    sink(server);
    feed(30);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(server.storedSpans(), 30U);
    EXPECT_EQ(server.duplicateSpans(), 0U);
    std::set<std::string> keys;
    for (const auto& request : server.requests()) keys.insert(request.header("idempotency-key"));
    EXPECT_EQ(keys.size(), server.requestCount());
    EXPECT_EQ(sink_->stats().delivered, 30U);
}

TEST_F(HttpSinkTest, SendsWholeWrappedBodiesAlsoInParts) {
    config_.batch.wrapped = true;
    script_.then(413);
    sink();
    feed(100);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    const auto sent = script_.sent();
    ASSERT_EQ(sent.size(), 3U);
    std::size_t spans = 0;
    for (const auto& part : {sent[1], sent[2]}) {
        const auto body = boost::json::parse(part.body);
        EXPECT_EQ(body.at("resource").at("telemetry.sdk.name"), "sidespan");
        spans += body.at("spans").as_array().size();
    }
    EXPECT_EQ(spans, 100U);
}

class HttpSinkSizeTest : public HttpSinkTest {
protected:
    [[nodiscard]] std::uint64_t tooLarge() const { return sink_->stats().dropped[DropReason::tooLarge]; }
    [[nodiscard]] bool waitForDropBeyond(std::uint64_t before) const {
        return eventually([&] { return tooLarge() != before; });
    }
};

TEST_F(HttpSinkSizeTest, DropsASingleSpanThatIsTooLargeForTheServer) {
    FaultServer server;
    server.otherwise(faults::limit(100));
    sink(server);
    feed(4);
    EXPECT_FALSE(sink_->flush(deadlineIn(0s)));
    for (std::uint64_t dropped = 0; dropped < 4; ++dropped) {
        ASSERT_TRUE(waitForDropBeyond(dropped));
        EXPECT_EQ(tooLarge(), dropped + 1) << "after each there is a pause";
        clock_->advance(5min);
    }
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(tooLarge(), 4U);
}

TEST_F(HttpSinkSizeTest, LosesNoSpanThatTheServerTakesAlone) {
    clock_ = std::make_shared<ManualDeliveryClock>(ManualDeliveryClock::Mode::leaping);
    FaultServer server;
    server.otherwise(faults::limit(1500));
    sink(server);
    SpanRecords records;
    for (int i = 0; i < 10; ++i) records.add(16);
    records.add(2000);
    for (int i = 0; i < 5; ++i) records.add(16);
    sink_->consume(records.batch(config_.consent.epoch()));
    fed_ += 16;
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(server.storedSpans(), 15U);
    EXPECT_EQ(sink_->stats().delivered, 15U);
    EXPECT_EQ(tooLarge(), 1U);
    EXPECT_LE(server.requestCount(), 20U);
}

TEST_F(HttpSinkSizeTest, AServerThatFindsEverythingTooLargeIsNotAskedForEverySpan) {
    script_.otherwise(413);
    sink();
    feed(8000);
    ASSERT_FALSE(sink_->flush(deadlineIn(0s)));
    ASSERT_TRUE(waitForDropBeyond(0));
    EXPECT_LE(script_.sent().size(), 10U) << "halved down to what any server takes, then a pause";
    EXPECT_GT(sink_->stats().queued, 7900U) << "nothing is dropped but what was refused though it was small";
    for (int i = 0; i < 10; ++i) {
        const auto before = tooLarge();
        const auto sent = script_.sent().size();
        clock_->advance(5min);  // the longest pause
        ASSERT_TRUE(waitForDropBeyond(before));
        EXPECT_EQ(script_.sent().size(), sent + 1);
    }
    expectConserved();
    script_.otherwise(200);
    clock_->advance(5min);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
}

TEST_F(HttpSinkTest, RemembersHowMuchTheServerTakes) {
    constexpr std::size_t most = 20'000;
    std::atomic<std::size_t> refused{0};
    for (int i = 0; i < 1000; ++i) {
        script_.then([&](const HttpRequest& request, Cancellation&) -> Outcome<HttpResponse> {
            const bool isTooLarge = request.body.size() > most;
            refused += isTooLarge ? 1 : 0;
            return HttpResponse{.status = isTooLarge ? 413 : 200};
        });
    }
    sink();
    feed(500);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    const std::size_t learning = refused;
    EXPECT_GT(learning, 0U);
    EXPECT_LE(learning, 5U);
    for (int i = 0; i < 5; ++i) {
        feed(500);
        EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    }
    EXPECT_EQ(refused, learning) << "no later body is larger than what it takes";
    EXPECT_EQ(sink_->stats().delivered, 3000U);
}

}
}
