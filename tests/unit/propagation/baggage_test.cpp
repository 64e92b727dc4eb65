#include <sidespan/propagation/baggage.h>

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

namespace {

using sidespan::Baggage;

TEST(Baggage, CarriesWhatCameIn) {
    const Baggage baggage =
        Baggage::parse("key1=value1;property1;property2, key2 = value2, key3=value3; p=1");
    EXPECT_EQ(baggage.text(), "key1=value1;property1;property2,key2 = value2,key3=value3; p=1");
    EXPECT_EQ(baggage.size(), 3U);
    EXPECT_EQ(baggage.get("key1"), "value1");
    EXPECT_EQ(baggage.get("key2"), "value2");
    EXPECT_EQ(baggage.get("key4"), std::nullopt);
}

TEST(Baggage, DecodesWhatIsPercentEncoded) {
    EXPECT_EQ(Baggage::parse("user=Am%C3%A9lie").get("user"), "Am\xC3\xA9lie");
    EXPECT_EQ(Baggage::parse("a=100%25").get("a"), "100%");
    EXPECT_EQ(Baggage::parse("a=100%").get("a"), "100%");
    EXPECT_EQ(Baggage::parse("a=%4").get("a"), "%4");
    EXPECT_EQ(Baggage::parse("a=%zz").get("a"), "%zz");
    EXPECT_EQ(Baggage::parse("a=").get("a"), "");
}

TEST(Baggage, ReplacesWhatIsNotUtf8) {
    EXPECT_EQ(Baggage::parse("a=%FF").get("a"), "\xEF\xBF\xBD");
    EXPECT_EQ(Baggage::parse("a=x%C3y").get("a"), "x\xEF\xBF\xBDy");
    EXPECT_EQ(Baggage::parse("a=%ED%A0%80").get("a"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");
    EXPECT_EQ(Baggage::parse("a=%FF").text(), "a=%FF") << "it is passed on as it came";
}

TEST(Baggage, ListsItsMembersWithTheirMetadata) {
    const auto baggage = Baggage::parse("a=1;ttl=60;internal, b = %C3%A9 ; p = 2,a=3");
    EXPECT_EQ(baggage.members(),
              (std::vector<Baggage::Member>{
                  {"a", "1", "ttl=60;internal"}, {"b", "\xC3\xA9", "p = 2"}, {"a", "3", ""}}));
    EXPECT_TRUE(Baggage().members().empty());
}

TEST(Baggage, SetsMetadata) {
    Baggage baggage;
    EXPECT_TRUE(baggage.set("a", "x y", "ttl=60;internal"));
    EXPECT_EQ(baggage.text(), "a=x%20y;ttl=60;internal");
    EXPECT_EQ(Baggage::parse(baggage.text()).members()[0].metadata, "ttl=60;internal");
    for (const char* metadata : {"b=1,c=2", "p=\"x\"", ";", "a b", "p=1;", "p\r\nX: 1"})
        EXPECT_FALSE(baggage.set("a", "v", metadata)) << metadata;
    EXPECT_EQ(baggage.text(), "a=x%20y;ttl=60;internal");
    EXPECT_TRUE(baggage.set("a", "v"));
    EXPECT_EQ(baggage.text(), "a=v");
}

TEST(Baggage, PassesOverMalformedMembersAsAWhole) {
    for (const char* text : {"nonsense", "=v", "a b=v", "k=\"v\"", "k=a b", "k=v;=x", "k=v;p=\"x\"",
                             "k\x01=v", "k=\xC3\xA9", "k=a\\b", "k=\r\nX-Evil: 1", "k=v;", "k=v;p;"}) {
        const Baggage baggage = Baggage::parse(std::string("first=1,") + text + ",last=2");
        EXPECT_EQ(baggage.text(), "first=1,last=2") << text;
    }
    EXPECT_TRUE(Baggage::parse("").isEmpty());
    EXPECT_TRUE(Baggage::parse(",,").isEmpty());
}

TEST(Baggage, HoldsSixtyFourMembersAndNoMore) {
    std::string text = "k0=v";
    for (int i = 1; i < 80; ++i) text += ",k" + std::to_string(i) + "=v";
    Baggage baggage = Baggage::parse(text);
    EXPECT_EQ(baggage.size(), 64U);
    EXPECT_EQ(baggage.get("k63"), "v");
    EXPECT_EQ(baggage.get("k64"), std::nullopt);
    EXPECT_FALSE(baggage.set("more", "v"));
    EXPECT_TRUE(baggage.set("k0", "other"));
    EXPECT_EQ(baggage.size(), 64U);
}

TEST(Baggage, HoldsAllOf8192BytesAndNeverPartOfAMember) {
    const std::string fitting = "a=" + std::string(8190 - 4, 'x') + ",b=1";
    ASSERT_EQ(fitting.size(), 8192U);
    EXPECT_EQ(Baggage::parse(fitting).text(), fitting);
    const Baggage cut = Baggage::parse(fitting + "2");
    EXPECT_EQ(cut.size(), 1U);
    EXPECT_EQ(cut.get("b"), std::nullopt);
    EXPECT_EQ(Baggage::parse("a=" + std::string(9000, 'x') + ",b=1").text(), "b=1");
}

TEST(Baggage, SetsEncodesAndRemoves) {
    Baggage baggage;
    EXPECT_TRUE(baggage.set("session.id", "a b,c;\"d\"\\ 100% \xC3\xA9\n"));
    EXPECT_EQ(baggage.text(), "session.id=a%20b%2Cc%3B%22d%22%5C%20100%25%20%C3%A9%0A");
    EXPECT_EQ(baggage.get("session.id"), "a b,c;\"d\"\\ 100% \xC3\xA9\n");
    EXPECT_EQ(Baggage::parse(baggage.text()), baggage);
    EXPECT_TRUE(baggage.set("plan", "pro"));
    EXPECT_TRUE(baggage.set("session.id", "2"));
    EXPECT_EQ(baggage.text(), "plan=pro,session.id=2");
    baggage.remove("plan");
    baggage.remove("nobody");
    EXPECT_EQ(baggage.text(), "session.id=2");
    baggage.remove("session.id");
    EXPECT_EQ(baggage, Baggage());
}

TEST(Baggage, RefusesToSetWhatNoHeaderCanHold) {
    Baggage baggage;
    EXPECT_FALSE(baggage.set("", "v"));
    EXPECT_FALSE(baggage.set("a b", "v"));
    EXPECT_FALSE(baggage.set("a\r\n", "v"));
    EXPECT_FALSE(baggage.set("k", std::string(8191, 'v')));
    EXPECT_TRUE(baggage.isEmpty());
}

}
