#include "saved_state.h"

#include <algorithm>
#include <cmath>
#include <string_view>

#include <juce_audio_processors/juce_audio_processors.h>

namespace loopshare {

namespace {

constexpr int maxStateBytes = 64 * 1024;
constexpr std::ptrdiff_t maxTags = 64;

// JUCE's reader of XML calls itself for each level and each entity, without an end: a project could crash its
// host.
bool isHarmless(std::string_view blob) {
    return std::ranges::count(blob, '<') <= maxTags && blob.find("<!") == std::string_view::npos;
}

bool isParameterOfUse(const juce::ValueTree& parameter) {
    return std::isfinite(static_cast<double>(parameter["value"]));
}

}

juce::ValueTree readSavedState(const void* data, int size, const juce::Identifier& type) {
    if (data == nullptr || size <= 0 || size > maxStateBytes) return {};
    if (!isHarmless({static_cast<const char*>(data), static_cast<std::size_t>(size)})) return {};
    const auto xml = juce::AudioProcessor::getXmlFromBinary(data, size);
    if (!xml || !xml->hasTagName(type)) return {};
    auto state = juce::ValueTree::fromXml(*xml);
    for (int i = state.getNumChildren(); --i >= 0;) {
        if (!isParameterOfUse(state.getChild(i))) state.removeChild(i, nullptr);
    }
    return state;
}

}
