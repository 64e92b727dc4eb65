#include "file_sink_fixture.h"

#include <chrono>
#include <csignal>
#include <cstdint>
#include <vector>

#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>
#include <sidespan/clock/steady_clock.h>

namespace {

using namespace std::chrono_literals;
using sidespan::Span;
using sidespan::test::FileRecorder;
using sidespan::test::FileSink;

// The child says how many spans it saw delivered; what it wrote afterwards may be there as well.
TEST_F(FileSink, LosesAtMostTheUnfinishedLineWhenItsProcessIsKilled) {
    int tell[2];
    ASSERT_EQ(::pipe(tell), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        FileRecorder<sidespan::SteadyClock> recorder(granted());
        for (int i = 0;; ++i) {
            {
                auto span = recorder.span("a");
                span.set("index", i);
                span.set("text", "0123456789012345678901234567890123456789");
            }
            if (i % 100 != 99) continue;
            static_cast<void>(recorder.flush(20s));
            const auto delivered = recorder.stats().delivered;
            if (::write(tell[1], &delivered, sizeof delivered) != sizeof delivered) ::_exit(1);
        }
    }
    ::close(tell[1]);
    std::uint64_t delivered = 0;
    while (delivered < 1000) ASSERT_EQ(::read(tell[0], &delivered, sizeof delivered), sizeof delivered);
    ::kill(child, SIGKILL);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    std::uint64_t said = 0;
    while (::read(tell[0], &said, sizeof said) == sizeof said) delivered = said;
    ::close(tell[0]);

    std::vector<std::int64_t> indices;
    const auto summary = sidespan::readSpanFile(
        path, [&](const Span& span) { indices.push_back(*span.attributes.at("index").asInt()); });
    ASSERT_TRUE(summary);
    EXPECT_LE(summary.value().skippedLines, 1U);
    EXPECT_GE(indices.size(), delivered);
    for (std::size_t i = 0; i < indices.size(); ++i) ASSERT_EQ(indices[i], static_cast<std::int64_t>(i));

    FileRecorder<sidespan::SteadyClock> next(granted());
    { auto span = next.span("next run"); }
    EXPECT_TRUE(next.shutdown(20s));
    bool isThere = false;
    const auto again =
        sidespan::readSpanFile(path, [&](const Span& span) { isThere |= span.name == "next run"; });
    EXPECT_TRUE(isThere);
    EXPECT_EQ(again.value().spans, indices.size() + 1);
}

}
