#include "request_trace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "span_row.h"
#include "trace_headers.h"

namespace sidespan::collector {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view traceUuid = "0af76519-16cd-43dd-8448-eb211c80319c";

boost::beast::http::fields xHeaders() {
    boost::beast::http::fields fields;
    fields.set("X-Trace-ID", "0af76519-16cd-43dd-8448-eb211c80319c");
    fields.set("X-Span-ID", "b7ad6b7169203331");
    fields.set("X-Client-Type", "web");
    fields.set("X-Client-Version", "1.2.0");
    return fields;
}

TEST(TraceHeaders, AreReadFromEitherFamily) {
    boost::beast::http::fields fields;
    EXPECT_FALSE(readTraceHeaders(fields).context.traceId.isValid());
    fields.set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    EXPECT_EQ(readTraceHeaders(fields).context.traceId.toUuid(), traceUuid);
    EXPECT_EQ(readTraceHeaders(xHeaders()).context.spanId.toHex(), "b7ad6b7169203331");
}

TEST(RequestTrace, ContinuesTheClientsTrace) {
    RequestTrace trace(readTraceHeaders(xHeaders()));
    EXPECT_TRUE(trace.continuesTrace());
    trace.setName("POST /x");
    { auto step = trace.step("storage.write"); }
    auto rows = trace.finish(200);
    ASSERT_THAT(rows, SizeIs(2));
    EXPECT_EQ(rows[0].traceId, traceUuid);
    EXPECT_EQ(rows[0].parentSpanId, "b7ad6b7169203331");
    EXPECT_EQ(rows[0].kind, "server");
    EXPECT_EQ(rows[0].origin, SpanOrigin::server);
    EXPECT_EQ(rows[0].clientType, "web");
    EXPECT_EQ(rows[0].status, "ok");
    EXPECT_EQ(rows[1].name, "storage.write");
    EXPECT_EQ(rows[1].parentSpanId, rows[0].spanId);
    EXPECT_GE(rows[1].startUnixNano, rows[0].startUnixNano);
    EXPECT_LE(rows[1].endUnixNano, rows[0].endUnixNano);
}

TEST(RequestTrace, CutsANameThatCouldNotBeReadAgain) {
    RequestTrace trace(RemoteContext{});
    trace.setName(std::string(300, 'A'));
    EXPECT_EQ(makeSpan(trace.finish(404).front()).name, std::string(255, 'A'));
}

TEST(RequestTrace, BeginsATraceOfItsOwnWithoutHeaders) {
    RequestTrace first(RemoteContext{});
    RequestTrace second(RemoteContext{});
    EXPECT_FALSE(first.continuesTrace());
    EXPECT_TRUE(TraceId::parse(first.traceId()));
    EXPECT_NE(first.traceId(), second.traceId());
    first.setName("GET /");
    EXPECT_THAT(first.finish(200).front().parentSpanId, IsEmpty());
}

TEST(RequestTrace, MarksAnErrorAnswer) {
    RequestTrace trace(RemoteContext{});
    trace.setName("GET /x");
    auto rows = trace.finish(404);
    EXPECT_EQ(rows[0].status, "error");
    EXPECT_EQ(rows[0].statusMessage, "answered 404");
}

}
}
