#pragma once

#include <string>

#include <juce_core/juce_core.h>

namespace loopshare {

/// Reads what the service answered, which is whatever its owner likes. Any thread but a realtime one.
namespace service_answer {

inline constexpr int maxNameCharacters = 200;

/// As JSON; void when it is none, or larger or more involved than any answer that Loop Share asks for.
[[nodiscard]] juce::var parse(const std::string& body);

/// A line of text, without control characters, cut to that length; empty when the value is no text.
[[nodiscard]] juce::String line(const juce::var& value, int maxCharacters);

/// A number from 0 to that one; 0 when the value is none.
[[nodiscard]] double number(const juce::var& value, double most);

/// What can be a part of a path, or of a header, as it is: letters, digits and "-._~" (RFC 3986, 2.3), not
/// dots alone; else empty.
[[nodiscard]] juce::String identifier(const juce::var& value, int maxCharacters);

}
}
