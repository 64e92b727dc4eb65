#include <string>

#include <gtest/gtest.h>

#include "classify.h"
#include "support/manual_delivery_clock.h"

namespace sidespan::detail {
namespace {

TEST(Classify, KnowsTheRetryClasses) {
    const test::ManualDeliveryClock clock;
    const auto fate = [&](int status) { return classify(HttpResponse{.status = status}, clock).fate; };
    for (const int status : {200, 201, 202, 204}) EXPECT_EQ(fate(status), Fate::delivered) << status;
    for (const int status : {408, 429, 500, 502, 503, 504}) EXPECT_EQ(fate(status), Fate::retry) << status;
    for (const int status : {401, 403}) EXPECT_EQ(fate(status), Fate::unauthorized) << status;
    for (const int status :
         {300, 304, 400, 402, 404, 405, 406, 409, 411, 415, 422, 431, 451, 501, 505, 511}) {
        EXPECT_EQ(fate(status), Fate::rejected) << status;
    }
    EXPECT_EQ(fate(410), Fate::switchedOff);
    EXPECT_EQ(fate(413), Fate::tooLarge);
}

TEST(Classify, QuotesTheServerWithoutItsControlCharacters) {
    const test::ManualDeliveryClock clock;
    const auto verdict =
        classify(HttpResponse{.status = 400, .body = "a\r\nb\x1b[31m" + std::string(1000, 'x')}, clock);
    EXPECT_TRUE(verdict.error.message.starts_with("the server answered 400: a  b [31mxxx"))
        << verdict.error.message;
    EXPECT_LT(verdict.error.message.size(), 300U);
}

}
}
