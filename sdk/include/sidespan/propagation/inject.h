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
    /// If it is not granted at the time of the call, nothing of this program's own is injected.
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

    /// The context that came with the request that is being served. If there is no context to inject, because
    /// nothing is recorded (no consent, the null sink), this one is passed on unchanged. Otherwise its
    /// baggage is sent with the context; its trace state is sent too if the context is a SpanContext of the
    /// same trace. Values given above, or by the context itself, take precedence.
    const RemoteContext* received = nullptr;
};

/// Takes headers as `carrier(name, value)`; both texts last as long as the call.
template <class C>
concept HeaderSetter = std::invocable<C&, std::string_view, std::string_view>;

/// Writes headers into a map of strings. Headers of the propagators that the map already has, in any
/// spelling, are removed: they belong to an earlier trace.
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
/// `X-Parent-Span-ID`, `X-Client-Type`, `X-Client-Version` and `X-Client-Timestamp`, and `tracestate` and
/// `baggage` if they are not empty. Only headers of the chosen propagators are added. If the context names a
/// trace but no span, the headers that name a span are left out. If it names neither, nothing is added. The
/// X-headers have no flags, so without `traceparent` they do not name a span that is not sampled. [any
/// thread] Throws what the carrier throws.
template <HeaderCarrier Carrier>
void inject(const SpanContext& context, Carrier&& carrier, const InjectOptions& options = {}) {
    using C = std::remove_reference_t<Carrier>;
    detail::injectHeaders(context, detail::HeaderSinkFor<C>::make(carrier), options);
}

/// The same with the context's own trace state, baggage and parent, unless the options give others. A context
/// from `extract()` is passed on unchanged, without regard to consent and with nothing of this program's own.
template <HeaderCarrier Carrier>
void inject(const RemoteContext& context, Carrier&& carrier, const InjectOptions& options = {}) {
    using C = std::remove_reference_t<Carrier>;
    detail::injectHeaders(context, detail::HeaderSinkFor<C>::make(carrier), options);
}

/// A handle that keeps the received context: those outside lanes.
template <class S>
concept PropagatingSpan = requires(const S& span) {
    { span.remoteContext() } -> std::same_as<RemoteContext>;
};

/// The same for a span's remoteContext().
template <PropagatingSpan Span, HeaderCarrier Carrier>
void inject(const Span& span, Carrier&& carrier, const InjectOptions& options = {}) {
    inject(span.remoteContext(), carrier, options);
}

}
