#include "playback.h"

#include <chrono>
#include <mutex>
#include <new>
#include <utility>

#include "recording.h"

namespace loopshare {

using sidespan::Error;
using sidespan::ErrorCode;
using sidespan::Outcome;

namespace {

using Sound = LoopPlayer::Sound;
using Buffer = juce::AudioBuffer<float>;

constexpr double longestSeconds = 60;
constexpr double maxRate = 384'000;
// What FLAC can say at most in a byte: a frame of 65,535 samples takes more than eight (RFC 9639, 9).
constexpr double maxFramesPerByte = 65'535 / 8.0;

// Memory is taken for what the header says, which a server may have made up.
Outcome<std::shared_ptr<Buffer>> decode(juce::AudioFormatReader& reader, std::size_t bytes) {
    const auto frames = static_cast<double>(reader.lengthInSamples);
    if (frames <= 0 || reader.numChannels == 0 || frames > longestSeconds * reader.sampleRate) {
        return Error{ErrorCode::io, "this loop holds no sound, or more than a minute of it"};
    }
    if (reader.sampleRate > maxRate || frames > static_cast<double>(bytes) * maxFramesPerByte) {
        return Error{ErrorCode::io, "this loop is damaged"};
    }
    auto sound = std::make_shared<Buffer>(static_cast<int>(std::min(reader.numChannels, 2U)),
                                          static_cast<int>(reader.lengthInSamples));
    if (!reader.read(sound.get(), 0, sound->getNumSamples(), 0, true, true)) {
        return Error{ErrorCode::io, "this loop is damaged"};
    }
    return sound;
}

Sound atRate(std::shared_ptr<Buffer> sound, double from, double to) {
    if (from == to || from <= 0 || to <= 0) return sound;
    const double ratio = from / to;
    const auto frames = static_cast<int>(sound->getNumSamples() / ratio);
    auto resampled = std::make_shared<Buffer>(sound->getNumChannels(), frames);
    for (int channel = 0; channel < sound->getNumChannels(); ++channel) {
        juce::LagrangeInterpolator().process(ratio, sound->getReadPointer(channel),
                                             resampled->getWritePointer(channel), frames,
                                             sound->getNumSamples(), 0);
    }
    return resampled;
}

Outcome<Sound> decode(Recorder& recorder, const sidespan::SpanContext& root, const std::string& flac,
                      double rate) try {
    auto span = recorder.span("audio.decode", root);
    const auto begin = std::chrono::steady_clock::now();
    juce::FlacAudioFormat format;
    const std::unique_ptr<juce::AudioFormatReader> reader(
        format.createReaderFor(new juce::MemoryInputStream(flac.data(), flac.size(), false), true));
    auto sound =
        reader ? decode(*reader, flac.size())
               : Outcome<std::shared_ptr<Buffer>>(Error{ErrorCode::io, "this loop is not in FLAC format"});
    if (!sound) {
        fail(span, sound.error());
        return sound.error();
    }
    const double seconds = static_cast<double>(reader->lengthInSamples) / reader->sampleRate;
    const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
    span.set("codec", "flac");
    span.set("audio.duration_seconds", seconds);
    span.set("audio.decode.ms_per_second", took.count() / seconds);
    return atRate(std::move(sound).value(), reader->sampleRate, rate);
} catch (const std::bad_alloc&) {
    return Error{ErrorCode::resource, "there is no memory for this loop"};
}

}

/// Shared with the callback of what is being fetched.
struct Playback::State {
    // A later request has taken the place of this one.
    [[nodiscard]] bool isOutdated(unsigned request) const { return request != requests; }

    std::shared_ptr<LoopPlayer> player;
    std::mutex mutex{};
    Status status{};
    unsigned requests = 0;
};

Playback::Playback(std::shared_ptr<LoopPlayer> player) : state_(new State{.player = std::move(player)}) {}

void Playback::start(const std::shared_ptr<Session>& session, const SharedLoop& loop, double sampleRate) {
    stop();
    auto root = std::make_shared<OpenSpan>(session->recorder().openSpan("playback.start"));
    const auto context = root->context();
    unsigned request = 0;
    {
        const std::lock_guard lock(state_->mutex);
        state_->status = {loop.id, true, std::nullopt,
                          context.isValid() ? context.traceId.toUuid() : std::string()};
        request = state_->requests;
    }
    // The session is there for as long as its network calls back.
    auto& recorder = session->recorder();
    TracedNetwork network(recorder, session->network());
    network.get(context, "/api/v1/audio/loops/" + loop.id.toStdString(),
                [state = state_, root, request, sampleRate, &recorder](const Outcome<Answer>& answer) {
                    const auto sound =
                        answer ? decode(recorder, root->context(), answer.value().body, sampleRate)
                               : Outcome<Sound>(answer.error());
                    if (!sound) fail(*root, sound.error());
                    root->end();
                    const std::lock_guard lock(state->mutex);
                    if (state->isOutdated(request)) return;
                    state->status.isLoading = false;
                    if (sound) {
                        state->player->play(sound.value());
                    } else {
                        state->status.error.emplace(sound.error(), Asked::toPlay);
                    }
                });
}

void Playback::stop() {
    const std::lock_guard lock(state_->mutex);
    ++state_->requests;
    state_->status = {};
    state_->player->stop();
}

Playback::Status Playback::status() const {
    const std::lock_guard lock(state_->mutex);
    return state_->status;
}

}
