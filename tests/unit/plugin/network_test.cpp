#include "network.h"

#include <clocale>
#include <future>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "support/comma_locale.h"
#include "support/fault_server.h"

namespace loopshare {
namespace {

using namespace std::chrono_literals;
using sidespan::ErrorCode;
using sidespan::Outcome;
using sidespan::test::FaultServer;
using namespace sidespan::test::faults;

/// What a request came to, as its callback says.
class Result {
public:
    [[nodiscard]] Network::Callback callback() const {
        return [promise = promise_](const Outcome<Answer>& outcome) { promise->set_value(outcome); };
    }
    Outcome<Answer> wait() {
        auto future = promise_->get_future();
        if (future.wait_for(20s) == std::future_status::ready) return future.get();
        return sidespan::Error{ErrorCode::timeout, "the callback was not called"};
    }

private:
    std::shared_ptr<std::promise<Outcome<Answer>>> promise_ =
        std::make_shared<std::promise<Outcome<Answer>>>();
};

TEST(Network, PostsAndGivesTheAnswer) {
    FaultServer server;
    server.then(answer(200, "made", {{"X-Other", "1"}, {"X-Server-Time", "2.5"}}));
    Network network(server.url(), "secret");
    std::string body(100'000, '\0');
    for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 7);
    Result result;
    network.post("/upload", body, {{"Content-Type", "audio/flac"}, {"X-File-Name", "loop"}},
                 result.callback());
    const auto outcome = result.wait();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome.value().status, 200);
    EXPECT_EQ(outcome.value().body, "made");
    EXPECT_EQ(outcome.value().serverMs, 2.5);
    const auto request = server.requests().at(0);
    EXPECT_EQ(request.method, "POST");
    EXPECT_EQ(request.target, "/upload");
    EXPECT_EQ(request.body, body);
    EXPECT_EQ(request.header("content-type"), "audio/flac");
    EXPECT_EQ(request.header("x-file-name"), "loop");
    EXPECT_EQ(request.header("authorization"), "Bearer secret");
}

TEST(Network, ReadsTheServersTimeInALocaleOfCommas) {
    const sidespan::test::CommaLocale locale;
    if (!locale.isThere) GTEST_SKIP() << "needs localedef";
    EXPECT_STREQ(std::localeconv()->decimal_point, ",");
    FaultServer server;
    server.then(answer(200, "", {{"X-Server-Time", "2.5"}}));
    Network network(server.url());
    Result result;
    network.get("/", {}, result.callback());
    const auto outcome = result.wait();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome.value().serverMs, 2.5);
}

TEST(Network, TakesNoAnswerOfAnySize) {
    FaultServer server;
    server.otherwise(hugeBody(std::size_t{80} << 20U));
    Network network(server.url());
    Result result;
    network.get("/", {}, result.callback());
    const auto outcome = result.wait();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::tooLarge) << outcome.error().message;
}

TEST(Network, TakesNoServerTimeThatIsNoNumber) {
    for (const auto* const time : {"nan", "inf", "-inf", "", "1e999"}) {
        FaultServer server;
        server.then(answer(200, "", {{"X-Server-Time", time}}));
        Network network(server.url());
        Result result;
        network.get("/", {}, result.callback());
        const auto outcome = result.wait();
        ASSERT_TRUE(outcome) << outcome.error().message;
        EXPECT_LT(outcome.value().serverMs, 0) << time;
    }
}

TEST(Network, FetchesWithTheTokenItWasGivenLast) {
    FaultServer server;
    server.then(answer(200, "a loop"));
    Network network(server.url());
    network.setToken("fresh");
    Result result;
    network.get("/loops?limit=1", {{"traceparent", "00-1-2-01"}}, result.callback());
    const auto outcome = result.wait();
    ASSERT_TRUE(outcome) << outcome.error().message;
    EXPECT_EQ(outcome.value().body, "a loop");
    const auto request = server.requests().at(0);
    EXPECT_EQ(request.method, "GET");
    EXPECT_EQ(request.target, "/loops?limit=1");
    EXPECT_EQ(request.header("authorization"), "Bearer fresh");
    EXPECT_EQ(request.header("traceparent"), "00-1-2-01");
}

TEST(Network, TellsRefusalsApart) {
    const std::pair<int, ErrorCode> refusals[] = {
        {401, ErrorCode::unauthorized}, {404, ErrorCode::rejected}, {413, ErrorCode::tooLarge}};
    for (const auto& [status, code] : refusals) {
        FaultServer server;
        server.otherwise(answer(status));
        Network network(server.url());
        Result result;
        network.get("/", {}, result.callback());
        const auto outcome = result.wait();
        ASSERT_FALSE(outcome) << status;
        EXPECT_EQ(outcome.error().code, code) << status;
    }
}

TEST(Network, SaysThatNobodyAnswers) {
    FaultServer server;
    server.refuse();
    Network network(server.url());
    Result result;
    network.get("/", {}, result.callback());
    const auto outcome = result.wait();
    ASSERT_FALSE(outcome);
    EXPECT_TRUE(outcome.error().code == ErrorCode::network || outcome.error().code == ErrorCode::unavailable);
}

TEST(Network, SendsItsTokenNowhereElse) {
    FaultServer elsewhere;
    for (const int status : {302, 307}) {
        FaultServer server;
        server.otherwise(answer(status, "", {{"Location", elsewhere.url() + "/loops"}}));
        Network network(server.url(), "secret");
        Result got;
        Result posted;
        network.get("/loops", {}, got.callback());
        network.post("/upload", "sound", {}, posted.callback());
        EXPECT_FALSE(got.wait()) << status;
        EXPECT_FALSE(posted.wait()) << status;
    }
    EXPECT_EQ(elsewhere.connectionCount(), 0U);
}

TEST(Network, GivesUpEverythingWhenCancelled) {
    FaultServer server;
    server.otherwise(silent());
    Network network(server.url());
    Result first;
    Result second;
    network.post("/1", "body", {}, first.callback());
    network.post("/2", "body", {}, second.callback());
    while (server.requestCount() == 0) std::this_thread::yield();
    network.cancel();
    for (auto* result : {&first, &second}) {
        const auto outcome = result->wait();
        ASSERT_FALSE(outcome);
        EXPECT_EQ(outcome.error().code, ErrorCode::cancelled);
    }
    server.otherwise(answer(200));
    Result third;
    network.get("/3", {}, third.callback());
    EXPECT_TRUE(third.wait());
}

TEST(Network, GivesUpWhenItIsDestroyed) {
    FaultServer server;
    server.otherwise(silent());
    Result result;
    {
        Network network(server.url());
        network.get("/", {}, result.callback());
        while (server.requestCount() == 0) std::this_thread::yield();
    }
    const auto outcome = result.wait();
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, ErrorCode::cancelled);
}

TEST(Network, GivesUpARequestAtAnyMoment) {
    FaultServer server;
    server.otherwise(silent());
    for (int turns = 0; turns < 100; ++turns) {
        Network network(server.url());
        Result result;
        network.get("/", {}, result.callback());
        // Not a yield, which may cost a slice of time on a loaded machine.
        for (int i = 0; i < 20 * turns; ++i) static_cast<void>(server.requestCount());
        network.cancel();
        const auto outcome = result.wait();
        ASSERT_FALSE(outcome);
        ASSERT_EQ(outcome.error().code, ErrorCode::cancelled) << turns;
    }
}

}
}
