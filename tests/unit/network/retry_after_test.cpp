#include "retry_after.h"

#include <ctime>

#include <gtest/gtest.h>
#include <sidespan/network/delivery_clock.h>

namespace sidespan::detail {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using std::chrono::year;

constexpr auto example = sys_days{year{1994} / 11 / 6} + 8h + 49min + 37s;

TEST(HttpDate, IsReadInAllThreeForms) {
    EXPECT_EQ(parseHttpDate("Sun, 06 Nov 1994 08:49:37 GMT"), example);
    EXPECT_EQ(parseHttpDate("Sunday, 06-Nov-94 08:49:37 GMT"), example);
    EXPECT_EQ(parseHttpDate("Sun Nov  6 08:49:37 1994"), example);
}

TEST(HttpDate, RefusesWhatIsNone) {
    for (const char* text :
         {"", "Sun", "Sun, ", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Now 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 6 Nov 1994 08:49:37 GMT",
          "Sun, 06 Nov 1994 08:49:37 GMT ", "Sun Nov 6 08:49:37 1994", "1994-11-06T08:49:37Z"}) {
        EXPECT_FALSE(parseHttpDate(text)) << text;
    }
}

TEST(RetryAfter, IsANumberOfSeconds) {
    EXPECT_EQ(parseRetryAfter("0", example), 0s);
    EXPECT_EQ(parseRetryAfter("120", example), 120s);
    EXPECT_EQ(parseRetryAfter("120  ", example), 120s);
}

TEST(RetryAfter, IsADate) {
    EXPECT_EQ(parseRetryAfter("Sun, 06 Nov 1994 08:50:37 GMT", example), 60s);
    EXPECT_EQ(parseRetryAfter("Sun, 06 Nov 1994 08:00:00 GMT", example), 0s);
}

TEST(RetryAfter, NeverSilencesForMoreThanADay) {
    EXPECT_EQ(parseRetryAfter("99999999999999999999999", example), 24h);
    EXPECT_EQ(parseRetryAfter("4294967295", example), 24h);
    EXPECT_EQ(parseRetryAfter("Fri, 31 Dec 9999 23:59:59 GMT", example), 24h);
}

TEST(RetryAfter, IsIgnoredWhenItIsNeither) {
    for (const char* text : {"", " ", "-1", "1.5", "soon", "12 s"})
        EXPECT_FALSE(parseRetryAfter(text, example)) << text;
}

#if defined(__linux__)
TEST(DeliveryClock, HasTheTimeSinceTheMachineStartedInTwoParts) {
    const auto sinceStart = [] {
        timespec time{};
        ::clock_gettime(CLOCK_BOOTTIME, &time);
        return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    };
    const DeliveryClock clock;
    const auto before = sinceStart();
    const auto both = clock.now().time_since_epoch() + clock.asleep();
    EXPECT_GE(both, before);
    EXPECT_LE(both, sinceStart());
}
#endif

}
}
