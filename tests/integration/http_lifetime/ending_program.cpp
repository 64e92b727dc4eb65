// Records one span and ends without shutting down: ending_program <url> <CA file> <how> <milliseconds>
//   leaked   the recorder is never destroyed; flushes for so many milliseconds, for which all others shut
//   down apart    it is never destroyed, and records on a thread of its own, for which so many milliseconds
//   are waited local    it is a static in main() global   it is in a namespace-scope unique_ptr that main()
//   fills shared   it is in a namespace-scope shared_ptr that main() fills
// With "late-" in front of it, something else has used OpenSSL before.
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>

#include <dlfcn.h>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

namespace {

using namespace std::chrono_literals;
using HttpRecorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpSink, std::mutex>;

std::unique_ptr<HttpRecorder> global;
std::shared_ptr<HttpRecorder> shared;

void record(HttpRecorder& recorder) {
    auto span = recorder.span("audio.upload");
}

void useOpenSsl() {
    using Initialise = int (*)(std::uint64_t options, const void* settings);
    void* const library = ::dlopen("libcrypto.so.3", RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) std::exit(3);
    if (auto* const found = ::dlsym(library, "OPENSSL_init_crypto"))
        static_cast<void>(reinterpret_cast<Initialise>(found)(0x100, nullptr));
}

}

int main(int argc, char** argv) {
    if (argc < 5) return 2;
    std::string_view how = argv[3];
    if (how.starts_with("late-")) {
        useOpenSsl();
        how.remove_prefix(5);
    }
    sidespan::Config config;
    config.endpoint = argv[1];
    config.http.caFile = argv[2];
    config.consent = sidespan::Consent::granted;
    config.queue.drainInterval = 1ms;
    config.retry = {.initialBackoff = 1ms, .maxBackoff = 1ms};
    const std::chrono::milliseconds time(std::atoi(argv[4]));
    config.shutdownTimeout = how == "leaked" || how == "apart" ? 50ms : time;
    if (how == "local") {
        static HttpRecorder recorder(config);
        record(recorder);
    } else if (how == "global") {
        global = std::make_unique<HttpRecorder>(config);
        record(*global);
    } else if (how == "shared") {
        shared = std::make_shared<HttpRecorder>(config);
        record(*shared);
    } else if (how == "leaked") {
        auto* const recorder = new HttpRecorder(config);
        record(*recorder);
        recorder->flush(time);
    } else if (how == "apart") {
        auto* const recorder = new HttpRecorder(config);
        std::promise<void> recorded;
        auto isRecorded = recorded.get_future();
        std::thread([recorder, done = std::move(recorded)]() mutable {
            record(*recorder);
            done.set_value();
        }).detach();
        isRecorded.wait_for(time);
    } else {
        return 2;
    }
    std::exit(0);
}
