#include "file_sink_fixture.h"
#include "files.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/clock/steady_clock.h>
#include <sidespan/json/span_file.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_file/file_sink.h>
#include <sidespan/sink_memory/testing.h>

namespace {

using namespace std::chrono_literals;
using sidespan::Config;
using sidespan::Consent;
using sidespan::DropReason;
using sidespan::Span;
using sidespan::test::contentOf;
using sidespan::test::FileRecorder;
using sidespan::test::FileSink;
using ::testing::HasSubstr;

TEST_F(FileSink, WritesSpansThatAreReadBackWhole) {
    FileRecorder<sidespan::ManualClock> recorder(granted());
    {
        auto upload = recorder.span("audio.upload");
        upload.set("file.name", "Müller \"live\"\n.wav");
        upload.set("size", 720000);
        upload.set("gain", 0.25);
        upload.set("mono", true);
        recorder.clock().advance(3ms);
        upload.event("started", sidespan::attr("attempt", 1));
        auto encode = upload.child("audio.encode");
        encode.setStatus(sidespan::SpanStatus::error, "disk full");
    }
    EXPECT_TRUE(recorder.flush(20s));
    const auto spans = read(path);
    EXPECT_EQ(sidespan::testing::tree(spans), "audio.upload\n  audio.encode [error: disk full]\n");
    const auto& upload = sidespan::testing::only(spans, sidespan::testing::isRoot());
    EXPECT_EQ(upload.attributes.at("file.name"), "Müller \"live\"\n.wav");
    EXPECT_EQ(upload.attributes.at("size"), sidespan::AttributeValue(720000));
    EXPECT_EQ(upload.attributes.at("gain"), sidespan::AttributeValue(0.25));
    EXPECT_EQ(upload.attributes.at("mono"), sidespan::AttributeValue(true));
    EXPECT_EQ(upload.events.at(0).attributes.at("attempt"), sidespan::AttributeValue(1));
    EXPECT_EQ(upload.durationMs, 3);
    EXPECT_EQ(upload.clientVersion, "1.2.0");
    EXPECT_TRUE(recorder.stats().isConserved());
}

TEST_F(FileSink, MakesNoFileBeforeItHasASpanToWrite) {
    {
        FileRecorder<sidespan::ManualClock> recorder(granted());
        EXPECT_TRUE(recorder.flush(20s));
    }
    auto config = granted();
    config.consent = Consent();
    FileRecorder<sidespan::ManualClock> silent(config);
    { auto span = silent.span("a"); }
    EXPECT_TRUE(silent.shutdown(20s));
    EXPECT_FALSE(std::filesystem::exists(path));
}

TEST_F(FileSink, WritesNothingMoreOnceConsentIsWithdrawn) {
    FileRecorder<sidespan::ManualClock> recorder(granted());
    { auto span = recorder.span("before"); }
    EXPECT_TRUE(recorder.flush(20s));
    recorder.consent().set(Consent::denied);
    { auto span = recorder.span("after"); }
    EXPECT_TRUE(recorder.shutdown(20s));
    EXPECT_EQ(sidespan::testing::tree(read(path)), "before\n");
}

TEST_F(FileSink, RotatesWithoutLosingALine) {
    auto config = granted();
    config.file.maxBytes = 4096;
    config.file.maxFiles = 1000;
    FileRecorder<sidespan::ManualClock> recorder(config);
    for (int i = 0; i < 200; ++i) {
        auto span = recorder.span("a");
        span.set("index", i);
    }
    EXPECT_TRUE(recorder.shutdown(20s));
    std::set<std::int64_t> indices;
    std::size_t files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
        ++files;
        EXPECT_LE(entry.file_size(), 4096U);
        for (const auto& span : read(entry.path().string()))
            indices.insert(*span.attributes.at("index").asInt());
    }
    EXPECT_GT(files, 5U);
    EXPECT_EQ(indices.size(), 200U);
}

TEST_F(FileSink, CountsEverySpanThatItsFileRefuses) {
    auto config = granted();
    std::vector<sidespan::Error> errors;
    config.file.path = directory.path().string();
    config.onError = [&](const sidespan::Error& error) { errors.push_back(error); };
    FileRecorder<sidespan::ManualClock> recorder(config);
    for (int i = 0; i < 50; ++i) auto span = recorder.span("a");
    EXPECT_FALSE(recorder.flush(20s));
    for (int i = 0; i < 50; ++i) auto span = recorder.span("a");
    EXPECT_FALSE(recorder.shutdown(20s));
    EXPECT_EQ(recorder.stats().dropped[DropReason::sinkFailed], 100U);
    EXPECT_TRUE(recorder.stats().isConserved());
    ASSERT_EQ(errors.size(), 1U);
    EXPECT_EQ(errors[0].code, sidespan::ErrorCode::io);
}

TEST_F(FileSink, SaysThatItNeedsAPath) {
    auto config = granted();
    std::vector<std::string> errors;
    config.file.path.clear();
    config.onError = [&](const sidespan::Error& error) { errors.push_back(error.message); };
    FileRecorder<sidespan::ManualClock> recorder(config);
    ASSERT_TRUE(recorder.configError());
    EXPECT_THAT(recorder.configError()->message, HasSubstr("Config::file.path is empty"));
    EXPECT_THAT(errors, ::testing::ElementsAre(recorder.configError()->message));
    EXPECT_FALSE(recorder.span("a").isRecording());
    EXPECT_FALSE(recorder.flush(20s));
}

class SpanFile : public FileSink {
protected:
    static sidespan::SpanFileSummary readText(const std::string& text, std::vector<std::string>& names) {
        std::istringstream lines(text);
        return sidespan::readSpans(lines, [&](const Span& span) { names.push_back(span.name); });
    }
    static std::string line(const std::string& name) {
        return R"({"traceId":"0f8fad5b-d9cb-469f-a165-70867728950e","spanId":"00f067aa0ba902b7","name":")" +
               name + R"(","startTimeMs":1,"endTimeMs":2})";
    }
};

TEST_F(SpanFile, PassesOverWhatIsNotASpan) {
    std::vector<std::string> names;
    const auto summary =
        readText(line("first") + "\nnot json\n{}\n[]\n42\n\n" + line("second") + "\n", names);
    EXPECT_THAT(names, ::testing::ElementsAre("first", "second"));
    EXPECT_EQ(summary.spans, 2U);
    EXPECT_EQ(summary.skippedLines, 4U);
}

TEST_F(SpanFile, PassesOverALineThatIsNotFinished) {
    std::vector<std::string> names;
    const auto whole = line("second");
    for (std::size_t size = 1; size <= whole.size(); ++size) {
        names.clear();
        const auto summary = readText(line("first") + "\n" + whole.substr(0, size), names);
        EXPECT_THAT(names, ::testing::ElementsAre("first")) << size;
        EXPECT_EQ(summary.skippedLines, 1U);
    }
}

TEST_F(SpanFile, PassesOverALineThatIsTooLong) {
    std::vector<std::string> names;
    const auto summary = readText(line(std::string(2'000'000, 'x')) + "\n" + line("after") + "\n", names);
    EXPECT_THAT(names, ::testing::ElementsAre("after"));
    EXPECT_EQ(summary.skippedLines, 1U);
}

TEST_F(SpanFile, IsEmptyWithoutLines) {
    std::vector<std::string> names;
    EXPECT_EQ(readText("", names).spans + readText("\n\n", names).spans, 0U);
    EXPECT_EQ(readText("\n\n", names).skippedLines, 0U);
}

TEST_F(SpanFile, SaysWhichFileCannotBeRead) {
    const auto outcome = sidespan::readSpanFile(directory / "absent.jsonl", [](const Span&) {});
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().code, sidespan::ErrorCode::io);
    EXPECT_THAT(outcome.error().message,
                ::testing::AllOf(HasSubstr("absent.jsonl"), HasSubstr("No such file")));
    const auto folder = sidespan::readSpanFile(directory.path().string(), [](const Span&) {});
    ASSERT_FALSE(folder);
    EXPECT_THAT(folder.error().message, HasSubstr("it is a folder"));
}

TEST_F(SpanFile, LetsItsReaderThrow) {
    std::istringstream lines(line("a") + "\n");
    EXPECT_THROW(
        static_cast<void>(sidespan::readSpans(lines, [](const Span&) { throw std::out_of_range("enough"); })),
        std::out_of_range);
}

}
