#include <gtest/gtest.h>

#include <sidespan/network/detail/request_budget.h>

namespace sidespan::detail {
namespace {

using namespace std::chrono_literals;

TEST(RequestBudget, IsRenewedEachDay) {
    const auto noon = std::chrono::sys_days{std::chrono::year{2026} / 1 / 2} + 12h;
    RequestBudget budget(100);
    EXPECT_TRUE(budget.take(60, noon));
    EXPECT_FALSE(budget.take(60, noon));
    EXPECT_TRUE(budget.take(40, noon));
    EXPECT_EQ(RequestBudget::untilTomorrow(noon), 12h);
    EXPECT_TRUE(budget.take(60, noon + 12h));
}

TEST(RequestBudget, LetsTheFirstRequestOfADayPassHoweverLarge) {
    RequestBudget budget(100);
    EXPECT_TRUE(budget.take(1000, {}));
    EXPECT_FALSE(budget.take(1, {}));
}

TEST(RequestBudget, TakesBackWhatWasNotSent) {
    RequestBudget budget(100);
    EXPECT_TRUE(budget.take(90, {}));
    EXPECT_FALSE(budget.take(90, {}));
    budget.giveBack(80, {});
    EXPECT_TRUE(budget.take(90, {}));
    budget.giveBack(1000, {});
    EXPECT_TRUE(budget.take(100, {}));
}

}
}
