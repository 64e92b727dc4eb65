#include <fstream>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/otlp/otlp_json.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_file/file_sink.h>

#include "otlp_document.h"
#include "support/temporary_directory.h"

namespace {

using FileRecorder =
    sidespan::Recorder<sidespan::ManualClock, sidespan::FileSink<sidespan::OtlpJson>, sidespan::NullLock>;

// The form of the Collector's file exporter: each line is one TracesData, which has the fields of a request.
TEST(OtlpFile, HoldsOneTracesDataALine) {
    const sidespan::test::TemporaryDirectory directory;
    sidespan::Config config;
    config.service = {"Loop \"Share\"", "1.2.0"};
    config.consent = sidespan::Consent::granted;
    config.file.path = directory / "spans.jsonl";
    {
        FileRecorder recorder(config);
        auto upload = recorder.span("audio.upload");
        upload.set("file", "a\nb\r\n\"c\"");
        auto encode = upload.child("audio.encode");
        encode.event("started", sidespan::attr("attempt", 2));
        encode.setStatus(sidespan::SpanStatus::error, "no\nroom");
    }
    std::vector<sidespan_test::Span> spans;
    std::ifstream file(config.file.path, std::ios::binary);
    for (std::string line; std::getline(file, line);) {
        EXPECT_EQ(line.find('\r'), std::string::npos);
        const auto data = readJson(line);
        EXPECT_EQ(data.resource_spans(0).resource().attributes(0).value().string_value(), "Loop \"Share\"");
        spans.push_back(onlySpan(data));
    }
    ASSERT_EQ(spans.size(), 2U);
    EXPECT_EQ(spans[0].name(), "audio.encode");
    EXPECT_EQ(spans[0].parent_span_id(), spans[1].span_id());
    EXPECT_EQ(spans[0].trace_id(), spans[1].trace_id());
    EXPECT_EQ(spans[0].status().message(), "no\nroom");
    EXPECT_EQ(spans[0].events(0).attributes(0).value().int_value(), 2);
    EXPECT_EQ(spans[1].attributes(0).value().string_value(), "a\nb\r\n\"c\"");
}

}
