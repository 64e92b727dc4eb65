// Audio blocks on a lane: one that took too long is kept with its children, the others are only measured.
#include <array>
#include <chrono>
#include <iostream>
#include <span>

#include <sidespan/sidespan.h>
#include <sidespan/sink_memory/testing.h>

using namespace std::chrono_literals;

class Processor {
public:
    explicit Processor(sidespan::DefaultRecorder& recorder) : recorder_(recorder) {}

    void prepareToPlay(double sampleRate) {
        lane_ = recorder_.openLane({.sampleRate = sampleRate, .keepOverLoad = 0.8});
    }

    void processBlock(std::span<float> samples, std::chrono::nanoseconds effort) {
        auto block = lane_.block(static_cast<int>(samples.size()));
        auto filter = block.child("dsp.filter");
        filter.set("cutoff", cutoff_);
        recorder_.clock().advance(effort);  // stands for the work: the clock is a manual one
    }

private:
    sidespan::DefaultRecorder& recorder_;
    sidespan::Lane lane_;
    double cutoff_ = 440;
};

int main() {
    sidespan::DefaultRecorder recorder(
        {.service = {"LoopShare", "1.2.0"}, .consent = sidespan::Consent::granted});
    Processor processor(recorder);
    processor.prepareToPlay(48'000);

    std::array<float, 480> buffer{};  // 10 ms
    for (const auto effort : {1ms, 2ms, 9ms, 1ms}) processor.processBlock(buffer, effort);

    std::cout << sidespan::testing::tree(sidespan::testing::recorded(recorder));
    std::cout << "not kept: " << recorder.stats().notKept << " spans\n";
}
