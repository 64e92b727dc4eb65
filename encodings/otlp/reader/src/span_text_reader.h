#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <sidespan/encoding/detail/protobuf.h>
#include <sidespan/encoding/text_buffer.h>
#include <sidespan/span_id.h>
#include <sidespan/trace_id.h>

#include <sidespan/otlp_reader/span_text.h>

namespace sidespan::inline v0::detail {

/// Reads ordinary spans straight into text, without a tree of values. It leaves a span in which anything is
/// unusual (broken, over a limit, an attribute twice, an array) to the general reader and `Span::fromJson`,
/// which know every rule.
class SpanTextReader {
public:
    /// Reads a `Span` message. False if it is for the general reader; `span` is then unspecified.
    [[nodiscard]] bool read(std::string_view message, SpanText& span);

private:
    using Field = protobuf::Fields;
    using Messages = std::vector<std::string_view>;

    void reset();
    [[nodiscard]] bool readField(const Field& field, SpanText& span);
    [[nodiscard]] bool readParent(const Field& field);
    [[nodiscard]] bool readStatus(const Field& field);
    [[nodiscard]] bool finish(SpanText& span);

    [[nodiscard]] bool writeParts(SpanText& span);
    [[nodiscard]] bool writeAttributes(const Messages& attributes);
    [[nodiscard]] bool writeAttribute(std::string_view message);
    [[nodiscard]] bool writeOwnAttributes();
    [[nodiscard]] bool writeEvent(std::string_view message);
    [[nodiscard]] bool writeLink(std::string_view message);

    TraceId traceId_;
    SpanId spanId_;
    SpanId parentId_;
    std::uint64_t kind_ = 0;
    std::uint64_t statusCode_ = 0;
    std::string_view statusMessage_;
    Messages attributes_;
    Messages events_;
    Messages links_;
    Messages ownAttributes_;  // of the event or link that is being written
    Messages keys_;           // of the attributes that are being written
    std::size_t values_ = 0;  // JSON values that were written
    TextBuffer out_;
};

}
