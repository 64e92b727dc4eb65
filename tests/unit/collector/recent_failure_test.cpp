#include "api/recent_failure.h"

#include <gtest/gtest.h>

namespace sidespan::collector {
namespace {

TEST(RecentFailure, LastsUntilASuccessOrForTenSeconds) {
    using namespace std::chrono_literals;
    const RecentFailure::TimePoint start{100s};
    RecentFailure failure;
    EXPECT_FALSE(failure.isThere(start));
    failure.failed(start);
    EXPECT_TRUE(failure.isThere(start));
    EXPECT_TRUE(failure.isThere(start + 10s - 1ns));
    EXPECT_FALSE(failure.isThere(start + 10s));
    failure.failed(start + 20s);
    failure.succeeded();
    EXPECT_FALSE(failure.isThere(start + 20s));
}

}
}
