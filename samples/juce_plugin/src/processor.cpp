#include "processor.h"

#include <cmath>
#include <utility>

#include "editor/editor.h"
#include "parameters.h"
#include "saved_state.h"

namespace loopshare {

namespace {

constexpr double keepOverLoad = 0.8;
constexpr std::uint32_t keepOneIn = 100;
constexpr double maxKeptPerSecond = 10;

constexpr std::chrono::seconds pressInterval{5};

const juce::Identifier valueProperty("value");

juce::ValueTree shareIn(const juce::ValueTree& state) {
    return state.getChildWithProperty("id", parameters::share);
}

// A project holds no button that is pressed.
void releaseShareIn(const juce::ValueTree& state) {
    if (auto share = shareIn(state); share.isValid()) share.setProperty(valueProperty, 0.0F, nullptr);
}

}

LoopShareProcessor::LoopShareProcessor()
    : AudioProcessor(BusesProperties()
                         .withInput("Input", juce::AudioChannelSet::stereo(), true)
                         .withOutput("Output", juce::AudioChannelSet::stereo(), true)),
      state_(*this, nullptr, "LoopShare", parameters::layout()),
      gainDb_(*state_.getRawParameterValue(parameters::gain)),
      lengthSeconds_(*state_.getRawParameterValue(parameters::length)) {
    state_.state.addListener(this);
}

LoopShareProcessor::~LoopShareProcessor() {
    state_.state.removeListener(this);
    share_.stop();
    cancelPendingUpdate();  // now that nothing can ask for another
    if (session_) session_->removeListener(*this);
}

bool LoopShareProcessor::isBusesLayoutSupported(const BusesLayout& layouts) const {
    const auto output = layouts.getMainOutputChannelSet();
    const bool isMonoOrStereo =
        output == juce::AudioChannelSet::mono() || output == juce::AudioChannelSet::stereo();
    return isMonoOrStereo && output == layouts.getMainInputChannelSet();
}

std::shared_ptr<Session> LoopShareProcessor::session() {
    const std::lock_guard lock(joining_);
    if (!session_) {
        session_ = Session::shared();
        session_->addListener(*this);
        instance_ = session_->nextInstance();
    }
    return session_;
}

void LoopShareProcessor::prepareToPlay(double sampleRate, int maximumExpectedSamplesPerBlock) {
    const bool isEmptied = loop_.prepare(getTotalNumOutputChannels(), sampleRate, parameters::maxLoopSeconds);
    load_.reset(sampleRate, maximumExpectedSamplesPerBlock);
    if (std::exchange(playbackRate_, sampleRate) != sampleRate)
        playback_.stop();  // its sound has the old rate
    lastGain_ = juce::Decibels::decibelsToGain(gain());
    static_cast<void>(session());
    const std::lock_guard lock(joining_);
    if (isEmptied) instance_ = session_->nextInstance();  // so that earlier blocks are never linked
    sampleRate_ = sampleRate;
    maxBlockSamples_ = maximumExpectedSamplesPerBlock;
    openLane();
}

void LoopShareProcessor::releaseResources() {
    const std::lock_guard lock(joining_);
    sampleRate_ = 0;
    setLane({});
}

void LoopShareProcessor::openLane() {
    setLane(session_->recorder().openLane({.sampleRate = sampleRate_,
                                           .keepOverLoad = keepOverLoad,
                                           .keepOneIn = keepOneIn,
                                           .maxKeptPerSecond = maxKeptPerSecond,
                                           .maxBlockSamples = static_cast<std::uint32_t>(maxBlockSamples_)}));
}

void LoopShareProcessor::processBlock(juce::AudioBuffer<float>& buffer, juce::MidiBuffer&) {
    if (buffer.getNumSamples() == 0) return;  // JUCE's measurer would divide by it
    const juce::ScopedNoDenormals noDenormals;
    if (isNonRealtime()) return process(buffer);  // which has no deadline
    const juce::AudioProcessLoadMeasurer::ScopedTimer timer(load_, buffer.getNumSamples());
    process(buffer);
}

void LoopShareProcessor::process(juce::AudioBuffer<float>& buffer) {
    auto block = lane_.block(buffer.getNumSamples(), isNonRealtime());
    block.set("plugin.instance", instance_.load(std::memory_order_relaxed));
    {
        const float decibels = gain();
        auto span = block.child("dsp.gain");
        span.set("gain.db", decibels);
        applyGain(buffer, decibels);
    }
    {
        auto capture = block.child("dsp.capture");
        capture.set("audio.frames", buffer.getNumSamples());
        capture.set("audio.channels", buffer.getNumChannels());
        const auto end = loop_.write(buffer);
        block.set("loop.end_frame", end);
    }
    player_->mix(buffer);
}

// A host may set a parameter to what is no number.
float LoopShareProcessor::gain() const noexcept {
    const float decibels = gainDb_.load(std::memory_order_relaxed);
    return std::isfinite(decibels) ? decibels : 0.0F;
}

// At 0 dB not a bit changes.
void LoopShareProcessor::applyGain(juce::AudioBuffer<float>& buffer, float decibels) {
    const float gain = juce::Decibels::decibelsToGain(decibels);
    if (gain != 1 || lastGain_ != 1) buffer.applyGainRamp(0, buffer.getNumSamples(), lastGain_, gain);
    lastGain_ = gain;
}

void LoopShareProcessor::sessionReplaced(const std::shared_ptr<Session>& session) {
    share_.stop();
    playback_.stop();
    const std::lock_guard lock(joining_);
    session_->removeListener(*this);
    session_ = session;
    session_->addListener(*this);
    instance_ = session_->nextInstance();
    if (sampleRate_ > 0) openLane();
}

// The lane before it closes when the audio thread no longer waits.
void LoopShareProcessor::setLane(Lane lane) {
    const juce::ScopedLock lock(getCallbackLock());
    std::swap(lane_, lane);
}

void LoopShareProcessor::startShare() {
    const auto session = this->session();
    const double seconds = lengthSeconds_.load();
    auto loop = loop_.snapshot(seconds);
    AudioCapture::LoopDetails details;
    details.name = "Loop of " + juce::Time::getCurrentTime().formatted("%Y-%m-%d %H.%M.%S");
    if (const auto* recent = recentTraces(session->recorder())) {
        details.blocks = recent->blocksOf(instance_, loop.end - loop.audio.getNumSamples(), loop.end);
    }
    share_.start(session, std::move(loop), std::move(details));
}

// Pressed by the host, on any thread and under the lock of its state, when that is saved.
void LoopShareProcessor::valueTreePropertyChanged(juce::ValueTree& tree, const juce::Identifier& property) {
    if (tree != shareIn(state_.state) || property != valueProperty) return;
    if (static_cast<float>(tree[property]) < 0.5F) return;
    isPressed_ = true;
    triggerAsyncUpdate();
}

// The host has pressed the button, or a share is over and the button comes up again.
void LoopShareProcessor::handleAsyncUpdate() {
    const auto now = std::chrono::steady_clock::now();
    if (isPressed_.exchange(false) && now >= nextPressAt_) {
        nextPressAt_ = now + pressInterval;
        startShare();
    }
    if (share_.status().isUnderWay()) return;
    auto& button = *state_.getParameter(parameters::share);
    if (button.getValue() == 0) return;
    button.setValueNotifyingHost(0);
    static_cast<void>(state_.copyState());  // the tree takes it over at once, and sees the next press
}

double LoopShareProcessor::getTailLengthSeconds() const {
    const double rate = getSampleRate();
    return rate > 0 ? player_->framesLeft() / rate : 0;
}

juce::AudioProcessorEditor* LoopShareProcessor::createEditor() {
    return new Editor(*this);
}

void LoopShareProcessor::getStateInformation(juce::MemoryBlock& state) {
    const auto saved = state_.copyState();
    releaseShareIn(saved);
    copyXmlToBinary(*saved.createXml(), state);
}

void LoopShareProcessor::setStateInformation(const void* data, int size) {
    const auto restored = readSavedState(data, size, state_.state.getType());
    if (!restored.isValid()) return;
    state_.replaceState(restored);
}

}

juce::AudioProcessor* JUCE_CALLTYPE createPluginFilter() {
    return new loopshare::LoopShareProcessor();
}
