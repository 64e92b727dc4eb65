#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <benchmark/benchmark.h>
#include <dlfcn.h>
#include <pthread.h>

#include "plugin_module.h"
#include "support/bench_main.h"
#include "support/temporary_directory.h"
#include "throughput/discard_server.h"

namespace sidespan::bench {
namespace {

using std::chrono::nanoseconds;
using std::chrono::steady_clock;

constexpr int frames = 64;
constexpr double sampleRate = 48000;
constexpr nanoseconds budget{static_cast<std::int64_t>(1e9 * frames / sampleRate)};
constexpr std::size_t warmUpBlocks = 200;
constexpr std::size_t blocks = 4000;  // 5.3 seconds

/// One build of the plugin, prepared to play.
class LoadedPlugin {
public:
    explicit LoadedPlugin(const char* path) : library_(::dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
        if (library_ == nullptr) throw std::runtime_error(::dlerror());
        module_ = static_cast<const PluginModule*>(::dlsym(library_, "pluginModule"));
        if (module_ == nullptr) throw std::runtime_error(::dlerror());
        plugin_ = module_->make(sampleRate, frames);
    }
    ~LoadedPlugin() {
        module_->destroy(plugin_);
        ::dlclose(library_);
    }
    LoadedPlugin(const LoadedPlugin&) = delete;
    LoadedPlugin& operator=(const LoadedPlugin&) = delete;

    /// How long one block took, in nanoseconds.
    double process(float* const* channels) {
        const auto before = steady_clock::now();
        module_->process(plugin_, channels, frames);
        return static_cast<double>((steady_clock::now() - before).count());
    }

private:
    void* library_;
    const PluginModule* module_ = nullptr;
    void* plugin_ = nullptr;
};

/// Some noise, other for each block.
class Audio {
public:
    Audio() {
        std::minstd_rand random(1);
        std::uniform_real_distribution<float> noise(-0.5F, 0.5F);
        for (auto& sample : samples_) sample = noise(random);
    }
    float* const* next() {
        position_ = (position_ + frames) % (samples_.size() / 2);
        channels_ = {&samples_[position_], &samples_[position_ + samples_.size() / 2]};
        return channels_.data();
    }

private:
    std::vector<float> samples_ = std::vector<float>(std::size_t{frames} * 512);
    std::size_t position_ = 0;
    std::array<float*, 2> channels_{};
};

double percentile(std::vector<double>& times, double share) {
    const auto at = times.begin() + static_cast<std::ptrdiff_t>(share * static_cast<double>(times.size()));
    std::ranges::nth_element(times, at);
    return *at;
}

/// Gives this thread the scheduling of an audio callback for as long as it exists, where that is allowed.
class RealTime {
public:
    RealTime() {
        ::pthread_getschedparam(::pthread_self(), &policy_, &before_);
        const sched_param wanted{.sched_priority = 50};
        isGranted_ = ::pthread_setschedparam(::pthread_self(), SCHED_FIFO, &wanted) == 0;
    }
    ~RealTime() { ::pthread_setschedparam(::pthread_self(), policy_, &before_); }
    RealTime(const RealTime&) = delete;
    RealTime& operator=(const RealTime&) = delete;

    [[nodiscard]] bool isGranted() const { return isGranted_; }

private:
    int policy_ = 0;
    sched_param before_{};
    bool isGranted_ = false;
};

/// Both builds, a block of each in every period of the sound card, in turns the first.
void PluginBlock(benchmark::State& state) {
    LoadedPlugin traced(TRACED_PLUGIN);
    LoadedPlugin plain(PLAIN_PLUGIN);
    Audio audio;
    std::vector<double> tracedTimes;
    std::vector<double> plainTimes;
    for (auto _ : state) {
        const RealTime realTime;
        state.counters["realtime"] = realTime.isGranted() ? 1 : 0;
        auto next = steady_clock::now();
        for (std::size_t i = 0; i < warmUpBlocks + blocks; ++i) {
            std::this_thread::sleep_until(next += budget);
            auto* const* channels = audio.next();
            const bool isTracedFirst = i % 2 == 0;
            const double first = (isTracedFirst ? traced : plain).process(channels);
            const double second = (isTracedFirst ? plain : traced).process(channels);
            if (i < warmUpBlocks) continue;
            tracedTimes.push_back(isTracedFirst ? first : second);
            plainTimes.push_back(isTracedFirst ? second : first);
        }
    }
    const auto share = [](double nanos) { return 100 * nanos / static_cast<double>(budget.count()); };
    for (const auto& [name, of] : {std::pair("p50", 0.5), std::pair("p99", 0.99)}) {
        const double with = percentile(tracedTimes, of);
        const double without = percentile(plainTimes, of);
        state.counters[std::string("traced_ns_") + name] = with;
        state.counters[std::string("plain_ns_") + name] = without;
        state.counters[std::string("added_percent_") + name] = share(with - without);
    }
}
BENCHMARK(PluginBlock)->Iterations(1)->Unit(benchmark::kSecond);

}
}

int main(int argc, char** argv) {
    const sidespan::bench::DiscardServer server;
    const sidespan::bench::TemporaryDirectory folder;
    const auto settings = folder.path() / "settings.xml";
    std::ofstream(settings) << R"(<?xml version="1.0" encoding="UTF-8"?><PROPERTIES>)"
                            << R"(<VALUE name="consent" val="granted"/><VALUE name="endpoint" val=")"
                            << server.url() << R"("/></PROPERTIES>)";
    ::setenv("LOOPSHARE_SETTINGS", settings.c_str(), 1);
    return sidespan::bench::benchMain(argc, argv);
}
