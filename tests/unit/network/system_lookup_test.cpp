#include "name_lookup.h"

#include <array>

#include "support/name_lookups.h"

namespace sidespan::test {
namespace {

// A query that the C library has begun cannot be cancelled.
TEST(SystemLookup, LeavesAtMostFourQuestionsWithTheCLibrary) {
    std::array<std::unique_ptr<detail::NameLookup>, 3> lookups;
    {
        const NameServer silent;
        for (auto& lookup : lookups) lookup = SystemNames::lookup(silent);
        for (int asked = 2; asked <= 4; asked += 2) {
            auto& lookup = *lookups.at(asked == 2 ? 0 : 1);
            ASSERT_TRUE(lookup.start("telemetry.example.com").isSuccess());
            EXPECT_TRUE(eventually([&] { return sidespanQuestionsAsked() == asked; }));
            lookup.giveUp();
            EXPECT_EQ(detail::systemQuestionsUnderWay(), asked);
        }
        const auto refused = lookups[2]->start("telemetry.example.com");
        ASSERT_FALSE(refused.isSuccess());
        EXPECT_EQ(refused.error().message,
                  "telemetry.example.com is not looked up: the system's resolver has not answered earlier "
                  "questions");
    }
    lookups[0].reset();
    EXPECT_TRUE(eventually([&] { return lookups[2]->start("telemetry.example.com").isSuccess(); }));
}

}
}
