#include "saved_state.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include "parameters.h"

namespace loopshare {

namespace {

constexpr int maxStateBytes = 64 * 1024;
constexpr std::ptrdiff_t maxTags = 64;

// JUCE's reader of XML calls itself for each level and each entity, without an end: a project could crash its
// host.
bool isHarmless(std::string_view blob) {
    return std::ranges::count(blob, '<') <= maxTags && blob.find("<!") == std::string_view::npos;
}

// What a project holds of it; invalid when that is nothing of use.
juce::ValueTree savedParameter(const juce::XmlElement& xml, const char* id) {
    const auto* const saved = xml.getChildByAttribute("id", id);
    if (saved == nullptr || !saved->hasAttribute("value")) return {};
    const auto value = static_cast<float>(saved->getDoubleAttribute("value"));
    if (!std::isfinite(value)) return {};
    return {"PARAM", {{"id", id}, {"value", value}}};
}

}

juce::ValueTree readSavedState(const void* data, int size, const juce::Identifier& type) {
    if (data == nullptr || size <= 0 || size > maxStateBytes) return {};
    if (!isHarmless({static_cast<const char*>(data), static_cast<std::size_t>(size)})) return {};
    const auto xml = juce::AudioProcessor::getXmlFromBinary(data, size);
    if (!xml || !xml->hasTagName(type)) return {};
    juce::ValueTree state(type);
    for (const auto* const id : {parameters::gain, parameters::length}) {
        if (const auto parameter = savedParameter(*xml, id); parameter.isValid())
            state.appendChild(parameter, nullptr);
    }
    return state;
}

}
