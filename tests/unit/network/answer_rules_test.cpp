#include <sidespan/network/detail/answer_rules.h>

#include <string>

#include <gtest/gtest.h>

namespace sidespan::detail {
namespace {

DeliveryStatus statusOf(int status) {
    return httpStatusOf(HttpResponse{.status = status});
}

TEST(AnswerRules, RetryWhatTheEndpointItselfDidNotSay) {
    for (const int status : {407, 408, 421, 425, 429, 500, 502, 503, 504, 507, 509, 511})
        EXPECT_EQ(statusOf(status), DeliveryStatus::retry) << status;
    for (int status = 500; status < 600; ++status) {
        const bool isSure = status == 501 || status == 505;
        EXPECT_EQ(statusOf(status), isSure ? DeliveryStatus::rejected : DeliveryStatus::retry) << status;
    }
    for (const int status : {0, 100, 101, 103, 600, 999})
        EXPECT_EQ(statusOf(status), DeliveryStatus::retry) << status;
}

TEST(AnswerRules, KnowWhatTheEndpointMeans) {
    for (const int status : {200, 201, 202, 204, 299}) EXPECT_EQ(statusOf(status), DeliveryStatus::delivered);
    for (const int status : {401, 403}) EXPECT_EQ(statusOf(status), DeliveryStatus::unauthorized) << status;
    for (const int status :
         {300, 304, 400, 402, 404, 405, 406, 409, 411, 415, 422, 431, 451, 499, 501, 505}) {
        EXPECT_EQ(statusOf(status), DeliveryStatus::rejected) << status;
    }
    EXPECT_EQ(statusOf(410), DeliveryStatus::switchedOff);
    EXPECT_EQ(statusOf(413), DeliveryStatus::tooLarge);
}

HttpResponse ok(std::string type, std::string body) {
    HttpResponse response{.status = 200, .body = std::move(body)};
    if (!type.empty()) response.headers = {{"content-type", std::move(type)}};
    return response;
}

TEST(AnswerRules, DisbelieveASuccessThatIsHtml) {
    for (const auto& response :
         {ok("text/html", ""), ok("TEXT/HTML; charset=utf-8", "hello"), ok("application/xhtml+xml", ""),
          ok("", "<!DOCTYPE html>"), ok("application/json", "<html>"), ok("text/plain", " \r\n\t<HTML>"),
          ok("", "\xef\xbb\xbf<html>")}) {
        EXPECT_EQ(httpStatusOf(response), DeliveryStatus::retry) << response.body;
        EXPECT_EQ(httpStatusOfFetch(response), DeliveryStatus::delivered) << response.body;
    }
}

TEST(AnswerRules, BelieveASuccessOfATeamsOwnServer) {
    for (const auto& response :
         {ok("", ""), ok("text/plain", "ok"), ok("", "ok"), ok("application/json", "{}"), ok("", "5 < 6"),
          ok("", "\xef\xbb\xbf{}"), ok("text", ""), ok("", "  ")}) {
        EXPECT_EQ(httpStatusOf(response), DeliveryStatus::delivered) << response.body;
    }
}

}
}
