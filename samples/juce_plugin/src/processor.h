#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

#include <juce_audio_processors/juce_audio_processors.h>

#include "loop_buffer.h"
#include "loop_player.h"
#include "playback.h"
#include "session.h"
#include "share.h"
#include "telemetry.h"

namespace loopshare {

/// Loop Share, as a host sees it: passes audio through, bit for bit at a gain of 0 dB, captures it for
/// sharing, and adds the shared loop that its user plays. The span of each block knows its deadline.
///
/// Constructing one does nothing outside memory, since hosts construct plugins only to look at them. The
/// session is joined when it is prepared to play, or shown.
class LoopShareProcessor final : public juce::AudioProcessor,
                                 private Session::Listener,
                                 private juce::ValueTree::Listener,
                                 private juce::AsyncUpdater {
public:
    LoopShareProcessor();
    ~LoopShareProcessor() override;

    void prepareToPlay(double sampleRate, int maximumExpectedSamplesPerBlock) override;
    void releaseResources() override;
    bool isBusesLayoutSupported(const BusesLayout& layouts) const override;
    void processBlock(juce::AudioBuffer<float>& buffer, juce::MidiBuffer& midi) override;
    using juce::AudioProcessor::processBlock;

    juce::AudioProcessorEditor* createEditor() override;
    bool hasEditor() const override { return true; }

    const juce::String getName() const override { return JucePlugin_Name; }
    bool acceptsMidi() const override { return false; }
    bool producesMidi() const override { return false; }
    /// As long as the shared loop that is playing still sounds.
    double getTailLengthSeconds() const override;
    int getNumPrograms() override { return 1; }
    int getCurrentProgram() override { return 0; }
    void setCurrentProgram(int) override {}
    const juce::String getProgramName(int) override { return "Default"; }
    void changeProgramName(int, const juce::String&) override {}

    void getStateInformation(juce::MemoryBlock& state) override;
    void setStateInformation(const void* data, int size) override;

    // For the editor, on the message thread:

    /// Joins the session of this process, if that has not been done.
    [[nodiscard]] std::shared_ptr<Session> session();
    [[nodiscard]] juce::AudioProcessorValueTreeState& state() noexcept { return state_; }
    [[nodiscard]] Share& share() noexcept { return share_; }
    /// Shares what was captured last, as much of it as the loop length says, unless a share is under way. The
    /// parameter "Share" does the same, once in five seconds, and goes off when it is over.
    void startShare();
    [[nodiscard]] Playback& playback() noexcept { return playback_; }
    [[nodiscard]] const LoopPlayer& player() const noexcept { return *player_; }
    [[nodiscard]] const LoopBuffer& loop() const noexcept { return loop_; }
    /// How much of their time the blocks take, as the callback's own clock sees it, whatever is recorded.
    [[nodiscard]] const juce::AudioProcessLoadMeasurer& load() const noexcept { return load_; }

private:
    void sessionReplaced(const std::shared_ptr<Session>& session) override;
    void valueTreePropertyChanged(juce::ValueTree& tree, const juce::Identifier& property) override;
    void handleAsyncUpdate() override;

    void openLane();
    void setLane(Lane lane);
    void process(juce::AudioBuffer<float>& buffer);
    [[nodiscard]] float gain() const noexcept;
    void applyGain(juce::AudioBuffer<float>& buffer, float decibels);

    juce::AudioProcessorValueTreeState state_;
    std::atomic<float>& gainDb_;
    std::atomic<float>& lengthSeconds_;
    float lastGain_ = 1;
    LoopBuffer loop_;
    const std::shared_ptr<LoopPlayer> player_ = std::make_shared<LoopPlayer>();
    double playbackRate_ = 0;  // what a shared loop is resampled to
    juce::AudioProcessLoadMeasurer load_;
    std::atomic<bool> isPressed_{false};  // the button, by the host
    std::chrono::steady_clock::time_point nextPressAt_ =
        std::chrono::steady_clock::time_point::min();  // before, that shares nothing

    std::mutex joining_;  // for the next two
    std::shared_ptr<Session> session_;
    double sampleRate_ = 0;  // 0 while not prepared to play
    int maxBlockSamples_ = 0;
    std::atomic<std::int64_t> instance_{0};  // within the session
    Lane lane_;                              // changed under the callback lock

    Playback playback_{player_};
    Share share_{[this] { triggerAsyncUpdate(); }};  // the first to go: it calls back
};

}
