#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/json/span_file.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_file/file_sink.h>

#include "support/temporary_directory.h"

namespace sidespan::test {

template <class Clock>
using FileRecorder = Recorder<Clock, sidespan::FileSink<>, std::mutex>;

/// Recorders that write to one file, which is read back.
class FileSink : public ::testing::Test {
protected:
    [[nodiscard]] Config granted() {
        Config config;
        config.service = {"LoopShare", "1.2.0"};
        config.consent = Consent::granted;
        config.file.path = path;
        return config;
    }
    static std::vector<Span> read(const std::string& file) {
        std::vector<Span> spans;
        const auto summary = readSpanFile(file, [&](Span span) { spans.push_back(std::move(span)); });
        EXPECT_TRUE(summary);
        EXPECT_EQ(summary.value().spans, spans.size());
        EXPECT_EQ(summary.value().skippedLines, 0U);
        return spans;
    }

    TemporaryDirectory directory;
    const std::string path = directory / "trace.jsonl";
};

}
