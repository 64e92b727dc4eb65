#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include <sidespan/detail/compiler.h>
#include <sidespan/encoding/detail/otlp_lengths.h>
#include <sidespan/encoding/span_encoding.h>
#include <sidespan/resource.h>

namespace sidespan::inline v0 {

/// OTLP in protobuf, written straight from records: a body is one `ExportTraceServiceRequest`
/// (opentelemetry/proto/collector/trace/v1), which every OpenTelemetry backend takes.
///
/// Ids are bytes, times fixed64 nanoseconds. A span whose status was not set gets none: OTLP reserves `OK`
/// for spans that a user marked. `cancelled` is an error with the attribute `sidespan.status`. Bytes that are
/// not UTF-8 become U+FFFD. The lengths of messages whose end is not known in advance are padded varints,
/// which the wire format allows. In steady state only the buffer allocates memory. Models SpanEncoding.
class OtlpProtobuf {
public:
    static constexpr std::string_view contentType = detail::otlpProtobufType;
    static constexpr std::string_view path = "/v1/traces";
    static constexpr std::string_view separator{};  // between spans
    static constexpr bool isOtlp = true;

    void open(TextBuffer& out, const Resource& resource);
    void append(TextBuffer& out, SpanView span);
    void close(TextBuffer& out);
    /// A whole request with one span. It may contain newlines, so it is no line of a file.
    void appendObject(TextBuffer& out, SpanView span, const Resource& resource);

    /// Writes the lengths of a body that was assembled from parts of another: its head and some of its spans,
    /// and nothing after them.
    static void fixLengths(char* body, std::size_t size) noexcept;

    /// A body as OTLP in JSON. A body that is not protobuf is returned unchanged. Allocates.
    [[nodiscard]] static std::string toText(std::string_view body);

private:
    SIDESPAN_COLD void setResource(const Resource& resource);

    Resource resource_;
    std::string head_;           // a request of this resource before its first span
    std::size_t bodyBegin_ = 0;  // of the body under way, in its buffer
};

static_assert(SpanEncoding<OtlpProtobuf>);

}
