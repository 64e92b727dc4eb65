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
    const auto others = without(options.propagators, request.getExtraHeaders());
    return request.withExtraHeaders(others + traceHeaders(context, options));
}

}
