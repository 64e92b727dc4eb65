#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include <sidespan/otlp_reader/otlp_reader.h>

namespace sidespan::inline v0::detail {

/// How deep arrays and maps of an attribute may be nested; a body with deeper ones is refused.
inline constexpr int deepestValue = 16;

/// A link as both forms of OTLP describe it.
struct OtlpLink {
    std::string traceId;  ///< hex
    std::string spanId;
    std::string traceState;
    std::uint64_t flags = 0;
    boost::json::object attributes;
};

/// A span as both forms of OTLP describe it. Attributes, events and links are native JSON already.
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
    std::uint64_t linksToNothing = 0;  ///< links with an id that is all zero

    void addLink(OtlpLink link);
};

/// An event in native JSON.
[[nodiscard]] boost::json::object nativeEvent(std::uint64_t timeUnixNano, std::string_view name,
                                              boost::json::object attributes);
/// An instrumentation scope; empty if it has no name, version or attributes.
[[nodiscard]] boost::json::object nativeScope(std::string_view name, std::string_view version,
                                              boost::json::object attributes);

/// Adds an attribute, with a type that native JSON has. Does nothing for a null value or an empty key. An
/// array of texts, numbers or bools stays an array; other arrays and maps become JSON text.
void addAttribute(boost::json::object& attributes, std::string_view key, boost::json::value value);

/// The name of a kind; "unspecified" for one that OTLP does not have.
[[nodiscard]] std::string_view kindName(std::uint64_t kind) noexcept;

/// A double. Numbers that JSON lacks become their names.
[[nodiscard]] boost::json::value nativeDouble(double value);

/// The spans of one resource, scope by scope.
class NativeSpans {
public:
    NativeSpans(const boost::json::object& resourceAttributes, const TakeNativeSpan& take);

    /// Sets the scope of the spans that take() gets from now on.
    void setScope(boost::json::object scope);
    void take(OtlpSpan span) const;
    [[nodiscard]] const SpanSource& source() const noexcept { return source_; }

private:
    SpanSource source_;
    boost::json::object scope_;
    const TakeNativeSpan& take_;
};

}
