#include <sidespan_http_server/request_target.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidespan::http_server {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(RequestTarget, SplitsPathAndQuery) {
    auto target = parseTarget("/api/v1/traces?name=audio.upload&q=a%20b+c&empty=&flag&&x=1=2");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/api/v1/traces");
    EXPECT_THAT(target->query, ElementsAre(Pair("name", "audio.upload"), Pair("q", "a b c"),
                                           Pair("empty", ""), Pair("flag", ""), Pair("x", "1=2")));
}

TEST(RequestTarget, TakesTheFormThatProxiesAreSent) {
    auto target = parseTarget("http://host:8080/api/v1/traces?q=http://a/b");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/api/v1/traces");
    EXPECT_THAT(target->query, ElementsAre(Pair("q", "http://a/b")));
}

TEST(RequestTarget, TakesAPathAlone) {
    auto target = parseTarget("/");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/");
    EXPECT_THAT(target->query, IsEmpty());
}

TEST(RequestTarget, DecodesThePathWithoutTouchingPlus) {
    EXPECT_EQ(parseTarget("/a+b%2Bc")->path, "/a+b+c");
}

TEST(RequestTarget, AnEscapedSlashStandsInTheLastSegment) {
    const auto target = parseTarget("/users/team%2Fb%6fb?q=a/b");
    ASSERT_TRUE(target);
    EXPECT_EQ(target->path, "/users/team/bob");
    EXPECT_EQ(target->path.substr(target->nameAt), "team/bob");
    EXPECT_EQ(parseTarget("/%61b/c")->nameAt, 4U) << "of the decoded path";
    EXPECT_EQ(parseTarget("/users/")->nameAt, 7U);
}

TEST(RequestTarget, RefusesOtherForms) {
    for (auto text : {"", "*", "http://host", "ftp://host/path", "host:80", "path", "/a#b", "/%", "/%4",
                      "/%zz", "/a%2fb/c", "/%2f/", "/a/b%00", "/a%00b", "/%ff", "/?q=%c3%28", "/?q=%"}) {
        EXPECT_FALSE(parseTarget(text)) << text;
    }
}

}
}
