#pragma once

#include <cstddef>
#include <string>

#include <sidespan/encoding/text_buffer.h>
#include <sidespan/version.h>
#include <boost/json/object.hpp>

namespace sidespan::inline v0 {

/// Converts native JSON to OTLP in protobuf, for a server that forwards spans. It is the inverse of the
/// readers in `<sidespan/otlp_reader/otlp_reader.h>`. OtlpProtobuf writes recorded spans faster.
///
/// Values keep their JSON type: arrays and objects become `ArrayValue` and `KeyValueList`. Status and ids are
/// written as OtlpProtobuf writes them. A span's `flags` and `traceState`, and a link's `traceState`, have
/// the readers' form. Validates nothing: a member of the wrong type counts as missing.
/// [any thread] Allocates.
class OtlpWriter {
public:
    /// Writes spans of this resource and instrumentation scope: resource attributes, and a scope's `name`,
    /// `version` and `attributes`.
    explicit OtlpWriter(const boost::json::object& attributes, const boost::json::object& scope = {});

    /// Writes the beginning of a request, before its first span. Nothing is written after the last span; then
    /// fixLengths() fills in the lengths.
    void appendHead(TextBuffer& out) const;
    /// Appends one span to a request that appendHead() began.
    static void appendSpan(TextBuffer& out, const boost::json::object& span);
    /// Appends one span with its resource. A request is any number of these, of any resources.
    void appendWhole(TextBuffer& out, const boost::json::object& span) const;
    /// Fills in the lengths of a body that appendHead() began, also of one that was assembled from parts of
    /// another. Leaves a body of appendWhole() unchanged.
    static void fixLengths(char* body, std::size_t size) noexcept;

private:
    std::string resource_;  // field `resource` of ResourceSpans
    std::string scope_;     // field `scope` of ScopeSpans
};

}
