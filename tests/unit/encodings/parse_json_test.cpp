#include <sidespan/json/parse_json.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <iterator>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace {

namespace bj = boost::json;
using sidespan::parseJson;
using testing::HasSubstr;

bool refuses(std::string_view text, const sidespan::JsonLimits& limits = {}) {
    boost::system::error_code error;
    const bj::value value = parseJson(text, error, limits);
    EXPECT_TRUE(!error || value.is_null());
    return error.failed();
}

TEST(ParseJson, GivesBackEveryDoubleExactly) {
    std::mt19937_64 random(20240511);
    for (int i = 0; i < 50'000; ++i) {
        const auto value = std::bit_cast<double>(random());
        if (!std::isfinite(value)) continue;
        const bj::value read = parseJson(bj::serialize(bj::value(value)));
        ASSERT_TRUE(read.is_double());
        ASSERT_EQ(std::bit_cast<std::uint64_t>(read.get_double()), std::bit_cast<std::uint64_t>(value))
            << value;
    }
}

TEST(ParseJson, KeepsTheKindOfANumber) {
    EXPECT_EQ(parseJson("9223372036854775807"), bj::value(std::numeric_limits<std::int64_t>::max()));
    EXPECT_EQ(parseJson("-9223372036854775808"), bj::value(std::numeric_limits<std::int64_t>::min()));
    EXPECT_EQ(parseJson("18446744073709551615"), bj::value(std::numeric_limits<std::uint64_t>::max()));
    EXPECT_TRUE(parseJson("18446744073709551616").is_double());
    EXPECT_TRUE(parseJson("3.0").is_double());
    EXPECT_TRUE(parseJson("3E0").is_double());
    EXPECT_TRUE(std::signbit(parseJson("-0.0").get_double()));
    EXPECT_EQ(parseJson("1e400").get_double(), std::numeric_limits<double>::infinity());
    EXPECT_EQ(parseJson("1e-400").get_double(), 0.0);
}

TEST(ParseJson, BuildsTheSameValueAsBoostDoes) {
    constexpr std::string_view text =
        R"( {"a": [1, -2, 3.5, true, false, null, "x\u00e9\n\ud83c\udfb9"], "b": {"c\"d": {}}, "e": []} )";
    EXPECT_EQ(parseJson(text), bj::parse(text));
}

TEST(ParseJson, RefusesWhatIsNotJson) {
    for (std::string_view text : {"", " ", "nul", "[1,]", "{\"a\"}", "{a:1}", "01", "+1", "1 2", "[1]]",
                                  "\"\x01\"", "'a'", "NaN", "// x\n1"}) {
        EXPECT_TRUE(refuses(text)) << text;
    }
}

// One span's text must not cost its neighbours.
TEST(ParseJson, RepairsTextThatIsNotUnicode) {
    EXPECT_EQ(parseJson("[\"a\xFF\", 1]"), bj::parse("[\"a\xEF\xBF\xBD\", 1]"));
    EXPECT_EQ(parseJson(R"(["\ud800", 1])"), bj::parse(R"(["\ufffd", 1])"));
    EXPECT_EQ(parseJson(R"({"\uDC00": "\ud83c\udfb9", "b": "\ud83cx\udfb9\ud800\ud83c\udfb9"})"),
              bj::parse(R"({"\ufffd": "\ud83c\udfb9", "b": "\ufffdx\ufffd\ufffd\ud83c\udfb9"})"));
    EXPECT_EQ(parseJson(R"(["\\ud800", "\\\ud800"])"), bj::parse(R"(["\\ud800", "\\\ufffd"])"));
    EXPECT_EQ(parseJson("[\"\xED\xA0\x80\", \"\xC3\"]"),
              bj::parse("[\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\", \"\xEF\xBF\xBD\"]"));
}

TEST(ParseJson, RefusesWhatIsNotJsonBesideTextThatIsNotUnicode) {
    for (std::string_view text :
         {"[\"\xFF\", x]", "\xFF", R"(["\ud800")", R"("\ud80)", R"("\ud8zz")", R"("\)"}) {
        EXPECT_TRUE(refuses(text)) << text;
    }
}

TEST(ParseJson, ReadsAnyBytesWithinAString) {
    std::mt19937_64 random(20261126);
    constexpr std::string_view pieces[] = {"\\ud83c", "\\udfb9", "\\n",  "\\\\",    "a",
                                           "\xC3",    "\xA9",    "\xFF", "\xF0\x9F"};
    for (int i = 0; i < 20'000; ++i) {
        std::string text = "[\"";
        for (auto left = random() % 12; left > 0; --left) text += pieces[random() % std::size(pieces)];
        ASSERT_FALSE(refuses(text + "\", 7]")) << text;
    }
}

TEST(ParseJson, RefusesNestingBeyondItsLimit) {
    EXPECT_FALSE(refuses("[[[]]]", {.maxDepth = 3}));
    EXPECT_TRUE(refuses("[[[[]]]]", {.maxDepth = 3}));
    EXPECT_TRUE(refuses(std::string(1'000'000, '[')));
}

TEST(ParseJson, RefusesMoreValuesThanItsLimit) {
    EXPECT_FALSE(refuses("[1,2,3]", {.maxValues = 4}));
    EXPECT_TRUE(refuses("[1,2,3,4]", {.maxValues = 4}));
    EXPECT_TRUE(refuses("[[],[],[],{}]", {.maxValues = 4}));
}

TEST(ParseJson, SaysWhereItWentWrong) {
    try {
        (void)parseJson("[1, 2, x]");
        FAIL() << "took it";
    } catch (const std::invalid_argument& error) {
        EXPECT_THAT(error.what(), HasSubstr("at byte 7"));
    }
}

}
