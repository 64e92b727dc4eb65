#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sidespan/detail/compiler.h>
#include <sidespan/encoding/span_encoding.h>
#include <sidespan/resource.h>

namespace sidespan::inline v0 {

/// OTLP in JSON, written straight from records: a body is one `ExportTraceServiceRequest`. An object is one
/// `TracesData` on a line, the form of the OpenTelemetry Collector's file exporter and file receiver.
///
/// Ids are lower-case hex, 64-bit integers decimal strings, enumerations numbers (OTLP specification, "JSON
/// Protobuf Encoding"). Numbers that JSON lacks are written by name ("NaN", "Infinity", "-Infinity"). Status
/// and text are as OtlpProtobuf says. In steady state only the buffer allocates memory. Models SpanEncoding.
class OtlpJson {
public:
    static constexpr std::string_view contentType = "application/json";
    static constexpr std::string_view path = "/v1/traces";
    static constexpr bool isOtlp = true;

    void open(TextBuffer& out, const Resource& resource);
    void append(TextBuffer& out, SpanView span);
    void close(TextBuffer& out);
    void appendObject(TextBuffer& out, SpanView span, const Resource& resource);

private:
    SIDESPAN_COLD void setResource(const Resource& resource);

    Resource resource_;
    std::string head_;  // a body of this resource before its first span
    bool isFirst_ = true;
};

static_assert(SpanEncoding<OtlpJson>);

}
