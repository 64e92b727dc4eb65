#pragma once

#include <cstddef>
#include <string>

#include <sidespan/encoding/text_buffer.h>
#include <sidespan/version.h>
#include <boost/json/object.hpp>

namespace sidespan::inline v0 {

/// OTLP in protobuf from native JSON: what a server passes on that has taken spans in any format. It is the
/// other way of the readers in `<sidespan/otlp_reader/otlp_reader.h>`. For recorded spans OtlpProtobuf is
/// faster.
///
/// Values keep their JSON type: arrays and objects become `ArrayValue` and `KeyValueList`. Status and ids are
/// written as OtlpProtobuf writes them. What is not a native span, as `Span::fromJson` judges it, comes out
/// without the member that is wrong. [any thread] Allocates.
class OtlpWriter {
public:
    /// Writes for spans of this resource; `attributes` is a JSON object of resource attributes.
    explicit OtlpWriter(const boost::json::object& attributes);

    /// Begins a request for several spans: up to before the first. The lengths in it are filled in by
    /// fixLengths() once it is complete; nothing follows the last span.
    void appendHead(TextBuffer& out) const;
    /// One span of a request that appendHead() began.
    static void appendSpan(TextBuffer& out, const boost::json::object& span);
    /// One span with its resource: a request is any number of these, of any resources.
    void appendWhole(TextBuffer& out, const boost::json::object& span) const;
    /// Writes the lengths of a body that is complete, of either form; also of one that was put together from
    /// the parts of another.
    static void fixLengths(char* body, std::size_t size) noexcept;

private:
    std::string resource_;  // field `resource` of ResourceSpans
    std::string scope_;     // field `scope` of ScopeSpans
};

}
