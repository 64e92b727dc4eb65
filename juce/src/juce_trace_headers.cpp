#include <sidespan/juce/juce_trace_headers.h>

#include <string_view>

#include <sidespan/propagation/header_names.h>

namespace sidespan::inline v0 {
namespace {

juce::String toJuce(std::string_view text) {
    return juce::String::fromUTF8(text.data(), static_cast<int>(text.size()));
}

bool isOf(Propagators propagators, const juce::String& line) {
    const auto name = line.upToFirstOccurrenceOf(":", false, false).trim().toStdString();
    return (headers::propagatorOf(name) & propagators) != Propagators::none;
}

// A line that begins with white space continues the one before it (RFC 9112, section 5.2).
juce::String without(Propagators propagators, const juce::String& text) {
    juce::String kept;
    bool isRemoved = false;
    for (const auto& line : juce::StringArray::fromLines(text)) {
        if (line.isEmpty()) continue;
        if (!juce::CharacterFunctions::isWhitespace(line[0])) isRemoved = isOf(propagators, line);
        if (!isRemoved) kept << line << "\r\n";
    }
    return kept;
}

template <class Context>
juce::String headersOf(const Context& context, const InjectOptions& options) {
    juce::String headers;
    inject(
        context,
        [&](std::string_view name, std::string_view value) {
            headers << toJuce(name) << ": " << toJuce(value) << "\r\n";
        },
        options);
    return headers;
}

template <class Context>
juce::URL::InputStreamOptions optionsWith(const juce::URL::InputStreamOptions& request,
                                          const Context& context, const InjectOptions& options) {
    const auto others = without(options.propagators, request.getExtraHeaders());
    return request.withExtraHeaders(others + headersOf(context, options));
}

}

juce::String traceHeaders(const SpanContext& context, const InjectOptions& options) {
    return headersOf(context, options);
}
juce::String traceHeaders(const RemoteContext& context, const InjectOptions& options) {
    return headersOf(context, options);
}

juce::URL::InputStreamOptions withTraceHeaders(const juce::URL::InputStreamOptions& request,
                                               const SpanContext& context, const InjectOptions& options) {
    return optionsWith(request, context, options);
}
juce::URL::InputStreamOptions withTraceHeaders(const juce::URL::InputStreamOptions& request,
                                               const RemoteContext& context, const InjectOptions& options) {
    return optionsWith(request, context, options);
}

}
