#include "utf8.h"

#include <gtest/gtest.h>

namespace sidespan::collector {
namespace {

TEST(Utf8, ReadsCharactersOfEverySize) {
    EXPECT_EQ(readUtf8("a").codePoint, U'a');
    EXPECT_EQ(readUtf8("\xc3\xa9").codePoint, U'\u00e9');
    EXPECT_EQ(readUtf8("\xe2\x82\xac").codePoint, U'\u20ac');
    EXPECT_EQ(readUtf8("\xf0\x9f\x8e\xb5").codePoint, U'\U0001f3b5');
    EXPECT_EQ(readUtf8("\xf4\x8f\xbf\xbf").size, 4U);
    EXPECT_TRUE(isUtf8("caf\xc3\xa9 \xf0\x9f\x8e\xb5"));
    EXPECT_TRUE(isUtf8(""));
}

TEST(Utf8, RefusesWhatIsNotWellFormed) {
    for (auto text : {"\x80", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(", "\xe0\x9f\xbf", "\xed\xa0\x80",
                      "\xe2\x82", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
        EXPECT_EQ(readUtf8(text).size, 0U);
        EXPECT_FALSE(isUtf8(text));
    }
}

}
}
