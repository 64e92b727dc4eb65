#include <gtest/gtest.h>

#include <sidespan/sink_http/http_sink.h>

#include "support/error_log.h"
#include "support/fault_server.h"
#include "support/manual_delivery_clock.h"
#include "support/patience.h"
#include "support/span_records.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

struct Fault {
    const char* name;
    Behaviour behaviour;
    bool isOfTheNetwork = true;  // and so reported as network or timeout
};

std::ostream& operator<<(std::ostream& out, const Fault& fault) {
    return out << fault.name;
}

// Every fault meets two requests, of batches in memory and on disk; then the server is well again. Backoff
// takes no time; the timeouts are as short as the fault allows.
class HttpSinkFault : public testing::TestWithParam<std::tuple<Fault, bool>> {
protected:
    [[nodiscard]] static const Fault& fault() { return std::get<0>(GetParam()); }

    Config config() {
        Config config;
        config.endpoint = server_.url();
        config.consent = Consent::granted;
        config.onError = log_.handler();
        config.http.requestTimeout = 100ms;
        config.batch.maxSpans = 50;
        if (std::get<1>(GetParam())) config.outbox.directory = directory_ / "outbox";
        return config;
    }

    // What the producer counts, against what the sink says.
    void expectConserved(HttpSink& sink, std::uint64_t fed) {
        const auto stats = sink.stats();
        EXPECT_EQ(stats.received, fed);
        EXPECT_EQ(stats.received + stats.recovered,
                  stats.delivered + stats.dropped.total() + stats.queued + stats.onDisk);
    }

    TemporaryDirectory directory_;
    ErrorLog log_;
    FaultServer server_;
};

TEST_P(HttpSinkFault, CostsNoSpanWhenItPasses) {
    server_.then(2, fault().behaviour);
    const auto clock = std::make_shared<ManualDeliveryClock>();
    auto settings = config();
    settings.outbox.maxAge = 366 * 24h;
    HttpSink sink(validate(settings).value(), NetworkClient::Parts{.clock = clock});
    sink.start();
    constexpr std::size_t spans = 120;
    sink.consume(SpanRecords(spans).batch());
    // Two hours are more than any of these servers asks for, but a slow machine's batches time out again.
    EXPECT_TRUE(eventually([&] {
        if (sink.flush(deadlineIn(20ms))) return true;
        clock->advance(2h);
        return false;
    }));
    EXPECT_EQ(sink.stats().delivered, spans);
    EXPECT_EQ(server_.storedSpans(), spans);
    EXPECT_TRUE(log_.count(ErrorCode::network) + log_.count(ErrorCode::timeout) +
                    log_.count(ErrorCode::unavailable) + log_.count(ErrorCode::badAnswer) >
                0);
    expectConserved(sink, spans);
}

TEST_P(HttpSinkFault, DoesNotHoldUpTheEndWhenItStays) {
    server_.otherwise(fault().behaviour);
    auto settings = config();
    settings.http.requestTimeout = beyondPatience;
    HttpSink sink(validate(settings).value());
    sink.start();
    constexpr std::size_t spans = 120;
    sink.consume(SpanRecords(spans).batch());
    ASSERT_TRUE(server_.waitForConnections(1));
    EXPECT_TRUE(endsInTime([&] { EXPECT_FALSE(sink.shutdown(deadlineIn(100ms))); }));
    const auto stats = sink.stats();
    EXPECT_EQ(stats.queued, 0U);
    EXPECT_EQ(stats.onDisk + stats.dropped[DropReason::shutdown], spans);
    EXPECT_EQ(stats.onDisk, settings.outbox.directory.empty() ? 0U : spans);
    expectConserved(sink, spans);
}

INSTANTIATE_TEST_SUITE_P(
    Every, HttpSinkFault,
    testing::Combine(
        testing::Values(Fault{"AcceptsAndSaysNothing", faults::silent()},
                        Fault{"DoesNotRead", faults::deaf()}, Fault{"ResetsMidBody", faults::resetMidBody()},
                        Fault{"ClosesUnread", faults::closeUnread()},
                        Fault{"BreaksOffInTheHeader", faults::halfHeader()},
                        Fault{"AnswersByteByByte", faults::slowly(20ms)},
                        Fault{"AnnouncesTooMuch", faults::wrongLength()},
                        Fault{"IsNoHttpServer", faults::garbage()},
                        Fault{"StoresAndClosesWithoutAnAnswer", faults::storeAndClose()},
                        Fault{"Answers408", faults::answer(408)}, Fault{"Answers429", faults::answer(429)},
                        Fault{"Answers500", faults::answer(500)}, Fault{"Answers502", faults::answer(502)},
                        Fault{"Answers503WithRetryAfter", faults::answer(503, "", {{"Retry-After", "3600"}})},
                        Fault{"Answers504WithADate",
                              faults::answer(504, "", {{"Retry-After", "Sun, 06 Nov 2039 08:49:37 GMT"}})},
                        Fault{"Answers407WithAPage", faults::answer(407, "<html>Proxy</html>")},
                        Fault{"Answers507", faults::answer(507)}, Fault{"Answers525", faults::answer(525)},
                        Fault{"AnswersWithThePageOfAPortal",
                              faults::answer(200, "Welcome", {{"Content-Type", "text/html"}})},
                        Fault{"AnswersWithMarkup", faults::answer(200, "\n <html>Welcome</html>")},
                        Fault{"RedirectsElsewhere",
                              faults::answer(302, "", {{"Location", "https://evil.example.com/"}})}),
        testing::Bool()),
    [](const auto& test) {
        return std::string(std::get<0>(test.param).name) + (std::get<1>(test.param) ? "OnDisk" : "InMemory");
    });

// Once the server has said 200, what else it does is its own affair.
class HttpSinkOddSuccess : public testing::TestWithParam<Fault> {};

TEST_P(HttpSinkOddSuccess, IsASuccess) {
    FaultServer server;
    server.otherwise(GetParam().behaviour);
    Config config;
    config.endpoint = server.url();
    config.consent = Consent::granted;
    HttpSink sink(validate(config).value());
    sink.start();
    sink.consume(SpanRecords(10).batch());
    EXPECT_TRUE(sink.flush(deadlineIn(20s)));
    EXPECT_EQ(sink.stats().delivered, 10U);
    EXPECT_EQ(server.requestCount(), 1U);
}

INSTANTIATE_TEST_SUITE_P(Every, HttpSinkOddSuccess,
                         testing::Values(Fault{"HugeBody", faults::hugeBody(std::size_t{16} << 20U)},
                                         Fault{"NothingStored", faults::okWithoutStoring()},
                                         Fault{"NoBody", faults::storeHeadersOnly()},
                                         Fault{"NoContent", faults::answer(204)},
                                         Fault{"NotJson", faults::answer(200, "thank you")}),
                         [](const auto& test) { return test.param.name; });

TEST(HttpSinkRefused, WaitsForAServerThatIsNotThereYet) {
    FaultServer server;
    server.refuse();
    ErrorLog log;
    Config config;
    config.endpoint = server.url();
    config.consent = Consent::granted;
    config.onError = log.handler();
    config.retry = {.initialBackoff = 1ms, .maxBackoff = 10ms};
    HttpSink sink(validate(config).value());
    sink.start();
    sink.consume(SpanRecords(10).batch());
    EXPECT_FALSE(sink.flush(deadlineIn(0s)));
    ASSERT_TRUE(log.waitFor(ErrorCode::network));
    server.accept();
    EXPECT_TRUE(sink.flush(deadlineIn(20s)));
    EXPECT_EQ(server.storedSpans(), 10U);
    EXPECT_EQ(log.count(ErrorCode::network), 1U);
}

}
}
