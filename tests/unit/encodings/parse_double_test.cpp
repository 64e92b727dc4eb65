#include <sidespan/json/parse_double.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace {

using sidespan::parseDouble;

TEST(ParseDouble, ReadsTheNearestDoubleOfEverySize) {
    std::mt19937_64 random(31);
    for (int i = 0; i < 20'000; ++i) {
        // Every second one is subnormal.
        const auto bits = i % 2 == 0 ? random() : random() & 0x800f'ffff'ffff'ffffU;
        const auto number = std::bit_cast<double>(bits);
        if (!std::isfinite(number) || number == 0) continue;
        const auto text = fmt::format("{:.17g}", number);
        const auto read = parseDouble(text);
        ASSERT_TRUE(read) << text;
        ASSERT_EQ(std::bit_cast<std::uint64_t>(*read), bits) << text;
    }
    EXPECT_EQ(parseDouble("5e-324"), std::numeric_limits<double>::denorm_min());
    EXPECT_EQ(parseDouble("1.7976931348623157e308"), std::numeric_limits<double>::max());
}

TEST(ParseDouble, ReadsEverySpelling) {
    EXPECT_EQ(parseDouble("12"), 12);
    EXPECT_EQ(parseDouble("-0.5"), -0.5);
    EXPECT_EQ(parseDouble("1.25E+2"), 125);
    EXPECT_EQ(parseDouble("0"), 0);
    EXPECT_TRUE(std::signbit(parseDouble("-0.0").value_or(1)));
}

TEST(ParseDouble, ReadsNothingElse) {
    for (const auto* text : {"", " 1", "1 ", "+1", "0x10", "1,5", "1.5.2", "1-2", "inf", "nan", "-", ".",
                             "e5", "1e999", "-1e999", "1e-999"}) {
        EXPECT_FALSE(parseDouble(text)) << text;
    }
}

}
