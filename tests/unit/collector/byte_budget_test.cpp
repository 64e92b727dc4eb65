#include "byte_budget.h"

#include <gtest/gtest.h>

namespace sidespan::collector {
namespace {

TEST(ByteBudget, RefusesWhatDoesNotFitAndGivesBackWhatIsDone) {
    ByteBudget budget(100);
    auto first = budget.reserve();
    EXPECT_TRUE(first.grow(60));
    {
        auto second = budget.reserve();
        EXPECT_TRUE(second.grow(40));
        EXPECT_FALSE(second.grow(1));
    }
    EXPECT_TRUE(first.grow(40));
    EXPECT_FALSE(first.grow(1));
}

TEST(ByteBudget, AMovedReservationIsGivenBackOnce) {
    ByteBudget budget(10);
    {
        auto first = budget.reserve();
        EXPECT_TRUE(first.grow(10));
        auto second = std::move(first);
        ByteBudget::Reservation third;
        third = std::move(second);
        EXPECT_FALSE(budget.reserve().grow(1));
    }
    EXPECT_TRUE(budget.reserve().grow(10));
    EXPECT_FALSE(budget.reserve().grow(11));
}

}
}
