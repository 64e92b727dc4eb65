#pragma once

#include <string_view>

#include <juce_core/juce_core.h>

#include <sidespan/attribute.h>

namespace sidespan::inline v0 {

static_assert(JUCE_STRING_UTF_TYPE == 8, "JUCE's strings are read as UTF-8 where they lie");

/// `span.set("preset.name", presetName)` with a juce::String: read where it lies, without a copy or an
/// allocation; as are juce::StringRef and juce::Identifier, such as a parameter's id. [any thread] On the
/// audio thread too, as long as nobody changes the string meanwhile.
template <>
struct AttributeText<juce::String> {
    [[nodiscard]] static std::string_view view(const juce::String& text) noexcept {
        return text.getCharPointer().getAddress();
    }
};

template <>
struct AttributeText<juce::StringRef> {
    [[nodiscard]] static std::string_view view(const juce::StringRef& text) noexcept {
        return text.text.getAddress();
    }
};

template <>
struct AttributeText<juce::Identifier> {
    [[nodiscard]] static std::string_view view(const juce::Identifier& id) noexcept {
        return id.getCharPointer().getAddress();
    }
};

}
