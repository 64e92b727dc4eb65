#include <sidespan/propagation/trace_state.h>

#include <string>
#include <string_view>
#include <utility>

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

TEST(TraceState, KeepsTheFirstOfAKeyGivenTwice) {
    EXPECT_EQ(TraceState::parse("a=1,b=2,a=3")->text(), "a=1,b=2");
    EXPECT_EQ(TraceState::parse("a=1,a=1")->text(), "a=1");
    EXPECT_EQ(TraceState::parse(members(32) + ",k0=v")->text(), members(32));
}

TEST(TraceState, IsChangedAtItsFront) {
    TraceState state;
    EXPECT_TRUE(state.set("rojo", "1"));
    EXPECT_TRUE(state.set("congo", "2"));
    EXPECT_EQ(state.text(), "congo=2,rojo=1");
    EXPECT_TRUE(state.set("rojo", "3"));
    EXPECT_EQ(state.text(), "rojo=3,congo=2");
    state.remove("nobody");
    state.remove("rojo");
    EXPECT_EQ(state.text(), "congo=2");
    state.remove("congo");
    EXPECT_EQ(state, TraceState());
}

TEST(TraceState, LosesItsLastMemberToANewOne) {
    auto state = *TraceState::parse(members(32));
    EXPECT_TRUE(state.set("new", "v"));
    EXPECT_EQ(state.text(), "new=v," + members(31));
    EXPECT_TRUE(TraceState::parse(state.text()));
    EXPECT_TRUE(state.set("k7", "w"));
    EXPECT_EQ(state.get("k30"), "v");
}

TEST(TraceState, IsNotChangedByWhatNoHeaderCanHold) {
    auto state = *TraceState::parse("a=1");
    for (const auto& [key, value] : {std::pair{"", "v"},
                                     {"A", "v"},
                                     {"a b", "v"},
                                     {"b", ""},
                                     {"b", "x,y"},
                                     {"b", "x=y"},
                                     {"b", "x "},
                                     {"b", "x\ny"}}) {
        EXPECT_FALSE(state.set(key, value)) << key << value;
    }
    EXPECT_EQ(state.text(), "a=1");
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
