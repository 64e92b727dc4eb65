#include <sidespan/juce/juce_trace_headers.h>

#include <string_view>

namespace sidespan::inline v0 {
namespace {

juce::String toJuce(std::string_view text) {
    return juce::String::fromUTF8(text.data(), static_cast<int>(text.size()));
}

}

juce::String traceHeaders(const SpanContext& context, const InjectOptions& options) {
    juce::String headers;
    inject(
        context,
        [&](std::string_view name, std::string_view value) {
            headers << toJuce(name) << ": " << toJuce(value) << "\r\n";
        },
        options);
    return headers;
}

juce::URL::InputStreamOptions withTraceHeaders(const juce::URL::InputStreamOptions& request,
                                               const SpanContext& context, const InjectOptions& options) {
    auto headers = request.getExtraHeaders();
    if (headers.isNotEmpty() && !headers.endsWithChar('\n')) headers << "\r\n";
    return request.withExtraHeaders(headers + traceHeaders(context, options));
}

}
