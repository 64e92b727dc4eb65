#include "trace_headers.h"

#include <gtest/gtest.h>

namespace sidespan::http_server {
namespace {

TEST(TraceHeaders, AreReadFromEitherFamily) {
    boost::beast::http::fields fields;
    EXPECT_FALSE(readTraceHeaders(fields).context.traceId.isValid());
    fields.set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    EXPECT_EQ(readTraceHeaders(fields).context.traceId.toUuid(), "0af76519-16cd-43dd-8448-eb211c80319c");
    boost::beast::http::fields ownFamily;
    ownFamily.set("X-Trace-ID", "0af76519-16cd-43dd-8448-eb211c80319c");
    ownFamily.set("X-Span-ID", "b7ad6b7169203331");
    EXPECT_EQ(readTraceHeaders(ownFamily).context.spanId.toHex(), "b7ad6b7169203331");
}

}
}
