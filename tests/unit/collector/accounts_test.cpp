#include "accounts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidespan::collector {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class AccountsTest : public ::testing::Test {
protected:
    std::chrono::steady_clock::time_point now_{1h};
    Accounts accounts_{{{"ann", "first secret"}, {"bob", "second secret"}}, 10min, [this] { return now_; }};
};

TEST_F(AccountsTest, SignsInWhoKnowsThePassword) {
    auto ann = accounts_.signIn("ann", "first secret");
    ASSERT_TRUE(ann);
    EXPECT_THAT(ann->token, SizeIs(64));
    EXPECT_EQ(ann->lifetime, 10min);
    EXPECT_EQ(accounts_.userOf(ann->token), ann->userId);
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
    EXPECT_FALSE(accounts_.userOf(""));
    EXPECT_FALSE(accounts_.userOf(std::string(64, 'a')));
}

TEST_F(AccountsTest, ATokenExpires) {
    auto token = accounts_.signIn("ann", "first secret")->token;
    now_ += 10min - 1ns;
    EXPECT_TRUE(accounts_.userOf(token));
    now_ += 1ns;
    EXPECT_FALSE(accounts_.userOf(token));
}

TEST_F(AccountsTest, ATokenIsRenewedUntilADayAfterItsEnd) {
    auto first = accounts_.signIn("ann", "first secret");
    now_ += 10min + Accounts::renewable - 1ns;
    auto second = accounts_.refresh(first->token);
    ASSERT_TRUE(second);
    EXPECT_NE(second->token, first->token);
    EXPECT_EQ(accounts_.userOf(second->token), first->userId);
    now_ += 1ns;
    EXPECT_FALSE(accounts_.refresh(first->token));
    EXPECT_FALSE(accounts_.refresh(""));
}

TEST_F(AccountsTest, HoldsABoundedNumberOfTokens) {
    auto first = accounts_.signIn("ann", "first secret")->token;
    for (std::size_t i = 0; i + 1 < Accounts::mostTokens; ++i) ASSERT_TRUE(accounts_.refresh(first));
    EXPECT_TRUE(accounts_.userOf(first));
    ASSERT_TRUE(accounts_.refresh(first));
    EXPECT_FALSE(accounts_.userOf(first));
}

TEST(Accounts, SaysWhatIsWrongWithAUser) {
    auto failure = [](const std::vector<User>& users) {
        try {
            Accounts accounts(users, 1min, {});
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

TEST(Secrets, ComparesWholeTexts) {
    EXPECT_TRUE(equalConstantTime("abc", "abc"));
    EXPECT_FALSE(equalConstantTime("abc", "abd"));
    EXPECT_FALSE(equalConstantTime("abc", "ab"));
    EXPECT_FALSE(equalConstantTime("", "a"));
}

}
}
