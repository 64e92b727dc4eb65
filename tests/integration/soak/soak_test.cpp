#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/wait.h>
#include <unistd.h>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_http/http_sink.h>
#include <sidespan_collector/collector.h>

#include "faulty_path.h"
#include "soak_client.h"
#include "support/temporary_directory.h"

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::uint64_t fromEnvironment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

/// A client as a process of its own, made from this program.
class ClientProcess {
public:
    ClientProcess(const std::string& endpoint, const std::string& directory, std::int64_t run, SoakEnd end)
        : run_(run) {
        const auto runText = std::to_string(run);
        const auto endText = std::to_string(static_cast<int>(end));
        int ends[2] = {-1, -1};
        if (::pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
        process_ = ::fork();
        if (process_ == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::execl("/proc/self/exe", "soak", "--client", endpoint.c_str(), directory.c_str(),
                    runText.c_str(), endText.c_str(), nullptr);
            ::_exit(127);
        }
        ::close(ends[1]);
        output_ = ends[0];
    }
    ~ClientProcess() {
        if (process_ > 0) static_cast<void>(kill());
    }
    ClientProcess(const ClientProcess&) = delete;
    ClientProcess& operator=(const ClientProcess&) = delete;

    [[nodiscard]] std::int64_t run() const { return run_; }
    /// How many of its spans are durable, by its last word. Whether it ended well is in `status()`.
    std::uint64_t kill() {
        ::kill(process_, SIGKILL);
        return join();
    }
    std::uint64_t join() {
        std::uint64_t durable = 0;
        for (std::uint64_t word = 0; ::read(output_, &word, sizeof word) == sizeof word;) durable = word;
        ::close(output_);
        ::waitpid(std::exchange(process_, -1), &status_, 0);
        return durable;
    }
    [[nodiscard]] int status() const { return status_; }

private:
    std::int64_t run_;
    pid_t process_ = -1;
    int output_ = -1;
    int status_ = 0;
};

class Soak : public ::testing::Test {
protected:
    Soak() {
        std::cout << "seed " << seed_ << "; SIDESPAN_SOAK_SEED=" << seed_ << " begins the same way\n";
        openCollector();
    }

    void openCollector() {
        // One folder is one installation: a fast machine has more to send than an installation may in a
        // minute.
        collector_ = std::make_unique<collector::Collector>(
            collector::CollectorOptions{.database = database_, .requestLimits = {}});
        path_.leadTo(collector_->port());
    }
    void closeCollector() {
        path_.leadTo(0);
        collector_.reset();
    }
    [[nodiscard]] std::unique_ptr<ClientProcess> start(SoakEnd end) {
        return std::make_unique<ClientProcess>(path_.url(), outbox_, nextRun_++, end);
    }
    std::uint64_t draw(std::uint64_t low, std::uint64_t high) {
        return std::uniform_int_distribution<std::uint64_t>(low, high)(random_);
    }
    /// Time passes for everybody; what happens in it is the soak.
    void pass(std::chrono::milliseconds time) {
        std::unique_lock lock(pausing_);
        std::condition_variable().wait_for(lock, time);
    }

    void killAtRandom(std::chrono::steady_clock::time_point end) {
        std::vector<std::unique_ptr<ClientProcess>> clients(3);
        while (std::chrono::steady_clock::now() < end) {
            auto& client = clients[draw(0, clients.size() - 1)];
            if (client) {
                const auto durable = client->kill();
                expected_[client->run()] = durable;
                client.reset();
                ++kills_;
            } else {
                client = start(SoakEnd::killed);
            }
            if (draw(0, 19) == 0) closeCollector();
            pass(std::chrono::milliseconds(draw(5, 120)));
            if (!collector_) openCollector();
        }
        for (auto& client : clients) {
            if (client) expected_[client->run()] = client->kill();
        }
    }

    /// A client without faults delivers what all before it left.
    void deliverTheRest() {
        path_.setFaults(0);
        auto client = start(SoakEnd::delivered);
        const auto durable = client->join();
        EXPECT_TRUE(WIFEXITED(client->status()) && WEXITSTATUS(client->status()) == 0) << client->status();
        expected_[client->run()] = durable;
        for (const auto& entry : fs::recursive_directory_iterator(outbox_)) {
            EXPECT_NE(entry.path().extension().string(), ".batch") << entry.path() << " was never delivered";
            EXPECT_NE(entry.path().extension().string(), ".broken") << entry.path() << " was set aside";
        }
    }

    /// What is denied is never stored, by anybody.
    void denyWhatNobodySaw() {
        path_.block(true);
        auto client = start(SoakEnd::denied);
        client->join();
        EXPECT_TRUE(WIFEXITED(client->status()) && WEXITSTATUS(client->status()) == 0) << client->status();
        denied_.push_back(client->run());
        path_.block(false);
    }

    /// How often each span of each run is stored.
    std::map<std::int64_t, std::map<std::int64_t, int>> stored() {
        closeCollector();
        std::map<std::int64_t, std::map<std::int64_t, int>> found;
        sqlite3* database = nullptr;
        EXPECT_EQ(sqlite3_open(database_.c_str(), &database), SQLITE_OK);
        sqlite3_stmt* select = nullptr;
        constexpr const char* sql =
            "SELECT json_extract(attributes, '$.run'), json_extract(attributes, '$.n')"
            " FROM client_telemetry_spans WHERE name = ?1";
        EXPECT_EQ(sqlite3_prepare_v2(database, sql, -1, &select, nullptr), SQLITE_OK);
        sqlite3_bind_text(select, 1, soakSpanName, -1, SQLITE_STATIC);
        while (sqlite3_step(select) == SQLITE_ROW) {
            ++found[sqlite3_column_int64(select, 0)][sqlite3_column_int64(select, 1)];
        }
        sqlite3_finalize(select);
        sqlite3_close(database);
        openCollector();
        return found;
    }

    void expectStoredOnce() {
        auto found = stored();
        std::uint64_t total = 0;
        for (const auto& [run, durable] : expected_) {
            const auto& spans = found[run];
            std::uint64_t missing = 0;
            std::uint64_t firstMissing = durable;
            for (std::uint64_t n = durable; n-- > 0;) {
                if (spans.contains(static_cast<std::int64_t>(n))) continue;
                firstMissing = n;
                ++missing;
            }
            EXPECT_EQ(missing, 0U) << "of the " << durable << " durable spans of run " << run << " from "
                                   << firstMissing << " on; " << spans.size() << " are stored";
            total += durable;
        }
        for (const auto& [run, spans] : found) {
            ASSERT_FALSE(spans.contains(-1)) << "run " << run << " stored what its sampler leaves out";
            for (const auto& [n, times] : spans) ASSERT_EQ(times, 1) << "run " << run << ", span " << n;
        }
        for (const auto run : denied_) EXPECT_TRUE(found[run].empty()) << "denied run " << run;
        std::cout << total << " durable spans of " << expected_.size() << " runs, " << kills_ << " killed; "
                  << path_.passed() << " requests passed, " << path_.spoilt() << " met a fault\n";
    }

    const std::uint64_t seed_ = fromEnvironment("SIDESPAN_SOAK_SEED", std::random_device()());
    std::mt19937_64 random_{seed_};
    TemporaryDirectory directory_;
    const fs::path database_ = directory_ / "spans.db";
    const std::string outbox_ = directory_ / "outbox";
    FaultyPath path_{seed_};
    std::unique_ptr<collector::Collector> collector_;
    std::mutex pausing_;
    std::int64_t nextRun_ = 0;
    std::uint64_t kills_ = 0;
    std::map<std::int64_t, std::uint64_t> expected_;  // durable spans of each run
    std::vector<std::int64_t> denied_;
};

TEST_F(Soak, EveryDurableSpanIsStoredOnce) {
    const auto end =
        std::chrono::steady_clock::now() + std::chrono::seconds(fromEnvironment("SIDESPAN_SOAK_SECONDS", 60));
    while (std::chrono::steady_clock::now() < end && !HasFailure()) {
        path_.setFaults(static_cast<unsigned>(draw(10, 70)));
        killAtRandom(std::min(end, std::chrono::steady_clock::now() + 15s));
        deliverTheRest();
        denyWhatNobodySaw();
        expectStoredOnce();
        path_.forget();
    }
    EXPECT_GT(kills_, 0U);
}

std::size_t residentBytes() {
    std::ifstream status("/proc/self/statm");
    std::size_t total = 0;
    std::size_t resident = 0;
    status >> total >> resident;
    return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// Sanitizers remember everything, and take their time.
#if defined(SIDESPAN_TEST_SANITIZED)
constexpr std::uint64_t flatSpans = 500'000;
constexpr bool isMeasured = false;
#else
constexpr std::uint64_t flatSpans = 10'000'000;
constexpr bool isMeasured = true;
#endif

// Against a port that nobody listens on: everything that is recorded is pushed out of the outbox again.
TEST(SoakMemory, StaysFlatOverTenMillionSpansAgainstADeadServer) {
    constexpr std::uint64_t spans = flatSpans;
    constexpr std::uint64_t step = spans / 10;
    Config config;
    config.endpoint = "http://127.0.0.1:1";
    config.consent = Consent::granted;
    config.outbox.maxBytes = std::size_t{4} << 20U;
    config.queue.capacityBytes = std::size_t{64} << 20U;
    config.shutdownTimeout = 0ms;
    Recorder<SteadyClock, HttpSink, std::mutex> recorder(config);
    std::vector<double> resident;
    for (std::uint64_t i = 1; i <= spans; ++i) {
        {
            auto span = recorder.span("soak.span");
            span.set("n", static_cast<std::int64_t>(i));
        }
        // No faster than the drain thread is: what the queue drops costs no memory.
        while (i % 5'000 == 0 && recorder.stats().queued > 20'000) std::this_thread::yield();
        if (i % step == 0) resident.push_back(static_cast<double>(residentBytes()));
    }
    recorder.shutdown(0ms);  // nothing is on its way any more, so the account is exact
    const auto stats = recorder.stats();
    EXPECT_EQ(stats.recorded, spans);
    EXPECT_TRUE(stats.isConserved());
    EXPECT_GT(stats.dropped[DropReason::outboxFull], spans * 9 / 10);
    // Least squares over all but the first two, in which the outbox fills.
    double n = 0, sx = 0, sy = 0, sxx = 0, sxy = 0;
    for (std::size_t i = 2; i < resident.size(); ++i) {
        const auto x = static_cast<double>(i) * static_cast<double>(step);
        n += 1, sx += x, sy += resident[i], sxx += x * x, sxy += x * resident[i];
    }
    const double bytesPerSpan = (n * sxy - sx * sy) / (n * sxx - sx * sx);
    std::cout << "resident " << resident.back() / 1e6 << " MB, slope " << bytesPerSpan << " bytes a span\n";
    RecordProperty("bytesPerSpan", std::to_string(bytesPerSpan));
    EXPECT_TRUE(!isMeasured || bytesPerSpan < 0.1);
}

}
}

int main(int argc, char** argv) {
    if (argc == 6 && std::string_view(argv[1]) == "--client") {
        sidespan::test::runSoakClient(argv[2], argv[3], std::atoll(argv[4]),
                                      static_cast<sidespan::test::SoakEnd>(std::atoi(argv[5])));
    }
    testing::InitGoogleTest(&argc, argv);
    return RUN_ALL_TESTS();
}
