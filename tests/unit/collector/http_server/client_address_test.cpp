#include <sidespan_http_server/client_address.h>

#include <stdexcept>

#include <gtest/gtest.h>

namespace sidespan::http_server {
namespace {

TEST(ClientAddress, IsBelievedFromTrustedProxiesAlone) {
    const TrustedProxies none;
    EXPECT_EQ(none.clientOf("127.0.0.1", "203.0.113.7"), "127.0.0.1");
    const TrustedProxies proxies({"127.0.0.1", "10.0.0.0/8", "2001:db8::/32"});
    EXPECT_EQ(proxies.clientOf("203.0.113.9", "198.51.100.1"), "203.0.113.9") << "no proxy";
    EXPECT_EQ(proxies.clientOf("127.0.0.1", "203.0.113.7"), "203.0.113.7");
    EXPECT_EQ(proxies.clientOf("127.0.0.1", ""), "127.0.0.1");
    EXPECT_EQ(proxies.clientOf("127.0.0.1", "198.51.100.1, 203.0.113.7"), "203.0.113.7")
        << "what the client wrote itself is passed over";
    EXPECT_EQ(proxies.clientOf("127.0.0.1", "203.0.113.7,10.1.2.3,\t2001:db8::5 "), "203.0.113.7");
    EXPECT_EQ(proxies.clientOf("10.200.0.1", "10.0.0.2"), "10.0.0.2") << "all of them are proxies";
    EXPECT_EQ(proxies.clientOf("11.0.0.1", "203.0.113.7"), "11.0.0.1");
    EXPECT_EQ(proxies.clientOf("::ffff:127.0.0.1", "2001:DB9::1"), "2001:db9::1");
    for (const auto* broken : {"unknown", "203.0.113.7:", "203.0.113.7:x", "[2001:db9::1", "[2001:db9::1]x",
                               ":80", "[]:80", "203.0.113.7\n", ",", "a, "})
        EXPECT_EQ(proxies.clientOf("127.0.0.1", broken), "127.0.0.1") << broken;
    EXPECT_EQ(proxies.clientOf("127.0.0.1", "203.0.113.7, evil, 10.0.0.2"), "10.0.0.2");
}

TEST(ClientAddress, AProxyMayWriteThePortToo) {
    const TrustedProxies proxies({"127.0.0.1"});
    EXPECT_EQ(proxies.clientOf("127.0.0.1", "203.0.113.7:4711"), "203.0.113.7");
    EXPECT_EQ(proxies.clientOf("127.0.0.1", "[2001:db9::1]:4711"), "2001:db9::1");
    EXPECT_EQ(proxies.clientOf("127.0.0.1", "[2001:db9::1]"), "2001:db9::1");
    EXPECT_EQ(proxies.clientOf("127.0.0.1", "198.51.100.1, 203.0.113.7:1, 127.0.0.1:2"), "203.0.113.7");
}

TEST(ClientAddress, ProxiesAreAddressesOrNetworks) {
    for (const auto* text :
         {"", "proxy", "10.0.0.0/33", "10.0.0.0/", "10.0.0.0/x", "10.0.0/8", "::1/129", "*"})
        EXPECT_THROW(TrustedProxies({text}), std::invalid_argument) << text;
    EXPECT_EQ(TrustedProxies({"0.0.0.0/0"}).clientOf("192.0.2.1", "203.0.113.7"), "203.0.113.7");
    EXPECT_EQ(TrustedProxies({"0.0.0.0/0"}).clientOf("2001:db8::1", "203.0.113.7"), "2001:db8::1");
    EXPECT_EQ(TrustedProxies({"192.0.2.0/25"}).clientOf("192.0.2.128", "203.0.113.7"), "192.0.2.128");
}

TEST(ClientAddress, ASiteIsAnAddressOrANetwork) {
    EXPECT_EQ(siteOf("203.0.113.7"), "203.0.113.7");
    EXPECT_EQ(siteOf("::ffff:203.0.113.7"), "203.0.113.7");
    EXPECT_EQ(siteOf("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
    for (const auto* text : {"127.0.0.1", "127.9.9.9", "::1", "", "x"}) EXPECT_EQ(siteOf(text), "") << text;
}

}
}
