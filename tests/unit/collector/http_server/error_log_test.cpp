#include <sidespan_http_server/error_log.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidespan::http_server {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class ErrorLogTest : public ::testing::Test {
protected:
    std::vector<std::string> lines_;
    ErrorLog log_{[this](std::string_view message) { lines_.emplace_back(message); }};
    ErrorLog::Time now_{};
};

TEST_F(ErrorLogTest, WritesAMessageThatComesAgainOnceInTenSeconds) {
    for (int i = 0; i < 447; ++i) log_.report("disk full", now_ + i * 10ms);
    log_.report("no token", now_ + 5s);
    EXPECT_THAT(lines_, ElementsAre("disk full", "no token"));
    log_.report("disk full", now_ + 10s);
    log_.report("disk full", now_ + 30s);
    log_.report("no token", now_ + 15s);
    EXPECT_THAT(lines_, ElementsAre("disk full", "no token", "disk full (446 more times since the last line)",
                                    "disk full", "no token"));
}

TEST_F(ErrorLogTest, ForgetsTheMessageThatWasWrittenLongestAgo) {
    for (int i = 0; i < 17; ++i) log_.report(std::to_string(i), now_ + i * 1ms);
    log_.report("16", now_ + 1s);
    log_.report("1", now_ + 1s);
    log_.report("0", now_ + 1s);
    EXPECT_THAT(lines_, ::testing::SizeIs(18));
    EXPECT_EQ(lines_.back(), "0");
}

}
}
