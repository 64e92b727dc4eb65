#include <sidespan_http_server/body_budget.h>

#include <gtest/gtest.h>

namespace sidespan::http_server {
namespace {

TEST(BodyBudget, RefusesWhatDoesNotFitAndGivesBackWhatIsDone) {
    BodyBudget budget(100);
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

TEST(BodyBudget, AMovedReservationIsGivenBackOnce) {
    BodyBudget budget(10);
    {
        auto first = budget.reserve();
        EXPECT_TRUE(first.grow(10));
        auto second = std::move(first);
        BodyBudget::Reservation third;
        third = std::move(second);
        EXPECT_FALSE(budget.reserve().grow(1));
    }
    EXPECT_TRUE(budget.reserve().grow(10));
    EXPECT_FALSE(budget.reserve().grow(11));
}

}
}
