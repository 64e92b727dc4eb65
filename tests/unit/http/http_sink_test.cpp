#include "http_sink_fixture.h"

#include <atomic>
#include <chrono>
#include <future>
#include <string>

#include <gmock/gmock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>

#include "support/patience.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

TEST_F(HttpSinkTest, NothingExpiresBecauseTheWallClockIsSet) {
    std::promise<void> isSet;
    script_.then([isSet = isSet.get_future().share()](const HttpRequest&, Cancellation&) {
        isSet.wait_for(10s);
        return Outcome<HttpResponse>(HttpResponse{.status = 503});
    });
    sink();
    feed(5);
    EXPECT_FALSE(sink_->flush(deadlineIn(0s)));
    ASSERT_TRUE(script_.waitForSent(1));
    clock_->setForward(8 * 24h);
    isSet.set_value();
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().delivered, 5U);
}

TEST_F(HttpSinkTest, SaysWhyTheServerRefusedSpansOfABatchOnce) {
    config_.token = "s3cr3t";
    for (int i = 0; i < 3; ++i)
        script_.then(200, {}, R"({"rejected":1,"rejections":[{"index":0,"reason":"no s3cr3t name"}]})");
    for (int i = 0; i < 3; ++i) {
        sink();
        feed(2);
        EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    }
    EXPECT_EQ(log_.count(ErrorCode::rejected), 1U);
    EXPECT_TRUE(log_.mentions("no [token] name"));
}

TEST_F(HttpSinkTest, DeliversWhatItIsFed) {
    FaultServer server;
    sink(server);
    feed(10);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(server.storedSpans(), 10U);
    const auto request = server.requests().at(0);
    EXPECT_EQ(request.target, "/api/v1/telemetry/spans");
    EXPECT_EQ(request.header("content-type"), "application/json");
    EXPECT_EQ(request.header("idempotency-key").size(), 36U);
    EXPECT_EQ(sink_->stats().delivered, 10U);
    EXPECT_EQ(sink_->stats().queued, 0U);
}

TEST_F(HttpSinkTest, AnUnusedSinkTouchesNothing) {
    sink();
    EXPECT_TRUE(sink_->flush(deadlineIn(0s)));
    EXPECT_TRUE(sink_->shutdown(deadlineIn(0s)));
    EXPECT_TRUE(script_.sent().empty());
}

// ---- what servers answer

TEST_F(HttpSinkTest, TriesAgainWithTheSameKeyUntilTheServerHasIt) {
    clock_ = std::make_shared<ManualDeliveryClock>(ManualDeliveryClock::Mode::leaping);
    script_.then(3, 503);
    sink();
    feed(5);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    const auto sent = script_.sent();
    ASSERT_EQ(sent.size(), 4U);
    for (const auto& attempt : sent) {
        EXPECT_EQ(attempt.header("Idempotency-Key"), sent[0].header("Idempotency-Key"));
        EXPECT_EQ(attempt.body, sent[0].body);
    }
    EXPECT_EQ(sink_->stats().delivered, 5U);
}

TEST_F(HttpSinkTest, CountsWhatTheServerRefusesInAPartialSuccessAndDoesNotRepeatIt) {
    script_.then(200, {}, R"({"accepted":5,"duplicate":2,"rejected":3,"reasons":[{"rejected":9}]})");
    sink();
    feed(10);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().delivered, 7U);
    EXPECT_EQ(sink_->stats().dropped[DropReason::rejected], 3U);
    EXPECT_EQ(script_.sent().size(), 1U);
}

TEST_F(HttpSinkTest, DropsWhatTheServerWillNeverTakeAndSaysWhy) {
    script_.then(400, {}, "no such field");
    sink();
    feed(10);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().dropped[DropReason::rejected], 10U);
    EXPECT_TRUE(log_.mentions("no such field"));
}

/// The number `name` of `X-Client-Clock`; empty if there is none.
std::string clockNumber(const SentRequest& request, const std::string& name) {
    const auto told = ", " + request.header("X-Client-Clock");
    const auto at = told.find(", " + name + "=");
    return at == told.npos ? std::string()
                           : told.substr(at + name.size() + 3, told.find(',', at + 1) - at - name.size() - 3);
}

TEST_F(HttpSinkTest, TellsTheServerOfItsClocksAndWhatItKnowsOfTheServers) {
    const auto numberOf = [&](std::size_t request, const std::string& name) {
        return clockNumber(script_.sent().at(request), name);
    };
    script_.then(200, {{"Date", "Thu, 18 Dec 2025 08:00:00 GMT"}, {"X-Server-Time", "100.000"}});
    sink();
    clock_->advance(3s);
    feed(1);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(numberOf(0, "monotonic"), "3000000000");
    EXPECT_EQ(numberOf(0, "offset"), "") << "nothing was answered yet";
    clock_->advance(10s);
    clock_->setForward(-90s);
    feed(1);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(numberOf(1, "monotonic"), "13000000000");
    EXPECT_EQ(std::stoll(numberOf(1, "wall")) - std::stoll(numberOf(0, "wall")), -80'000'000'000);
    // Half of the second that the Date stands for and of 10 s at 200 ppm on both sides.
    EXPECT_EQ(numberOf(1, "error"), "502000001");
    EXPECT_EQ(numberOf(1, "offset"), std::to_string(1'766'044'800'500'000'000 - 3'000'000'000));
}

// A batch waits for an hour before the server's clock is known, so its error includes an hour at 200 ppm.
TEST_F(HttpSinkTest, TellsOfTheServersClockWhenABatchWasBegun) {
    script_.then(503, {{"Retry-After", "60"}});
    script_.then(200, {{"Date", "Thu, 18 Dec 2025 08:00:00 GMT"}});
    sink();
    feed(1);
    EXPECT_FALSE(sink_->flush(deadlineIn(0s)));
    ASSERT_TRUE(waitUntilRefused(1));
    feed(1);
    clock_->advance(1h);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    ASSERT_EQ(script_.sent().size(), 3U);
    EXPECT_EQ(clockNumber(script_.sent().at(2), "monotonic"), "0");
    EXPECT_EQ(clockNumber(script_.sent().at(2), "error"), "1220000001");
}

// The spans before and after that moment have different offsets.
TEST_F(HttpSinkTest, BeginsABatchWhenTheWallClockIsSet) {
    sink();
    feed(1);
    clock_->setForward(1h);
    feed(1);
    feed(1);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    ASSERT_EQ(script_.sent().size(), 2U);
    const auto wall = [&](std::size_t request) {
        return std::stoll(clockNumber(script_.sent().at(request), "wall"));
    };
    EXPECT_EQ(wall(1) - wall(0), 3'600'000'000'000);
}

// Otherwise later spans are shown too early by the time that the machine slept.
TEST_F(HttpSinkTest, CountsTheTimeThatTheMachineSlept) {
    const auto numberOf = [&](std::size_t request, const std::string& name) {
        return std::stoll(clockNumber(script_.sent().at(request), name));
    };
    const auto send = [&] {
        feed(1);
        EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    };
    for (const char* date : {"Thu, 18 Dec 2025 08:00:00 GMT", "Thu, 18 Dec 2025 09:00:00 GMT"})
        script_.then(200, {{"Date", date}});
    sink();
    clock_->advance(3s);
    send();
    clock_->sleep(1h);
    send();
    send();
    for (const std::size_t request : {std::size_t{1}, std::size_t{2}}) {
        EXPECT_EQ(numberOf(request, "monotonic"), 3'603'000'000'000);
        EXPECT_EQ(numberOf(request, "wall") - numberOf(0, "wall"), 3'600'000'000'000);
        EXPECT_EQ(numberOf(request, "offset"), 1'766'044'800'500'000'000 - 3'000'000'000);
    }
    // Half a second for Date, 2 s for the measured sleep, and an hour at 200 ppm.
    EXPECT_EQ(numberOf(1, "error"), 500'000'001LL + 2'000'000'000 + 720'000'000);
    EXPECT_EQ(numberOf(2, "error"), 500'000'001);
}

TEST_F(HttpSinkTest, StopsForGoodWhenTheServerSwitchesItOff) {
    script_.then(410);
    sink();
    feed(5);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    feed(5);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(script_.sent().size(), 1U);
    EXPECT_EQ(sink_->stats().dropped[DropReason::rejected], 10U);
    EXPECT_EQ(log_.count(ErrorCode::disabled), 1U);
}

TEST_F(HttpSinkTest, KeepsEverythingUntilThereIsANewToken) {
    config_.token = "old";
    config_.batch.maxSpans = 5;
    script_.then(401);
    sink();
    feed(5);
    ASSERT_TRUE(waitUntilRefused(1));
    clock_->advance(24h);
    feed(5);
    EXPECT_FALSE(sink_->flush(deadlineIn(20ms)));
    EXPECT_EQ(script_.sent().size(), 1U);
    EXPECT_EQ(sink_->stats().queued, 10U);
    EXPECT_EQ(log_.count(ErrorCode::unauthorized), 1U);
    sink_->client().setToken("new");
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(script_.sent().at(1).header("Authorization"), "Bearer new");
    EXPECT_EQ(sink_->stats().delivered, 10U);
}

TEST_F(HttpSinkTest, AsksAProviderAgainThatHadNoToken) {
    std::atomic<int> asked = 0;
    config_.tokenProvider = [&] { return ++asked == 1 ? std::string() : std::string("good"); };
    script_.then(401);
    sink();
    feed(1);
    ASSERT_FALSE(sink_->flush(deadlineIn(20ms)));
    EXPECT_TRUE(eventually([&] { return asked == 1; }));
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(script_.sent().at(1).header("Authorization"), "Bearer good");
}

TEST_F(HttpSinkTest, TriesARefusedTokenAgainWhereThereIsAProvider) {
    clock_ = std::make_shared<ManualDeliveryClock>(ManualDeliveryClock::Mode::leaping);
    int asked = 0;
    config_.tokenProvider = [&] {
        ++asked;
        return std::string("good");
    };
    script_.then(2, 403);
    sink();
    const auto begin = clock_->now();
    feed(1);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    ASSERT_TRUE(script_.waitForSent(3));
    EXPECT_GE(clock_->now() - begin, config_.retry.maxBackoff);
    EXPECT_LE(asked, 3) << "the server, or the provider, is not to be asked without end";
    EXPECT_EQ(sink_->stats().delivered, 1U);
}

TEST_F(HttpSinkTest, TriesATokenAgainThatAPageRefused) {
    clock_ = std::make_shared<ManualDeliveryClock>(ManualDeliveryClock::Mode::leaping);
    config_.token = "good";
    script_.then(403, {{"Content-Type", "text/html"}}, "<html>blocked by the firewall</html>");
    sink();
    const auto begin = clock_->now();
    feed(1);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_GE(clock_->now() - begin, config_.retry.maxBackoff);
    EXPECT_EQ(script_.sent().size(), 2U);
    EXPECT_EQ(sink_->stats().delivered, 1U);
}

TEST_F(HttpSinkTest, ABatchTheServerChokesOnDoesNotHoldUpTheOthers) {
    clock_ = std::make_shared<ManualDeliveryClock>(ManualDeliveryClock::Mode::leaping);
    config_.batch.maxSpans = 1;
    script_.then([this](const HttpRequest&, Cancellation&) -> Outcome<HttpResponse> {
        feed(1);
        return HttpResponse{.status = 500};
    });
    sink();
    feed(1);
    EXPECT_TRUE(script_.waitForSent(3));
    const auto sent = script_.sent();
    EXPECT_NE(sent[1].body, sent[0].body);
    EXPECT_EQ(sent[2].body, sent[0].body);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
}

TEST_F(HttpSinkTest, TellsTheServerWhatWasLost) {
    script_.then(400);
    sink();
    DropCounts upstream;
    upstream[DropReason::queueFull] = 7;
    sink_->noteUpstreamLosses(upstream);
    feed(3);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    feed(1);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    const auto sent = script_.sent();
    EXPECT_EQ(sent[0].header("X-Client-Lost"), "queue-full=7");
    EXPECT_EQ(sent[1].header("X-Client-Lost"), "queue-full=7, rejected-by-server=3");
    EXPECT_EQ(sent[0].header("X-Client-Instance"), sent[1].header("X-Client-Instance"));
}

// ---- limits

TEST_F(HttpSinkTest, DropsTheOldestWhenTheOutboxIsFull) {
    config_.outbox.maxBytes = 64 << 10;
    config_.batch.maxSpans = 10;
    script_.then(503, {{"Retry-After", "60"}});
    sink();
    feed(10);
    ASSERT_TRUE(log_.waitFor(ErrorCode::unavailable));
    for (int i = 0; i < 50; ++i) feed(10);
    const auto stats = sink_->stats();
    EXPECT_GT(stats.dropped[DropReason::outboxFull], 0U);
    EXPECT_GT(stats.queued, 100U);
    expectConserved();
    clock_->advance(61s);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_TRUE(log_.mentions("outbox is full"));
    EXPECT_EQ(sink_->stats().delivered, stats.queued);
}

TEST_F(HttpSinkTest, DropsWhatIsOlderThanTheOutboxKeeps) {
    config_.outbox.maxAge = 1h;
    script_.then(503, {{"Retry-After", "7200"}});
    sink();
    feed(10);
    EXPECT_FALSE(sink_->flush(deadlineIn(0s)));
    ASSERT_TRUE(waitUntilRefused(1));
    clock_->advance(3h);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().dropped[DropReason::expired], 10U);
    EXPECT_EQ(script_.sent().size(), 1U);
}

// In a host that runs for weeks on a laptop.
TEST_F(HttpSinkTest, SpansAgeWhileTheMachineSleeps) {
    config_.outbox.maxAge = 1h;
    script_.otherwise(503);
    sink();
    feed(10);
    EXPECT_FALSE(sink_->flush(deadlineIn(20ms)));
    ASSERT_TRUE(waitUntilRefused(1));
    clock_->sleep(2h);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().dropped[DropReason::expired], 10U);
}

TEST_F(HttpSinkTest, GivesABatchUpAfterTheConfiguredAttempts) {
    clock_ = std::make_shared<ManualDeliveryClock>(ManualDeliveryClock::Mode::leaping);
    config_.retry.maxAttempts = 4;
    script_.otherwise(503);
    sink();
    feed(10);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(script_.sent().size(), 4U);
    EXPECT_EQ(sink_->stats().dropped[DropReason::expired], 10U);
}

TEST_F(HttpSinkTest, CountsEverythingAsFailedWithoutAnEndpoint) {
    config_.endpoint.clear();
    sink();
    feed(5);
    EXPECT_FALSE(sink_->flush(deadlineIn(10s)));
    EXPECT_FALSE(sink_->shutdown(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().dropped[DropReason::sinkFailed], 5U);
    EXPECT_TRUE(log_.mentions("endpoint"));
}

TEST_F(HttpSinkTest, KeepsARecorderWithoutAnEndpointFromRecording) {
    config_.endpoint.clear();
    sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpSink, std::mutex> recorder(config_);
    ASSERT_TRUE(recorder.configError());
    EXPECT_THAT(recorder.configError()->message, HasSubstr("Config::endpoint is empty"));
    EXPECT_TRUE(log_.mentions("endpoint"));
    EXPECT_FALSE(recorder.span("a").isRecording());
    EXPECT_FALSE(recorder.flush(10s));
}

TEST_F(HttpSinkTest, PreviewIsWhatTheNextRequestSends) {
    sink();
    EXPECT_EQ(sink_->preview(), "");
    feed(5);
    const auto preview = sink_->preview();
    EXPECT_EQ(spansIn(preview), 5U);
    EXPECT_EQ(sink_->preview(), preview);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(script_.sent().at(0).body, preview);
    EXPECT_EQ(sink_->preview(), "");
}

// ---- the end

TEST_F(HttpSinkTest, ShutdownReturnsAtItsDeadlineAgainstAServerThatIsSilent) {
    FaultServer server;
    server.otherwise(faults::silent());
    config_.http.requestTimeout = beyondPatience;
    sink(server);
    feed(5);
    EXPECT_TRUE(endsInTime([&] { EXPECT_FALSE(sink_->shutdown(deadlineIn(100ms))); }));
    EXPECT_EQ(sink_->stats().dropped[DropReason::shutdown], 5U);
    feed(5);
    EXPECT_EQ(sink_->stats().dropped[DropReason::shutdown], 10U);
}

TEST_F(HttpSinkTest, ShutdownDoesNotWaitWhenNothingCanBeSentBeforeItsDeadline) {
    script_.then(503, {{"Retry-After", "3600"}});
    sink();
    feed(5);
    ASSERT_FALSE(sink_->flush(deadlineIn(50ms)));
    EXPECT_TRUE(endsInTime([&] { EXPECT_FALSE(sink_->shutdown(deadlineIn(beyondPatience))); }));
}

TEST_F(HttpSinkTest, ShutdownTriesOnceMoreThoughItWouldOtherwiseWait) {
    config_.retry.initialBackoff = 1h;
    config_.retry.maxBackoff = 1h;
    script_.then(503);
    sink();
    feed(5);
    EXPECT_FALSE(sink_->flush(deadlineIn(0s)));
    ASSERT_TRUE(waitUntilRefused(1));
    EXPECT_TRUE(sink_->shutdown(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().delivered, 5U);
}

}
}
