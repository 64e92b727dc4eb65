#include "query/rollup_request.h"

#include <stdexcept>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace sidespan::collector {
namespace {

using ::testing::ElementsAre;

constexpr std::int64_t hourMs = 3'600'000;
constexpr std::int64_t nowMs = 490'000 * hourMs + 5;

std::string refusalOf(const http_server::QueryParameters& parameters) {
    try {
        static_cast<void>(parseRollupQuery(parameters, nowMs));
        return "";
    } catch (const std::invalid_argument& error) {
        return error.what();
    }
}

TEST(RollupRequest, AsksForTheLastDayUnlessToldOtherwise) {
    const auto query = parseRollupQuery({}, nowMs);
    EXPECT_EQ(query.untilHour, 490'001);
    EXPECT_EQ(query.fromHour, 490'001 - 24);
    EXPECT_EQ(query.stepHours, 0);
    EXPECT_TRUE(query.by.empty());
    EXPECT_FALSE(query.operation);
}

TEST(RollupRequest, ReadsItsParameters) {
    const auto query = parseRollupQuery({{"from", std::to_string(100 * hourMs + 7)},
                                         {"until", std::to_string(200 * hourMs + 7)},
                                         {"step", "24"},
                                         {"by", "operation,blockSamples,operation"},
                                         {"service", ""},
                                         {"host", "Live 12"}},
                                        nowMs);
    EXPECT_EQ(query.fromHour, 100);
    EXPECT_EQ(query.untilHour, 201);
    EXPECT_EQ(query.stepHours, 24);
    EXPECT_THAT(query.by, ElementsAre(RollupDimension::operation, RollupDimension::blockSamples));
    EXPECT_EQ(query.service, "");
    EXPECT_EQ(query.host, "Live 12");
}

TEST(RollupRequest, SaysWhatIsWrong) {
    EXPECT_EQ(refusalOf({{"step", "1.5"}}), "step is \"1.5\"; it must be a whole number from 0 to 8784");
    EXPECT_EQ(refusalOf({{"from", "7200001"}, {"until", "3600000"}}),
              "until is before from; it must be later");
    EXPECT_THAT(refusalOf({{"by", "operation,colour"}}), ::testing::HasSubstr("by has \"colour\""));
    EXPECT_THAT(refusalOf({{"colour", "red"}}), ::testing::HasSubstr("there is no parameter \"colour\""));
}

TEST(RollupRequest, AnswersWithTheDimensionsThatWereAskedFor) {
    RollupQuery query;
    query.fromHour = 10;
    query.untilHour = 20;
    query.by = {RollupDimension::version};
    RollupRow row{{10, {"", "", "1.2.0"}}, {}};
    row.value.count = 2;
    row.value.errors = 1;
    row.value.durations.add(1'000'000);
    row.value.durations.add(1'000'000);
    row.value.times = {1, 1'500'000, 0, 2'000'000};
    const auto json = boost::json::parse(toJson({row}, query));
    EXPECT_EQ(json.at("from").as_int64(), 10 * hourMs);
    EXPECT_EQ(json.at("until").as_int64(), 20 * hourMs);
    const auto& told = json.at("rows").at(0).as_object();
    EXPECT_EQ(told.at("time").as_int64(), 10 * hourMs);
    EXPECT_EQ(told.at("version").as_string(), "1.2.0");
    EXPECT_FALSE(told.contains("operation"));
    EXPECT_EQ(told.at("count").as_int64(), 2);
    EXPECT_EQ(told.at("errors").as_int64(), 1);
    EXPECT_NEAR(told.at("p95Ms").to_number<double>(), 1, 0.2);
    EXPECT_EQ(told.at("traces").as_int64(), 1);
    EXPECT_EQ(told.at("pluginMs").to_number<double>(), 1.5);
    EXPECT_EQ(told.at("networkMs").to_number<double>(), 0);
    EXPECT_EQ(told.at("serverMs").to_number<double>(), 2);
    EXPECT_EQ(told.at("durations").as_array().back().as_int64(), 2);
}

}
}
