#include <sidespan/propagation/trace_state.h>

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace {

using sidespan::TraceState;

std::string members(int count) {
    std::string text;
    for (int i = 0; i < count; ++i) text += (i == 0 ? "k" : ",k") + std::to_string(i) + "=v";
    return text;
}

TEST(TraceState, CarriesWhatCameIn) {
    const auto state = TraceState::parse("rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
    ASSERT_TRUE(state);
    EXPECT_EQ(state->text(), "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE");
    EXPECT_EQ(state->get("congo"), "t61rcWkgMzE");
    EXPECT_EQ(state->get("kongo"), std::nullopt);
}

TEST(TraceState, LosesWhiteSpaceAndEmptyMembers) {
    EXPECT_EQ(TraceState::parse(" a=1 ,\t, b=2,,")->text(), "a=1,b=2");
    EXPECT_TRUE(TraceState::parse("")->isEmpty());
    EXPECT_TRUE(TraceState::parse(" , ,")->isEmpty());
}

TEST(TraceState, TakesEveryCharacterOfLevel2) {
    for (const char* text :
         {"a=b", "0=b", "a_-*/@z=1", "tenant@system=x", "a=!\"#$%&'()*+-./:;<>?@[]^_`{|}~", "a=b c"}) {
        ASSERT_TRUE(TraceState::parse(text)) << text;
        EXPECT_EQ(TraceState::parse(text)->text(), text);
    }
}

TEST(TraceState, RefusesMalformedMembers) {
    for (const char* text : {"a", "a=", "=b", "A=b", "a=b=c", "_a=b", "@a=b", "a b=c", "a =b", "a=\x01",
                             "a=\x7f", "a=\xC3\xA9", "k=v,oops", "a=b\nc=d"}) {
        EXPECT_FALSE(TraceState::parse(text)) << text;
    }
}

TEST(TraceState, RefusesAKeyGivenTwice) {
    EXPECT_FALSE(TraceState::parse("a=1,b=2,a=3"));
    EXPECT_FALSE(TraceState::parse("a=1,a=1"));
}

TEST(TraceState, TakesThirtyTwoMembersAndNoMore) {
    EXPECT_EQ(TraceState::parse(members(32))->text(), members(32));
    EXPECT_FALSE(TraceState::parse(members(33)));
}

TEST(TraceState, TakesKeysAndValuesOf256CharactersAndNoLonger) {
    const std::string longest(256, 'a');
    EXPECT_EQ(TraceState::parse(longest + "=" + longest)->get(longest), longest);
    EXPECT_FALSE(TraceState::parse(longest + "a=v"));
    EXPECT_FALSE(TraceState::parse("k=" + longest + "a"));
}

}
