#include <clocale>

#include <gtest/gtest.h>

#include <sidespan/attribute_value.h>

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

}
}
