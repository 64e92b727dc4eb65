#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <sidespan/otlp_reader/otlp_reader.h>

namespace sidespan::inline v0::detail {

/// Nesting of arrays and maps in an attribute; beyond it a body is refused.
inline constexpr int deepestValue = 16;

/// What both forms say of a link.
struct OtlpLink {
    std::string traceId;  ///< hex
    std::string spanId;
    std::string traceState;
    std::uint64_t flags = 0;
    boost::json::object attributes;
};

/// What both forms of OTLP say of a span, in native terms as far as the two agree.
struct OtlpSpan {
    std::string traceId;  ///< hex
    std::string spanId;
    std::string parentSpanId;
    std::string traceState;
    std::string name;
    std::uint64_t kind = 0;
    std::uint64_t startUnixNano = 0;
    std::uint64_t endUnixNano = 0;
    std::uint64_t statusCode = 0;
    std::string statusMessage;
    boost::json::object attributes;
    boost::json::array events;
    boost::json::array links;
    std::uint64_t droppedAttributes = 0;
    std::uint64_t droppedEvents = 0;
    std::uint64_t droppedLinks = 0;
    std::uint64_t flags = 0;
    std::uint64_t linksToNothing = 0;  ///< their ids are all zero

    void addLink(OtlpLink link);
};

/// An event as native JSON has it.
[[nodiscard]] boost::json::object nativeEvent(std::uint64_t timeUnixNano, std::string_view name,
                                              boost::json::object attributes);
/// An instrumentation scope; empty when nothing is said.
[[nodiscard]] boost::json::object nativeScope(std::string_view name, std::string_view version,
                                              boost::json::object attributes);

/// Adds an attribute, as one of the types that native JSON has; nothing for a null value. An array of texts,
/// numbers or bools stays one, any other becomes JSON text.
void addAttribute(boost::json::object& attributes, std::string_view key, boost::json::value value);

/// The name of a kind; of one that OTLP does not have, that of none.
[[nodiscard]] std::string_view kindName(std::uint64_t kind) noexcept;

/// Numbers that JSON lacks are names in it.
[[nodiscard]] boost::json::value nativeDouble(double value);

/// The spans of one resource, scope by scope.
class NativeSpans {
public:
    NativeSpans(const boost::json::object& resourceAttributes, const TakeNativeSpan& take);

    /// Of the spans that are taken from now on.
    void setScope(boost::json::object scope);
    void take(OtlpSpan span) const;
    [[nodiscard]] const SpanSource& source() const noexcept { return source_; }

private:
    SpanSource source_;
    boost::json::object scope_;
    const TakeNativeSpan& take_;
};

}
