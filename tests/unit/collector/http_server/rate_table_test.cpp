#include <sidespan_http_server/rate_table.h>

#include <gtest/gtest.h>
#include <sidespan_http_server/request_limiter.h>

namespace sidespan::http_server {
namespace {

using namespace std::chrono_literals;

class RateTableTest : public ::testing::Test {
protected:
    RateTable::Now clock() {
        return [this] { return now_; };
    }
    RateTable::Clock::time_point now_{};
};

TEST_F(RateTableTest, HoldsAMinuteAndFillsUp) {
    RateTable table(60, 10, clock());
    for (int i = 0; i < 60; ++i) EXPECT_FALSE(table.take("a")) << i;
    EXPECT_EQ(table.take("a"), 1s);
    EXPECT_FALSE(table.take("b")) << "each key has its own";
    now_ += 999ms;
    EXPECT_EQ(table.take("a"), 1s);
    now_ += 1ms;
    EXPECT_FALSE(table.take("a"));
    EXPECT_TRUE(table.take("a"));
    now_ += 24h;
    for (int i = 0; i < 60; ++i) EXPECT_FALSE(table.take("a")) << i;
    EXPECT_TRUE(table.take("a")) << "a day brings no more than a minute's worth";
}

TEST_F(RateTableTest, WhatCostsMoreIsOwed) {
    RateTable table(60, 10, clock());
    EXPECT_FALSE(table.take("a", 100));
    EXPECT_EQ(table.take("a"), 41s);
    now_ += 41s;
    EXPECT_FALSE(table.take("a"));
    table.charge("a", 5);
    EXPECT_EQ(table.take("a"), 6s);
}

TEST_F(RateTableTest, ForgetsWhatWasUsedLongestAgo) {
    RateTable table(1, 3, clock());
    for (const auto* key : {"a", "b", "c"}) EXPECT_FALSE(table.take(key));
    EXPECT_TRUE(table.take("a")) << "and makes it the last used";
    EXPECT_FALSE(table.take("d"));
    EXPECT_EQ(table.size(), 3);
    EXPECT_TRUE(table.take("a"));
    EXPECT_FALSE(table.take("b")) << "forgotten for d";
    RateTable many(1, RateTable::defaultMostKeys, clock());
    for (int i = 0; i < 40'000; ++i) static_cast<void>(many.take(std::to_string(i)));
    EXPECT_EQ(many.size(), RateTable::defaultMostKeys);
}

TEST_F(RateTableTest, WithoutALimitCountsNothing) {
    RateTable table(0, 10, clock());
    for (int i = 0; i < 100; ++i) EXPECT_FALSE(table.take("a", 1'000));
    EXPECT_EQ(table.size(), 0);
}

TEST_F(RateTableTest, RequestsAreCountedByAddressTokenAndInstallation) {
    RequestLimiter limiter({.perAddress = 2, .perToken = 3, .perInstallation = 1}, clock());
    EXPECT_FALSE(limiter.takeAddress("203.0.113.7", 0));
    EXPECT_FALSE(limiter.takeAddress("203.0.113.7", 65'535));
    EXPECT_EQ(limiter.takeAddress("203.0.113.7", 0), 30s);
    EXPECT_FALSE(limiter.takeAddress("203.0.113.8", 65'536)) << "counts as two";
    EXPECT_TRUE(limiter.takeAddress("203.0.113.8", 0));
    EXPECT_FALSE(limiter.takeAddress("2001:db8::1", 65'536));
    EXPECT_TRUE(limiter.takeAddress("2001:db8::ffff:2", 0)) << "the same site";
    for (int i = 0; i < 10; ++i) {
        EXPECT_FALSE(limiter.takeAddress("127.0.0.1", 0)) << "this machine";
        EXPECT_FALSE(limiter.takeToken("", 0));
        EXPECT_FALSE(limiter.takeInstallation("", 0));
        EXPECT_FALSE(limiter.takeInstallation(std::string(65, 'a'), 0));
    }
    EXPECT_FALSE(limiter.takeInstallation("abc", 0));
    EXPECT_EQ(limiter.takeInstallation("abc", 0), 60s);
    limiter.chargeBody("203.0.113.9", "token", "", 10 * 65'536);
    EXPECT_TRUE(limiter.takeToken("token", 0));
    EXPECT_TRUE(limiter.takeAddress("203.0.113.9", 0));
}

}
}
