#include "account.h"

#include "loop_share_fixture.h"

namespace loopshare::testing {
namespace {

using sidespan::ErrorCode;
using sidespan::test::faults::answer;

constexpr auto good = R"({"token":"first","expiresInSeconds":3600,"userId":"user-1"})";
constexpr auto renewed = R"({"token":"second","expiresInSeconds":3600,"userId":"user-1"})";

class AccountTest : public LoopShareTest {
protected:
    bool settled() {
        return eventually([&] { return !session_->account().status().isBusy; });
    }

    void signIn(const char* body) {
        server_.then(answer(200, body));
        session_->account().signIn("ada", "lovelace");
        ASSERT_TRUE(settled());
    }

    std::shared_ptr<Session> session_ = session();
};

TEST_F(AccountTest, SignsInAndSendsTheTokenFromThenOn) {
    signIn(good);
    const auto status = session_->account().status();
    EXPECT_EQ(status.who.user, "ada");
    EXPECT_EQ(status.who.userId, "user-1");
    EXPECT_EQ(session_->token(), "first");
    EXPECT_EQ(request("/api/v1/auth/sign-in").body, R"({"user": "ada", "password": "lovelace"})");

    server_.then(answer(200, R"({"loops":[]})"));
    session_->feed().refresh();
    ASSERT_TRUE(eventually([&] { return session_->feed().status().version == 1; }));
    EXPECT_EQ(request("/api/v1/audio/loops?limit=50").header("authorization"), "Bearer first");
}

TEST_F(AccountTest, StaysSignedInTheNextTime) {
    signIn(good);
    session_.reset();
    EXPECT_EQ(Session::shared()->account().status().who.token, "first");
}

TEST_F(AccountTest, SaysThatThePasswordIsWrong) {
    server_.then(answer(401)).then(answer(401));
    session_->account().signIn("ada", "byron");
    ASSERT_TRUE(settled());
    const auto status = session_->account().status();
    ASSERT_TRUE(status.error);
    EXPECT_EQ(status.error->code, ErrorCode::unauthorized);
    EXPECT_TRUE(status.who.token.isEmpty());
    EXPECT_FALSE(status.traceId.empty());
}

TEST_F(AccountTest, RenewsATokenThatSoonExpires) {
    signIn(good);
    auto& account = session_->account();
    const auto now = juce::Time::getCurrentTime();
    account.refreshIfDue(now + juce::RelativeTime::minutes(40));
    EXPECT_FALSE(account.status().isBusy);

    server_.then(answer(200, renewed));
    account.refreshIfDue(now + juce::RelativeTime::minutes(50));
    ASSERT_TRUE(settled());
    EXPECT_EQ(session_->token(), "second");
    EXPECT_EQ(account.status().who.user, "ada");
    EXPECT_EQ(request("/api/v1/auth/refresh").header("authorization"), "Bearer first");
}

TEST_F(AccountTest, StaysSignedOutWhenATokenWasUnderWay) {
    signIn(good);
    server_.then([this](sidespan::test::Exchange& exchange) {
        exchange.read();
        session_->account().signOut();
        exchange.answer(200, renewed, {});
    });
    session_->account().refreshIfDue(juce::Time::getCurrentTime() + juce::RelativeTime::minutes(50));
    ASSERT_TRUE(settled());
    EXPECT_EQ(session_->token(), "");
    EXPECT_TRUE(Settings(settingsFile()).signedIn(server_.url()).token.isEmpty());
}

TEST_F(AccountTest, StaysSignedOutWhenASignInWasUnderWay) {
    server_.then([this](sidespan::test::Exchange& exchange) {
        exchange.read();
        session_->account().signOut();
        exchange.answer(200, good, {});
    });
    session_->account().signIn("ada", "lovelace");
    ASSERT_TRUE(settled());
    EXPECT_EQ(session_->token(), "");
    EXPECT_TRUE(session_->account().status().who.token.isEmpty());
    EXPECT_TRUE(Settings(settingsFile()).signedIn(server_.url()).token.isEmpty());
}

TEST_F(AccountTest, TheLastSignInCountsAlthoughOneBeforeItIsAnsweredLater) {
    server_.then(answer(503)).then(answer(200, renewed)).then(answer(200, good));
    session_->account().signIn("ada", "lovelace");
    ASSERT_TRUE(server_.waitForRequests(1));
    session_->account().signIn("grace", "hopper");
    ASSERT_TRUE(settled());
    EXPECT_EQ(server_.requests().size(), 3U);
    EXPECT_EQ(session_->account().status().who.user, "grace");
    EXPECT_EQ(session_->token(), "second");
}

TEST_F(AccountTest, LeavesWhoeverSignedInElsewhereMeanwhile) {
    const SignedIn other{"grace", "user-2", "hers", juce::Time::currentTimeMillis() + 3'600'000};
    for (const auto& [status, body] : {std::pair(200, renewed), {401, ""}}) {
        signIn(good);
        server_.otherwise([=, this, code = status, text = body](sidespan::test::Exchange& exchange) {
            exchange.read();
            Settings(settingsFile()).setSignedIn(server_.url(), other);
            exchange.answer(code, text, {});
        });
        session_->account().refreshIfDue(juce::Time::getCurrentTime() + juce::RelativeTime::minutes(50));
        ASSERT_TRUE(settled());
        EXPECT_EQ(session_->account().status().who, other);
        EXPECT_EQ(session_->token(), "hers");
        EXPECT_FALSE(session_->account().status().error);
        EXPECT_EQ(Settings(settingsFile()).signedIn(server_.url()), other);
    }
}

TEST_F(AccountTest, SignsOutWhenTheTokenCannotBeRenewed) {
    signIn(good);
    server_.then(answer(401)).then(answer(401));
    session_->account().refreshIfDue(juce::Time::getCurrentTime() + juce::RelativeTime::hours(2));
    ASSERT_TRUE(settled());
    EXPECT_EQ(session_->token(), "");
    ASSERT_TRUE(session_->account().status().error);
    EXPECT_EQ(session_->account().status().error->asked, Asked::anything);
    EXPECT_TRUE(Settings(settingsFile()).signedIn(server_.url()).token.isEmpty());
}

TEST_F(AccountTest, TriesARenewalAgainAfterLongerAndLonger) {
    signIn(good);
    server_.otherwise(answer(400));
    auto& account = session_->account();
    const auto begin = juce::Time::getCurrentTime() + juce::RelativeTime::minutes(50);
    const auto before = server_.requestCount();
    for (int second = 0; second < 200; second += 3) {
        account.refreshIfDue(begin + juce::RelativeTime(second));
        ASSERT_TRUE(settled());
    }
    EXPECT_EQ(server_.requestCount() - before, 5U);  // after 0, 10, 30, 70 and 150 seconds
    EXPECT_EQ(session_->token(), "first");
    EXPECT_FALSE(account.status().error);
}

TEST_F(AccountTest, TakesNoAnswerWithoutAToken) {
    signIn(R"({"token":"","expiresInSeconds":3600})");
    EXPECT_TRUE(session_->account().status().error);
    EXPECT_EQ(session_->token(), "");
}

TEST_F(AccountTest, TakesNoTokenThatIsNone) {
    for (const auto* const body :
         {R"({"token":"a
X-Evil: 1","expiresInSeconds":3600})",
          R"({"token":"a b","expiresInSeconds":3600})", R"({"token":{"a":1},"expiresInSeconds":3600})",
          R"({"token":7,"expiresInSeconds":3600})", R"({"token":"first","expiresInSeconds":-1})",
          R"({"token":"first","expiresInSeconds":"x"})", R"({"token":"first","expiresInSeconds":0})",
          R"({"token":"first"})", "[[[[[[", "null", ""}) {
        signIn(body);
        ASSERT_TRUE(session_->account().status().error) << body;
        EXPECT_TRUE(session_->account().status().error->isNonsense) << body;
        EXPECT_EQ(session_->token(), "") << body;
    }
    signIn((R"({"token":")" + std::string(100'000, 'x') + R"(","expiresInSeconds":3600})").c_str());
    EXPECT_EQ(session_->token(), "");
}

TEST_F(AccountTest, TakesATokenThatLastsForEverForOneOfSomeYears) {
    signIn(R"({"token":"first","expiresInSeconds":1e300})");
    const auto status = session_->account().status();
    EXPECT_EQ(status.who.token, "first");
    EXPECT_GT(status.who.expiresMs, juce::Time::currentTimeMillis());
}

TEST_F(AccountTest, RenewsATokenThatLastsASecondNowAndThen) {
    signIn(R"({"token":"first","expiresInSeconds":1})");
    server_.otherwise(answer(200, R"({"token":"next","expiresInSeconds":1})"));
    auto& account = session_->account();
    const auto before = server_.requestCount();
    for (int i = 0; i < 100; ++i) {
        account.refreshIfDue(juce::Time::getCurrentTime());
        ASSERT_TRUE(settled());
    }
    EXPECT_LE(server_.requestCount() - before, 1U);
}

TEST_F(AccountTest, IsTracedWithoutNameOrPassword) {
    signIn(good);
    EXPECT_EQ(lastOperation(*session_), "account.sign_in network.post");
    static_cast<void>(session_->recorder().flush(std::chrono::seconds(10)));
    const auto sent = request("/api/v1/telemetry/spans").body;
    EXPECT_NE(sent.find("account.sign_in"), std::string::npos);
    EXPECT_EQ(sent.find("lovelace"), std::string::npos);
    EXPECT_EQ(sent.find("\"ada\""), std::string::npos);
}

}
}
