#include <array>
#include <string_view>

#include <gtest/gtest.h>
#include <sidespan/detail/hex.h>

namespace sidespan::detail {
namespace {

TEST(Hex, WritesTheLowestDigits) {
    std::array<char, 4> text{};
    EXPECT_EQ(formatHex(text.data(), 0x12'34ab, 4), text.data() + text.size());
    EXPECT_EQ(std::string_view(text.data(), text.size()), "34ab");
}

TEST(Hex, AppendsDigitsOfEitherCase) {
    std::uint64_t value = 1;
    EXPECT_TRUE(readHex("aF", value));
    EXPECT_EQ(value, 0x1afU);
    EXPECT_FALSE(readHex("0g", value));
}

TEST(Hex, DecodesPercentsThatHaveTwoDigits) {
    EXPECT_EQ(percentDecoded("a%20b%C3%a4"), "a b\xC3\xA4");
    EXPECT_EQ(percentDecoded("100%"), "100%");
    EXPECT_EQ(percentDecoded("%4"), "%4");
    EXPECT_EQ(percentDecoded("%4g%%41"), "%4g%A");
    EXPECT_EQ(percentDecoded("%00").size(), 1U);
}

}
}
