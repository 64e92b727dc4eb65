// A sink of one's own: it counts spans by name.
#include <chrono>
#include <cstdint>
#include <iostream>
#include <map>
#include <mutex>
#include <string>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/span_batch.h>

class CountingSink {
public:
    explicit CountingSink(const sidespan::ValidConfig&) {}

    void start() {}
    void consume(const sidespan::SpanBatch& batch) {  // on the drain thread, which may block and allocate
        const std::lock_guard lock(mutex_);
        for (const sidespan::SpanView span : batch) ++counts_[std::string(span.name())];
        stats_.received += batch.size();
        stats_.delivered += batch.size();
    }
    bool flush(sidespan::Deadline) { return true; }
    void purge() {}
    bool shutdown(sidespan::Deadline) { return true; }
    [[nodiscard]] sidespan::SinkStats stats() const {
        const std::lock_guard lock(mutex_);
        return stats_;
    }

    [[nodiscard]] std::map<std::string, std::uint64_t> counts() const {
        const std::lock_guard lock(mutex_);
        return counts_;
    }

private:
    mutable std::mutex mutex_;
    std::map<std::string, std::uint64_t> counts_;
    sidespan::SinkStats stats_;
};
static_assert(sidespan::SinkPolicy<CountingSink>);

int main() {
    using namespace std::chrono_literals;
    sidespan::Recorder<sidespan::SteadyClock, CountingSink, sidespan::SpinLock> recorder(
        {.service = {"LoopShare", "1.2.0"}, .consent = sidespan::Consent::granted});
    for (int i = 0; i < 3; ++i) {
        auto block = recorder.span("ui.paint");
        auto child = block.child("ui.waveform");
    }
    if (!recorder.flush(10s)) return 1;
    for (const auto& [name, count] : recorder.sink().counts()) std::cout << name << ": " << count << '\n';
}
