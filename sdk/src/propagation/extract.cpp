#include <sidespan/propagation/extract.h>

#include <algorithm>
#include <charconv>

#include <sidespan/detail/header_text.h>
#include <sidespan/propagation/trace_parent.h>

namespace sidespan::inline v0 {
namespace {

constexpr std::size_t maxClientVersionBytes = 32;  // client_version VARCHAR(32)
constexpr std::size_t maxSingleBytes = 512;        // far beyond anything valid

std::optional<std::int64_t> readTimestamp(std::string_view text) noexcept {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    const bool isWhole = error == std::errc{} && end == text.data() + text.size();
    return isWhole && value >= 0 ? std::optional(value) : std::nullopt;
}

std::string readVersion(std::string_view text) {
    if (text.size() > maxClientVersionBytes || !detail::isHeaderValue(text)) return {};
    return std::string(text);
}

// The X-headers carry no flags; a client that sends them has recorded its span.
SpanContext readXHeaders(std::string_view traceId, std::string_view spanId) noexcept {
    const auto trace = TraceId::parse(traceId);
    if (!trace) return {};
    return {.traceId = *trace,
            .spanId = SpanId::parse(spanId).value_or(SpanId()),
            .flags = TraceFlags::sampled,
            .isRemote = true};
}

}

void HeaderReader::Single::add(std::string_view text) {
    isTwice = isThere;
    isThere = true;
    text = detail::trim(text);
    if (!isTwice) value = std::string(text.substr(0, maxSingleBytes));
}

void HeaderReader::List::add(std::string_view text) {
    if (isTooLong || value.size() + text.size() + 1 > maxListBytes) {
        isTooLong = true;
        return;
    }
    if (!value.empty()) value += ',';
    value += text;
}

void HeaderReader::add(std::string_view name, std::string_view value) {
    if (!has(propagators_, headers::propagatorOf(name))) return;
    const auto is = [name](std::string_view other) { return detail::equalIgnoringCase(name, other); };
    if (is(headers::traceParent)) return traceParent_.add(value);
    if (is(headers::traceState)) return traceState_.add(value);
    if (is(headers::baggage)) return baggage_.add(value);
    if (is(headers::traceId)) return traceId_.add(value);
    if (is(headers::spanId)) return spanId_.add(value);
    if (is(headers::parentSpanId)) return parentSpanId_.add(value);
    if (is(headers::clientType)) return clientType_.add(value);
    if (is(headers::clientVersion)) return clientVersion_.add(value);
    if (is(headers::clientTimestamp)) return clientTimestamp_.add(value);
}

RemoteContext HeaderReader::finish() const {
    RemoteContext remote;
    const SpanContext fromX = readXHeaders(traceId_.view(), spanId_.view());
    if (const auto parent = parseTraceParent(traceParent_.view())) {
        remote.context = *parent;
        if (!traceState_.isTooLong)
            remote.traceState = TraceState::parse(traceState_.value).value_or(TraceState());
    } else {
        remote.context = fromX;
    }
    // X-Parent-Span-ID is the parent of the span in X-Span-ID.
    if (fromX.isValid() && fromX.traceId == remote.context.traceId && fromX.spanId == remote.context.spanId) {
        remote.parentSpanId = SpanId::parse(parentSpanId_.view()).value_or(SpanId());
    }
    remote.baggage = Baggage::parse(baggage_.value);
    remote.clientType = parseClientType(clientType_.view());
    remote.clientVersion = readVersion(clientVersion_.view());
    remote.clientTimestampMs = readTimestamp(clientTimestamp_.view());
    return remote;
}

}
