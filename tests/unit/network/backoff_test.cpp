#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include <sidespan/network/detail/backoff.h>

namespace sidespan::detail {
namespace {

using namespace std::chrono_literals;

TEST(Backoff, StaysWithinItsDoublingCeiling) {
    const Config::Retry limits{.initialBackoff = 100ms, .maxBackoff = 1000ms};
    const Backoff::Time now{};
    for (int run = 0; run < 50; ++run) {
        Backoff backoff(limits);
        EXPECT_LE(backoff.opensAt(), now);
        for (const auto ceiling : {100ms, 200ms, 400ms, 800ms, 1000ms, 1000ms}) {
            backoff.fail(now);
            EXPECT_GE(backoff.opensAt(), now);
            EXPECT_LE(backoff.opensAt() - now, ceiling);
        }
    }
}

TEST(Backoff, SpreadsOverTheWholeInterval) {
    std::vector<Backoff::Time::duration> waits;
    for (int run = 0; run < 200; ++run) {
        Backoff backoff({.initialBackoff = 1000ms, .maxBackoff = 1000ms});
        backoff.fail({});
        waits.push_back(backoff.opensAt() - Backoff::Time{});
    }
    EXPECT_LT(std::ranges::min(waits), 200ms);
    EXPECT_GT(std::ranges::max(waits), 800ms);
}

TEST(Backoff, NeverOverflows) {
    Backoff backoff({.initialBackoff = 1h, .maxBackoff = 24h});
    for (int i = 0; i < 1000; ++i) backoff.fail({});
    EXPECT_LE(backoff.opensAt() - Backoff::Time{}, 24h);
    EXPECT_GE(backoff.opensAt() - Backoff::Time{}, 0h);
}

TEST(Backoff, HurryingObeysTheServerAlone) {
    Backoff backoff({.initialBackoff = 1h, .maxBackoff = 1h});
    backoff.fail({}, Backoff::Time{} + 5s);
    backoff.retryNow();
    EXPECT_EQ(backoff.opensAt(), Backoff::Time{} + 5s);
    backoff.succeed();
    EXPECT_LE(backoff.opensAt(), Backoff::Time{});
    EXPECT_EQ(backoff.failures(), 0U);
}

}
}
