#include <benchmark/benchmark.h>

#include "peers.h"
#include "support/bench_main.h"

namespace {

void name(const char* peer, const std::string& state) {
    benchmark::AddCustomContext(std::string("peer ") + peer, state);
}

}

int main(int argc, char** argv) {
    using namespace sidespan::bench;
#if defined(SIDESPAN_BENCH_SYNCHRONOUS)
    name("synchronous design", registerSynchronous());
#else
    name("synchronous design", "absent: libuuid was not found");
#endif
#if defined(SIDESPAN_BENCH_LTTNG)
    name("LTTng-UST", registerLttng());
#else
    name("LTTng-UST", "absent: lttng-ust was not found");
#endif
#if defined(SIDESPAN_BENCH_OPENTELEMETRY)
    name("opentelemetry-cpp", registerOpenTelemetry());
#else
    name("opentelemetry-cpp", "absent: find_package(opentelemetry-cpp) found none");
#endif
    return benchMain(argc, argv);
}
