#include <array>
#include <csignal>
#include <fstream>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <thread>

#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>

#include "http_plugin.h"
#include "support/fault_server.h"
#include "support/patience.h"
#include "support/sanitizers.h"
#include "support/temporary_directory.h"
#include "support/tls_identities.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
using HttpRecorder = Recorder<SteadyClock, HttpSink, std::mutex>;

std::size_t threadCount() {
    return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator("/proc/self/task"),
                                                  std::filesystem::directory_iterator()));
}

// Threads of the server's end a moment after their connection.
bool waitForThreads(std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + 10s;
    while (threadCount() > count) {
        if (std::chrono::steady_clock::now() > end) return false;
        std::this_thread::yield();
    }
    return true;
}

std::size_t residentKilobytes() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    }
    return 0;
}

Config configFor(const FaultServer& server) {
    Config config;
    config.endpoint = server.url();
    config.consent = Consent::granted;
    config.queue.drainInterval = 1ms;
    config.shutdownTimeout = 50ms;
    return config;
}

// A plugin as a host handles it: loaded, run, unloaded.
class Plugin {
public:
    explicit Plugin(const char* path) : library_(::dlopen(path, RTLD_NOW | RTLD_LOCAL)) {}
    ~Plugin() {
        if (library_ != nullptr) ::dlclose(library_);
    }
    Plugin(const Plugin&) = delete;
    Plugin& operator=(const Plugin&) = delete;

    int run(const FaultServer& server, const std::string& outbox = {},
            const char* name = "sidespanTestPlugin") {
        if (library_ == nullptr) return -1;
        auto* const function = reinterpret_cast<RunPlugin*>(::dlsym(library_, name));
        return function == nullptr ? -1 : function(server.url().c_str(), outbox.c_str());
    }

    static bool isLoaded(const char* path) {
        void* const library = ::dlopen(path, RTLD_NOW | RTLD_NOLOAD);
        if (library != nullptr) ::dlclose(library);
        return library != nullptr;
    }

private:
    void* library_;
};

class HttpLifetime : public ::testing::TestWithParam<const char*> {};

// Sanitizers keep what is unloaded mapped, and remember everything.
constexpr int rounds = isSanitized ? 20 : 1000;
constexpr bool isMeasured = !isSanitized;

TEST_P(HttpLifetime, IsUnloadedAThousandTimesWhileItsServerNeverAnswers) {
    FaultServer server;
    server.otherwise([](Exchange& exchange) { exchange.hold(); });
    const auto threads = threadCount();
    std::size_t settled = 0;
    for (int i = 0; i < rounds; ++i) {
        Plugin plugin(GetParam());
        ASSERT_EQ(plugin.run(server), 20) << ::dlerror();
        if (i == rounds / 2) settled = residentKilobytes();
    }
    EXPECT_TRUE(waitForThreads(threads));
    // The server's own thread may not have taken the last of them yet.
    EXPECT_TRUE(eventually([&] { return server.connectionCount() > std::size_t{rounds} / 2; }))
        << server.connectionCount();
    if (isMeasured) {
        EXPECT_LT(residentKilobytes(), settled + 2048);
        EXPECT_TRUE(std::string_view(GetParam()) == SIDESPAN_TEST_PLUGIN || !Plugin::isLoaded(GetParam()));
    }
}

INSTANTIATE_TEST_SUITE_P(Plugin, HttpLifetime,
                         testing::Values(SIDESPAN_TEST_PLUGIN, SIDESPAN_TEST_PLUGIN_UNMAPPED),
                         [](const auto& test) { return test.index == 0 ? "AsBuilt" : "ThatReallyUnmaps"; });

class HttpLifetimeCopies : public ::testing::Test {
protected:
    // Each runs ten times, the other on a thread of its own. Whatever the runs do not get through is there
    // for whoever comes next.
    template <class First, class Other>
    void runBoth(First first, Other other) {
        std::thread beside([&] {
            for (int i = 0; i < 10; ++i) EXPECT_EQ(other(), 20);
        });
        for (int i = 0; i < 10; ++i) EXPECT_EQ(first(), 20);
        beside.join();
    }

    void expectAllStored() {
        auto config = configFor(server_);
        config.outbox.directory = outbox_;
        HttpRecorder recorder(config);
        { auto span = recorder.span("last"); }
        EXPECT_TRUE(recorder.flush(10s));
        EXPECT_TRUE(server_.waitForStored(401));
        EXPECT_EQ(server_.storedSpans(), 401U);
    }

    FaultServer server_;
    const TemporaryDirectory directory_;
    const std::string outbox_ = directory_ / "outbox";
};

TEST_F(HttpLifetimeCopies, SeveralCopiesInOneProcessShareAnOutboxDirectory) {
    Plugin first(SIDESPAN_TEST_PLUGIN);
    Plugin second(SIDESPAN_TEST_PLUGIN_UNMAPPED);
    runBoth([&] { return first.run(server_, outbox_); }, [&] { return second.run(server_, outbox_); });
    expectAllStored();
}

#if defined(SIDESPAN_TEST_PLUGIN_TWO_VERSIONS)
TEST_F(HttpLifetimeCopies, TwoVersionsInOneLibraryDoNotMeet) {
    {
        Plugin plugin(SIDESPAN_TEST_PLUGIN_TWO_VERSIONS);
        runBoth([&] { return plugin.run(server_, outbox_); },
                [&] { return plugin.run(server_, outbox_, "sidespanOtherTestPlugin"); });
    }
    expectAllStored();
}
#endif

TEST(HttpLifetimeConstruction, TenThousandUnusedRecordersLeaveNothing) {
    FaultServer server;
    const auto threads = threadCount();
    const auto before = residentKilobytes();
    for (int i = 0; i < 10000; ++i) HttpRecorder recorder(configFor(server));
    EXPECT_EQ(threadCount(), threads);
    EXPECT_EQ(server.connectionCount(), 0U);
    EXPECT_TRUE(!isMeasured || residentKilobytes() < before + 4096);
}

TEST(HttpLifetimeFork, TheChildSendsNothingAndTheParentIsUnharmed) {
    FaultServer server;
    HttpRecorder recorder(configFor(server));
    { auto span = recorder.span("before"); }
    EXPECT_TRUE(recorder.flush(10s));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        { auto span = recorder.span("in the child"); }
        recorder.flush(10ms);
        const bool hasRecorded = recorder.stats().delivered > 1;
        recorder.shutdown(10ms);
        ::_exit(hasRecorded ? 1 : 0);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
    { auto span = recorder.span("after"); }
    EXPECT_TRUE(recorder.flush(10s));
    EXPECT_EQ(server.storedSpans(), 2U);
    EXPECT_EQ(recorder.stats().delivered, 2U);
}

// A program of its own, since a forked child would inherit whatever the server's threads hold.
class HttpLifetimeExit : public ::testing::Test {
protected:
    static void expectToEnd(const FaultServer& server, const std::string& caFile, const char* how,
                            int milliseconds) {
        const auto ms = std::to_string(milliseconds);
        EXPECT_EXIT(
            {
                ::execl(SIDESPAN_ENDING_PROGRAM, "ending_program", server.url().c_str(), caFile.c_str(), how,
                        ms.c_str(), nullptr);
                ::_exit(127);
            },
            testing::ExitedWithCode(0), "");
    }
};

TEST_F(HttpLifetimeExit, AProgramMayEndWithoutShuttingDown) {
    FaultServer server;
    server.otherwise(faults::silent());
    expectToEnd(server, "", "leaked", 20);
}

TEST_F(HttpLifetimeExit, ARecorderThatIsDestroyedAtTheEndDeliversWhatItHas) {
    FaultServer server;
    std::size_t delivered = 0;
    for (const char* how : {"local", "global", "shared", "late-local", "late-global", "late-shared"}) {
        expectToEnd(server, "", how, 20000);
        EXPECT_EQ(server.storedSpans(), ++delivered) << how;
    }
}

// OpenSSL frees what it has when the program ends, whoever is using it.
class HttpLifetimeTlsExit : public HttpLifetimeExit {
protected:
    void SetUp() override { std::ofstream(caFile_) << authority_.certificate(); }

    static constexpr int rounds =
        isThreadSanitized ? 20 : 100;  // it lets each program wait a second at its end
    const TestAuthority authority_;
    const TemporaryDirectory directory_;
    const std::string caFile_ = directory_ / "ca.pem";
    FaultServer server_{authority_.issue("127.0.0.1")};
};

TEST_F(HttpLifetimeTlsExit, MayComeAtAnyPointOfAHandshake) {
    server_.otherwise(faults::storeAndClose());  // each request begins with one
    for (int round = 0; round < rounds; ++round)
        expectToEnd(server_, caFile_, round % 2 == 0 ? "leaked" : "late-leaked", round % 20);
}

TEST_F(HttpLifetimeTlsExit, MayComeWhileLibcurlIsOpened) {
    server_.otherwise(faults::storeAndClose());
    for (int round = 0; round < 40; ++round)
        expectToEnd(server_, caFile_, round % 2 == 0 ? "apart" : "late-apart", round % 20);
}

TEST_F(HttpLifetimeTlsExit, LetsARecorderThatIsDestroyedAtTheEndDeliverWhatItHas) {
    std::size_t delivered = 0;
    for (const char* how : {"local", "global", "shared", "late-local"}) {
        expectToEnd(server_, caFile_, how, 20000);
        EXPECT_EQ(server_.storedSpans(), ++delivered) << how;
    }
}

// OpenSSL, which somebody used before, is gone before the recorder is.
TEST_F(HttpLifetimeTlsExit, LetsAnOlderStaticEndWithoutDelivering) {
    expectToEnd(server_, caFile_, "late-global", 50);
    EXPECT_EQ(server_.storedSpans(), 0U);
}

// The sending thread would wait for itself.
TEST(HttpLifetimeCallbacks, MayShutDown) {
    FaultServer server;
    server.otherwise(faults::answer(400));
    std::promise<bool> told;
    std::unique_ptr<HttpRecorder> recorder;
    auto config = configFor(server);
    config.onError = [&, isFirst = true](const Error&) mutable {
        if (!std::exchange(isFirst, false)) return;
        EXPECT_FALSE(recorder->flush(20s));
        told.set_value(recorder->shutdown(20s));
    };
    recorder = std::make_unique<HttpRecorder>(config);
    { auto span = recorder->span("audio.upload"); }
    recorder->flush(20s);
    EXPECT_FALSE(told.get_future().get());
    EXPECT_TRUE(recorder->shutdown(20s)) << "the server has answered";
    EXPECT_TRUE(recorder->stats().isConserved());
}

TEST(HttpLifetimeCallbacks, MayThrow) {
    FaultServer server;
    server.otherwise(faults::answer(400));
    auto config = configFor(server);
    config.onError = [](const Error&) { throw std::runtime_error("thrown"); };
    HttpRecorder recorder(config);
    { auto span = recorder.span("audio.upload"); }
    EXPECT_TRUE(recorder.flush(20s));
    NetworkClient client(config, [](const auto&) { throw std::runtime_error("thrown"); });
    std::promise<bool> answered;
    client.post("/", "", {}, [&](const auto& outcome) { answered.set_value(outcome.isSuccess()); });
    EXPECT_FALSE(answered.get_future().get());
}

TEST(HttpLifetimeThreads, AShutdownDoesNotWaitForAFlush) {
    FaultServer server;
    server.otherwise(faults::silent());
    HttpRecorder recorder(configFor(server));
    { auto span = recorder.span("audio.upload"); }
    bool isFlushed = true;
    std::thread flusher([&] { isFlushed = recorder.flush(std::chrono::hours(1)); });
    EXPECT_TRUE(server.waitForRequests(1));
    EXPECT_FALSE(recorder.shutdown(10ms));
    flusher.join();
    EXPECT_FALSE(isFlushed);
}

TEST(HttpLifetimeThreads, ADenialDoesNotWaitForAFlush) {
    FaultServer server;
    server.otherwise(faults::answer(503));
    auto config = configFor(server);
    config.retry.initialBackoff = 1h;
    config.retry.maxBackoff = 2h;
    HttpRecorder recorder(config);
    { auto span = recorder.span("audio.upload"); }
    std::thread flusher([&] { recorder.flush(1h); });
    EXPECT_TRUE(server.waitForRequests(1));
    recorder.consent().set(Consent::denied);
    flusher.join();
    EXPECT_EQ(recorder.stats().dropped[DropReason::consentWithdrawn], 1U);
}

TEST(HttpLifetimeThreads, WhatIsRecordedDuringAFlushFindsRoom) {
    FaultServer server;
    server.otherwise(faults::silent());
    auto config = configFor(server);
    config.queue.capacityBytes = 64 * 1024;  // some sixty spans for a thread
    HttpRecorder recorder(config);
    { auto span = recorder.span("audio.upload"); }
    std::thread flusher([&] { recorder.flush(20s); });
    EXPECT_TRUE(server.waitForRequests(1));
    for (int round = 0; round < 50; ++round) {
        const auto before = recorder.sink().stats().received;
        for (int i = 0; i < 20; ++i) auto span = recorder.span("work");
        while (recorder.sink().stats().received < before + 20) std::this_thread::yield();
    }
    EXPECT_EQ(recorder.stats().dropped.total(), 0U);
    recorder.shutdown(0ms);
    flusher.join();
}

TEST(HttpLifetimeThreads, IsDestroyedWhileAnotherThreadIsInsideFlush) {
    FaultServer server;
    server.otherwise(faults::silent());
    auto recorder = std::make_unique<HttpRecorder>(configFor(server));
    { auto span = recorder->span("audio.upload"); }
    std::thread flusher([&recorder = *recorder] { recorder.flush(50ms); });
    server.waitForRequests(1);
    recorder->shutdown(0ms);
    flusher.join();
    recorder.reset();
}

TEST(HttpLifetimeThreads, EverySpanIsAccountedForAfterAFlushThatSucceeds) {
    FaultServer server;
    server.then(2, faults::answer(503)).then(faults::storeAndClose());
    auto config = configFor(server);
    config.retry = {.initialBackoff = 1ms, .maxBackoff = 5ms};
    config.batch.maxSpans = 100;
    HttpRecorder recorder(config);
    constexpr int threads = 4;
    constexpr int each = 500;
    std::vector<std::thread> producers;
    for (int t = 0; t < threads; ++t) {
        producers.emplace_back([&] {
            for (int i = 0; i < each; ++i) auto span = recorder.span("work");
        });
    }
    for (auto& producer : producers) producer.join();
    EXPECT_TRUE(recorder.flush(20s));
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded, std::uint64_t{threads * each});
    EXPECT_EQ(stats.delivered + stats.dropped.total(), stats.recorded);
    EXPECT_EQ(server.storedSpans(), stats.delivered);
    EXPECT_TRUE(stats.isConserved());
}

}
}
