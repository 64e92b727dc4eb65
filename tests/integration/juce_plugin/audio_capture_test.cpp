#include "audio_capture.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>

#include <gmock/gmock.h>
#include <sidespan/sink_memory/testing.h>

#include <loop_service/loop_service.h>

#include "silent_server.h"
#include "sound_file.h"

namespace loopshare {

namespace {

using namespace std::chrono_literals;
using namespace sidespan::testing;
using loopshare::testing::samplesOf;
using loopshare::testing::SilentServer;
using loopshare::testing::SoundFile;
using sidespan::ErrorCode;
using sidespan::Outcome;
using sidespan::Span;
using ::testing::AllOf;
using ::testing::HasSubstr;

class AudioCaptureTest : public ::testing::Test {
protected:
    ~AudioCaptureTest() override { std::filesystem::remove_all(folder_); }

    std::string startService(const std::string& token = {}) {
        loop_service::LoopServiceOptions options;
        options.database = folder_ / "loops.sqlite";
        options.token = token;
        service_ = std::make_unique<loop_service::LoopService>(std::move(options));
        return service_->url();
    }

    static sidespan::Config config() {
        sidespan::Config config;
        config.service = {"LoopShareTests", "1.0.0"};
        config.consent = sidespan::Consent::granted;
        return config;
    }

    /// Uploads and waits for what came of it; `meanwhile` runs once the upload is under way.
    template <class F>
    Outcome<UploadReceipt> upload(const std::string& endpoint, const juce::File& file, F&& meanwhile) {
        std::promise<Outcome<UploadReceipt>> result;
        Network network(endpoint);
        AudioCapture capture(recorder_, network);
        capture.uploadAudio(file, [&](const Outcome<UploadReceipt>& outcome) { result.set_value(outcome); });
        meanwhile(capture);
        auto future = result.get_future();
        if (future.wait_for(30s) != std::future_status::ready)
            throw std::runtime_error("the upload is stuck");
        return future.get();
    }
    Outcome<UploadReceipt> upload(const std::string& endpoint, const juce::File& file) {
        return upload(endpoint, file, [](AudioCapture&) {});
    }

    /// The one file the service keeps uploads in.
    [[nodiscard]] std::string uploaded() const {
        std::string content;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_)) {
            if (entry.path().extension() != ".flac") continue;
            std::ifstream in(entry.path(), std::ios::binary);
            content.append(std::istreambuf_iterator<char>(in), {});
        }
        return content;
    }

    std::filesystem::path folder_ = [] {
        const auto folder = juce::File::createTempFile("").getFullPathName().toStdString();
        std::filesystem::create_directory(folder);
        return folder;
    }();
    std::unique_ptr<loop_service::LoopService> service_;
    Recorder recorder_{config()};
    SoundFile sound_{48'000, 2, 16, 60'000};
};

TEST_F(AudioCaptureTest, TracesReadingEncodingAndPostingAsStepsOfTheUpload) {
    const auto receipt = upload(startService(), sound_.file());
    ASSERT_TRUE(receipt) << receipt.error().message;

    const auto spans = recorded(recorder_);
    EXPECT_EQ(tree(spans), "audio.upload\n  audio.read\n  audio.encode\n  network.post\n");
    const Span& root = only(spans, hasName("audio.upload"));
    EXPECT_EQ(root.traceId, receipt.value().traceId);
    EXPECT_EQ(root.attributes.at("file.name"), sound_.file().getFileName().toStdString());
    EXPECT_EQ(root.attributes.at("encoded_size_bytes"),
              sidespan::AttributeValue(static_cast<std::int64_t>(receipt.value().encodedBytes)));
    EXPECT_THAT(only(spans, hasName("audio.encode")),
                AllOf(hasAttribute("codec", "flac"), hasAttribute("audio.sample_rate", 48'000.0),
                      hasAttribute("audio.channels", 2), hasAttribute("compression_ratio"),
                      hasEvent("encoding_started"), hasEvent("encoding_complete")));
    const Span& post = only(spans, hasName("network.post"));
    EXPECT_EQ(post.kind, "client");
    EXPECT_THAT(post, hasAttribute("http.response.status_code", receipt.value().httpStatus));
    EXPECT_GT(*post.attributes.at("server.time_ms").asDouble(), 0);
}

TEST_F(AudioCaptureTest, DeliversTheSoundItRead) {
    const auto receipt = upload(startService(), sound_.file());
    ASSERT_TRUE(receipt) << receipt.error().message;

    const std::string flac = uploaded();
    EXPECT_EQ(flac.size(), receipt.value().encodedBytes);
    const std::unique_ptr<juce::AudioFormatReader> decoded(juce::FlacAudioFormat().createReaderFor(
        new juce::MemoryInputStream(flac.data(), flac.size(), false), true));
    ASSERT_NE(decoded, nullptr);
    EXPECT_EQ(samplesOf(*decoded), samplesOf(*makeReader(readRecording(sound_.file()).value())));
}

TEST_F(AudioCaptureTest, MarksWhatFailedAndTheUploadWhenTheServerRefuses) {
    const auto receipt = upload(startService("another-token"), sound_.file());
    ASSERT_FALSE(receipt);
    EXPECT_EQ(receipt.error().code, ErrorCode::unauthorized);

    const auto spans = recorded(recorder_);
    EXPECT_THAT(only(spans, hasName("network.post")), AllOf(hasStatus("error", receipt.error().message),
                                                            hasAttribute("error.type", "unauthorized")));
    EXPECT_THAT(only(spans, hasName("audio.upload")), hasStatus("error", receipt.error().message));
    EXPECT_THAT(only(spans, hasName("audio.encode")), hasStatus("ok"));
}

TEST_F(AudioCaptureTest, EndsAtTheFileThatCannotBeRead) {
    const auto receipt = upload("http://127.0.0.1:9", juce::File("/nowhere/loop.wav"));
    ASSERT_FALSE(receipt);
    EXPECT_EQ(receipt.error().code, ErrorCode::io);

    const std::string failure = " [error: loop.wav cannot be read: there is no such file]\n";
    EXPECT_EQ(tree(recorded(recorder_)), "audio.upload" + failure + "  audio.read" + failure);
}

TEST_F(AudioCaptureTest, CanBeCancelledWhileTheServerIsSilent) {
    const SilentServer server;
    const auto receipt = upload(server.url(), sound_.file(), [](AudioCapture& capture) { capture.cancel(); });
    ASSERT_FALSE(receipt);
    EXPECT_EQ(receipt.error().code, ErrorCode::cancelled);

    const auto spans = recorded(recorder_);
    EXPECT_THAT(only(spans, hasName("network.post")), hasStatus("cancelled"));
    EXPECT_THAT(only(spans, hasName("audio.upload")), hasStatus("cancelled"));
}

TEST_F(AudioCaptureTest, UploadsALoopThatLinksToTheBlocksItIsMadeOf) {
    const std::string url = startService();
    LoopSnapshot loop{juce::AudioBuffer<float>(2, 48'000), 48'000};
    ASSERT_TRUE(
        makeReader(readRecording(sound_.file()).value())->read(&loop.audio, 0, 48'000, 0, true, true));
    auto block = recorder_.openSpan("audio.block");
    std::promise<Outcome<UploadReceipt>> result;
    std::string traceId;
    Network network(url);
    AudioCapture capture(recorder_, network);
    capture.uploadLoop(loop,
                       {.name = "Loop of today",
                        .blocks = {block.context()},
                        .began = [&](const std::string& id) { traceId = id; }},
                       [&](const Outcome<UploadReceipt>& outcome) { result.set_value(outcome); });
    const auto receipt = result.get_future().get();
    ASSERT_TRUE(receipt) << receipt.error().message;

    const auto spans = recorded(recorder_);
    const Span& root = only(spans, hasName("audio.upload"));
    EXPECT_EQ(root.traceId, traceId);
    ASSERT_EQ(root.links.size(), 1U);
    EXPECT_EQ(root.links[0].spanId, block.context().spanId.toHex());
    const std::string flac = uploaded();
    const std::unique_ptr<juce::AudioFormatReader> decoded(juce::FlacAudioFormat().createReaderFor(
        new juce::MemoryInputStream(flac.data(), flac.size(), false), true));
    ASSERT_NE(decoded, nullptr);
    EXPECT_EQ(samplesOf(*decoded), samplesOf(*makeReader(loopshare::recordingOf(loop).value())));
}

TEST_F(AudioCaptureTest, UploadsForAUserWhoRefusesTelemetryButSendsNoTraceHeaders) {
    recorder_.consent().set(sidespan::Consent::denied);
    const auto receipt = upload(startService(), sound_.file());
    ASSERT_TRUE(receipt) << receipt.error().message;
    EXPECT_EQ(receipt.value().traceId, "");
    EXPECT_FALSE(uploaded().empty());
    EXPECT_TRUE(recorded(recorder_).empty());
}

TEST_F(AudioCaptureTest, ACancelBeforeThePostLeavesALaterUploadAlone) {
    LoopSnapshot loop{juce::AudioBuffer<float>(2, 64), 48'000};
    loop.audio.clear();
    std::promise<Outcome<UploadReceipt>> first;
    std::promise<Outcome<UploadReceipt>> second;
    Network network(startService());
    AudioCapture capture(recorder_, network);
    const auto cancelAndUploadAgain = [&] {
        capture.cancel();
        capture.uploadLoop(loop, {.name = "second"},
                           [&](const Outcome<UploadReceipt>& outcome) { second.set_value(outcome); });
    };
    capture.uploadLoop(loop, {.name = "first", .encoded = cancelAndUploadAgain},
                       [&](const Outcome<UploadReceipt>& outcome) { first.set_value(outcome); });
    EXPECT_EQ(first.get_future().get().error().code, ErrorCode::cancelled);
    const auto receipt = second.get_future().get();
    EXPECT_TRUE(receipt) << receipt.error().message;
}

TEST_F(AudioCaptureTest, UploadsAgainAfterBeingCancelled) {
    const std::string url = startService();
    std::promise<Outcome<UploadReceipt>> result;
    Network network(url);
    AudioCapture capture(recorder_, network);
    capture.cancel();
    capture.uploadAudio(sound_.file(),
                        [&](const Outcome<UploadReceipt>& outcome) { result.set_value(outcome); });
    const auto receipt = result.get_future().get();
    EXPECT_TRUE(receipt) << receipt.error().message;
}

}

}
