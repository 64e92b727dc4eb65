#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <string_view>

#include <gtest/gtest.h>
#include <sidespan/sink_http/http_sink.h>

#include "failing_memory.h"
#include "support/manual_delivery_clock.h"
#include "support/patience.h"
#include "support/span_records.h"
#include "support/temporary_directory.h"

// Nothing here survives a crash of the machine, so nobody waits for the disk.
extern "C" int fsync(int) {
    return 0;
}

namespace sidespan::test {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t spansAtOnce = 6;

// The spans that the server received. Counting needs no memory.
struct Seen {
    std::atomic<int> requests{0};
    std::atomic<bool> isAway{false};
    std::atomic<bool> isDenied{false};
    std::atomic<int> sentThoughDenied{0};
};

// Answers the first requests with 503, 413, and a 200 that refuses one span; all others with 200.
class FrugalTransport final : public HttpTransport {
public:
    explicit FrugalTransport(Seen& seen) : seen_(seen) {}

    Outcome<HttpResponse> send(const HttpRequest& request, Cancellation&) override {
        constexpr std::string_view recordedBeforeDenial = "bbbbbbbb";
        if (seen_.isAway.load()) return Error{ErrorCode::network, "away"};
        if (seen_.isDenied.load() && request.body.find(recordedBeforeDenial) != std::string_view::npos)
            ++seen_.sentThoughDenied;
        HttpResponse response;
        switch (seen_.requests++) {
            case 0:
                response.status = 503;
                break;
            case 1:
                response.status = 413;
                break;
            case 2:
                response.status = 200;
                response.body = "{\"rejected\":1}";
                break;
            default:
                response.status = 200;
        }
        return response;
    }

private:
    Seen& seen_;
};

enum class Store : std::uint8_t { memory, disk };

class HttpSinkMemory : public ::testing::TestWithParam<Store> {
protected:
    HttpSinkMemory() {
        for (std::size_t i = 0; i < spansAtOnce; ++i) {
            before_.add(1200, 'b');
            after_.add(1200, 'a');
        }
    }

    // One for all runs of a test: a process remembers denials of a bounded number of directories.
    [[nodiscard]] std::string outbox() const { return directory_ / "outbox"; }

    [[nodiscard]] Config config() {
        Config config;
        config.endpoint = "http://telemetry.example.com";
        config.consent = Consent::granted;
        config.retry = {.initialBackoff = 1ms, .maxBackoff = 1ms};
        config.onError = [this](const Error& error) { saidNothing_ = saidNothing_ || error.message.empty(); };
        if (GetParam() == Store::disk) config.outbox.directory = outbox();
        config.http.maxBytesPerDay = std::uint64_t{1} << 40U;  // counted in the directory
        return config;
    }

    std::unique_ptr<HttpSink> make(const Config& config,
                                   ManualDeliveryClock::Mode mode = ManualDeliveryClock::Mode::leaping) {
        return std::make_unique<HttpSink>(
            validate(config).value(),
            NetworkClient::Parts{.transport = std::make_unique<FrugalTransport>(seen_),
                                 .clock = std::make_shared<ManualDeliveryClock>(mode)});
    }

    void feed(HttpSink& sink, const SpanRecords& records, ConsentEpoch epoch) {
        sink.consume(records.batch(epoch));
        fed_ += records.count();
    }

    // Encodes, stores, posts, has answers, denies, grants again, and shuts down.
    void run(HttpSink& sink, Consent& consent, std::chrono::milliseconds patience) {
        sink.start();
        feed(sink, before_, consent.epoch());
        static_cast<void>(sink.flush(deadlineIn(patience)));
        feed(sink, before_, consent.epoch());
        try {
            static_cast<void>(sink.preview());
        } catch (const std::bad_alloc&) {  // NOLINT(bugprone-empty-catch): its caller's to see
        }
        consent.set(Consent::denied);
        sink.purge();
        seen_.isDenied = true;
        consent.set(Consent::granted);
        sink.noteUpstreamLosses({});
        feed(sink, after_, consent.epoch());
        static_cast<void>(sink.flush(deadlineIn(patience)));
        feed(sink, after_, consent.epoch());
        static_cast<void>(sink.shutdown(deadlineIn({})));
    }

    // The run with allocations failing from the nth on; false when it asked for fewer.
    bool fails(std::uint64_t nth, std::uint64_t count) {
        SCOPED_TRACE(nth);
        std::filesystem::remove_all(outbox());
        auto config = this->config();
        seen_.requests = 0;
        seen_.isDenied = false;
        fed_ = 0;
        SinkStats first;
        bool hasFailed = false;
        {
            const auto sink = make(config);
            {
                const FailingMemory memory(nth, count);
                run(*sink, config.consent, count == FailingMemory::once ? 20s : 5ms);
                hasFailed = memory.hasFailed();
            }
            first = sink->stats();
        }
        EXPECT_EQ(first.received, fed_);
        expectConserved(first);
        EXPECT_EQ(first.queued, 0U);
        if (GetParam() == Store::disk) expectRecovered(config, first);
        EXPECT_EQ(seen_.sentThoughDenied, 0);
        EXPECT_FALSE(saidNothing_);
        return hasFailed;
    }

    // Once there is memory, the rest is delivered, except what was recorded before the denial.
    void expectRecovered(const Config& config, const SinkStats& first) {
        const auto sink = make(config);
        sink->start();
        feed(*sink, after_, config.consent.epoch());
        EXPECT_TRUE(sink->flush(deadlineIn(20s)));
        const auto isThrough = [&] {
            const auto stats = sink->stats();
            return stats.recovered >= first.onDisk && stats.queued + stats.onDisk == 0;
        };
        EXPECT_TRUE(eventually(isThrough));
        expectConserved(sink->stats());
    }

    static void expectConserved(const SinkStats& stats) {
        EXPECT_EQ(stats.received + stats.recovered,
                  stats.delivered + stats.dropped.total() + stats.queued + stats.onDisk);
    }

    TemporaryDirectory directory_;
    Seen seen_;
    SpanRecords before_;
    SpanRecords after_;
    std::size_t fed_ = 0;
    std::atomic<bool> saidNothing_{false};  // an error had no message
};

TEST_P(HttpSinkMemory, MayBeShortAtAnyAllocation) {
    std::uint64_t nth = 1;
    while (nth < 3000 && fails(nth, FailingMemory::once) && !HasFailure()) ++nth;
    EXPECT_GT(nth, 50U);
    EXPECT_LT(nth, 3000U);
}

TEST_P(HttpSinkMemory, MayBeGoneFromAnyAllocationOn) {
    std::uint64_t nth = 1;
    while (nth < 3000 && fails(nth, FailingMemory::fromThenOn) && !HasFailure()) ++nth;
    EXPECT_GT(nth, 50U);
    EXPECT_LT(nth, 3000U);
}

INSTANTIATE_TEST_SUITE_P(Outbox, HttpSinkMemory, testing::Values(Store::memory, Store::disk));

// Without memory a denial cannot read the disk. It must hold anyway.
TEST_P(HttpSinkMemory, ADenialWithoutMemoryIsOwed) {
    auto config = this->config();
    {
        const auto sink = make(config, ManualDeliveryClock::Mode::standing);
        seen_.isAway = true;
        sink->start();
        feed(*sink, before_, config.consent.epoch());
        static_cast<void>(sink->shutdown(deadlineIn({})));
        const FailingMemory memory(1, FailingMemory::fromThenOn);
        config.consent.set(Consent::denied);
    }
    seen_.isDenied = true;
    seen_.isAway = false;
    seen_.requests = 3;  // those to come are taken
    config.consent = Consent::granted;
    const auto sink = make(config, ManualDeliveryClock::Mode::standing);
    sink->start();
    feed(*sink, after_, config.consent.epoch());
    EXPECT_TRUE(sink->flush(deadlineIn(20s)));
    const auto left = GetParam() == Store::disk ? spansAtOnce : 0U;
    EXPECT_TRUE(eventually([&] { return sink->stats().dropped[DropReason::consentWithdrawn] == left; }));
    EXPECT_EQ(seen_.sentThoughDenied, 0);
    expectConserved(sink->stats());
}

}
}
