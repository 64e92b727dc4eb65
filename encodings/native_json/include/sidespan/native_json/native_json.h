#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <sidespan/config.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/encoding/span_encoding.h>
#include <sidespan/resource.h>

namespace sidespan::inline v0 {

/// Native JSON, written straight from records: an array of span objects (docs/wire-format.md). An object
/// parses to what `Span::toJson()` gives for the same span; only the order of its members differs.
///
/// Numbers that JSON lacks are written by name ("NaN", "Infinity", "-Infinity"); bytes that are not UTF-8
/// become U+FFFD. Models SpanEncoding.
class NativeJson {
public:
    static constexpr std::string_view contentType = "application/json";
    static constexpr std::string_view path = "/api/v1/telemetry/spans";

    NativeJson() = default;
    /// `Config::batch.wrapped` chooses the form of bodies: an array of spans, or an object with the array and
    /// the resource.
    explicit NativeJson(const Config& config) : isWrapped_(config.batch.wrapped) {}

    void open(TextBuffer& out, const Resource& resource);
    void append(TextBuffer& out, SpanView span);
    void close(TextBuffer& out);
    void appendObject(TextBuffer& out, SpanView span, const Resource& resource);

private:
    SIDESPAN_COLD void setResource(const Resource& resource);
    char* writeTimes(char* to, std::uint64_t start, std::uint64_t end) noexcept;
    char* writeSpan(char* to, SpanView span) noexcept;
    [[nodiscard]] std::size_t mostBytes(SpanView span) const noexcept;

    struct Digits {
        char text[16];
    };
    Digits digitsOf(std::uint64_t second) noexcept;

    bool isWrapped_ = false;
    Resource resource_;
    std::string head_;      // a body of this resource before its first span
    std::string end_;       // what ends a span of this resource, with room to copy it in blocks
    std::string quietEnd_;  // the same for a span that has only attributes
    std::size_t endSize_ = 0;
    std::size_t quietEndSize_ = 0;
    std::uint64_t second_ = ~std::uint64_t{0};  // consecutive spans mostly share it, so its digits are kept
    Digits secondDigits_ = {};
    bool isFirst_ = true;
};

static_assert(SpanEncoding<NativeJson>);

}
