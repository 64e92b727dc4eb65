#include "query/parse_trace_query.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidespan::collector {
namespace {

using ::testing::HasSubstr;

std::string failure(const http_server::QueryParameters& parameters) {
    try {
        (void)parseTraceQuery(parameters);
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
    return "taken";
}

TEST(TraceQuery, ReadsEveryParameter) {
    auto query = parseTraceQuery({{"name", "audio.upload"},
                                  {"status", "error"},
                                  {"minDurationMs", "1.5"},
                                  {"maxDurationMs", "2.5"},
                                  {"from", "1766012345000"},
                                  {"until", "1766012346000"},
                                  {"attribute", "codec=a=b"},
                                  {"q", "flac"},
                                  {"before", "1766012345000000001.0AF7651916CD43DD8448EB211C80319C"},
                                  {"limit", "7"}});
    EXPECT_EQ(query.name, "audio.upload");
    EXPECT_EQ(query.status, SpanStatus::error);
    EXPECT_EQ(query.minDurationNanos, 1'500'000);
    EXPECT_EQ(query.maxDurationNanos, 2'500'000);
    EXPECT_EQ(query.fromUnixNano, 1'766'012'345'000'000'000);
    EXPECT_EQ(query.untilUnixNano, 1'766'012'346'000'000'000);
    EXPECT_EQ(query.attributeKey, "codec");
    EXPECT_EQ(query.attributeValue, "a=b");
    EXPECT_EQ(query.text, "flac");
    EXPECT_EQ(query.limit, 7U);
    ASSERT_TRUE(query.before);
    EXPECT_EQ(query.before->unixNano, 1'766'012'345'000'000'001);
    EXPECT_EQ(toText(*query.before), "1766012345000000001.0af76519-16cd-43dd-8448-eb211c80319c");
}

TEST(TraceQuery, AsksForAnythingByDefault) {
    auto query = parseTraceQuery({{"status", ""}});
    EXPECT_FALSE(query.status);
    EXPECT_EQ(query.limit, 50U);
}

TEST(TraceQuery, NamesWhatIsWrong) {
    EXPECT_THAT(failure({{"limit", "0"}}), HasSubstr("limit is \"0\"; it must be a number from 1 to 1000"));
    EXPECT_THAT(failure({{"limit", "1001"}}), HasSubstr("limit"));
    EXPECT_THAT(failure({{"limit", "ten"}}), HasSubstr("limit"));
    EXPECT_THAT(failure({{"limit", "5x"}}), HasSubstr("limit"));
    EXPECT_THAT(failure({{"minDurationMs", "-1"}}), HasSubstr("minDurationMs"));
    EXPECT_THAT(failure({{"minDurationMs", "nan"}}), HasSubstr("minDurationMs"));
    EXPECT_THAT(failure({{"minDurationMs", "1e999"}}), HasSubstr("minDurationMs"));
    EXPECT_THAT(failure({{"minDurationMs", ""}}), HasSubstr("minDurationMs"));
    EXPECT_THAT(failure({{"maxDurationMs", "long"}}), HasSubstr("maxDurationMs"));
    EXPECT_THAT(failure({{"from", "9300000000000"}}), HasSubstr("from"));
    EXPECT_THAT(failure({{"until", "now"}}), HasSubstr("until"));
    EXPECT_THAT(failure({{"attribute", "codec"}}), HasSubstr("it must be key=value"));
    EXPECT_THAT(failure({{"attribute", "=flac"}}), HasSubstr("it must be key=value"));
    EXPECT_THAT(failure({{"status", "broken"}}), HasSubstr("ok, error or cancelled"));
    for (const char* before :
         {"", "1766012345000", "1766012345000.", "1.0af7", "x.0af7651916cd43dd8448eb211c80319c"})
        EXPECT_THAT(failure({{"before", before}}), HasSubstr("it must be \"next\" from an answer")) << before;
    EXPECT_THAT(failure({{"colour", "red"}}), HasSubstr("there is no parameter \"colour\""));
}

}
}
