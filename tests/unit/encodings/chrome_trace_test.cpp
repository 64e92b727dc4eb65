#include <sidespan/chrome_trace/chrome_trace.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>
#include <sidespan/clock/manual_clock.h>
#include <sidespan/lock/null_lock.h>
#include <sidespan/recorder.h>
#include <sidespan/sink_file/file_sink.h>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "../../support/temporary_directory.h"
#include "allocations.h"
#include "random_records.h"
#include "record_builder.h"

namespace {

using namespace std::chrono_literals;
namespace bj = boost::json;
using sidespan::ChromeTrace;
using TraceRecorder =
    sidespan::Recorder<sidespan::ManualClock, sidespan::FileSink<ChromeTrace>, sidespan::NullLock>;

const sidespan::Resource loopShare{{"Loop\"Share\"", "1.2.0"}, sidespan::ClientType::plugin};

// Strictly, as JSON: what the format allows to be missing is its end alone.
bj::array eventsOf(std::string_view file) {
    EXPECT_TRUE(file.starts_with("[\n")) << file.substr(0, 80);
    EXPECT_TRUE(file.ends_with(",\n"));
    std::string document(file.substr(0, file.rfind(',')));
    boost::system::error_code error;
    auto events = bj::parse(document + "]", error);
    EXPECT_FALSE(error) << error.message() << '\n' << document;
    if (error) return {};
    for (const auto& event : events.as_array()) EXPECT_TRUE(event.at("ph").is_string()) << event;
    return events.as_array();
}

bj::array eventsOf(const std::vector<std::byte>& record, std::uint8_t lane = 0) {
    auto bytes = record;
    sidespan::detail::storeAt(bytes.data(), sidespan::detail::wordAt(bytes.data()).atDepth(lane));
    ChromeTrace encoding;
    sidespan::TextBuffer out;
    encoding.appendObject(out, sidespan::SpanView(bytes.data()), loopShare);
    EXPECT_EQ(out.view().find('\n'), std::string_view::npos);
    return eventsOf(std::string(ChromeTrace::fileHead) + std::string(out.view()) + "\n");
}

std::string textOf(const bj::value& value) {
    return value.is_string() ? std::string(value.as_string()) : bj::serialize(value);
}

std::vector<bj::object> withPhase(const bj::array& events, std::string_view phase) {
    std::vector<bj::object> found;
    for (const auto& event : events)
        if (textOf(event.at("ph")) == phase) found.push_back(event.as_object());
    return found;
}

double timeOf(const bj::object& event) {
    return event.at("ts").to_number<double>();
}
double endOf(const bj::object& event) {
    return timeOf(event) + event.at("dur").to_number<double>();
}

std::string contentOf(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

TEST(ChromeTrace, WritesStrictJsonWhateverASpanHolds) {
    RandomRecords records(19);
    for (int i = 0; i < 10'000 && !testing::Test::HasFailure(); ++i) {
        const auto record = records.next();
        for (const std::uint8_t lane : {std::uint8_t{0}, std::uint8_t{7}}) {
            const auto events = eventsOf(record, lane);
            EXPECT_GE(events.size(), 3U);
        }
    }
}

TEST(ChromeTrace, MakesAThreadOfALane) {
    RecordBuilder builder("dsp.filter");
    builder.item().start = 1'767'225'600'000'001'234;
    builder.item().end = builder.item().start + 1'500;
    builder.real("cutoff", 440.5);
    builder.event("clipped", builder.item().start + 100);
    builder.integer("samples", 2, sidespan::detail::ofEventFlag);
    const auto events = eventsOf(builder.finish(), 3);
    const auto names = withPhase(events, "M");
    ASSERT_EQ(names.size(), 2U);
    EXPECT_EQ(textOf(names[0].at("args").at("name")), "Loop\"Share\" 1.2.0");
    EXPECT_EQ(textOf(names[1].at("args").at("name")), "lane 3");
    const auto spans = withPhase(events, "X");
    ASSERT_EQ(spans.size(), 1U);
    EXPECT_EQ(spans[0].at("tid"), 3);
    EXPECT_EQ(spans[0].at("pid"), names[1].at("pid"));
    EXPECT_EQ(bj::serialize(spans[0].at("args").at("attributes")), R"({"cutoff":4.405E2})");
    const auto instants = withPhase(events, "i");
    ASSERT_EQ(instants.size(), 1U);
    EXPECT_EQ(textOf(instants[0].at("s")), "t");
    EXPECT_EQ(bj::serialize(instants[0].at("args")), R"({"samples":2})");
}

TEST(ChromeTrace, CountsMicrosecondsSince2025) {
    RecordBuilder builder("x");
    builder.item().start = 1'735'689'600'000'000'000 + 1'234'567;
    builder.item().end = builder.item().start + 1'005;
    ChromeTrace encoding;
    sidespan::TextBuffer out;
    auto bytes = builder.finish();
    sidespan::detail::storeAt(bytes.data(), sidespan::detail::wordAt(bytes.data()).atDepth(1));
    encoding.appendObject(out, sidespan::SpanView(bytes.data()), loopShare);
    EXPECT_NE(out.view().find(R"("ts":1234.567,)"), std::string_view::npos) << out.view();
    EXPECT_NE(out.view().find(R"("dur":1.005,)"), std::string_view::npos) << out.view();
    builder.begin("early");
    out.clear();
    encoding.appendObject(out, sidespan::SpanView(builder.finish().data()), loopShare);
    EXPECT_NE(out.view().find(R"("ts":-1735689600000000.000)"), std::string_view::npos) << out.view();
}

/// The length that a viewer draws for each asynchronous span of a file, by name. The viewer sorts all events
/// by time and treats a track as a stack. A span that ends before one that began after it gets -1.
std::map<std::string, double> drawnLengths(const bj::array& events) {
    std::vector<bj::object> sorted;
    for (const auto& event : events)
        if (const auto phase = textOf(event.at("ph")); phase == "b" || phase == "e")
            sorted.push_back(event.as_object());
    std::ranges::stable_sort(sorted, {}, timeOf);
    std::map<std::string, std::vector<bj::object>> stacks;
    std::map<std::string, double> lengths;
    for (const auto& event : sorted) {
        auto& stack = stacks[textOf(event.at("id"))];
        const auto name = textOf(event.at("name"));
        if (textOf(event.at("ph")) == "b") {
            stack.push_back(event);
        } else if (!stack.empty() && textOf(stack.back().at("name")) == name) {
            lengths[name] = timeOf(event) - timeOf(stack.back());
            stack.pop_back();
        } else {
            lengths[name] = -1;
        }
    }
    return lengths;
}

/// The events of a file with these spans of one trace, in this order. Each is a start and an end in
/// nanoseconds.
bj::array traceOf(const std::vector<std::pair<std::uint64_t, std::uint64_t>>& spans) {
    constexpr std::uint64_t begin = 1'795'788'000'000'000'000;
    ChromeTrace encoding;
    sidespan::TextBuffer out;
    for (std::size_t i = 0; i < spans.size(); ++i) {
        RecordBuilder builder("");
        builder.copiedName(std::to_string(i));
        builder.item().traceHigh = 1;
        builder.item().traceLow = 2;
        builder.item().start = begin + spans[i].first;
        builder.item().end = begin + spans[i].second;
        encoding.appendObject(out, sidespan::SpanView(builder.finish().data()), loopShare);
    }
    return eventsOf(std::string(ChromeTrace::fileHead) + std::string(out.view()) + "\n");
}

TEST(ChromeTrace, DrawsOneTraceOnOneTrackWhereNothingOverlaps) {
    const auto events = traceOf({{100, 200}, {200, 300}, {50, 300}, {400, 500}, {0, 1000}});
    std::set<std::string> tracks;
    for (const auto& span : withPhase(events, "b")) tracks.insert(textOf(span.at("id")));
    EXPECT_EQ(tracks.size(), 1U);
}

TEST(ChromeTrace, DrawsSpansThatOverlapAtTheirLength) {
    std::mt19937 random(7);
    for (int run = 0; run < 200 && !testing::Test::HasFailure(); ++run) {
        const auto any = [&](std::uint64_t most) { return (random() % most) * (run % 2 == 0 ? 100 : 5); };
        std::vector<std::pair<std::uint64_t, std::uint64_t>> spans;
        for (int i = 0; i < 60; ++i) {
            const auto start = any(400);
            spans.emplace_back(start, start + any(60));
        }
        // Spans come in the order in which they end, except for some that another thread hands over late.
        std::ranges::sort(spans, {}, &std::pair<std::uint64_t, std::uint64_t>::second);
        for (std::size_t late = 0; late < spans.size(); late += 9)
            std::swap(spans[late], spans[random() % spans.size()]);
        const auto lengths = drawnLengths(traceOf(spans));
        ASSERT_EQ(lengths.size(), spans.size());
        for (std::size_t i = 0; i < spans.size(); ++i) {
            const auto length = static_cast<double>(spans[i].second - spans[i].first) / 1000;
            EXPECT_NEAR(lengths.at(std::to_string(i)), length, 0.02) << "run " << run;
        }
    }
}

class ChromeTraceFile : public ::testing::Test {
protected:
    ChromeTraceFile() {
        config_.service = {"LoopShare", "1.2.0"};
        config_.consent = sidespan::Consent::granted;
        config_.file.path = directory_ / "trace.json";
    }

    sidespan::test::TemporaryDirectory directory_;
    sidespan::Config config_;
};

TEST_F(ChromeTraceFile, HoldsLanesTracesAndLoad) {
    {
        TraceRecorder recorder(config_);
        for (int i = 0; i < 2; ++i) {
            auto lane = recorder.openLane({.sampleRate = 48'000, .keepOneIn = 1, .summaryInterval = 1ms});
            auto block = lane.block(480);
            recorder.clock().advance(1ms);
            {
                auto filter = block.child("dsp.filter");
                recorder.clock().advance(3ms);
            }
            recorder.clock().advance(1ms);
        }
        auto upload = recorder.span("audio.upload");
        recorder.clock().advance(1ms);
        auto encode = upload.child("audio.encode");
        encode.event("started");
        recorder.clock().advance(1ms);
    }
    const auto events = eventsOf(contentOf(config_.file.path));

    std::map<std::string, std::string> names;
    for (const auto& name : withPhase(events, "M"))
        if (name.contains("tid")) names[textOf(name.at("tid"))] = textOf(name.at("args").at("name"));
    EXPECT_EQ(names["1"], "lane 1");
    EXPECT_EQ(names["2"], "lane 2");

    std::map<std::string, std::vector<bj::object>> lanes;
    for (const auto& span : withPhase(events, "X")) lanes[textOf(span.at("tid"))].push_back(span);
    ASSERT_EQ(lanes.size(), 2U);
    for (const auto& [lane, spans] : lanes) {
        ASSERT_EQ(spans.size(), 2U) << lane;
        EXPECT_EQ(textOf(spans[0].at("name")), "audio.block");
        EXPECT_EQ(textOf(spans[1].at("name")), "dsp.filter");
        EXPECT_GT(timeOf(spans[1]), timeOf(spans[0]));
        EXPECT_LT(endOf(spans[1]), endOf(spans[0]));
        EXPECT_NEAR(endOf(spans[0]) - timeOf(spans[0]), 5000, 0.1);
    }

    std::map<std::string, bj::object> counters;
    for (const auto& counter : withPhase(events, "C"))
        counters[textOf(counter.at("name"))] = counter.at("args").as_object();
    EXPECT_EQ(counters.size(), 6U);
    EXPECT_NEAR(counters["load of kept blocks, lane 1"].at("load").to_number<double>(), 0.5, 0.001);
    EXPECT_EQ(counters["load, lane 2"].size(), 4U);
    EXPECT_NEAR(counters["load, lane 2"].at("max").to_number<double>(), 0.5, 0.05);
    EXPECT_EQ(counters["overruns, lane 1"].at("overruns"), 0);

    const auto begins = withPhase(events, "b");
    const auto ends = withPhase(events, "e");
    ASSERT_EQ(begins.size(), 2U);
    ASSERT_EQ(ends.size(), 2U);
    for (std::size_t i = 0; i < 2; ++i) {
        EXPECT_EQ(begins[i].at("id"), begins[0].at("id"));
        EXPECT_EQ(begins[i].at("id"), ends[i].at("id"));
        EXPECT_EQ(begins[i].at("name"), ends[i].at("name"));
    }
    EXPECT_EQ(begins[0].at("args").at("span").at("parentSpanId"),
              begins[1].at("args").at("span").at("spanId"));
    EXPECT_EQ(withPhase(events, "n").size(), 1U);
}

TEST_F(ChromeTraceFile, BeginsEachFileAnew) {
    config_.file.maxBytes = 32'768;
    config_.file.maxFiles = 1000;
    constexpr int spans = 2'500;
    {
        TraceRecorder recorder(config_);
        for (int i = 0; i < spans; ++i) {
            { auto span = recorder.span("work"); }
            if (i % 100 == 0) recorder.flush(1s);
        }
    }
    std::size_t begun = 0;
    std::size_t namings = 0;
    std::size_t files = 0;
    for (const auto& file : std::filesystem::directory_iterator(directory_.path())) {
        const auto events = eventsOf(contentOf(file.path().string()));
        begun += withPhase(events, "b").size();
        namings += withPhase(events, "M").size();
        EXPECT_LE(std::filesystem::file_size(file.path()), config_.file.maxBytes);
        ++files;
    }
    EXPECT_EQ(begun, static_cast<std::size_t>(spans));
    EXPECT_EQ(namings, 6U) << "process and thread, every 1,000 spans";
    EXPECT_GT(files, 10U);
}

TEST_F(ChromeTraceFile, GoesOnWithAFileThatIsThere) {
    for (int i = 0; i < 2; ++i) {
        TraceRecorder recorder(config_);
        auto span = recorder.span("work");
    }
    EXPECT_EQ(withPhase(eventsOf(contentOf(config_.file.path)), "b").size(), 2U);
}

// Several instances of a plugin may write to one file.
TEST_F(ChromeTraceFile, KeepsTheLanesOfTwoRecordersApart) {
    {
        TraceRecorder one(config_);
        TraceRecorder other(config_);
        for (auto* recorder : {&one, &other}) {
            auto lane = recorder->openLane({.sampleRate = 48'000, .keepOneIn = 1, .summaryInterval = 1ms});
            auto block = lane.block(480);
            recorder->clock().advance(5ms);
        }
    }
    const auto events = eventsOf(contentOf(config_.file.path));
    std::map<std::string, std::string> names;
    for (const auto& name : withPhase(events, "M"))
        if (name.contains("tid")) names[textOf(name.at("tid"))] = textOf(name.at("args").at("name"));
    std::set<std::string> lanes;
    for (const auto& block : withPhase(events, "X")) lanes.insert(names.at(textOf(block.at("tid"))));
    EXPECT_EQ(lanes, (std::set<std::string>{"lane 1", "lane 1 (recorder 2)"}));
    std::set<std::string> counters;
    for (const auto& counter : withPhase(events, "C")) counters.insert(textOf(counter.at("name")));
    EXPECT_EQ(counters.size(), 6U);
    EXPECT_EQ(counters.count("load, lane 1 (recorder 2)"), 1U);
}

// A crash, or a disk that was full: what stands in the middle of an array must be whole.
TEST_F(ChromeTraceFile, CutsOffALineThatWasNotFinished) {
    const auto run = [&] {
        TraceRecorder recorder(config_);
        auto span = recorder.span("work");
    };
    for (const std::size_t torn : {std::size_t{1}, std::size_t{40}, std::size_t{10'000}}) {
        run();
        std::ofstream(config_.file.path, std::ios::binary | std::ios::app) << std::string(torn, '{');
    }
    run();
    EXPECT_EQ(withPhase(eventsOf(contentOf(config_.file.path)), "b").size(), 4U);
}

TEST_F(ChromeTraceFile, BeginsAnewAFileWhoseHeadWasNotFinished) {
    std::ofstream(config_.file.path) << "[";
    {
        TraceRecorder recorder(config_);
        auto span = recorder.span("work");
    }
    EXPECT_EQ(withPhase(eventsOf(contentOf(config_.file.path)), "b").size(), 1U);
}

#if COUNTS_ALLOCATIONS
TEST(ChromeTrace, AllocatesNothingInSteadyStateNorForNames) {
    RandomRecords records(3);
    std::vector<std::vector<std::byte>> several;
    for (int i = 0; i < 100; ++i) several.push_back(records.next());
    ChromeTrace encoding;
    sidespan::TextBuffer out;
    const auto encode = [&] {
        out.clear();
        for (const auto& record : several)
            encoding.appendObject(out, sidespan::SpanView(record.data()), loopShare);
    };
    encode();
    const auto before = allocationCount();
    std::size_t namings = 0;
    for (int i = 0; i < 25; ++i) {
        encode();
        namings += out.view().find("process_name") != std::string_view::npos ? 1U : 0U;
    }
    EXPECT_EQ(namings, 2U) << "every 1,000 spans";
    EXPECT_EQ(allocationCount(), before);
}
#endif

}
