#include "url.h"

#include <gtest/gtest.h>

namespace sidespan::detail {
namespace {

TEST(Url, IsTakenApart) {
    const auto url = Url::parse("HTTPS://Example.COM:8443/a/b?c=d#e").value();
    EXPECT_EQ(url.scheme, "https");
    EXPECT_EQ(url.host, "example.com");
    EXPECT_EQ(url.port, "8443");
    EXPECT_EQ(url.target, "/a/b?c=d");
}

TEST(Url, KnowsTheDefaultPorts) {
    EXPECT_EQ(Url::parse("http://a").value().port, "80");
    EXPECT_EQ(Url::parse("https://a/").value().port, "443");
    EXPECT_EQ(Url::parse("http://[::1]/").value().host, "[::1]");
    EXPECT_EQ(Url::parse("http://[::1]:81/").value().port, "81");
    EXPECT_EQ(Url::parse("http://a?q").value().target, "/?q");
}

TEST(Url, RefusesWhatDeliveryMustNotFollow) {
    for (const char* text : {"", "a", "ftp://a/", "file:///etc/passwd", "http://", "http://user:pw@a/",
                             "http://a:/", "http://a:b/", "http://a:123456/", "http://a/ b",
                             "http://a/\r\nX: y", "javascript:alert(1)", "http://\u009B/"}) {
        EXPECT_FALSE(Url::parse(text)) << text;
    }
}

TEST(Url, ComparesOrigins) {
    const auto url = Url::parse("http://a.example/x").value();
    EXPECT_TRUE(url.hasSameOrigin(Url::parse("http://A.example:80/y").value()));
    EXPECT_FALSE(url.hasSameOrigin(Url::parse("https://a.example/x").value()));
    EXPECT_FALSE(url.hasSameOrigin(Url::parse("http://a.example:8080/x").value()));
    EXPECT_FALSE(url.hasSameOrigin(Url::parse("http://b.example/x").value()));
}

TEST(Url, ResolvesReferences) {
    const auto url = Url::parse("http://a/b/c?d").value();
    EXPECT_EQ(url.resolve("/x").value().text(), "http://a:80/x");
    EXPECT_EQ(url.resolve("x").value().text(), "http://a:80/b/x");
    EXPECT_EQ(url.resolve("?x").value().text(), "http://a:80/b/c?x");
    EXPECT_EQ(url.resolve("//e/x").value().text(), "http://e:80/x");
    EXPECT_EQ(url.resolve("https://e/x").value().text(), "https://e:443/x");
    EXPECT_FALSE(url.resolve(""));
    EXPECT_FALSE(url.resolve("mailto:a@b"));
}

}
}
