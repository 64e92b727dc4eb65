#include "http_sink_fixture.h"

#include <chrono>

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

TEST_F(HttpSinkTest, TakesNothingWhileConsentIsNotGranted) {
    config_.consent = Consent::unknown;
    sink();
    feed(5);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_TRUE(script_.sent().empty());
    EXPECT_EQ(sink_->stats().dropped[DropReason::consentWithdrawn], 5U);
}

TEST_F(HttpSinkTest, ForgetsEverythingWhenConsentIsWithdrawn) {
    config_.batch.maxSpans = 4;
    script_.then(503, {{"Retry-After", "60"}});
    sink();
    feed(10);
    ASSERT_TRUE(log_.waitFor(ErrorCode::unavailable));
    config_.consent.set(Consent::denied);
    sink_->purge();
    EXPECT_EQ(sink_->stats().queued, 0U);
    EXPECT_EQ(sink_->stats().dropped[DropReason::consentWithdrawn], 10U);
    config_.consent.set(Consent::granted);
    clock_->advance(1h);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(script_.sent().size(), 1U);
}

TEST_F(HttpSinkTest, NeverSendsUnderALaterConsentWhatBeganUnderAnEarlierOne) {
    config_.batch.maxSpans = 4;
    script_.then(503, {{"Retry-After", "60"}});
    sink();
    feed(10);
    ASSERT_TRUE(log_.waitFor(ErrorCode::unavailable));
    config_.consent.set(Consent::denied);
    config_.consent.set(Consent::granted);  // and nobody purges
    feed(1);
    clock_->advance(1h);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    ASSERT_EQ(script_.sent().size(), 2U);
    EXPECT_EQ(spansIn(script_.sent().at(1).body), 1U);
    EXPECT_EQ(sink_->stats().dropped[DropReason::consentWithdrawn], 10U);
}

TEST_F(HttpSinkTest, TakesNothingThatWasRecordedUnderAnEarlierConsent) {
    sink();
    feed(2);
    const SpanRecords onTheirWay(5);
    const auto before = config_.consent.epoch();
    config_.consent.set(Consent::denied);
    config_.consent.set(Consent::granted);
    sink_->consume(onTheirWay.batch(before));
    fed_ += onTheirWay.count();
    feed(1);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    ASSERT_EQ(script_.sent().size(), 1U);
    EXPECT_EQ(spansIn(script_.sent().at(0).body), 1U);
    EXPECT_EQ(sink_->stats().dropped[DropReason::consentWithdrawn], 7U);
}

TEST_F(HttpSinkTest, WithdrawingInterruptsTheRequestUnderWay) {
    FaultServer server;
    server.otherwise(faults::silent());
    sink(server);
    feed(5);
    EXPECT_FALSE(sink_->flush(deadlineIn(0s)));
    ASSERT_TRUE(server.waitForRequests(1));
    config_.consent.set(Consent::denied);
    sink_->purge();
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().dropped[DropReason::consentWithdrawn], 5U);
}

}
}
