#include <sidespan/propagation/inject.h>

#include <array>
#include <charconv>
#include <chrono>

#include <sidespan/detail/header_text.h>
#include <sidespan/propagation/header_names.h>
#include <sidespan/propagation/trace_parent.h>

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

// What the headers say.
struct Message {
    SpanContext context;
    SpanId parentSpanId;
    const TraceState* traceState;
    const Baggage* baggage;
    std::optional<ClientType> clientType;
    std::string_view clientVersion;
    std::optional<std::int64_t> timestampMs;
};

Message messageOf(const RemoteContext& received) noexcept {
    return {received.context,    received.parentSpanId,  &received.traceState,      &received.baggage,
            received.clientType, received.clientVersion, received.clientTimestampMs};
}

Message messageOf(const SpanContext& context, const InjectOptions& options) {
    Message message{context,
                    options.parentSpanId,
                    options.traceState,
                    options.baggage,
                    options.clientType,
                    options.clientVersion,
                    options.timestampMs ? *options.timestampMs : nowMs()};
    if (options.received == nullptr) return message;
    const bool isSameTrace = options.received->context.traceId == context.traceId;
    if (message.traceState == nullptr && isSameTrace) message.traceState = &options.received->traceState;
    if (message.baggage == nullptr) message.baggage = &options.received->baggage;
    return message;
}

void injectTraceContext(const Message& message, HeaderSink sink) {
    if (!message.context.isValid()) return;
    injectText(sink, headers::traceParent, formatTraceParent(message.context));
    if (message.traceState != nullptr) injectText(sink, headers::traceState, message.traceState->text());
}

void injectXHeaders(const Message& message, HeaderSink sink, bool mayNameSpan) {
    if (!message.context.traceId.isValid()) return;
    injectText(sink, headers::traceId, message.context.traceId.toUuid());
    if (message.clientType) injectText(sink, headers::clientType, toString(*message.clientType));
    injectText(sink, headers::clientVersion, message.clientVersion);
    if (message.timestampMs) injectNumber(sink, headers::clientTimestamp, *message.timestampMs);
    if (!message.context.spanId.isValid() || !mayNameSpan) return;
    injectText(sink, headers::spanId, message.context.spanId.toHex());
    if (message.parentSpanId.isValid()) injectText(sink, headers::parentSpanId, message.parentSpanId.toHex());
}

void injectMessage(const Message& message, HeaderSink sink, Propagators propagators) {
    const bool saysFlags = has(propagators, Propagators::traceContext);
    if (has(propagators, Propagators::xHeaders))
        injectXHeaders(message, sink, saysFlags || message.context.isSampled());
    if (saysFlags) injectTraceContext(message, sink);
    if (has(propagators, Propagators::baggage) && message.baggage != nullptr)
        injectText(sink, headers::baggage, message.baggage->text());
}

}

void injectHeaders(const SpanContext& context, HeaderSink sink, const InjectOptions& options) {
    sink.clear(sink.carrier, options.propagators);
    const bool isAllowed = !options.consent || options.consent->isGranted();
    if (context.traceId.isValid() && isAllowed) {
        injectMessage(messageOf(context, options), sink, options.propagators);
    } else if (options.received != nullptr) {
        injectMessage(messageOf(*options.received), sink, options.propagators);
    }
}

void injectHeaders(const RemoteContext& context, HeaderSink sink, InjectOptions options) {
    if (context.context.isRemote || !context.context.traceId.isValid()) {
        if (context.context.isRemote || !context.baggage.isEmpty()) options.received = &context;
        return injectHeaders(SpanContext(), sink, options);
    }
    if (!options.parentSpanId.isValid()) options.parentSpanId = context.parentSpanId;
    if (options.traceState == nullptr) options.traceState = &context.traceState;
    if (options.baggage == nullptr && !context.baggage.isEmpty()) options.baggage = &context.baggage;
    injectHeaders(context.context, sink, options);
}

}
