#include "accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan_http_server/access_tokens.h>

namespace loop_service {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class AccountsTest : public ::testing::Test {
protected:
    /// As a server decides that was given the token.
    [[nodiscard]] std::optional<std::string> userOf(const std::string& token) const {
        const auto caller = sidespan::http_server::AccessTokens("own-token", signer_, [this] {
                                return now_;
                            }).identify(token);
        return caller.mayEnter ? std::optional(caller.userId) : std::nullopt;
    }

    std::chrono::system_clock::time_point now_{1h};
    const sidespan::http_server::TokenSigner signer_{"the key of the test"};
    Accounts accounts_{
        {{"ann", "first secret"}, {"bob", "second secret"}}, signer_, 10min, [this] { return now_; }};
};

TEST_F(AccountsTest, SignsInWhoKnowsThePassword) {
    auto ann = accounts_.signIn("ann", "first secret");
    ASSERT_TRUE(ann);
    EXPECT_THAT(ann->userId, SizeIs(36));
    EXPECT_EQ(ann->lifetime, 10min);
    EXPECT_EQ(userOf(ann->token), ann->userId);
    auto again = accounts_.signIn("ann", "first secret");
    ASSERT_TRUE(again);
    EXPECT_EQ(again->userId, ann->userId);
    EXPECT_NE(again->token, ann->token);
    EXPECT_NE(accounts_.signIn("bob", "second secret")->userId, ann->userId);
}

TEST_F(AccountsTest, SignsInNobodyElse) {
    EXPECT_FALSE(accounts_.signIn("ann", "second secret"));
    EXPECT_FALSE(accounts_.signIn("ann", ""));
    EXPECT_FALSE(accounts_.signIn("ann", "first secret "));
    EXPECT_FALSE(accounts_.signIn("eve", "first secret"));
    EXPECT_FALSE(accounts_.signIn("", ""));
    EXPECT_FALSE(userOf(""));
    EXPECT_FALSE(userOf(std::string(64, 'a')));
}

TEST_F(AccountsTest, ATokenExpires) {
    auto token = accounts_.signIn("ann", "first secret")->token;
    now_ += 10min - 1s;
    EXPECT_TRUE(userOf(token));
    now_ += 1s;
    EXPECT_FALSE(userOf(token));
}

TEST_F(AccountsTest, ATokenIsRenewedUntilADayAfterItsEnd) {
    auto first = accounts_.signIn("ann", "first secret");
    now_ += 10min + Accounts::renewable - 1s;
    auto second = accounts_.refresh(first->token);
    ASSERT_TRUE(second);
    EXPECT_NE(second->token, first->token);
    EXPECT_EQ(userOf(second->token), first->userId);
    now_ += 1s;
    EXPECT_FALSE(accounts_.refresh(first->token));
    EXPECT_FALSE(accounts_.refresh(""));
}

TEST(Accounts, SaysWhatIsWrongWithAUser) {
    auto failure = [](const std::vector<User>& users) {
        try {
            Accounts accounts(users, sidespan::http_server::TokenSigner("the key of the test"), 1min, {});
        } catch (const std::runtime_error& error) {
            return std::string(error.what());
        }
        return std::string("taken");
    };
    EXPECT_THAT(failure({{"", "x"}}), HasSubstr("1 to 64 bytes"));
    EXPECT_THAT(failure({{std::string(65, 'a'), "x"}}), HasSubstr("65 bytes"));
    EXPECT_THAT(failure({{"\xff", "x"}}), HasSubstr("UTF-8"));
    EXPECT_THAT(failure({{"ann", ""}}), HasSubstr("\"ann\" needs a password"));
    EXPECT_THAT(failure({{"ann", "secret"}, {"ann", "other"}}), HasSubstr("\"ann\" is given twice"));
    EXPECT_EQ(failure({{"ann", "secret"}}), "taken");
}

}
}
