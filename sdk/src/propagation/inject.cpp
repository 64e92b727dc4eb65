#include <sidespan/propagation/inject.h>

#include <array>
#include <charconv>
#include <chrono>

#include <sidespan/propagation/header_names.h>
#include <sidespan/propagation/trace_parent.h>

#include "list.h"

namespace sidespan::inline v0::detail {
namespace {

std::int64_t nowMs() {
    using namespace std::chrono;
    return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

void injectNumber(HeaderSink sink, std::string_view name, std::int64_t value) {
    std::array<char, 20> digits;
    const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
    sink.set(sink.carrier, name, {digits.data(), static_cast<std::size_t>(end - digits.data())});
}

void injectText(HeaderSink sink, std::string_view name, std::string_view value) {
    if (!value.empty() && isHeaderValue(value)) sink.set(sink.carrier, name, value);
}

constexpr char lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

}

bool equalIgnoringCase(std::string_view a, std::string_view b) noexcept {
    if (a.size() != b.size()) return false;
    for (std::size_t i = 0; i < a.size(); ++i) {
        if (lower(a[i]) != lower(b[i])) return false;
    }
    return true;
}

void injectHeaders(const SpanContext& context, HeaderSink sink, const InjectOptions& options) {
    if (!context.traceId.isValid() || (options.consent && !options.consent->isGranted())) return;
    injectText(sink, headers::traceId, context.traceId.toUuid());
    injectText(sink, headers::clientType, toString(options.clientType));
    injectText(sink, headers::clientVersion, options.clientVersion);
    injectNumber(sink, headers::clientTimestamp, options.timestampMs ? *options.timestampMs : nowMs());
    if (options.baggage != nullptr) injectText(sink, headers::baggage, options.baggage->text());
    if (!context.spanId.isValid()) return;
    injectText(sink, headers::spanId, context.spanId.toHex());
    if (options.parentSpanId.isValid()) injectText(sink, headers::parentSpanId, options.parentSpanId.toHex());
    injectText(sink, headers::traceParent, formatTraceParent(context));
    if (options.traceState != nullptr) injectText(sink, headers::traceState, options.traceState->text());
}

}
