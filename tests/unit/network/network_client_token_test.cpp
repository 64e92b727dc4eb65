#include <stdexcept>

#include "network_client_fixture.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

TEST_F(NetworkClientTest, FetchesWithTheSameTokenAndRetries) {
    config_.token = "secret";
    script_.then(503).then(200, {}, "a loop");
    std::promise<Result> promise;
    client().get("/loops/1", {{"Accept", "audio/flac"}},
                 [&](const auto& outcome) { promise.set_value(outcome); });
    const auto outcome = get(promise.get_future());
    ASSERT_TRUE(outcome.isSuccess());
    EXPECT_EQ(outcome.value().body, "a loop");
    const auto sent = script_.sent();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent.back().method, "GET");
    EXPECT_EQ(sent.back().header("Accept"), "audio/flac");
    EXPECT_EQ(sent.back().header("Authorization"), "Bearer secret");
    EXPECT_EQ(sent.back().header("Idempotency-Key"), "");
    EXPECT_EQ(sent.back().body, "");
}

TEST_F(NetworkClientTest, SendsItsTokenAndAsksForAnotherWhenItIsRefused) {
    config_.token = "old-secret";
    config_.tokenProvider = [] { return std::string("new-secret"); };
    script_.then(401);
    EXPECT_TRUE(get(post()).isSuccess());
    const auto sent = script_.sent();
    ASSERT_EQ(sent.size(), 2U);
    EXPECT_EQ(sent[0].header("Authorization"), "Bearer old-secret");
    EXPECT_EQ(sent[1].header("Authorization"), "Bearer new-secret");
}

TEST_F(NetworkClientTest, AsksTheTokenProviderOnceUntilATokenWorks) {
    int asked = 0;
    config_.token = "old";
    config_.tokenProvider = [&] { return "new" + std::to_string(++asked); };
    script_.otherwise(403);
    EXPECT_EQ(get(post()).error().code, ErrorCode::unauthorized);
    EXPECT_EQ(get(post()).error().code, ErrorCode::unauthorized);
    EXPECT_EQ(asked, 1);
    client().setToken("given");
    script_.otherwise(200);
    EXPECT_TRUE(get(post()).isSuccess());
    script_.otherwise(401);
    EXPECT_EQ(get(post()).error().code, ErrorCode::unauthorized);
    EXPECT_EQ(asked, 2);
    client().setToken("given, and refused");
    EXPECT_EQ(get(post()).error().code, ErrorCode::unauthorized);
    EXPECT_EQ(asked, 3) << "once more, since a token was set";
}

TEST_F(NetworkClientTest, SurvivesATokenProviderThatThrows) {
    config_.tokenProvider = []() -> std::string { throw std::runtime_error("no token"); };
    script_.then(401);
    EXPECT_EQ(get(post()).error().code, ErrorCode::unauthorized);
}

TEST_F(NetworkClientTest, NeverPutsTheTokenIntoAnError) {
    config_.token = "s3cr3t-token";
    script_.then(400, {}, "bad header: Authorization: Bearer s3cr3t-token");
    const auto outcome = get(post());
    EXPECT_EQ(outcome.error().message.find("s3cr3t"), std::string::npos) << outcome.error().message;
    EXPECT_FALSE(log_.mentions("s3cr3t"));
    EXPECT_TRUE(log_.mentions("bad header"));
}

TEST_F(NetworkClientTest, CutsNoTokenInTwoThatIsToBeHidden) {
    config_.token = "s3cr3t-token";
    script_.then(400, {}, std::string(194, '.') + "s3cr3t-token");
    const auto outcome = get(post());
    EXPECT_EQ(outcome.error().message.find("s3cr"), std::string::npos) << outcome.error().message;
    EXPECT_FALSE(log_.mentions("s3cr"));
}

TEST_F(NetworkClientTest, UsesNoTokenThatWouldEndItsHeader) {
    config_.token = "old";
    client().setToken("s3cr3t\r\nX-Evil: 1");
    EXPECT_EQ(log_.count(ErrorCode::invalidConfig), 1U);
    EXPECT_TRUE(get(post()).isSuccess());
    EXPECT_EQ(script_.sent().at(0).header("Authorization"), "Bearer old");
    EXPECT_FALSE(log_.mentions("s3cr3t"));
}

TEST_F(NetworkClientTest, SaysWhyATokenThatWasProvidedIsNotUsed) {
    config_.tokenProvider = [] { return std::string("s3cr3t\n"); };
    script_.then(401);
    EXPECT_EQ(get(post()).error().code, ErrorCode::unauthorized);
    EXPECT_EQ(script_.sent().at(0).header("Authorization"), "");
    EXPECT_TRUE(log_.mentions("newline"));
    EXPECT_FALSE(log_.mentions("s3cr3t"));
}

TEST_F(NetworkClientTest, ATokenTakesThePlaceOfTheUsersAuthorization) {
    config_.http.headers = {{"authorization", "Basic abc"}};
    EXPECT_TRUE(get(post()).isSuccess());
    EXPECT_EQ(script_.sent().at(0).header("Authorization"), "Basic abc");
    client().setToken("given");
    EXPECT_TRUE(get(post()).isSuccess());
    EXPECT_EQ(script_.sent().at(1).header("Authorization"), "Bearer given");
}

TEST_F(NetworkClientTest, EveryHopAndEveryTokenCountsInTheBudget) {
    config_.http.maxBytesPerDay = 2000;
    config_.token = "old";
    config_.tokenProvider = [] { return std::string("new"); };
    script_.then(307, {{"Location", "/moved"}}).then(401);
    EXPECT_TRUE(get(post(std::string(900, 'x'))).isSuccess());
    EXPECT_EQ(script_.sent().size(), 3U);
    EXPECT_GT(clock_->elapsed(), 0s);  // the third had to wait for another day
    EXPECT_EQ(script_.sent().at(2).header("Authorization"), "Bearer new");
}

}
}
