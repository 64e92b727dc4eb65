// One sampler for the plugin; what it leaves out is counted.
#include <iostream>

#include <sidespan/sidespan.h>

int main() {
    sidespan::DefaultRecorder recorder(
        {.service = {"LoopShare", "1.2.0"},
         .consent = sidespan::Consent::granted,
         .sampler = sidespan::Sampler::parentBased(sidespan::Sampler::rateLimited(5))});
    for (int i = 0; i < 100; ++i) {
        auto share = recorder.span("share");
        auto encode = share.child("audio.encode");
        encode.set("format", "flac");
    }
    const auto stats = recorder.stats();
    std::cout << "sampled: " << (stats.recorded - stats.notSampled) / 2 << " traces of 100\n";
}
