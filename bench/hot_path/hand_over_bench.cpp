// The second floor under a span: its bytes go into lines that another processor has read since they were
// written last. How long that takes differs from host to host; beside it stands how far two processors are
// from each other.
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include <sched.h>

#include <benchmark/benchmark.h>

#include "support/opaque.h"
#include "support/policy_names.h"
#include "support/recording_loop.h"
#include "support/spin_barrier.h"

namespace sidespan::bench {
namespace {

/// A thread that reads what it is given, each time it is told to.
class Reader {
public:
    Reader(const std::byte* bytes, std::size_t size) : thread_([this, bytes, size] { run(bytes, size); }) {}
    ~Reader() {
        isOver_ = true;
        barrier_.arriveAndWait(2);
        thread_.join();
    }
    Reader(const Reader&) = delete;
    Reader& operator=(const Reader&) = delete;

    void read() {
        barrier_.arriveAndWait(2);
        barrier_.arriveAndWait(2);
    }

private:
    void run(const std::byte* bytes, std::size_t size) {
        for (;;) {
            barrier_.arriveAndWait(2);
            if (isOver_) return;
            for (std::size_t at = 0; at + sizeof(std::uint64_t) <= size; at += sizeof(std::uint64_t)) {
                std::uint64_t word = 0;
                std::memcpy(&word, bytes + at, sizeof word);
                need(word);
            }
            barrier_.arriveAndWait(2);
        }
    }

    SpinBarrier barrier_;
    bool isOver_ = false;  // written and read on either side of the barrier
    std::thread thread_;
};

constexpr std::size_t recordBytes = 120;  // of a span with two short texts

template <class Clock>
void handOver(benchmark::State& state) {
    const Clock clock;
    std::vector<std::byte> memory(static_cast<std::size_t>(chunkSpans) * recordBytes);
    Reader reader(memory.data(), memory.size());
    std::byte* to = memory.data();
    const auto write = [&] {
        const std::uint64_t start = clock.now();
        const std::uint64_t end = clock.now();
        for (std::size_t at = 0; at < recordBytes; at += sizeof end)
            std::memcpy(to + at, at % 16 == 0 ? &start : &end, sizeof end);
        to += recordBytes;
    };
    recordInChunks(state, chunkSpans, write, [&] {
        reader.read();
        to = memory.data();
    });
}

void stayOn(std::size_t processor) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(processor, &set);
    sched_setaffinity(0, sizeof set, &set);
}

// One line handed from the first processor to the last and back.
void lineRoundTrip(benchmark::State& state) {
    cpu_set_t before;
    sched_getaffinity(0, sizeof before, &before);
    std::size_t first = 0;
    std::size_t last = CPU_SETSIZE - 1;
    while (!CPU_ISSET(first, &before)) ++first;
    while (!CPU_ISSET(last, &before)) --last;
    if (first == last) return state.SkipWithError("there is one processor");
    alignas(64) std::atomic<std::uint64_t> line{0};
    constexpr std::uint64_t over = ~std::uint64_t{0};
    std::thread other([&] {
        stayOn(last);
        for (std::uint64_t seen = 0; seen != over; seen = line.load(std::memory_order_acquire)) {
            if (seen % 2 == 1) line.compare_exchange_strong(seen, seen + 1, std::memory_order_acq_rel);
        }
    });
    stayOn(first);
    std::uint64_t turn = 0;
    for (auto _ : state) {
        line.store(turn + 1, std::memory_order_release);
        turn += 2;
        while (line.load(std::memory_order_acquire) != turn) {
        }
    }
    line.store(over, std::memory_order_release);
    other.join();
    sched_setaffinity(0, sizeof before, &before);
}

[[maybe_unused]] const bool isRegistered = [] {
    BenchClocks::forEach([]<class Clock>() {
        const auto name = "HandOver/" + std::string(nameOf<Clock>);
        benchmark::RegisterBenchmark(name.c_str(), handOver<Clock>);
    });
    benchmark::RegisterBenchmark("LineRoundTrip", lineRoundTrip);
    return true;
}();

}
}
