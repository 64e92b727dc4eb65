#include "http_plugin.h"

#include <mutex>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

#include "support/sanitizers.h"

using namespace std::chrono_literals;

extern "C" __attribute__((visibility("default"))) int SIDESPAN_TEST_PLUGIN_NAME(const char* endpoint,
                                                                                const char* outboxDirectory) {
    sidespan::Config config;
    config.service = {"plugin", "1.0"};
    config.endpoint = endpoint;
    config.consent = sidespan::Consent::granted;
    config.queue.drainInterval = 1ms;
    config.batch.maxAge = 0ms;
    config.outbox.directory = outboxDirectory;
    config.shutdownTimeout = 0ms;
    sidespan::Recorder<sidespan::SteadyClock, sidespan::HttpSink, std::mutex> recorder(config);
    for (int i = 0; i < 20; ++i) {
        auto upload = recorder.span("audio.upload");
        upload.set("index", i);
    }
    recorder.flush(sidespan::test::isSanitized ? 50ms : 2ms);  // a sanitizer makes the way to the server long
    return static_cast<int>(recorder.stats().recorded);
}
