// What a plugin team compiles: a span recorded by whatever recorder sidespan_configure() chose for this
// program.
#include <sidespan/default_recorder.h>

#include <chrono>
#include <cstdio>

namespace {

using namespace std::chrono_literals;

#if SIDESPAN_SINK_NULL
bool isRight(const sidespan::Stats& stats) {
    return stats == sidespan::Stats{};
}
#elif SIDESPAN_SINK_HTTP
// Nobody listens on the port, so the span is on its way, or given up, but never lost from the books.
bool isRight(const sidespan::Stats& stats) {
    return stats.recorded == 1 && stats.isConserved();
}
#else
bool isRight(const sidespan::Stats& stats) {
    return stats.recorded == 1 && stats.delivered == 1;
}
#endif

}

int main(int, char** argv) {
    sidespan::Config config;
    config.service = {"Consumer", "1.0.0"};
    config.consent = sidespan::Consent::granted;
    config.endpoint = "http://127.0.0.1:9";
    config.file.path = std::string(argv[0]) + ".jsonl";
    config.shutdownTimeout = 100ms;

    sidespan::DefaultRecorder recorder(config);
    {
        auto span = recorder.span("consumer.check");
        span.set("answer", 42);
    }
    recorder.flush(100ms);

    const sidespan::Stats stats = recorder.stats();
    std::printf("recorded %llu, delivered %llu\n", static_cast<unsigned long long>(stats.recorded),
                static_cast<unsigned long long>(stats.delivered));
    return isRight(stats) ? 0 : 1;
}
