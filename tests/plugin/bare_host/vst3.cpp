#include "vst3.h"

#include <array>
#include <cstring>
#include <stdexcept>
#include <vector>

#include <pluginterfaces/base/ipluginbase.h>
#include <pluginterfaces/vst/ivstaudioprocessor.h>
#include <pluginterfaces/vst/ivstcomponent.h>

namespace barehost {

using namespace Steinberg;

namespace {

constexpr int blockSize = 480;
constexpr double sampleRate = 48'000;
constexpr int blocks = 100;

void check(tresult result, const char* what) {
    if (result != kResultOk) throw std::runtime_error(std::string(what) + " was refused");
}

/// What is counted is let go of.
template <class Interface>
class Held {
public:
    Held() = default;
    ~Held() {
        if (pointer_ != nullptr) pointer_->release();
    }
    Held(const Held&) = delete;
    Held& operator=(const Held&) = delete;

    [[nodiscard]] void** out() noexcept { return reinterpret_cast<void**>(&pointer_); }
    Interface* operator->() const noexcept { return pointer_; }

private:
    Interface* pointer_ = nullptr;
};

PClassInfo effectOf(IPluginFactory& factory) {
    PClassInfo info{};
    for (int32 i = 0; i < factory.countClasses(); ++i) {
        if (factory.getClassInfo(i, &info) == kResultOk &&
            std::strcmp(info.category, "Audio Module Class") == 0)
            return info;
    }
    throw std::runtime_error("the module holds no effect");
}

void playSilence(Vst::IAudioProcessor& processor) {
    std::vector<float> silence(blockSize);
    std::array<float*, 2> channels{silence.data(), silence.data()};
    Vst::AudioBusBuffers bus;
    bus.numChannels = 2;
    bus.channelBuffers32 = channels.data();
    Vst::ProcessData data;
    data.numSamples = blockSize;
    data.numInputs = 1;
    data.numOutputs = 1;
    data.inputs = &bus;
    data.outputs = &bus;
    for (int i = 0; i < blocks; ++i) check(processor.process(data), "a block");
}

void playEffect(IPluginFactory& factory) {
    const auto info = effectOf(factory);
    Held<Vst::IComponent> component;
    check(factory.createInstance(info.cid, Vst::IComponent_iid, component.out()), "an instance");
    check(component->initialize(nullptr), "initialize");
    {
        Held<Vst::IAudioProcessor> processor;
        check(component->queryInterface(Vst::IAudioProcessor_iid, processor.out()), "the audio processor");
        Vst::ProcessSetup setup{Vst::kRealtime, Vst::kSample32, blockSize, sampleRate};
        check(processor->setupProcessing(setup), "setupProcessing");
        check(component->setActive(true), "setActive");
        playSilence(*processor.operator->());
        check(component->setActive(false), "setActive");
    }
    check(component->terminate(), "terminate");
}

}

void playVst3(const Module& module) {
    const auto enter = module.function<bool(void*)>("ModuleEntry");
    const auto leave = module.function<bool()>("ModuleExit");
    if (!enter(module.handle())) throw std::runtime_error("ModuleEntry was refused");
    IPluginFactory* const factory = module.function<IPluginFactory*()>("GetPluginFactory")();
    playEffect(*factory);
    factory->release();
    if (!leave()) throw std::runtime_error("ModuleExit was refused");
}

}
