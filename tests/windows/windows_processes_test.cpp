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

#include "support/fault_server.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

// Files beside this program.
std::string beside(const char* name) {
    std::string path(1000, '\0');
    path.resize(::GetModuleFileNameA(nullptr, path.data(), static_cast<DWORD>(path.size())));
    return path.substr(0, path.rfind('\\') + 1) + name;
}

/// A process whose output is read.
class Process {
public:
    explicit Process(const std::string& arguments) {
        SECURITY_ATTRIBUTES inherited{sizeof inherited, nullptr, TRUE};
        HANDLE written = nullptr;
        ::CreatePipe(&output_, &written, &inherited, 0);
        ::SetHandleInformation(output_, HANDLE_FLAG_INHERIT, 0);
        STARTUPINFOA startup{};
        startup.cb = sizeof startup;
        startup.dwFlags = STARTF_USESTDHANDLES;
        startup.hStdOutput = written;
        startup.hStdError = written;
        auto line = "\"" + beside(WINDOWS_PROCESS) + "\" " + arguments;
        isStarted_ = ::CreateProcessA(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr,
                                      &startup, &process_) != 0;
        ::CloseHandle(written);
    }
    ~Process() {
        if (isStarted_) {
            kill();
            ::CloseHandle(process_.hThread);
            ::CloseHandle(process_.hProcess);
        }
        ::CloseHandle(output_);
    }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// Empty at its end.
    std::string readLine() {
        std::string line;
        char c = 0;
        DWORD got = 0;
        while (::ReadFile(output_, &c, 1, &got, nullptr) != 0 && got == 1 && c != '\n')
            if (c != '\r') line.push_back(c);
        return line;
    }
    void kill() const {
        ::TerminateProcess(process_.hProcess, 7);
        ::WaitForSingleObject(process_.hProcess, INFINITE);
    }
    /// What it returned; -1 when it does not end in time, and is killed.
    [[nodiscard]] int wait() const {
        DWORD code = 0;
        const bool hasEnded = ::WaitForSingleObject(process_.hProcess, 300'000) == WAIT_OBJECT_0;
        if (!hasEnded) kill();
        return hasEnded && ::GetExitCodeProcess(process_.hProcess, &code) != 0 ? static_cast<int>(code) : -1;
    }

private:
    HANDLE output_ = nullptr;
    PROCESS_INFORMATION process_{};
    bool isStarted_ = false;
};

std::string quoted(const std::string& text) {
    return "\"" + text + "\"";
}

TEST(WindowsProcess, LosesNothingThatWasStoredWhenItIsKilled) {
    const TemporaryDirectory scratch;
    FaultServer server;
    server.refuse();
    std::size_t stored = 0;
    for (int kills = 0; kills < 5; ++kills) {
        Process process(quoted(scratch / "outbox") + " " + server.url());
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
    Process ended(arguments("recordAndEnd"));
    Process brokenOff(arguments("recordAndBreakOff"));
    EXPECT_EQ(ended.wait(), 0);
    EXPECT_EQ(ended.readLine(), "unloaded 500 times");
    EXPECT_GE(server.storedSpans(), 500U);
    EXPECT_EQ(brokenOff.wait(), 0);
    std::cout << "broken off: " << brokenOff.readLine() << "\n";
}

TEST(WindowsProcess, KeepsAPluginWhoseThreadsHaveNotBegun) {
    Process process("unbegun " + quoted(beside(WINDOWS_PLUGIN)) + " http://127.0.0.1:9");
    EXPECT_EQ(process.wait(), 0);
    EXPECT_EQ(process.readLine(), "ending");
}

TEST(WindowsProcess, EndsWhileAThreadThatIsGoneHoldsALock) {
    Process process("held " + quoted(beside(WINDOWS_PLUGIN)) + " http://127.0.0.1:9");
    EXPECT_EQ(process.wait(), 0);
    EXPECT_EQ(process.readLine(), "ending");
}

TEST(WindowsProcess, EndsWithARecorderInAStaticAndSpansQueued) {
    FaultServer silent;
    silent.otherwise(faults::silent());
    FaultServer answering;
    Process process("static " + quoted(beside(WINDOWS_PLUGIN)) + " " + silent.url() + " " + answering.url());
    EXPECT_EQ(process.wait(), 0);
    EXPECT_EQ(process.readLine(), "ending");
}

}
}
