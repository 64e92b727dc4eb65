#pragma once

#include <juce_core/juce_core.h>

#include <sidespan/propagation/inject.h>

namespace sidespan::inline v0 {

/// The headers by which a server continues the trace, each ending with "\r\n", as juce::WebInputStream's
/// withExtraHeaders() takes them; inject() says which. Empty when the context is not recorded, for want of
/// consent for instance. [any thread] Allocates.
[[nodiscard]] juce::String traceHeaders(const SpanContext& context, const InjectOptions& options = {});
/// The same with trace state and baggage, as inject() sends them.
[[nodiscard]] juce::String traceHeaders(const RemoteContext& context, const InjectOptions& options = {});
template <PropagatingSpan Span>
[[nodiscard]] juce::String traceHeaders(const Span& span, const InjectOptions& options = {}) {
    return traceHeaders(span.remoteContext(), options);
}

/// The same options with the trace's headers behind those they have. Headers of the options' propagators that
/// an earlier trace has left, in any case, are removed, as inject() removes them from a map:
///
///     auto stream = url.createInputStream(withTraceHeaders(options, span));
///
/// [any thread] Allocates.
[[nodiscard]] juce::URL::InputStreamOptions withTraceHeaders(const juce::URL::InputStreamOptions& request,
                                                             const SpanContext& context,
                                                             const InjectOptions& options = {});
/// The same with trace state and baggage.
[[nodiscard]] juce::URL::InputStreamOptions withTraceHeaders(const juce::URL::InputStreamOptions& request,
                                                             const RemoteContext& context,
                                                             const InjectOptions& options = {});
template <PropagatingSpan Span>
[[nodiscard]] juce::URL::InputStreamOptions withTraceHeaders(const juce::URL::InputStreamOptions& request,
                                                             const Span& span,
                                                             const InjectOptions& options = {}) {
    return withTraceHeaders(request, span.remoteContext(), options);
}

}
