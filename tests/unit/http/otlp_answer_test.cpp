#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "delivery/otlp_answer.h"

namespace sidespan::detail {
namespace {

TEST(OtlpAnswer, FindsThePartialSuccessOfEitherForm) {
    for (
        const std::string_view body :
        {std::string_view(R"({"partialSuccess":{"rejectedSpans":"3","errorMessage":"no room"}})"),
         std::string_view(
             R"( {"other":{"rejectedSpans":9}, "partialSuccess" : {"errorMessage":"no room","rejectedSpans":3}})"),
         std::string_view("\x0a\x0b\x08\x03\x12\x07no room"),
         std::string_view("\x10\x05\x1a\x01x\x0a\x0b\x12\x07no room\x08\x03")}) {
        const auto reading = readOtlpAnswer(body);
        EXPECT_EQ(reading.refused, 3U) << body;
        EXPECT_EQ(reading.reason, "no room") << body;
    }
}

TEST(OtlpAnswer, TakesWhatSaysNothingForAWholeSuccess) {
    using namespace std::string_view_literals;
    for (const auto body :
         {""sv, "{}"sv, "ok"sv, "[]"sv, R"({"partialSuccess":{}})"sv, R"({"partialSuccess":3})"sv,
          R"({"partialSuccess":{"a":1},"x":{"rejectedSpans":5}})"sv, "\x0a"sv, "\x0a\x7f\x08\x03"sv,
          "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"sv, "\x0a\x01\x08"sv, "\x08"sv}) {
        EXPECT_EQ(readOtlpAnswer(body).refused, 0U) << body;
    }
}

TEST(OtlpAnswer, TakesAPageForNoAnswer) {
    using namespace std::string_view_literals;
    for (const auto body : {"<html>Sign in</html>"sv,
                            "\n<html>\r\n<body>Sign in to go on, or write to the people here.</body>"sv,
                            "\n\x0d\r\n\thello world and what follows it"sv, "\x0a\x05\x0d\x01\x01\x01\x01"sv,
                            "\x0a\x02\x08\x03\x7f"sv, "\x08\x05"sv, "\x0a\x04\x08\x03\x7f\x7f"sv})
        EXPECT_EQ(readOtlpAnswer(body).refused, 0U) << body;
}

TEST(OtlpAnswer, TakesACountBelowZeroForNone) {
    using namespace std::string_view_literals;
    for (const auto body :
         {"\x0a\x0b\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"sv,
          R"({"partialSuccess":{"rejectedSpans":"-1"}})"sv, R"({"partialSuccess":{"rejectedSpans":-1}})"sv})
        EXPECT_EQ(readOtlpAnswer(body).refused, 0U) << body;
}

}
}
