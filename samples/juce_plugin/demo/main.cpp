// sidespan-demo --url http://127.0.0.1:8080 recording.wav
//
// What the plugin does when its user shares a recording, without a host: uploads it, delivers the spans and
// prints the trace id.
#include <chrono>
#include <future>
#include <iostream>
#include <optional>

#include <juce_core/juce_core.h>

#include "../src/audio_capture.h"

namespace {

using namespace std::chrono_literals;
using loopshare::AudioCapture;
using loopshare::UploadReceipt;
using sidespan::Outcome;

struct Arguments {
    juce::String url;
    juce::File file;
};

std::optional<Arguments> parse(const juce::ArgumentList& list) {
    if (list.size() != 3 || list[0] != "--url") return std::nullopt;
    return Arguments{list[1].text, juce::File::getCurrentWorkingDirectory().getChildFile(list[2].text)};
}

sidespan::Config makeConfig(const Arguments& arguments) {
    sidespan::Config config;
    config.service = {"LoopShare", "1.0.0"};
    config.endpoint = arguments.url.toStdString();
    config.consent = sidespan::Consent::granted;  // whoever runs the demo asked for it
    config.onError = [](const sidespan::Error& error) {
        std::cerr << "sidespan-demo: " << error.message << '\n';
    };
    config.retry.maxAttempts = 3;
    return config;
}

Outcome<UploadReceipt> upload(loopshare::Recorder& recorder, const std::string& url, const juce::File& file) {
    std::promise<Outcome<UploadReceipt>> result;
    loopshare::Network network(url);
    AudioCapture capture(recorder, network);
    capture.uploadAudio(file, [&](const Outcome<UploadReceipt>& outcome) { result.set_value(outcome); });
    return result.get_future().get();
}

}

int main(int argc, char** argv) {
    const auto arguments = parse(juce::ArgumentList(argc, argv));
    if (!arguments) {
        std::cerr << "usage: sidespan-demo --url http://HOST:PORT FILE\n";
        return 2;
    }
    const auto config = makeConfig(*arguments);
    loopshare::Recorder recorder(config);
    const auto receipt = upload(recorder, config.endpoint, arguments->file);
    if (!receipt) std::cerr << "sidespan-demo: " << receipt.error().message << '\n';
    if (!recorder.flush(10s)) {
        std::cerr << "sidespan-demo: the spans did not reach " << arguments->url << '\n';
        return 1;
    }
    if (!receipt) return 1;
    std::cout << receipt.value().traceId << '\n';
    return 0;
}
