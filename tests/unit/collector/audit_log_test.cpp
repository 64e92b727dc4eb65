#include "access/audit_log.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace sidespan::collector {
namespace {

using boost::beast::http::status;
using http_server::RefusalKind;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class AuditLogTest : public ::testing::Test {
protected:
    void refuse(RefusalKind kind = RefusalKind::token, std::string_view reason = "no") {
        log_.refused(request_, http_server::refusal(kind, status::unauthorized, reason));
    }

    http_server::ServerRequest request_;
    http_server::RateTable::Clock::time_point now_{};
    std::vector<std::string> lines_;
    AuditLog log_{[this](std::string_view line) { lines_.emplace_back(line); }, [this] { return now_; }};
};

TEST_F(AuditLogTest, ARefusalIsOneLine) {
    request_.peer = "203.0.113.7";
    request_.caller.tokenId = "user:ann\n2026 refused \"\x7f\u00e9";
    request_.caller.bearer = "the-secret";
    refuse(RefusalKind::token, "send\r\na token");
    ASSERT_THAT(lines_, SizeIs(1));
    EXPECT_THAT(lines_[0], ContainsRegex("^20[0-9-]+T[0-9:.]+Z refused kind=token status=401 "
                                         "address=203.0.113.7 token=user:ann"));
    EXPECT_THAT(lines_[0], HasSubstr(R"(token=user:ann\x0a2026_refused_\x22\x7f\xc3\xa9 route="-" )"
                                     R"(reason="send\x0d\x0aa token")"));
    EXPECT_THAT(lines_[0], ::testing::Not(HasSubstr("the-secret")));
    for (const char c : lines_[0]) EXPECT_TRUE(c >= ' ' && c <= '~');
}

TEST_F(AuditLogTest, WhatAnybodyMayNotSendIsNone) {
    for (const auto kind : {RefusalKind::none, RefusalKind::request, RefusalKind::busy}) refuse(kind);
    EXPECT_THAT(lines_, SizeIs(0));
    for (const auto kind :
         {RefusalKind::host, RefusalKind::origin, RefusalKind::token, RefusalKind::scope,
          RefusalKind::addressLimit, RefusalKind::tokenLimit, RefusalKind::installationLimit})
        refuse(kind);
    EXPECT_THAT(lines_, SizeIs(7));
}

TEST_F(AuditLogTest, AFloodOfOneKindHidesNoOther) {
    for (std::size_t i = 0; i < AuditLog::linesPerMinute + 50; ++i) refuse();
    EXPECT_THAT(lines_, SizeIs(AuditLog::linesPerMinute));
    refuse(RefusalKind::scope);
    EXPECT_THAT(lines_.back(), HasSubstr("kind=scope"));
    EXPECT_THAT(lines_.back(), ::testing::Not(HasSubstr("suppressed")));
    now_ += std::chrono::seconds(1);
    refuse();
    EXPECT_THAT(lines_.back(), ContainsRegex("kind=token .* suppressed=50$"));
    refuse();
    EXPECT_THAT(lines_.back(), ::testing::Not(HasSubstr("suppressed")));
}

}
}
