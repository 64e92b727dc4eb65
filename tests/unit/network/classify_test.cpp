#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "classify.h"
#include "support/manual_delivery_clock.h"

namespace sidespan::detail {
namespace {

using namespace std::chrono_literals;

TEST(Classify, QuotesTheServerWithoutItsControlCharacters) {
    const test::ManualDeliveryClock clock;
    const auto result = classify(
        HttpResponse{.status = 400, .body = "a\r\nb\x1b[31m\u009b" + std::string(1000, 'x')}, {}, clock);
    EXPECT_TRUE(result.error.message.starts_with("the server answered 400: a  b [31m  xxx"))
        << result.error.message;
    EXPECT_LT(result.error.message.size(), 300U);
}

std::optional<DeliveryClock::Time::duration> waitAsked(std::vector<HttpHeader> headers) {
    const test::ManualDeliveryClock clock;
    const auto result = classify(HttpResponse{.status = 503, .headers = std::move(headers)}, {}, clock);
    if (!result.notBefore) return std::nullopt;
    return *result.notBefore - clock.now();
}

// The clock of this machine stands somewhere else.
TEST(Classify, ReadsARetryAfterDateAgainstTheDateOfTheAnswer) {
    const HttpHeader later{"Retry-After", "Sun, 06 Nov 1994 08:50:37 GMT"};
    EXPECT_EQ(waitAsked({later, {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}}), 60s);
    EXPECT_EQ(waitAsked({{"Retry-After", "Fri, 31 Dec 2100 23:59:59 GMT"},
                         {"Date", "Fri, 31 Dec 2100 23:59:29 GMT"}}),
              30s);
    EXPECT_EQ(waitAsked({later, {"Date", "yesterday"}}), 0s) << "the date of the answer is none";
    EXPECT_EQ(waitAsked({later}), 0s);
    EXPECT_EQ(waitAsked({{"Retry-After", "7"}, {"Date", "Sun, 06 Nov 1994 08:49:37 GMT"}}), 7s);
}

TEST(Classify, UsesTheRulesThatItIsGiven) {
    const test::ManualDeliveryClock clock;
    const AnswerRules rules{
        .statusOf = [](const HttpResponse&) noexcept { return DeliveryStatus::tooLarge; }};
    const auto result = classify(HttpResponse{.status = 200}, rules, clock);
    EXPECT_EQ(result.status, DeliveryStatus::tooLarge);
    EXPECT_EQ(result.error.code, ErrorCode::tooLarge);
}

}
}
