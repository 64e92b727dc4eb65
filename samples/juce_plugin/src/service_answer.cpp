#include "service_answer.h"

#include <algorithm>

namespace loopshare::service_answer {

namespace {

constexpr std::size_t maxJsonBytes = 256 * 1024;
constexpr std::ptrdiff_t maxBrackets = 256;

// JUCE's reader calls itself for each level. How deep that goes is known only to a reader, so all brackets
// count.
bool isFlat(const std::string& body) {
    return std::ranges::count_if(body, [](char c) { return c == '[' || c == '{'; }) <= maxBrackets;
}

bool isUnreserved(juce::juce_wchar c) {
    return (c < 128 && juce::CharacterFunctions::isLetterOrDigit(c)) || c == '-' || c == '.' || c == '_' ||
           c == '~';
}

}

juce::var parse(const std::string& body) {
    if (body.size() > maxJsonBytes || !isFlat(body)) return {};
    return juce::JSON::parse(juce::String::fromUTF8(body.data(), static_cast<int>(body.size())));
}

juce::String line(const juce::var& value, int maxCharacters) {
    if (!value.isString()) return {};
    juce::String text;
    for (auto at = value.toString().getCharPointer(); !at.isEmpty() && text.length() < maxCharacters;) {
        const auto c = at.getAndAdvance();
        if (c >= 0x20 && (c < 0x7f || c > 0x9f)) text << juce::String::charToString(c);
    }
    return text;
}

double number(const juce::var& value, double most) {
    const bool isNumber = value.isInt() || value.isInt64() || value.isDouble();
    const auto wanted = isNumber ? static_cast<double>(value) : 0.0;
    return wanted > 0 ? std::min(wanted, most) : 0;  // NaN is not
}

juce::String identifier(const juce::var& value, int maxCharacters) {
    const auto text = value.isString() ? value.toString() : juce::String();
    if (text.length() > maxCharacters || !text.containsNonWhitespaceChars() || text.containsOnly("."))
        return {};
    for (auto at = text.getCharPointer(); !at.isEmpty();) {
        if (!isUnreserved(at.getAndAdvance())) return {};
    }
    return text;
}

}
