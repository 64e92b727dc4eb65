#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/drain/scrubber.h>
#include <sidespan/detail/platform.h>
#include <sidespan/detail/record/id_keys.h>

// The part of Scrubber that runs once: what a resource says.
namespace sidespan::inline v0::detail {
namespace {

// Other values are converted to `text`; an array is shown as toString() writes it.
AttributeValueView viewOf(const AttributeValue& value, std::string& text) {
    if (const auto* number = value.asInt()) return *number;
    if (const auto* number = value.asDouble()) return *number;
    if (const auto* flag = value.asBool()) return *flag;
    text = toString(value);
    return std::string_view(text);
}

}

Scrubber::Scrubber(const ScrubHook& hook, HomePaths homes) : hook_(hook), homes_(std::move(homes)) {}

SIDESPAN_COLD std::unique_ptr<Scrubber> makeScrubber(const ValidConfig& config, Resource& resource) {
    auto scrubber = std::make_unique<Scrubber>(config->scrub, HomePaths(platform::homeDirectories()));
    resource = scrubber->complete(config.resource());
    return scrubber;
}

SIDESPAN_COLD Resource Scrubber::complete(Resource resource) {
    if (resource.service.instanceId.empty())
        resource.service.instanceId = IdKeys::draw().traceId(1).toUuid();  // a UUID of version 4
    scrub(resource.attributes);
    return resource;
}

SIDESPAN_COLD void Scrubber::scrub(Attributes& attributes) {
    for (auto at = attributes.begin(); at != attributes.end();) {
        auto& [key, value] = *at;
        const bool isMasked = isSecret(key);
        value = shortened(value);
        std::string text;
        const Scrub decision = isMasked ? Scrub::mask : hook_ ? judge(key, viewOf(value, text)) : Scrub::keep;
        if (decision == Scrub::mask) value = maskText;
        at = decision == Scrub::remove ? attributes.erase(at) : std::next(at);
    }
}

SIDESPAN_COLD AttributeValue Scrubber::shortened(const AttributeValue& value) const {
    const auto shorten = [this](std::string text) {
        text.resize(homes_.shorten(text.data(), text.size()));
        return text;
    };
    if (const auto* text = value.asString()) return shorten(*text);
    const auto* texts = value.asStrings();
    if (texts == nullptr) return value;
    std::vector<std::string> list(*texts);
    for (auto& text : list) text = shorten(std::move(text));
    return list;
}

}
