// A program that includes windows.h as it is, with every macro of it, before us. The standard library comes
// first: where there are macros of the names min and max, it does not compile either.
#include <algorithm>
#include <atomic>
#include <bit>
#include <charconv>
#include <chrono>
#include <cmath>
#include <complex>
#include <condition_variable>
#include <deque>
#include <filesystem>
#include <functional>
#include <limits>
#include <map>
#include <mutex>
#include <optional>
#include <random>
#include <ranges>
#include <span>
#include <string>
#include <thread>
#include <variant>
#include <vector>

#include <windows.h>
// after windows.h
#include <ole2.h>
#include <rpc.h>

// What other versions of the headers define, or define for C.
#ifndef min
#define min(a, b) (((a) < (b)) ? (a) : (b))
#endif
#ifndef max
#define max(a, b) (((a) > (b)) ? (a) : (b))
#endif
#ifndef ERROR
#define ERROR 0
#endif
#ifndef interface
#define interface struct
#endif
#ifndef small
#define small char
#endif
#ifndef near
#define near
#endif
#ifndef far
#define far
#endif

#include <sidespan/clock/steady_clock.h>
#include <sidespan/recorder.h>
#include <sidespan/sidespan.h>
#include <sidespan/sink_http/http_sink.h>
#include <sidespan/sink_memory/memory_sink.h>

#undef min
#undef max
#include <gtest/gtest.h>

namespace {

TEST(MacrosOfWindowsH, DoNoHarmBeforeOurHeaders) {
    sidespan::Recorder<sidespan::SteadyClock, sidespan::MemorySink, std::mutex> recorder(
        {.service = {"LoopShare", "1.2.0"}, .consent = sidespan::Consent::granted});
    {
        auto span = recorder.span("work");
        span.set("key", 1);
        span.setStatus(sidespan::SpanStatus::error, "no network");
    }
    EXPECT_TRUE(recorder.flush(std::chrono::seconds(10)));
    EXPECT_EQ(recorder.sink().stats().delivered, 1U);
}

}
