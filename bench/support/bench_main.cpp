#include "bench_main.h"

#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <sys/utsname.h>

#include <benchmark/benchmark.h>

namespace sidespan::bench {
namespace {

std::string processor() {
    std::ifstream info("/proc/cpuinfo");
    for (std::string line; std::getline(info, line);) {
        if (line.starts_with("model name")) return line.substr(line.find(':') + 2);
    }
    return "unknown";
}

std::string kernel() {
    utsname names{};
    if (uname(&names) != 0) return "unknown";
    return std::string(names.sysname) + " " + names.release + " " + names.machine;
}

std::string compiler() {
#if defined(__clang__)
    return "clang " __clang_version__;
#elif defined(__GNUC__)
    return "g++ " __VERSION__;
#else
    return "unknown";
#endif
}

// Whether a benchmark gave up: before Google Benchmark 1.8 a run says so itself, since then it says what it
// skipped.
bool hasGivenUp(const auto& run) {
    if constexpr (requires { run.error_occurred; }) {
        return run.error_occurred;
    } else {
        return static_cast<int>(run.skipped) != 0;
    }
}

// The usual console report, which also notices a benchmark that gave up.
class Console : public benchmark::ConsoleReporter {
public:
    Console() : ConsoleReporter(OO_Tabular) {}

    void ReportRuns(const std::vector<Run>& runs) override {
        for (const auto& run : runs) hasFailed_ |= hasGivenUp(run);
        ConsoleReporter::ReportRuns(runs);
    }
    [[nodiscard]] bool hasFailed() const noexcept { return hasFailed_; }

private:
    bool hasFailed_ = false;
};

}

int benchMain(int argc, char** argv) {
    benchmark::Initialize(&argc, argv);
    if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 1;
    benchmark::AddCustomContext("compiler", compiler());
    benchmark::AddCustomContext("flags", SIDESPAN_BENCH_FLAGS);
    benchmark::AddCustomContext("processor", processor());
    benchmark::AddCustomContext("kernel", kernel());
    Console console;
    benchmark::RunSpecifiedBenchmarks(&console);
    benchmark::Shutdown();
    return console.hasFailed() ? 1 : 0;
}

}
