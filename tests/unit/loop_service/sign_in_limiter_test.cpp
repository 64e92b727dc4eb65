#include "sign_in_limiter.h"

#include <gtest/gtest.h>

namespace loop_service {
namespace {

using namespace std::chrono_literals;

class SignInLimiterTest : public ::testing::Test {
protected:
    SignInLimiterTest() {
        limits_.failedSignInsPerUser = 2;
        limits_.failedSignInsPerAddress = 4;
    }
    void fail(const std::string& user, const std::string& address, int times) {
        for (int i = 0; i < times; ++i) limiter_.countFailure(user, address);
    }

    LoopLimits limits_;
    SignInLimiter::Clock::time_point now_{1h};
    SignInLimiter limiter_{limits_, [this] { return now_; }};
};

TEST_F(SignInLimiterTest, HoldsBackOneUserFromOneAddressForTheRestOfTheMinute) {
    fail("ann", "10.0.0.1", 1);
    EXPECT_FALSE(limiter_.mustWait("ann", "10.0.0.1"));
    now_ += 20s;
    fail("ann", "10.0.0.1", 1);
    EXPECT_EQ(limiter_.mustWait("ann", "10.0.0.1"), 40s);
    EXPECT_FALSE(limiter_.mustWait("bob", "10.0.0.1"));
    EXPECT_FALSE(limiter_.mustWait("ann", "10.0.0.2")) << "nobody else can lock ann out";
    now_ += 40s;
    EXPECT_FALSE(limiter_.mustWait("ann", "10.0.0.1"));
}

TEST_F(SignInLimiterTest, HoldsBackAnAddressThatTriesManyUsers) {
    for (const char* user : {"a", "b", "c", "d"}) fail(user, "10.0.0.1", 1);
    EXPECT_TRUE(limiter_.mustWait("e", "10.0.0.1"));
    EXPECT_FALSE(limiter_.mustWait("e", "10.0.0.2"));
}

TEST_F(SignInLimiterTest, KeepsABoundedNumberOfCounts) {
    for (std::size_t i = 0; i < 3 * SignInLimiter::mostCounts; ++i) fail(std::to_string(i), "10.0.0.1", 1);
    EXPECT_LE(limiter_.counts(), SignInLimiter::mostCounts + 1);
}

}
}
