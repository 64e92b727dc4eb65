#include <sidespan/sink_http/http_sink.h>
#include <atomic>
#include <mutex>
#include <thread>

#include <gmock/gmock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <boost/json.hpp>

#include "support/error_log.h"
#include "support/fault_server.h"
#include "support/manual_delivery_clock.h"
#include "support/patience.h"
#include "support/scripted_transport.h"
#include "support/span_records.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;

// An HTTP sink that is fed by hand, and the law that holds whatever happens to it.
class HttpSinkTest : public ::testing::Test {
protected:
    HttpSinkTest() {
        config_.endpoint = "http://telemetry.example.com";
        config_.service = {"Test", "1.0"};
        config_.consent = Consent::granted;
        config_.onError = log_.handler();
        config_.batch.maxAge = 1h;
    }

    ~HttpSinkTest() override {
        if (!sink_) return;
        expectConserved();
        EXPECT_EQ(sink_->stats().received, fed_);
    }

    // A sink over a scripted transport.
    HttpSink& sink() {
        if (!sink_) {
            sink_.emplace(validate(config_).value(),
                          NetworkClient::Parts{.transport = script_.transport(), .clock = clock_});
            sink_->start();
        }
        return *sink_;
    }

    // A sink over a real connection to a server.
    HttpSink& sink(const FaultServer& server) {
        config_.endpoint = server.url();
        sink_.emplace(validate(config_).value(), NetworkClient::Parts{.clock = clock_});
        sink_->start();
        return *sink_;
    }

    void feed(std::size_t spans, std::size_t attributeBytes = 16) {
        const SpanRecords records(spans, attributeBytes);
        sink_->consume(records.batch(config_.consent.epoch()));
        fed_ += spans;
    }

    void expectConserved() {
        const auto stats = sink_->stats();
        EXPECT_EQ(stats.received + stats.recovered,
                  stats.delivered + stats.dropped.total() + stats.queued + stats.onDisk);
    }

    static std::size_t spansIn(const std::string& body) { return boost::json::parse(body).as_array().size(); }

    ErrorLog log_;
    Config config_;
    TransportScript script_;
    std::shared_ptr<ManualDeliveryClock> clock_ = std::make_shared<ManualDeliveryClock>();
    std::optional<HttpSink> sink_;
    std::atomic<std::size_t> fed_{0};  // also by the worker
};

TEST_F(HttpSinkTest, NothingExpiresBecauseTheWallClockIsSet) {
    script_.then(503);
    sink();
    feed(5);
    EXPECT_FALSE(sink_->flush(deadlineIn(0s)));
    ASSERT_TRUE(script_.waitForSent(1));
    clock_->setForward(8 * 24h);
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

TEST_F(HttpSinkTest, ClosesABatchAtItsNumberOfSpans) {
    config_.batch.maxSpans = 4;
    sink();
    feed(10);
    ASSERT_TRUE(script_.waitForSent(2));
    EXPECT_EQ(sink_->stats().queued - (10 - sink_->stats().delivered), 0U);
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

TEST_F(HttpSinkTest, TellsTheServerOfItsClocksAndWhatItKnowsOfTheServers) {
    const auto numberOf = [&](std::size_t request, const std::string& name) {
        const auto told = ", " + script_.sent().at(request).header("X-Client-Clock");
        const auto at = told.find(", " + name + "=");
        return at == told.npos
                   ? std::string()
                   : told.substr(at + name.size() + 3, told.find(',', at + 1) - at - name.size() - 3);
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

TEST_F(HttpSinkTest, DropsASingleSpanThatIsTooLargeForTheServer) {
    FaultServer server;
    server.otherwise(faults::limit(100));
    sink(server);
    feed(4);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().dropped[DropReason::tooLarge], 4U);
}

TEST_F(HttpSinkTest, AServerThatFindsEverythingTooLargeIsNotAskedForEverySpan) {
    script_.otherwise(413);
    sink();
    feed(8000);
    ASSERT_FALSE(sink_->flush(deadlineIn(0s)));
    const auto dropped = [&] { return sink_->stats().dropped[DropReason::tooLarge]; };
    const auto waitForDropBeyond = [&](std::uint64_t before) {
        const auto end = deadlineIn(10s);
        while (dropped() == before && std::chrono::steady_clock::now() < end) std::this_thread::yield();
        return dropped() != before;
    };
    ASSERT_TRUE(waitForDropBeyond(0));
    EXPECT_LE(script_.sent().size(), 10U) << "halved down to what any server takes, then a pause";
    EXPECT_GT(sink_->stats().queued, 7900U) << "nothing is dropped but what was refused though it was small";
    for (int i = 0; i < 10; ++i) {
        const auto before = dropped();
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
    ASSERT_TRUE(script_.waitForSent(1));
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
    int asked = 0;
    config_.tokenProvider = [&] { return ++asked == 1 ? std::string() : std::string("good"); };
    script_.then(401);
    sink();
    feed(1);
    ASSERT_FALSE(sink_->flush(deadlineIn(20ms)));
    EXPECT_EQ(asked, 1);
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
    EXPECT_FALSE(sink_->flush(deadlineIn(20ms)));
    clock_->advance(3h);
    EXPECT_TRUE(sink_->flush(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().dropped[DropReason::expired], 10U);
    EXPECT_EQ(script_.sent().size(), 1U);
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

// ---- consent

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
    EXPECT_FALSE(sink_->flush(deadlineIn(50ms)));
    EXPECT_TRUE(sink_->shutdown(deadlineIn(10s)));
    EXPECT_EQ(sink_->stats().delivered, 5U);
}

}
}
