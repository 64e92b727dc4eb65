#pragma once

#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/version.h>

#if defined(_MSC_VER)
#include <cstdlib>

#include <intrin.h>
#endif

#if defined(__x86_64__) || defined(__i386__) || defined(_M_X64) || defined(_M_IX86)
#define SIDESPAN_PROCESSOR_X86 1
#elif defined(__aarch64__) || defined(_M_ARM64)
#define SIDESPAN_PROCESSOR_ARM64 1
#endif

/// Processor instructions that C++ has no name for. Only this header and compiler.h name them;
/// vectors of characters are in sidespan/encoding/detail/block.h.
namespace sidespan::inline v0::detail::processor {

/// Whether there is a counter. If not, readCounter() returns zeros.
#if defined(SIDESPAN_PROCESSOR_X86) || defined(SIDESPAN_PROCESSOR_ARM64)
inline constexpr bool hasCounter = true;
#else
inline constexpr bool hasCounter = false;
#endif

/// rdtsc or cntvct_el0, not fenced. Wait-free. [any thread]
[[nodiscard]] SIDESPAN_ALWAYS_INLINE std::uint64_t readCounter() noexcept {
#if defined(SIDESPAN_PROCESSOR_X86) && defined(_MSC_VER)
    return __rdtsc();
#elif defined(SIDESPAN_PROCESSOR_X86)
    return __builtin_ia32_rdtsc();
#elif defined(SIDESPAN_PROCESSOR_ARM64) && defined(_MSC_VER)
    return static_cast<std::uint64_t>(_ReadStatusReg(ARM64_CNTVCT));
#elif defined(SIDESPAN_PROCESSOR_ARM64)
    std::uint64_t ticks = 0;
    __asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
    return ticks;
#else
    return 0;
#endif
}

/// The counter's ticks in a second, if the processor reports them; else 0.
[[nodiscard]] inline std::uint64_t counterFrequency() noexcept {
#if defined(SIDESPAN_PROCESSOR_ARM64) && defined(_MSC_VER)
    return static_cast<std::uint64_t>(_ReadStatusReg(ARM64_CNTFRQ));
#elif defined(SIDESPAN_PROCESSOR_ARM64)
    std::uint64_t frequency = 0;
    __asm__ volatile("mrs %0, cntfrq_el0" : "=r"(frequency));
    return frequency;
#else
    return 0;
#endif
}

#if defined(SIDESPAN_PROCESSOR_X86)
struct CpuId {
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
};
[[nodiscard]] inline CpuId cpuId(unsigned leaf) noexcept {
#if defined(_MSC_VER)
    int registers[4] = {};
    __cpuid(registers, static_cast<int>(leaf));
    return {static_cast<unsigned>(registers[0]), static_cast<unsigned>(registers[1]),
            static_cast<unsigned>(registers[2]), static_cast<unsigned>(registers[3])};
#else
    CpuId id;
    __asm__ volatile("cpuid" : "=a"(id.a), "=b"(id.b), "=c"(id.c), "=d"(id.d) : "0"(leaf), "2"(0U));
    return id;
#endif
}
#endif

/// Whether the counter runs at one speed on all cores and in sleep states. ARM guarantees this.
[[nodiscard]] inline bool isCounterInvariant() noexcept {
#if defined(SIDESPAN_PROCESSOR_X86)
    constexpr unsigned highestExtended = 0x80000000U;
    constexpr unsigned powerManagement = 0x80000007U;
    return cpuId(highestExtended).a >= powerManagement && (cpuId(powerManagement).d & (1U << 8U)) != 0;
#else
    return hasCounter;
#endif
}

/// Tells the processor that this thread is waiting for another.
inline void pause() noexcept {
#if defined(SIDESPAN_PROCESSOR_X86) && defined(_MSC_VER)
    _mm_pause();
#elif defined(SIDESPAN_PROCESSOR_X86)
    __builtin_ia32_pause();
#elif defined(SIDESPAN_PROCESSOR_ARM64) && defined(_MSC_VER)
    __yield();
#elif defined(SIDESPAN_PROCESSOR_ARM64)
    __asm__ volatile("yield");
#endif
}

[[nodiscard]] inline std::uint64_t reverseBytes(std::uint64_t word) noexcept {
#if defined(_MSC_VER)
    return _byteswap_uint64(word);
#else
    return __builtin_bswap64(word);
#endif
}

}
