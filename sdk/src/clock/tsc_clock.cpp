#include <sidespan/clock/tsc_clock.h>

#if (defined(__x86_64__) || defined(__i386__)) && !defined(_MSC_VER)
#include <cpuid.h>
#endif

namespace sidespan::inline v0 {
namespace {

bool isCounterInvariant() noexcept {
#if defined(_MSC_VER) && (defined(_M_X64) || defined(_M_IX86))
    int registers[4] = {};
    __cpuid(registers, static_cast<int>(0x80000000U));
    if (static_cast<unsigned>(registers[0]) < 0x80000007U) return false;
    __cpuid(registers, static_cast<int>(0x80000007U));
    return (static_cast<unsigned>(registers[3]) & (1U << 8U)) != 0;
#elif defined(__x86_64__) || defined(__i386__)
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    return __get_cpuid(0x80000007U, &a, &b, &c, &d) != 0 && (d & (1U << 8U)) != 0;
#elif defined(__aarch64__)
    return true;  // the generic timer's counter is architected to be constant and system-wide
#else
    return false;
#endif
}

}

TscClock::TscClock() noexcept : isInvariant_(isCounterInvariant()) {
    // A process's first read of the steady clock can take some 10 us, which would count as ticks alone.
    static_cast<void>(steady_.now());
    startTicks_ = isInvariant_ ? readCounter() : 0;
    startNanos_ = steady_.now();
}

double TscClock::ticksPerSecond() const noexcept {
    if (!isInvariant_) return steady_.ticksPerSecond();
#if defined(__aarch64__) && !defined(_MSC_VER)
    std::uint64_t frequency = 0;
    asm volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
    return static_cast<double>(frequency);
#else
    if (const double known = frequency_.load(std::memory_order_relaxed); known != 0) return known;
    constexpr std::uint64_t leastBaselineNanos = 2'000'000;
    constexpr std::uint64_t goodBaselineNanos = 1'000'000'000;
    while (steady_.now() - startNanos_ < leastBaselineNanos) {
    }
    const auto ticks = static_cast<double>(readCounter() - startTicks_);
    const std::uint64_t nanos = steady_.now() - startNanos_;
    const double frequency = ticks * 1e9 / static_cast<double>(nanos);
    if (nanos >= goodBaselineNanos) frequency_.store(frequency, std::memory_order_relaxed);
    return frequency;
#endif
}

}
