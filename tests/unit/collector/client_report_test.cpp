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
