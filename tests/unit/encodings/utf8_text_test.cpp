#include <sidespan/encoding/utf8.h>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace {

using sidespan::countCodePoints;
using sidespan::toValidUtf8;
using sidespan::detail::excerpt;
using namespace std::string_literals;

const std::string bad{sidespan::replacementCharacter};

TEST(Utf8, KeepsEveryCodePointThatExists) {
    for (std::string_view text :
         {"", "a", "\x7F", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF", "\xEE\x80\x80",
          "\xEF\xBF\xBF", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF", "na\xC3\xAFve \xF0\x9F\x8E\xB9"}) {
        EXPECT_EQ(toValidUtf8(text), text);
    }
    EXPECT_EQ(toValidUtf8("a\0b"s), "a\0b"s);
}

TEST(Utf8, ReplacesBytesThatBeginNothing) {
    EXPECT_EQ(toValidUtf8("\x80"), bad);
    EXPECT_EQ(toValidUtf8("a\xFFz"), "a" + bad + "z");
    EXPECT_EQ(toValidUtf8("\xC0\xAF"), bad + bad) << "overlong slash";
    EXPECT_EQ(toValidUtf8("\xC1\xBF"), bad + bad);
    EXPECT_EQ(toValidUtf8("\xF5\x80\x80\x80"), bad + bad + bad + bad) << "beyond U+10FFFF";
}

TEST(Utf8, ReplacesOverlongFormsSurrogatesAndTooHighCodePoints) {
    EXPECT_EQ(toValidUtf8("\xE0\x80\xAF"), bad + bad + bad);
    EXPECT_EQ(toValidUtf8("\xF0\x80\x80\xAF"), bad + bad + bad + bad);
    EXPECT_EQ(toValidUtf8("\xED\xA0\x80"), bad + bad + bad);
    EXPECT_EQ(toValidUtf8("\xF4\x90\x80\x80"), bad + bad + bad + bad);
}

TEST(Utf8, ReplacesABrokenSequenceOnce) {
    EXPECT_EQ(toValidUtf8("\xE2\x82"), bad);
    EXPECT_EQ(toValidUtf8("\xE2\x82z"), bad + "z");
    EXPECT_EQ(toValidUtf8("\xF0\x9F\x8E"), bad);
    EXPECT_EQ(toValidUtf8("\xF0\x9F\x8E\xC3\xA9"), bad + "\xC3\xA9");
    EXPECT_EQ(toValidUtf8("\xC3"), bad);
}

TEST(Utf8, CountsCodePointsNotBytes) {
    EXPECT_EQ(countCodePoints(""), 0U);
    EXPECT_EQ(countCodePoints("na\xC3\xAFve"), 5U);
    EXPECT_EQ(countCodePoints("\xF0\x9F\x8E\xB9"), 1U);
}

TEST(Excerpt, HasNothingThatATerminalObeysOrThatDisordersALog) {
    for (const std::string harmful :
         {"\n", "\x1B", "\x7F", "\u0080", "\u009B", "\u009F", "\u061C", "\u200E", "\u200F", "\u2028",
          "\u2029", "\u202A", "\u202E", "\u2060", "\u2066", "\u2069"}) {
        EXPECT_EQ(excerpt(harmful + "a" + harmful, '.'),
                  std::string(harmful.size(), '.') + "a" + std::string(harmful.size(), '.'))
            << harmful;
    }
    EXPECT_EQ(excerpt("a\0b"s, '?'), "a?b");
}

TEST(Excerpt, KeepsOtherText) {
    const std::string_view text =
        " na\u00EFve~\u00A0\u061B\u061D\u200D\u2010\u2027\u2030\u205F\u2070\U0001F3B9";
    EXPECT_EQ(excerpt(text, '?'), text);
}

// Whoever shows an error expects valid UTF-8.
TEST(Excerpt, IsValidUtf8) {
    EXPECT_EQ(excerpt("caf\xE9", '?'), "caf?") << "Latin-1";
    EXPECT_EQ(excerpt(std::string(199, 'a') + "\u00E9", '?'), std::string(199, 'a')) << "cut";
}

}
