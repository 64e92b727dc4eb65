#include <clocale>

#include <gtest/gtest.h>

#include <sidespan/attribute_value.h>
#include <sidespan/config.h>
#include <sidespan/lane_options.h>

#include "support/comma_locale.h"

namespace sidespan {
namespace {

TEST(AttributeValue, WritesNumbersAlikeInALocaleOfCommas) {
    const test::CommaLocale locale;
    if (!locale.isThere) GTEST_SKIP() << "needs localedef";
    ASSERT_STREQ(std::localeconv()->decimal_point, ",");
    EXPECT_EQ(toString(AttributeValue(-2.5)), "-2.5");
    EXPECT_EQ(toString(AttributeValue(1.25e-7)), "1.25e-07");
    EXPECT_EQ(toString(AttributeValue(12'345.0)), "12345");
}

// The C library writes "-0,5" there.
TEST(LaneOptions, NamesAWrongNumberAlikeInALocaleOfCommas) {
    const test::CommaLocale locale;
    if (!locale.isThere) GTEST_SKIP() << "needs localedef";
    const auto error = check(LaneOptions{.keepOverLoad = -0.5});
    ASSERT_TRUE(error);
    EXPECT_NE(error->message.find("keepOverLoad is -0.5;"), std::string::npos) << error->message;
}

}
}
