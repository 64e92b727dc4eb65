// Opens libcurl, or what stands in for it, at bad moments: opening_program <how> <url> [<plugin> | <outbox
// directory>]
//   exit     the program ends meanwhile
//   unload   a plugin with a recorder of its own is unloaded meanwhile
//   record   records a span, flushes, and prints what onError was told and what became of the span
//   starve   the same, with no file descriptor left when recording begins; then again with another recorder
#include <chrono>
#include <cstdlib>
#include <functional>
#include <future>
#include <iostream>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <dlfcn.h>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>
#include <sys/resource.h>

namespace {

using namespace std::chrono_literals;
using HttpRecorder = sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpSink, std::mutex>;

// Never destroyed: a thread may still wait at the end.
auto& opening = *new std::promise<void>;
auto& goOn = *new std::promise<void>;

sidespan::Config configFor(const char* url) {
    sidespan::Config config;
    config.endpoint = url;
    config.consent = sidespan::Consent::granted;
    config.queue.drainInterval = 1ms;
    config.batch.maxAge = 0ms;
    config.retry = {.initialBackoff = 1ms, .maxBackoff = 1ms};
    return config;
}

// Comes back while libcurl is being opened on that thread.
std::thread startOpening(const char* url) {
    auto* const recorder = new HttpRecorder(configFor(url));  // the thread may still use it at the end
    std::thread thread([recorder] { auto span = recorder->span("audio.upload"); });
    opening.get_future().wait();
    return thread;
}

int endMeanwhile(const char* url) {
    std::atexit([] { goOn.set_value(); });
    startOpening(url).detach();
    std::exit(0);
}

int unloadMeanwhile(const char* url, const char* path) {
    void* const plugin = ::dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (plugin == nullptr) return 3;
    reinterpret_cast<void (*)(const char*)>(::dlsym(plugin, "sidespanTestConstruct"))(url);
    auto thread = startOpening(url);
    goOn.set_value();
    ::dlclose(plugin);
    thread.join();
    return ::dlopen(path, RTLD_NOW | RTLD_NOLOAD) == nullptr ? 0 : 4;
}

void record(const char* url, const char* outbox, const std::function<void(HttpRecorder&)>& begin) {
    auto config = configFor(url);
    config.outbox.directory = outbox;
    std::promise<void> told;
    config.onError = [&, isFirst = true](const sidespan::Error& error) mutable {
        std::cout << error.message << '\n';
        if (std::exchange(isFirst, false)) told.set_value();
    };
    HttpRecorder recorder(config);
    begin(recorder);
    const bool isFlushed = recorder.flush(200ms);
    if (!isFlushed) told.get_future().wait_for(20s);
    recorder.shutdown(50ms);
    const auto stats = recorder.stats();
    std::cout << "delivered " << stats.delivered << ", on disk " << stats.onDisk << ", dropped "
              << stats.dropped.total() << '\n';
}

void recordSpan(HttpRecorder& recorder) {
    auto span = recorder.span("audio.upload");
}

void recordStarved(HttpRecorder& recorder) {
    rlimit usual{};
    ::getrlimit(RLIMIT_NOFILE, &usual);
    rlimit none{.rlim_cur = 0, .rlim_max = usual.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &none);
    {
        auto span = recorder.span("audio.upload");
        ::setrlimit(RLIMIT_NOFILE, &usual);
    }
}

}

extern "C" __attribute__((visibility("default"))) void sidespanTestWhileOpening() {
    opening.set_value();
    goOn.get_future().wait();
}

int main(int argc, char** argv) {
    if (argc < 3) return 2;
    const std::string_view how = argv[1];
    if (how == "exit") return endMeanwhile(argv[2]);
    if (argc < 4) return 2;
    if (how == "unload") return unloadMeanwhile(argv[2], argv[3]);
    if (how != "record" && how != "starve") return 2;
    goOn.set_value();
    if (how == "starve") record(argv[2], argv[3], &recordStarved);
    record(argv[2], argv[3], &recordSpan);
    return 0;
}
