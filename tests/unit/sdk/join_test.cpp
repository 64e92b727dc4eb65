#include <string_view>

#include <gtest/gtest.h>
#include <sidespan/detail/join.h>

namespace sidespan::detail {
namespace {

TEST(TakeDecimal, TakesTheDigitsAtTheFront) {
    std::string_view text = "0042 spans";
    EXPECT_EQ(takeDecimal(text), 42U);
    EXPECT_EQ(text, " spans");
    EXPECT_EQ(takeDecimal(text), std::nullopt);
    EXPECT_EQ(text, " spans");
}

TEST(TakeDecimal, KnowsWhat64BitsHold) {
    std::string_view largest = "18446744073709551615";
    EXPECT_EQ(takeDecimal(largest), ~std::uint64_t{0});
    std::string_view larger = "18446744073709551616";
    EXPECT_EQ(takeDecimal(larger), std::nullopt);
    EXPECT_TRUE(larger.empty());
    std::string_view longer = "99999999999999999999999999999999999999999";
    EXPECT_EQ(takeDecimal(longer), std::nullopt);
}

TEST(TakeDecimal, TakesNoSign) {
    for (std::string_view text : {"-1", "+1", " 1", ""}) EXPECT_EQ(takeDecimal(text), std::nullopt) << text;
}

TEST(Decimal, ReadsBack) {
    for (const std::uint64_t number : {std::uint64_t{0}, std::uint64_t{10}, ~std::uint64_t{0}}) {
        const auto text = decimal(number);
        std::string_view rest = text;
        EXPECT_EQ(takeDecimal(rest), number);
    }
}

}
}
