#include <sidespan/propagation/trace_parent.h>

#include <cstdint>

#include <sidespan/detail/hex.h>

namespace sidespan::inline v0 {
namespace {

// Where the parts begin, and the dash before each.
constexpr std::size_t traceIdAt = 3;
constexpr std::size_t spanIdAt = 36;
constexpr std::size_t flagsAt = 53;

constexpr TraceFlags knownFlags = TraceFlags::sampled | TraceFlags::random;

// Accepts only lower case, as the header requires; at most 16 digits.
std::optional<std::uint64_t> readHex(std::string_view digits) noexcept {
    std::uint64_t value = 0;
    for (char c : digits) {
        const bool isDigit = c >= '0' && c <= '9';
        if (!isDigit && (c < 'a' || c > 'f')) return std::nullopt;
        value = (value << 4U) | static_cast<std::uint64_t>(isDigit ? c - '0' : c - 'a' + 10);
    }
    return value;
}

// Whether the parts are in their places, for the version that the header states.
bool hasForm(std::string_view value, std::uint64_t headerVersion) noexcept {
    if (headerVersion == 0xff || value[traceIdAt - 1] != '-' || value[spanIdAt - 1] != '-' ||
        value[flagsAt - 1] != '-') {
        return false;
    }
    return value.size() == TraceParentText::size ||
           (headerVersion != 0 && value[TraceParentText::size] == '-');
}

}

TraceParentText::TraceParentText(const SpanContext& context) noexcept {
    char* to = detail::formatHex(text_.data(), 0, 2);
    *to++ = '-';
    to = detail::formatHex(to, context.traceId.high(), 16);
    to = detail::formatHex(to, context.traceId.low(), 16);
    *to++ = '-';
    to = detail::formatHex(to, context.spanId.value(), 16);
    *to++ = '-';
    detail::formatHex(to, static_cast<std::uint64_t>(context.flags & knownFlags), 2);
}

std::optional<SpanContext> parseTraceParent(std::string_view value) noexcept {
    if (value.size() < TraceParentText::size) return std::nullopt;
    const auto headerVersion = readHex(value.substr(0, 2));
    if (!headerVersion || !hasForm(value, *headerVersion)) return std::nullopt;

    const auto high = readHex(value.substr(traceIdAt, 16));
    const auto low = readHex(value.substr(traceIdAt + 16, 16));
    const auto span = readHex(value.substr(spanIdAt, 16));
    const auto flags = readHex(value.substr(flagsAt, 2));
    if (!high || !low || !span || !flags) return std::nullopt;

    const SpanContext context{.traceId = TraceId(*high, *low),
                              .spanId = SpanId(*span),
                              .flags = static_cast<TraceFlags>(*flags) & knownFlags,
                              .isRemote = true};
    return context.isValid() ? std::optional(context) : std::nullopt;
}

}
