#include <gtest/gtest.h>

#include "delivery/server_answer.h"

namespace sidespan::detail {
namespace {

TEST(ServerAnswer, FindsTheRejectedCountAndNothingElse) {
    EXPECT_EQ(rejectedSpans(R"({"accepted":1,"duplicate":2,"rejected":3})"), 3U);
    EXPECT_EQ(rejectedSpans(R"(  { "rejected" : 42 , "a":1})"), 42U);
    EXPECT_EQ(rejectedSpans(R"({"nested":{"rejected":9},"text":"\"rejected\":8","rejected":7})"), 7U);
    for (const char* text :
         {"", "ok", "[]", "{}", R"({"rejected":"3"})", R"({"rejected":-3})", R"({"x":"rejected"})",
          R"({"rejected)", R"({"a":[{"rejected":3}]})", R"(["rejected":3])", R"({"rejected":)",
          R"({"rejected":99999999999999999999999})", R"({"a\)"}) {
        EXPECT_EQ(rejectedSpans(text), 0U) << text;
    }
}

TEST(ServerAnswer, FindsTheFirstReason) {
    EXPECT_EQ(rejectionReason(
                  R"({"rejected":2,"rejections":[{"index":1, "reason" : "no \"name\""},{"reason":"b"}]})"),
              R"(no \"name\")");
    for (const char* text : {"", "{}", R"({"reason":3})", R"({"reason")", R"({"reason":"x)",
                             R"({"reason":"x\")", R"({"text":"\"reason\":\"x\""})"}) {
        EXPECT_EQ(rejectionReason(text), "") << text;
    }
}

}
}
