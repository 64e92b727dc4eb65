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
#include <sidespan/propagation/header_names.h>
#include <sidespan/propagation/propagators.h>
#include <sidespan/propagation/remote_context.h>
#include <sidespan/span_context.h>

namespace sidespan::inline v0 {

/// What is sent in addition to the context. Texts and pointers last as long as the call.
struct InjectOptions {
    /// Unless it is granted at the time of the call, nothing of this program's own is injected.
    /// Without it only the context decides; a recorder gives valid contexts only while it may record.
    std::optional<Consent> consent = {};

    Propagators propagators = Propagators::all;

    ClientType clientType = ClientType::plugin;
    std::string_view clientVersion = {};  ///< left out when empty or with characters no header may hold
    SpanId parentSpanId = {};             ///< left out when not valid
    const TraceState* traceState = nullptr;
    const Baggage* baggage = nullptr;
    std::optional<std::int64_t> timestampMs =
        {};  ///< Unix milliseconds; now, by the system clock, when not given

    /// What came in with the request that is being served. If there is no context to inject, because nothing
    /// is recorded (no consent, the null sink), it is passed on unchanged. Else its baggage is sent with the
    /// context, and its trace state with a SpanContext of the same trace, unless they are given above or the
    /// context has its own.
    const RemoteContext* received = nullptr;
};

/// Takes headers as `carrier(name, value)`; both texts last as long as the call.
template <class C>
concept HeaderSetter = std::invocable<C&, std::string_view, std::string_view>;

/// Takes headers as a map of strings does. Headers of the propagators that it already holds, in any spelling,
/// are removed: they belong to an earlier trace.
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
    void (*clear)(void* carrier, Propagators propagators);
};

void injectHeaders(const SpanContext& context, HeaderSink sink, const InjectOptions& options);
void injectHeaders(const RemoteContext& context, HeaderSink sink, InjectOptions options);

template <class Carrier>
struct HeaderSinkFor {
    static void set(void* carrier, std::string_view name, std::string_view value) {
        auto& target = *static_cast<Carrier*>(carrier);
        if constexpr (HeaderSetter<Carrier>) {
            target(name, value);
        } else {
            target.insert_or_assign(std::string(name), std::string(value));
        }
    }
    static void clear(void* carrier, Propagators propagators) {
        if constexpr (!HeaderSetter<Carrier>) {
            auto& map = *static_cast<Carrier*>(carrier);
            for (auto at = map.begin(); at != map.end();) {
                const bool isOurs = (headers::propagatorOf(at->first) & propagators) != Propagators::none;
                at = isOurs ? map.erase(at) : ++at;
            }
        }
    }
    static HeaderSink make(const Carrier& carrier) noexcept {
        return {const_cast<void*>(static_cast<const void*>(&carrier)), &set, &clear};
    }
};

}

template <class C>
concept HeaderCarrier = HeaderSetter<std::remove_reference_t<C>> || HeaderMap<std::remove_reference_t<C>>;

/// Adds the headers by which a server continues the trace: `traceparent`, `X-Trace-ID`, `X-Span-ID`,
/// `X-Parent-Span-ID`, `X-Client-Type`, `X-Client-Version`, `X-Client-Timestamp`, and `tracestate` and
/// `baggage` when they hold something; of them those of the propagators. A context that names a trace but no
/// span leaves out what would name one; one that names neither injects nothing. The X-headers have no flags,
/// so without `traceparent` they do not name a span that is not sampled. [any thread] Throws what the carrier
/// throws.
template <HeaderCarrier Carrier>
void inject(const SpanContext& context, Carrier&& carrier, const InjectOptions& options = {}) {
    using C = std::remove_reference_t<Carrier>;
    detail::injectHeaders(context, detail::HeaderSinkFor<C>::make(carrier), options);
}

/// The same with the trace state, the baggage and the parent that a context has, unless the options give
/// others. What `extract()` gave is passed on as it came, without regard to consent and with nothing of this
/// program's own.
template <HeaderCarrier Carrier>
void inject(const RemoteContext& context, Carrier&& carrier, const InjectOptions& options = {}) {
    using C = std::remove_reference_t<Carrier>;
    detail::injectHeaders(context, detail::HeaderSinkFor<C>::make(carrier), options);
}

/// A handle that keeps what came with its trace: those off lanes.
template <class S>
concept PropagatingSpan = requires(const S& span) {
    { span.remoteContext() } -> std::same_as<RemoteContext>;
};

/// The same for what a span gives to other processes.
template <PropagatingSpan Span, HeaderCarrier Carrier>
void inject(const Span& span, Carrier&& carrier, const InjectOptions& options = {}) {
    inject(span.remoteContext(), carrier, options);
}

}
