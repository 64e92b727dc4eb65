#include <chrono>
#include <mutex>

#include <gtest/gtest.h>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

#include "../../support/span_records.h"
#include "counted_calls.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using HttpRecorder = Recorder<SteadyClock, HttpSink, std::mutex>;

Config config(Consent consent) {
    Config config;
    config.endpoint = "http://127.0.0.1:9";
    config.token = "token";
    config.outbox.directory = "/tmp/sidespan-is-never-made";
    config.consent = consent;
    return config;
}

// A host that scans its plugins constructs and destroys them, and nothing more.
TEST(UnusedRecorder, AsksNothingOfTheSystem) {
    for (const auto state : {Consent::unknown, Consent::granted, Consent::denied}) {
        const auto before = countedCalls();
        {
            HttpRecorder recorder(config(state));
            recorder.flush(1s);
            static_cast<void>(recorder.sink().preview());
            static_cast<void>(recorder.stats());
        }
        EXPECT_EQ(countedCalls(), before) << toString(state);
    }
}

TEST(UnusedRecorder, TheCountsWouldShowIt) {
    const auto before = countedCalls();
    {
        HttpRecorder recorder(config(Consent::granted));
        auto span = recorder.span("work");
    }
    const auto after = countedCalls();
    EXPECT_GE(after.threads, before.threads + 2);
    EXPECT_GT(after.entropy, before.entropy);
    EXPECT_GT(after.files, before.files);
}

// What cannot be sent is not waited for.
TEST(HttpSinkWithoutAThread, EndsWithoutWaitingForItsDeadline) {
    auto settings = config(Consent::granted);
    settings.outbox.directory.clear();
    HttpSink sink(validate(settings).value());
    sink.start();
    refuseThreads(true);
    sink.consume(SpanRecords(10).batch());
    const auto deadline = deadlineIn(30s);
    EXPECT_FALSE(sink.flush(deadline));
    EXPECT_FALSE(sink.shutdown(deadline));
    EXPECT_LT(std::chrono::steady_clock::now(), deadline);
    refuseThreads(false);
}

TEST(NetworkClientWithoutAThread, TellsAHandlerThatMayUseTheClient) {
    auto settings = config(Consent::granted);
    NetworkClient* used = nullptr;
    int told = 0;
    settings.onError = [&, consent = settings.consent](const Error& error) mutable {
        EXPECT_EQ(error.code, ErrorCode::resource) << error.message;
        ++told;
        used->setToken("another");
        consent.set(Consent::denied);
    };
    NetworkClient client(settings);
    used = &client;
    int failed = 0;
    refuseThreads(true);
    client.post("/", "body", {}, [&](const Outcome<HttpResponse>& outcome) {
        EXPECT_FALSE(outcome.isSuccess());
        ++failed;
    });
    refuseThreads(false);
    EXPECT_GE(told, 1);
    EXPECT_EQ(failed, 1);
}

}
}
