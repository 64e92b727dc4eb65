#include <sidespan_http_server/allowed_origins.h>

#include <stdexcept>

#include <gtest/gtest.h>

namespace sidespan::http_server {
namespace {

TEST(AllowedOrigins, AreComparedAsTheyAre) {
    const AllowedOrigins origins({"https://app.example.com", "http://localhost:3000", "http://[::1]:8081"});
    EXPECT_TRUE(origins.contains("https://app.example.com"));
    EXPECT_TRUE(origins.contains("http://[::1]:8081"));
    for (const auto* other : {"http://app.example.com", "https://app.example.com.evil.example",
                              "https://evil.app.example.com", "https://app.example.com:8443",
                              "https://app.example.co", "HTTPS://APP.EXAMPLE.COM", "null", "*", ""}) {
        EXPECT_FALSE(origins.contains(other)) << other;
    }
    EXPECT_FALSE(AllowedOrigins().contains(""));
}

TEST(AllowedOrigins, RefuseWhatNoBrowserSends) {
    for (const auto* text : {"",
                             "*",
                             "null",
                             "https://",
                             "https://a/",
                             "https://a/path",
                             "https://A.example",
                             "ftp://a",
                             "https://a:443",
                             "http://a:80",
                             "https://a:",
                             "https://a:0",
                             "https://a:70000",
                             "https://a:08443",
                             "https://user@a",
                             "https://*.a.example",
                             "a.example",
                             "https://a b",
                             "https://a\n",
                             "http://[::1",
                             "http://[]"}) {
        EXPECT_THROW(AllowedOrigins({text}), std::invalid_argument) << text;
    }
    EXPECT_NO_THROW(
        AllowedOrigins({"https://a:80", "http://a:443", "http://192.0.2.1:8080", "http://[::1]"}));
}

}
}
