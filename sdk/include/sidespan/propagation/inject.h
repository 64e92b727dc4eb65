#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include <sidespan/client_type.h>
#include <sidespan/consent.h>
#include <sidespan/propagation/baggage.h>
#include <sidespan/propagation/trace_state.h>
#include <sidespan/span_context.h>

namespace sidespan::inline v0 {

/// What goes out beside the context itself. Texts and pointers last as long as the call.
struct InjectOptions {
    /// Asked at the moment of injecting: unless it is granted, nothing is injected. Without one the context
    /// decides alone; a recorder gives out valid contexts only while it may record.
    std::optional<Consent> consent = {};

    ClientType clientType = ClientType::plugin;
    std::string_view clientVersion = {};  ///< left out when empty or with characters no header may hold
    SpanId parentSpanId = {};             ///< left out when not valid
    const TraceState* traceState = nullptr;
    const Baggage* baggage = nullptr;
    std::optional<std::int64_t> timestampMs =
        {};  ///< Unix milliseconds; now, by the system clock, when not given
};

/// Takes headers as `carrier(name, value)`; both texts last as long as the call.
template <class C>
concept HeaderSetter = std::invocable<C&, std::string_view, std::string_view>;

/// Takes headers as a map of strings does; one of another case is replaced.
template <class C>
concept HeaderMap = !HeaderSetter<C> && requires(C & carrier, std::string text) {
    { carrier.begin()->first } -> std::convertible_to<std::string_view>;
    carrier.erase(carrier.begin());
    carrier.insert_or_assign(std::move(text), std::move(text));
};

namespace detail {

struct HeaderSink {
    void* carrier;
    void (*set)(void* carrier, std::string_view name, std::string_view value);
};

void injectHeaders(const SpanContext& context, HeaderSink sink, const InjectOptions& options);

/// As header names compare (RFC 9110, section 5.1).
[[nodiscard]] bool equalIgnoringCase(std::string_view a, std::string_view b) noexcept;

template <class Map>
void assignHeader(Map& map, std::string_view name, std::string_view value) {
    for (auto at = map.begin(); at != map.end();)
        at = equalIgnoringCase(at->first, name) ? map.erase(at) : ++at;
    map.insert_or_assign(std::string(name), std::string(value));
}

}

/// Adds the headers by which a server continues the trace: `traceparent`, `X-Trace-ID`, `X-Span-ID`,
/// `X-Parent-Span-ID`, `X-Client-Type`, `X-Client-Version`, `X-Client-Timestamp`, and `tracestate` and
/// `baggage` when they hold something. A context that names a trace but no span leaves out what would name
/// one; one that names neither injects nothing. [any thread] Throws what the carrier throws.
template <class Carrier>
requires HeaderSetter<std::remove_reference_t<Carrier>> || HeaderMap<std::remove_reference_t<Carrier>>
void inject(const SpanContext& context, Carrier&& carrier, const InjectOptions& options = {}) {
    using C = std::remove_reference_t<Carrier>;
    const auto set = [](void* to, std::string_view name, std::string_view value) {
        auto& target = *static_cast<C*>(to);
        if constexpr (HeaderSetter<C>) {
            target(name, value);
        } else {
            detail::assignHeader(target, name, value);
        }
    };
    detail::injectHeaders(context, {const_cast<void*>(static_cast<const void*>(&carrier)), set}, options);
}

}
