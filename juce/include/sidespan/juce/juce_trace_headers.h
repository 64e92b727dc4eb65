#pragma once

#include <juce_core/juce_core.h>

#include <sidespan/propagation/inject.h>

namespace sidespan::inline v0 {

/// The headers by which a server continues the trace, each ending with "\r\n", as juce::WebInputStream's
/// withExtraHeaders() takes them; inject() says which. Empty when the context is not recorded, for want of
/// consent for instance. [any thread] Allocates.
[[nodiscard]] juce::String traceHeaders(const SpanContext& context, const InjectOptions& options = {});

/// The same options with the trace's headers behind those they have. Headers of the options' propagators that
/// an earlier trace has left, in any case, are removed, as inject() removes them from a map:
///
///     auto stream = url.createInputStream(withTraceHeaders(options, span.context()));
///
/// [any thread] Allocates.
[[nodiscard]] juce::URL::InputStreamOptions withTraceHeaders(const juce::URL::InputStreamOptions& request,
                                                             const SpanContext& context,
                                                             const InjectOptions& options = {});

}
