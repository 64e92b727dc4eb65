#include "api/server_spans.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sidespan_http_server/server_response.h>

#include "store/span_row.h"

namespace sidespan::collector {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view traceUuid = "0af76519-16cd-43dd-8448-eb211c80319c";

class ServerSpansTest : public ::testing::Test {
protected:
    static RemoteContext caller() {
        return extract(std::map<std::string, std::string>{{"X-Trace-ID", std::string(traceUuid)},
                                                          {"X-Span-ID", "b7ad6b7169203331"},
                                                          {"X-Client-Type", "web"},
                                                          {"X-Client-Version", "1.2.0"}});
    }
    ServerSpans make(std::string_view name, const RemoteContext& remote = {}) {
        return {name, remote, [this](std::vector<SpanRow> rows) { rows_ = std::move(rows); }};
    }
    static http_server::ServerResponse answered(boost::beast::http::status status) {
        http_server::ServerResponse response;
        response.status = status;
        return response;
    }

    http_server::ServerResponse ok_ = answered(boost::beast::http::status::ok);
    std::vector<SpanRow> rows_;
};

TEST_F(ServerSpansTest, ContinueTheClientsTrace) {
    auto spans = make("POST /x", caller());
    { auto step = spans.step("storage.write"); }
    spans.end(ok_);
    ASSERT_THAT(rows_, SizeIs(2));
    EXPECT_EQ(rows_[0].traceId, traceUuid);
    EXPECT_EQ(rows_[0].parentSpanId, "b7ad6b7169203331");
    EXPECT_EQ(rows_[0].kind, "server");
    EXPECT_EQ(rows_[0].origin, SpanOrigin::server);
    EXPECT_EQ(rows_[0].clientType, "web");
    EXPECT_EQ(rows_[0].status, "ok");
    EXPECT_EQ(rows_[1].name, "storage.write");
    EXPECT_EQ(rows_[1].parentSpanId, rows_[0].spanId);
    EXPECT_GE(rows_[1].startUnixNano, rows_[0].startUnixNano);
    EXPECT_LE(rows_[1].endUnixNano, rows_[0].endUnixNano);
}

TEST_F(ServerSpansTest, TheWaitForABodyIsAStep) {
    auto spans = make("POST /x", caller());
    spans.bodyBegins();
    spans.bodyEnds(3);
    spans.end(ok_);
    ASSERT_THAT(rows_, SizeIs(2));
    EXPECT_EQ(rows_[1].name, "network.receive");
}

TEST_F(ServerSpansTest, CutANameThatCouldNotBeReadAgain) {
    auto spans = make(std::string(300, 'A'));
    spans.end(ok_);
    EXPECT_EQ(makeSpan(rows_.front()).name, std::string(255, 'A'));
}

TEST_F(ServerSpansTest, BeginATraceOfTheirOwnWithoutHeaders) {
    auto first = make("GET /");
    auto second = make("GET /");
    EXPECT_TRUE(TraceId::parse(first.traceId()));
    EXPECT_NE(first.traceId(), second.traceId());
    first.end(ok_);
    EXPECT_THAT(rows_.front().parentSpanId, IsEmpty());
}

TEST_F(ServerSpansTest, MarkAnErrorAnswer) {
    auto spans = make("GET /x");
    auto missing = answered(boost::beast::http::status::not_found);
    spans.end(missing);
    EXPECT_EQ(rows_[0].status, "error");
    EXPECT_EQ(rows_[0].statusMessage, "answered 404");
}

}
}
