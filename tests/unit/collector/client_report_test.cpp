#include "ingest/client_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidespan::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

TEST(ClientReport, ReadsWhatASinkSends) {
    auto report =
        readClientReport("7d444840-9dc0-11d1-b245-5ffdce74fad2", "f58996c7", "outbox-full=512, expired=3");
    EXPECT_EQ(report.installation, "f58996c7");
    EXPECT_EQ(report.instance, "7d444840-9dc0-11d1-b245-5ffdce74fad2");
    EXPECT_THAT(report.lost, ElementsAre(Pair("outbox-full", 512), Pair("expired", 3)));
    EXPECT_EQ(report.lostTotal(), 515);
    EXPECT_EQ(report.lostJson(), R"({"outbox-full":512,"expired":3})");
}

TEST(ClientReport, ReadsTheClientsClock) {
    const auto clockOf = [](std::string_view text) { return readClientReport("a", "", "", text).clock; };
    const auto clock = clockOf("wall=1766012345000000000, monotonic=12, offset=-5, error=3");
    ASSERT_TRUE(clock);
    EXPECT_EQ(clock->wallNano, 1'766'012'345'000'000'000);
    EXPECT_EQ(clock->monotonicNano, 12);
    ASSERT_TRUE(clock->server);
    EXPECT_EQ(clock->server->offsetNano, -5);
    EXPECT_EQ(clock->server->errorNano, 3);
    EXPECT_FALSE(clockOf("wall=1, monotonic=2")->server);
    EXPECT_FALSE(clockOf("wall=1, monotonic=2, offset=3")->server);
    EXPECT_FALSE(clockOf("wall=1, monotonic=2, offset=3, error=-1")->server);
    for (const char* text : {"", "wall=1", "wall=, monotonic=1", "wall=x, monotonic=1", "wall=1 monotonic=1",
                             "wall=9223372036854775807, monotonic=1", "xwall=1, monotonic=1"})
        EXPECT_FALSE(clockOf(text)) << text;
}

TEST(ClientReport, PassesOverWhatIsMalformed) {
    EXPECT_THAT(
        readClientReport("a", "", "x, =1, a=, b=-1, c=1x, d e=1, ok=2, ,huge=99999999999999999999").lost,
        ElementsAre(Pair("ok", 2)));
    EXPECT_THAT(readClientReport("", "", "a=1").lost, IsEmpty());
    EXPECT_THAT(readClientReport("has space", "", "a=1").instance, IsEmpty());
    EXPECT_THAT(readClientReport(std::string(65, 'a'), "", "a=1").instance, IsEmpty());
}

TEST(ClientReport, TakesABoundedNumberOfReasons) {
    std::string lost;
    for (int i = 0; i < 100; ++i) lost += "r" + std::to_string(i) + "=1,";
    EXPECT_THAT(readClientReport("a", "", lost).lost, SizeIs(32));
}

}
}
