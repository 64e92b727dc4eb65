// Records one span and ends without shutting down: ending_program <url> <CA file> leaked <milliseconds of
// flushing>, or ending_program <url> <CA file> static.
#include <chrono>
#include <cstdlib>
#include <mutex>
#include <string>
#include <string_view>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

namespace {

using namespace std::chrono_literals;
using HttpRecorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpSink, std::mutex>;

void record(HttpRecorder& recorder) {
    auto span = recorder.span("audio.upload");
}

}

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    sidespan::Config config;
    config.endpoint = argv[1];
    config.http.caFile = argv[2];
    config.consent = sidespan::Consent::granted;
    config.queue.drainInterval = 1ms;
    config.retry = {.initialBackoff = 1ms, .maxBackoff = 1ms};
    if (std::string_view(argv[3]) == "static") {
        config.shutdownTimeout = 20s;
        static HttpRecorder recorder(config);
        record(recorder);
        std::exit(0);
    }
    if (argc < 5) return 2;
    config.shutdownTimeout = 50ms;
    auto* const recorder = new HttpRecorder(config);
    record(*recorder);
    recorder->flush(std::chrono::milliseconds(std::atoi(argv[4])));
    std::exit(0);
}
