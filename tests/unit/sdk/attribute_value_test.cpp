#include <bit>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/attribute_value.h>

namespace {

using namespace std::string_literals;
using sidespan::AttributeValue;
using sidespan::AttributeValueView;

TEST(AttributeValue, HoldsOneOfFourTypes) {
    EXPECT_TRUE(AttributeValue("a").isString());
    EXPECT_EQ(*AttributeValue("a"s).asString(), "a");
    EXPECT_EQ(*AttributeValue(std::string_view("a")).asString(), "a");
    EXPECT_EQ(*AttributeValue(42).asInt(), 42);
    EXPECT_EQ(*AttributeValue(std::uint8_t{7}).asInt(), 7);
    EXPECT_EQ(*AttributeValue(0.5F).asDouble(), 0.5);
    EXPECT_EQ(*AttributeValue(true).asBool(), true);
    EXPECT_TRUE(AttributeValue().isString());
    EXPECT_EQ(AttributeValue(true).asInt(), nullptr);
    EXPECT_EQ(AttributeValue(1).asBool(), nullptr);
    EXPECT_EQ(AttributeValue("1").asDouble(), nullptr);
    EXPECT_EQ(AttributeValue(1).asString(), nullptr);
}

TEST(AttributeValue, HoldsAnArrayOfOneOfFourTypes) {
    EXPECT_EQ(*AttributeValue(std::vector{"a", "b"}).asStrings(), (std::vector{"a"s, "b"s}));
    EXPECT_EQ(*AttributeValue(std::vector<std::uint8_t>{1, 2}).asInts(), (std::vector<std::int64_t>{1, 2}));
    EXPECT_EQ(*AttributeValue(std::vector{0.5F}).asDoubles(), std::vector{0.5});
    EXPECT_EQ(*AttributeValue(std::vector{true, false}).asBools(), (std::vector{true, false}));
    EXPECT_TRUE(AttributeValue(std::vector{1}).isArray());
    EXPECT_FALSE(AttributeValue("a").isArray() || AttributeValue(true).isArray());
    EXPECT_EQ(AttributeValue(std::vector<int>()), AttributeValue(std::vector<std::string>()));
    EXPECT_NE(AttributeValue(std::vector{1}), AttributeValue(std::vector{1.0}));
    EXPECT_NE(AttributeValue(std::vector{1}), AttributeValue(1));
}

TEST(AttributeValue, HoldsAsTextWhatNoNumberOfItsOwnHolds) {
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    EXPECT_EQ(AttributeValue(most), "18446744073709551615");
    EXPECT_EQ(*AttributeValue(most >> 1U).asInt(), std::numeric_limits<std::int64_t>::max());
    EXPECT_EQ(AttributeValue('x'), "x");
}

TEST(AttributeValue, ComparesTypeAndContent) {
    EXPECT_EQ(AttributeValue("flac"), "flac");
    EXPECT_EQ(AttributeValue("flac"), "flac"s);
    EXPECT_EQ(AttributeValue("flac"), std::string_view("flac"));
    EXPECT_EQ(AttributeValue(128), AttributeValue(128L));
    EXPECT_NE(AttributeValue(128), AttributeValue("128"));
    EXPECT_NE(AttributeValue(128), "128");
    EXPECT_NE(AttributeValue(1), AttributeValue(1.0));
    EXPECT_NE(AttributeValue(1), AttributeValue(true));
}

TEST(AttributeValue, CopiesWhatAViewRefersTo) {
    std::string text = "flac";
    const AttributeValue value{AttributeValueView(std::string_view(text))};
    text = "wave";
    EXPECT_EQ(value, "flac");
    EXPECT_EQ(AttributeValue(AttributeValueView(std::int64_t{3})), AttributeValue(3));
    EXPECT_EQ(AttributeValue(AttributeValueView(0.5)), AttributeValue(0.5));
    EXPECT_EQ(AttributeValue(AttributeValueView(false)), AttributeValue(false));
}

TEST(AttributeValue, IsWrittenAsText) {
    EXPECT_EQ(toString(AttributeValue("as it is")), "as it is");
    EXPECT_EQ(toString(AttributeValue(-42)), "-42");
    EXPECT_EQ(toString(AttributeValue(std::numeric_limits<std::int64_t>::min())), "-9223372036854775808");
    EXPECT_EQ(toString(AttributeValue(0.1)), "0.1");
    EXPECT_EQ(toString(AttributeValue(-1.7976931348623157e308)), "-1.7976931348623157e+308");
    EXPECT_EQ(toString(AttributeValue(true)), "true");
    EXPECT_EQ(toString(AttributeValue(false)), "false");
    EXPECT_EQ(toString(AttributeValue(std::vector{"a", "b, c"})), "[a, b, c]");
    EXPECT_EQ(toString(AttributeValue(std::vector{1, -2})), "[1, -2]");
    EXPECT_EQ(toString(AttributeValue(std::vector{0.5})), "[0.5]");
    EXPECT_EQ(toString(AttributeValue(std::vector{true, false})), "[true, false]");
    EXPECT_EQ(toString(AttributeValue(std::vector<int>())), "[]");
}

TEST(AttributeValue, IsWrittenSoThatANumberReadsBackExactly) {
    std::mt19937_64 bits(11);
    const auto readBack = [](double number) {
        return std::strtod(toString(AttributeValue(number)).c_str(), nullptr);
    };
    for (int i = 0; i < 10'000; ++i) {
        const auto number = std::bit_cast<double>(bits());
        if (number == number) {
            EXPECT_EQ(readBack(number), number);
        }
        const auto decimal = static_cast<double>(bits() % 1'000'000) / 1000;
        EXPECT_EQ(readBack(decimal), decimal);
    }
    EXPECT_EQ(readBack(std::numeric_limits<double>::denorm_min()), std::numeric_limits<double>::denorm_min());
    EXPECT_EQ(toString(AttributeValue(std::numeric_limits<double>::infinity())), "inf");
}

}
