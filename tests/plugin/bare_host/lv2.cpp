#include "lv2.h"

#include <cstdint>
#include <map>
#include <stdexcept>

#include <lv2/atom/atom.h>
#include <lv2/buf-size/buf-size.h>
#include <lv2/core/lv2.h>
#include <lv2/options/options.h>
#include <lv2/urid/urid.h>

namespace barehost {

namespace {

constexpr std::int32_t blockSize = 512;
constexpr double sampleRate = 48'000;

/// Numbers for URIs, as a host gives them.
class Urids {
public:
    [[nodiscard]] LV2_URID of(const char* uri) {
        return urids_.try_emplace(uri, static_cast<LV2_URID>(urids_.size() + 1)).first->second;
    }
    [[nodiscard]] LV2_URID_Map map() {
        return {this, [](LV2_URID_Map_Handle urids, const char* uri) {
                    return static_cast<Urids*>(urids)->of(uri);
                }};
    }

private:
    std::map<std::string, LV2_URID> urids_;
};

}

void playLv2(const Module& module, const std::string& bundle) {
    const auto* const plugin = module.function<const LV2_Descriptor*(std::uint32_t)>("lv2_descriptor")(0);
    if (plugin == nullptr) throw std::runtime_error("the module describes no plugin");
    Urids urids;
    auto map = urids.map();
    const LV2_Options_Option options[]{{LV2_OPTIONS_INSTANCE, 0, urids.of(LV2_BUF_SIZE__maxBlockLength),
                                        sizeof blockSize, urids.of(LV2_ATOM__Int), &blockSize},
                                       {LV2_OPTIONS_INSTANCE, 0, 0, 0, 0, nullptr}};
    const LV2_Feature mapping{LV2_URID__map, &map};
    const LV2_Feature bounded{LV2_BUF_SIZE__boundedBlockLength, nullptr};
    const LV2_Feature chosen{LV2_OPTIONS__options, const_cast<LV2_Options_Option*>(options)};
    const LV2_Feature* const features[]{&mapping, &bounded, &chosen, nullptr};
    const auto instance = plugin->instantiate(plugin, sampleRate, bundle.c_str(), features);
    if (instance == nullptr) throw std::runtime_error("an instance was refused");
    plugin->activate(instance);
    plugin->deactivate(instance);
    plugin->cleanup(instance);
}

}
