#include "network_client_fixture.h"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

#include "support/fault_server.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

TEST_F(NetworkClientTest, PostsToTheEndpointAndGivesTheAnswer) {
    config_.http.headers = {{"X-Team", "audio"}};
    script_.then(201, {{"X-Span-ID", "1"}}, "made");
    const auto outcome = get(post("body", {{"X-Trace-ID", "abc"}}));
    ASSERT_TRUE(outcome.isSuccess());
    EXPECT_EQ(outcome.value().status, 201);
    EXPECT_EQ(outcome.value().body, "made");
    const auto sent = script_.sent().at(0);
    EXPECT_EQ(sent.method, "POST");
    EXPECT_EQ(sent.url, "http://telemetry.example.com/base/path");
    EXPECT_EQ(sent.body, "body");
    EXPECT_EQ(sent.header("X-Trace-ID"), "abc");
    EXPECT_EQ(sent.header("X-Team"), "audio");
    EXPECT_EQ(sent.header("Authorization"), "");
}

TEST_F(NetworkClientTest, FailsToFetchWhatIsTooLongToHold) {
    script_.then([](const HttpRequest& request, Cancellation&) -> Result {
        EXPECT_EQ(request.maxResponseBytes, std::size_t{64} << 20U);
        return HttpResponse{.status = 200, .body = "half", .isCut = true};
    });
    std::promise<Result> promise;
    client().get("/loops/1", {}, [&](const auto& outcome) { promise.set_value(outcome); });
    const auto outcome = get(promise.get_future());
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::tooLarge);
}

TEST_F(NetworkClientTest, SendsSpansAsTheJsonTheyAre) {
    std::promise<Result> promise;
    client().sendTelemetrySpans(boost::json::array{{{"name", "a"}}},
                                [&](const auto& outcome) { promise.set_value(outcome); });
    EXPECT_TRUE(get(promise.get_future()).isSuccess());
    const auto sent = script_.sent().at(0);
    EXPECT_EQ(sent.url, "http://telemetry.example.com/base/api/v1/telemetry/spans");
    EXPECT_EQ(sent.header("Content-Type"), "application/json");
    EXPECT_EQ(sent.body, R"([{"name":"a"}])");
}

// Libraries are loaded then, not on the sending thread, and not by a client that is only constructed.
TEST_F(NetworkClientTest, HasItsTransportPreparedOnceByWhoeverPostsFirst) {
    client();
    EXPECT_TRUE(script_.preparedOn().empty());
    for (int i = 0; i < 2; ++i) EXPECT_TRUE(get(post("body")).isSuccess());
    EXPECT_EQ(script_.preparedOn(), std::vector{std::this_thread::get_id()});
}

TEST_F(NetworkClientTest, NeedsNoCallback) {
    client().sendTelemetrySpans({});
    EXPECT_TRUE(client().shutdown(deadlineIn(10s)));
    EXPECT_EQ(script_.sent().size(), 1U);
}

TEST_F(NetworkClientTest, TriesAgainUntilItSucceedsWithTheSameKeyEachTime) {
    for (const int status : {408, 429, 500, 503}) script_.then(status);
    EXPECT_TRUE(get(post()).isSuccess());
    const auto sent = script_.sent();
    ASSERT_EQ(sent.size(), 5U);
    EXPECT_EQ(sent.front().header("Idempotency-Key").size(), 36U);
    for (const auto& attempt : sent) {
        EXPECT_EQ(attempt.header("Idempotency-Key"), sent.front().header("Idempotency-Key"));
    }
    EXPECT_GT(clock_->elapsed(), 0s);
}

TEST_F(NetworkClientTest, DoesNotTakeAPageOfAPortalForTheAnswer) {
    script_.then(200, {{"Content-Type", "text/html"}}, "Welcome").then(200, {}, "<html>Welcome");
    EXPECT_TRUE(get(post()).isSuccess());
    EXPECT_EQ(script_.sent().size(), 3U);
    EXPECT_EQ(log_.count(ErrorCode::unavailable), 1U) << "the same failure twice";
    EXPECT_TRUE(log_.mentions("text/html or a body that begins with '<'")) << "the second has no such type";
}

TEST_F(NetworkClientTest, FetchesPages) {
    script_.then(200, {{"Content-Type", "text/html"}}, "<html>");
    std::promise<Result> fetched;
    client().get("/page", {}, [&](const Result& outcome) { fetched.set_value(outcome); });
    EXPECT_TRUE(fetched.get_future().get().isSuccess());
    EXPECT_EQ(script_.sent().size(), 1U);
}

TEST_F(NetworkClientTest, GivesUpAfterTheConfiguredAttempts) {
    config_.retry.maxAttempts = 3;
    script_.otherwise(502);
    const auto outcome = get(post());
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::unavailable);
    EXPECT_EQ(script_.sent().size(), 3U);
}

TEST_F(NetworkClientTest, TriesAgainWhenTheNetworkFails) {
    script_.then([](const HttpRequest&, Cancellation&) -> Result {
        return Error{ErrorCode::network, "no route"};
    });
    EXPECT_TRUE(get(post()).isSuccess());
    EXPECT_EQ(script_.sent().size(), 2U);
    EXPECT_EQ(log_.count(ErrorCode::network), 1U);
}

TEST_F(NetworkClientTest, DoesNotRepeatWhatTheServerWillNeverTake) {
    for (const int status : {400, 404, 405, 413, 415, 422, 501}) {
        script_.then(status);
        const auto before = script_.sent().size();
        const auto outcome = get(post());
        ASSERT_FALSE(outcome.isSuccess());
        EXPECT_EQ(outcome.error().code, status == 413 ? ErrorCode::tooLarge : ErrorCode::rejected) << status;
        EXPECT_EQ(script_.sent().size(), before + 1) << status;
    }
}

TEST_F(NetworkClientTest, WaitsAsLongAsTheServerAsks) {
    script_.then(503, {{"Retry-After", "3600"}});
    EXPECT_TRUE(get(post()).isSuccess());
    EXPECT_GE(clock_->elapsed(), 1h);
    EXPECT_LT(clock_->elapsed(), 1h + 1s);
}

TEST_F(NetworkClientTest, OnePostInBackoffDoesNotHoldUpTheNext) {
    auto standing = std::make_shared<ManualDeliveryClock>();
    clock_ = standing;
    script_.then(503, {{"Retry-After", "60"}});
    auto first = post("first");
    ASSERT_TRUE(script_.waitForSent(1));
    EXPECT_TRUE(get(post("second")).isSuccess());
    EXPECT_EQ(first.wait_for(0s), std::future_status::timeout);
    standing->advance(61s);
    EXPECT_TRUE(get(std::move(first)).isSuccess());
}

TEST_F(NetworkClientTest, NeverPutsAQueryIntoAnError) {
    for (const char* path : {"/path?key=private", "path?key=private"}) {
        std::promise<Result> promise;
        script_.then(400);
        client().post(path, "", {}, [&](const auto& outcome) { promise.set_value(outcome); });
        const auto outcome = get(promise.get_future());
        ASSERT_FALSE(outcome.isSuccess());
        EXPECT_EQ(outcome.error().message.find("private"), std::string::npos) << outcome.error().message;
    }
    EXPECT_TRUE(log_.mentions("POST /path: "));
    EXPECT_FALSE(log_.mentions("private"));
}

TEST_F(NetworkClientTest, ReportsAFailureOnceUntilSomethingChanges) {
    script_.then(4, 503).then(200).then(503);
    EXPECT_TRUE(get(post()).isSuccess());
    EXPECT_EQ(log_.count(ErrorCode::unavailable), 1U);
    EXPECT_TRUE(get(post()).isSuccess());
    EXPECT_EQ(log_.count(ErrorCode::unavailable), 2U);
}

TEST_F(NetworkClientTest, StopsAskingForWhatTheServerHasSwitchedOff) {
    script_.then(410);
    EXPECT_EQ(get(post()).error().code, ErrorCode::disabled);
    EXPECT_EQ(get(post()).error().code, ErrorCode::disabled);
    EXPECT_EQ(script_.sent().size(), 1U);
}

TEST_F(NetworkClientTest, MayAskAgainForWhatIsGone) {
    const auto fetch = [&](std::string path) {
        std::promise<Result> promise;
        client().get(std::move(path), {}, [&](const auto& outcome) { promise.set_value(outcome); });
        return get(promise.get_future());
    };
    script_.then(410);
    EXPECT_EQ(fetch("/loops?page=1").error().code, ErrorCode::disabled);
    EXPECT_TRUE(fetch("/loops?page=1").isSuccess());
}

TEST_F(NetworkClientTest, FollowsSeeOtherWhereNothingWasPosted) {
    script_.then(303, {{"Location", "/there"}}).then(200);
    std::promise<Result> promise;
    client().get("/here", {}, [&](const auto& outcome) { promise.set_value(outcome); });
    EXPECT_TRUE(get(promise.get_future()).isSuccess());
    EXPECT_TRUE(script_.sent().at(1).url.ends_with("/there"));
    script_.then(303, {{"Location", "/there"}});
    EXPECT_EQ(get(post()).error().code, ErrorCode::rejected);
}

TEST_F(NetworkClientTest, TriesAPostAgainThatAPortalSendsElsewhere) {
    for (const int status : {301, 302, 303, 307, 308})
        script_.then(status, {{"Location", "https://portal.example.com/login"}});
    config_.retry.maxAttempts = 6;
    EXPECT_TRUE(get(post()).isSuccess());
    EXPECT_EQ(script_.sent().size(), 6U);
}

TEST_F(NetworkClientTest, SendsEachHeaderOnceTheRequestsBeforeTheConfigurations) {
    config_.http.headers = {{"user-agent", "MyPlugin/1"}, {"X-Key", "config"}, {"X-Other", "a"}};
    EXPECT_TRUE(get(post("", {{"x-key", "request"}})).isSuccess());
    const auto sent = script_.sent().at(0);
    for (const char* name : {"User-Agent", "X-Key", "X-Other"}) {
        EXPECT_EQ(std::ranges::count_if(sent.headers,
                                        [&](const auto& h) { return isSameHeaderName(h.name, name); }),
                  1)
            << name;
    }
    EXPECT_EQ(sent.header("User-Agent"), "MyPlugin/1");
    EXPECT_EQ(sent.header("X-Key"), "request");
}

TEST_F(NetworkClientTest, RefusesAPathThatIsNone) {
    for (const char* path : {"", "path", "/a b", "/a\x01z", "/a\x7f", "/a#b", "/a\r\nX: 1"}) {
        std::promise<Result> promise;
        client().get(path, {}, [&](const auto& outcome) { promise.set_value(outcome); });
        const auto outcome = get(promise.get_future());
        ASSERT_FALSE(outcome.isSuccess()) << path;
        EXPECT_EQ(outcome.error().code, ErrorCode::invalidConfig) << path;
        EXPECT_EQ(outcome.error().message.find('\x01'), std::string::npos);
    }
    EXPECT_TRUE(script_.sent().empty());
}

TEST_F(NetworkClientTest, IsShutDownFromWithinItsLastCallbackAtOnce) {
    std::promise<bool> isDone;
    client().post("/path", "", {},
                  [&](const auto&) { isDone.set_value(client_->shutdown(deadlineIn(10min))); });
    auto future = isDone.get_future();
    ASSERT_EQ(future.wait_for(10s), std::future_status::ready);
    EXPECT_TRUE(future.get());
}

TEST_F(NetworkClientTest, FollowsARedirectOnItsOwnServerAlone) {
    config_.token = "secret";
    script_.then(307, {{"Location", "/moved"}}).then(200);
    EXPECT_TRUE(get(post("body")).isSuccess());
    auto sent = script_.sent();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[1].url, "http://telemetry.example.com:80/moved");
    EXPECT_EQ(sent[1].body, "body");
    EXPECT_EQ(sent[1].header("Authorization"), "Bearer secret");
}

TEST_F(NetworkClientTest, NeverSendsAnythingToTheServerARedirectNames) {
    config_.retry.maxAttempts = 1;
    for (const char* target : {"http://evil.example.com/", "https://telemetry.example.com/base/path",
                               "//evil.example.com/", "http://telemetry.example.com:81/"}) {
        script_.then(308, {{"Location", target}});
        EXPECT_EQ(get(post()).error().code, ErrorCode::network) << target;
    }
    for (const auto& sent : script_.sent()) EXPECT_EQ(sent.url, "http://telemetry.example.com/base/path");
}

TEST_F(NetworkClientTest, EndsARedirectThatGoesInCircles) {
    config_.retry.maxAttempts = 1;
    for (int i = 0; i < 10; ++i) script_.then(301, {{"Location", "/path"}});
    EXPECT_EQ(get(post()).error().code, ErrorCode::network);
    EXPECT_EQ(script_.sent().size(), 6U);
}

TEST_F(NetworkClientTest, CompressesWhenToldTo) {
    FaultServer server;
    config_.endpoint = server.url();
    config_.batch.gzip = true;
    NetworkClient real(config_);
    std::promise<Result> promise;
    real.post("/path", std::string(100000, 'x'), {},
              [&](const auto& outcome) { promise.set_value(outcome); });
    EXPECT_TRUE(get(promise.get_future()).isSuccess());
    const auto received = server.requests().at(0);
    EXPECT_EQ(received.header("content-encoding"), "gzip");
    EXPECT_LT(received.bodyBytes, 1000U);
    EXPECT_EQ(received.body, std::string(100000, 'x'));
}

TEST_F(NetworkClientTest, StopsForTheDayWhenTheBudgetIsUsedUp) {
    config_.http.maxBytesPerDay = 1000;
    EXPECT_TRUE(get(post(std::string(600, 'x'))).isSuccess());
    EXPECT_EQ(clock_->elapsed(), 0s);
    EXPECT_TRUE(get(post(std::string(600, 'x'))).isSuccess());
    EXPECT_GT(clock_->elapsed(), 0s);
    EXPECT_LE(clock_->elapsed(), 24h);
    EXPECT_TRUE(log_.mentions("maxBytesPerDay"));
}

TEST_F(NetworkClientTest, ADayAlsoEndsWhileTheMachineSleeps) {
    clock_ = std::make_shared<ManualDeliveryClock>(ManualDeliveryClock::Mode::standing);
    config_.http.maxBytesPerDay = 1000;
    EXPECT_TRUE(get(post(std::string(600, 'x'))).isSuccess());
    auto second = post(std::string(600, 'x'));
    EXPECT_TRUE(eventually([&] { return log_.mentions("maxBytesPerDay"); }));
    clock_->sleep(24h);
    clock_->advance(61min);
    EXPECT_TRUE(get(std::move(second)).isSuccess());
}

TEST_F(NetworkClientTest, WaitsInSilenceForAThirdOfTheTimeOfARequestAndTenSecondsAtLeast) {
    for (const auto& [whole, silence] : {std::pair{5s, 5s}, {12s, 10s}, {30s, 10s}, {60s, 20s}}) {
        config_.http.requestTimeout = whole;
        client_.reset();
        script_.then([expected = silence](const HttpRequest& request, Cancellation&) -> Result {
            EXPECT_EQ(request.idleTimeout, expected);
            return HttpResponse{.status = 200};
        });
        EXPECT_TRUE(get(post()).isSuccess());
    }
}

TEST_F(NetworkClientTest, WhatNeverLeftTheMachineCostsNothingOfTheBudget) {
    FaultServer server;
    server.refuse();
    config_.endpoint = server.url();
    config_.http.maxBytesPerDay = 1000;
    NetworkClient real(config_, NetworkClient::Parts{.clock = clock_});
    std::promise<Result> promise;
    real.post("/path", std::string(600, 'x'), {}, [&](const auto& outcome) { promise.set_value(outcome); });
    EXPECT_EQ(get(promise.get_future()).error().code, ErrorCode::network);  // after five attempts
    EXPECT_FALSE(log_.mentions("maxBytesPerDay"));
}

TEST_F(NetworkClientTest, RefusesHeadersThatWouldEndAHeader) {
    EXPECT_EQ(get(post("", {{"X-Name", "a\r\nX-Other: b"}})).error().code, ErrorCode::invalidConfig);
    EXPECT_EQ(get(post("", {{"X Name", "a"}})).error().code, ErrorCode::invalidConfig);
    EXPECT_TRUE(script_.sent().empty());
}

TEST_F(NetworkClientTest, RefusesAPathThatNamesAnotherServer) {
    std::promise<Result> promise;
    client().post("http://evil.example.com/", "", {},
                  [&](const auto& outcome) { promise.set_value(outcome); });
    EXPECT_EQ(promise.get_future().get().error().code, ErrorCode::invalidConfig);
}

TEST_F(NetworkClientTest, SaysWhatIsWrongWithItsConfiguration) {
    config_.endpoint = "telemetry.example.com";
    const auto outcome = get(post());
    ASSERT_FALSE(outcome.isSuccess());
    EXPECT_EQ(outcome.error().code, ErrorCode::invalidConfig);
    EXPECT_TRUE(log_.mentions("endpoint"));
}

// ---- consent

TEST_F(NetworkClientTest, SendsNothingBeforeConsentIsGranted) {
    config_.consent = Consent::unknown;
    EXPECT_EQ(get(post()).error().code, ErrorCode::noConsent);
    EXPECT_TRUE(script_.sent().empty());
    config_.consent.set(Consent::granted);
    EXPECT_TRUE(get(post()).isSuccess());
}

TEST_F(NetworkClientTest, WithdrawnConsentInterruptsWhatIsUnderWay) {
    FaultServer server;
    server.then(faults::silent());
    config_.endpoint = server.url();
    NetworkClient real(config_);
    std::promise<Result> promise;
    real.post("/path", "body", {}, [&](const auto& outcome) { promise.set_value(outcome); });
    ASSERT_TRUE(server.waitForRequests(1));
    config_.consent.set(Consent::denied);
    EXPECT_FALSE(get(promise.get_future()).isSuccess());
}

TEST_F(NetworkClientTest, WhatWasPostedUnderAnEarlierConsentIsNotSentUnderALaterOne) {
    clock_ = std::make_shared<ManualDeliveryClock>();
    script_.then(503, {{"Retry-After", "60"}});
    auto future = post();
    ASSERT_TRUE(script_.waitForSent(1));
    config_.consent.set(Consent::denied);
    config_.consent.set(Consent::granted);
    EXPECT_EQ(get(std::move(future)).error().code, ErrorCode::noConsent);
    EXPECT_EQ(script_.sent().size(), 1U);
}

}
}
