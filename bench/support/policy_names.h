#pragma once

#include <mutex>
#include <string_view>

#include <sidespan/clock/steady_clock.h>
#include <sidespan/clock/system_clock.h>
#include <sidespan/clock/tsc_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/lock/spin_lock.h>
#include <sidespan/sink_file/file_sink.h>
#include <sidespan/sink_memory/memory_sink.h>
#include <sidespan/sink_null/null_sink.h>

namespace sidespan::bench {

template <class... Policy>
struct PolicyList {
    /// Calls `f.template operator()<Policy>()` for each.
    template <class F>
    static void forEach(F f) {
        (f.template operator()<Policy>(), ...);
    }
};

/// What the recording benchmarks are registered for.
using BenchClocks = PolicyList<SteadyClock, SystemClock, TscClock>;
using BenchLocks = PolicyList<NullLock, std::mutex, SpinLock>;

/// What a policy is called in a benchmark's name: as CMake calls it.
template <class Policy>
inline constexpr std::string_view nameOf = [] {
    static_assert(sizeof(Policy) == 0, "this policy has no name: add one to bench/support/policy_names.h");
    return std::string_view();
}();
template <>
inline constexpr std::string_view nameOf<SteadyClock> = "steady";
template <>
inline constexpr std::string_view nameOf<SystemClock> = "system";
template <>
inline constexpr std::string_view nameOf<TscClock> = "tsc";
template <>
inline constexpr std::string_view nameOf<NullSink> = "null";
template <>
inline constexpr std::string_view nameOf<MemorySink> = "memory";
template <>
inline constexpr std::string_view nameOf<FileSink<>> = "file";
template <>
inline constexpr std::string_view nameOf<NullLock> = "none";
template <>
inline constexpr std::string_view nameOf<std::mutex> = "mutex";
template <>
inline constexpr std::string_view nameOf<SpinLock> = "spin";

}
