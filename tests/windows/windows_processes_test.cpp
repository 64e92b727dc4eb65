// Processes that end in the ways of Windows: killed, with a plugin that comes and goes, with spans queued.
#include <windows.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <string>

#include <gtest/gtest.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

#include "process.h"
#include "support/fault_server.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

TEST(WindowsProcess, LosesNothingThatWasStoredWhenItIsKilled) {
    const TemporaryDirectory scratch;
    FaultServer server;
    server.refuse();
    std::size_t stored = 0;
    for (int kills = 0; kills < 5; ++kills) {
        Process process(WINDOWS_PROCESS, quoted(scratch / "outbox") + " " + server.url());
        const std::size_t enough = stored + 100;  // with what it adopts of those before
        while (stored < enough) {
            const auto line = process.readLine();
            ASSERT_FALSE(line.empty());
            stored = std::max(stored, static_cast<std::size_t>(std::atoll(line.c_str())));
        }
        process.kill();
    }
    server.accept();
    Config config;
    config.service = {"LoopShare", "1.2.0"};
    config.endpoint = server.url();
    config.outbox.directory = scratch / "outbox";
    config.consent = Consent::granted;
    Recorder<SteadyClock, HttpSink, std::mutex> recorder(config);
    { auto span = recorder.span("next"); }
    EXPECT_TRUE(server.waitForStored(stored + 1, 60s)) << server.storedSpans() << " of " << stored + 1;
    EXPECT_TRUE(recorder.flush(20s));
}

// Two processes, half of the thousand each: mingw-w64's threads take one of Windows' 1,088 TLS indexes with
// each load, and never give it back. Wine lets go of a request that was broken off when the server has
// answered, which may be too late to unload.
TEST(WindowsProcess, LoadsAndUnloadsAPluginAThousandTimesWithExportsUnderWay) {
    FaultServer server;
    const auto arguments = [&](const std::string& function) {
        return "plugin " + quoted(beside(WINDOWS_PLUGIN)) + " " + function + " " + server.url() + " 500";
    };
    Process ended(WINDOWS_PROCESS, arguments("recordAndEnd"));
    Process brokenOff(WINDOWS_PROCESS, arguments("recordAndBreakOff"));
    EXPECT_EQ(ended.wait(), 0);
    EXPECT_EQ(ended.readLine(), "unloaded 500 times");
    EXPECT_GE(server.storedSpans(), 500U);
    EXPECT_EQ(brokenOff.wait(), 0);
    std::cout << "broken off: " << brokenOff.readLine() << "\n";
}

TEST(WindowsProcess, KeepsAPluginWhoseThreadsHaveNotBegun) {
    Process process(WINDOWS_PROCESS, "unbegun " + quoted(beside(WINDOWS_PLUGIN)) + " http://127.0.0.1:9");
    EXPECT_EQ(process.wait(), 0);
    EXPECT_EQ(process.readLine(), "ending");
}

TEST(WindowsProcess, EndsWhileAThreadThatIsGoneHoldsALock) {
    Process process(WINDOWS_PROCESS, "held " + quoted(beside(WINDOWS_PLUGIN)) + " http://127.0.0.1:9");
    EXPECT_EQ(process.wait(), 0);
    EXPECT_EQ(process.readLine(), "ending");
}

TEST(WindowsProcess, EndsWithARecorderInAStaticAndSpansQueued) {
    FaultServer silent;
    silent.otherwise(faults::silent());
    FaultServer answering;
    Process process(WINDOWS_PROCESS,
                    "static " + quoted(beside(WINDOWS_PLUGIN)) + " " + silent.url() + " " + answering.url());
    EXPECT_EQ(process.wait(), 0);
    EXPECT_EQ(process.readLine(), "ending");
}

}
}
