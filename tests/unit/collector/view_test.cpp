#include <sstream>
#include <stdexcept>
#include <streambuf>
#include <string>
#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spans.h"
#include "support/fault_server.h"
#include "terminal_text.h"
#include "trace_file.h"
#include "trace_source.h"
#include "tree_printer.h"

namespace sidespan::collector {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using testing::recorded;
using ::testing::SizeIs;
using testing::spanJson;
using testing::traceA;

std::vector<RecordedSpan> uploadToPrint() {
    auto root = recorded(1, 0, "audio.upload", 0, 3500);
    root.span.attributes = {{"file.name", "my_loop.wav"}, {"encoded_size_bytes", 720000}};
    auto encode = recorded(3, 1, "audio.encode", 130, 3330);
    encode.span.attributes = {{"codec", "mp3"}, {"bitrate", "128k"}};
    encode.span.events.push_back({encode.span.startTimeUnixNano + 1'500'000, "started", {{"n", 1}}});
    auto post = recorded(4, 1, "network.post", 3340, 3490);
    post.span.attributes = {{"http.status", 200}};
    auto server = recorded(5, 4, "POST /api/v1/audio/upload", 3387, 3443, SpanOrigin::server);
    return {root, recorded(2, 1, "audio.read", 5, 125), encode, post, server};
}

TEST(TreePrinter, DrawsTheTree) {
    EXPECT_EQ(printTree(uploadToPrint(), TextStyle::utf8), R"(Trace ID: 0af76519-16cd-43dd-8448-eb211c80319c
├─ audio.upload (root) [3.5 s]
│  ├─ audio.read [120 ms]
│  ├─ audio.encode [3.2 s]
│  │  ├─ Events: started +1.5 ms (n=1)
│  │  └─ Attributes: bitrate=128k, codec=mp3
│  ├─ network.post [150 ms]
│  │  ├─ POST /api/v1/audio/upload (server) [56 ms]
│  │  └─ Attributes: http.status=200
│  └─ Attributes: encoded_size_bytes=720000, file.name=my_loop.wav
├─ Plugin time: 3.35 s
├─ Network latency: 94 ms
└─ Server processing: 56 ms (from server-side spans)
)");
}

TEST(TreePrinter, SaysWhichProductRecordedASpanWhereThatChanges) {
    auto spans = uploadToPrint();
    for (auto& recorded : spans) recorded.span.serviceName = "LoopShare";
    spans.back().span.serviceName = "loop-service";
    spans.back().span.clientVersion = "2.0";
    const auto text = printTree(spans, TextStyle::ascii);
    EXPECT_THAT(
        text,
        HasSubstr("POST /api/v1/audio/upload (server) [56 ms]\n|  |  |  `- Service: loop-service 2.0\n"));
    EXPECT_THAT(text, HasSubstr("|  |- Service: LoopShare\n"));
    const std::string_view word = "Service: ";
    EXPECT_EQ(text.find(word, text.find(word, text.find(word) + 1) + 1), std::string::npos);
}

TEST(TreePrinter, DrawsWithAsciiAlone) {
    auto spans = uploadToPrint();
    spans[1].span.name = "caf\xc3\xa9";
    auto text = printTree(spans, TextStyle::ascii);
    EXPECT_THAT(text, HasSubstr("|- audio.upload (root) [3.5 s]\n|  |- caf\\u{e9} [120 ms]\n"));
    for (char c : text) EXPECT_TRUE(c == '\n' || (c >= ' ' && c <= '~'));
}

TEST(TreePrinter, MarksWhatFailed) {
    auto root = recorded(1, 0, "audio.upload", 0, 1);
    root.span.status = "error";
    root.span.statusMessage = "disk full";
    auto child = recorded(2, 1, "audio.read", 0, 1);
    child.span.status = "cancelled";
    child.span.droppedEvents = 2;
    auto text = printTree({root, child}, TextStyle::utf8);
    EXPECT_THAT(text, HasSubstr("[1 ms] ✗ error: disk full\n"));
    EXPECT_THAT(text, HasSubstr("│  └─ audio.read [1 ms] ⊘ cancelled\n"));
    EXPECT_THAT(text, HasSubstr("Dropped: 0 attributes, 2 events"));
    EXPECT_THAT(text, HasSubstr("Server processing: none recorded"));
}

TEST(TreePrinter, ShowsArraysAndAttributesOfLinks) {
    auto root = recorded(1, 0, "audio.upload", 0, 1);
    root.span.attributes = {{"tags", std::vector{"loop", "\x1b"}}, {"peaks", std::vector{0.5, 0.25}}};
    root.span.links.push_back({root.span.traceId, "00000000000000ff", 0x101, {{"why", "batch"}}});
    auto text = printTree({root}, TextStyle::utf8);
    EXPECT_THAT(text, HasSubstr("Attributes: peaks=[0.5, 0.25], tags=[loop, \\x1b]\n"));
    EXPECT_THAT(text, HasSubstr("Links: 00000000000000ff of " + root.span.traceId + " (why=batch)\n"));
}

TEST(TreePrinter, SaysWhenAParentIsMissing) {
    EXPECT_THAT(printTree({recorded(2, 9, "orphan", 0, 1)}, TextStyle::utf8),
                HasSubstr("orphan (parent missing)"));
}

TEST(TreePrinter, StaysReadableAtAnyDepth) {
    std::vector<RecordedSpan> spans;
    for (std::uint64_t i = 1; i <= 10'000; ++i) spans.push_back(recorded(i, i - 1, "step", 0, 1));
    auto text = printTree(spans, TextStyle::ascii);
    EXPECT_LT(text.size(), 3'000'000U);
    EXPECT_THAT(text, HasSubstr("step (level 9999)"));
}

TEST(TreePrinter, SendsNothingRawToTheTerminal) {
    auto span = recorded(1, 0, "\x1b[2Jgone\r\n\x9b", 0, 1);
    span.span.status = "error";
    span.span.statusMessage = "\x1b]0;title\x07";
    span.span.attributes = {{"k\x1b[31m", "v\xc2\x9b"}};
    span.span.events.push_back({span.span.startTimeUnixNano, "e\x08", {}});
    auto text = printTree({span}, TextStyle::utf8);
    EXPECT_THAT(text, HasSubstr("\\x1b[2Jgone\\r\\n\\x9b"));
    EXPECT_THAT(text, Not(HasSubstr("\x1b")));
    EXPECT_THAT(text, Not(HasSubstr("\xc2\x9b")));
    for (char c : text) EXPECT_FALSE((c >= 0 && c < ' ' && c != '\n') || c == '\x7f');
}

TEST(TerminalText, EscapesWhatHidesOrTurnsText) {
    EXPECT_EQ(terminalText("a\u202eb\u200bc\u2028", TextStyle::utf8), "a\\u{202e}b\\u{200b}c\\u{2028}");
    EXPECT_EQ(terminalText("ok \xff\xc3", TextStyle::utf8), "ok \\xff\\xc3");
    EXPECT_EQ(terminalText("naïve ♪", TextStyle::utf8), "naïve ♪");
}

TEST(TerminalText, CutsLongText) {
    EXPECT_EQ(terminalText("abcdef", TextStyle::utf8, 3), "abc… (6 bytes)");
    EXPECT_EQ(terminalText("abc", TextStyle::utf8, 3), "abc");
}

TEST(DurationText, ShowsThreeDigits) {
    auto text = [](std::int64_t nanos) { return durationText(nanos, TextStyle::utf8); };
    EXPECT_EQ(text(3'500'000'000), "3.5 s");
    EXPECT_EQ(text(120'000'000), "120 ms");
    EXPECT_EQ(text(94'230'000), "94.2 ms");
    EXPECT_EQ(text(1'234'567), "1.23 ms");
    EXPECT_EQ(text(999'600), "1 ms");
    EXPECT_EQ(text(56'000), "56 µs");
    EXPECT_EQ(text(7), "7 ns");
    EXPECT_EQ(text(0), "0 ns");
    EXPECT_EQ(text(-2'000'000), "-2 ms");
    EXPECT_EQ(text(3'600'000'000'000), "3600 s");
    EXPECT_EQ(durationText(56'000, TextStyle::ascii), "56 us");
}

TEST(TraceFile, ReadsASpanFromEachLine) {
    std::istringstream stream(boost::json::serialize(spanJson(traceA, 1, 0, "a", 0, 1)) + "\n\r\n" +
                              boost::json::serialize(spanJson(traceA, 2, 1, "b", 0, 1)) + "\n");
    auto file = readTraceFile(stream);
    ASSERT_THAT(file.spans, SizeIs(2));
    EXPECT_EQ(file.spans[1].span.name, "b");
    EXPECT_THAT(file.notes, IsEmpty());
}

TEST(TraceFile, PassesOverAByteOrderMark) {
    std::istringstream stream("\xef\xbb\xbf" + boost::json::serialize(spanJson(traceA, 1, 0, "a", 0, 1)) +
                              "\n");
    EXPECT_THAT(readTraceFile(stream).spans, SizeIs(1));
}

TEST(TraceFile, SkipsALastLineThatIsNotFinished) {
    auto line = boost::json::serialize(spanJson(traceA, 1, 0, "a", 0, 1));
    for (std::size_t cut = 1; cut < line.size(); ++cut) {
        std::istringstream stream(line + "\n" + line.substr(0, cut));
        auto file = readTraceFile(stream);
        EXPECT_THAT(file.spans, SizeIs(1)) << cut;
        EXPECT_THAT(file.notes, ElementsAre("line 2 is skipped: the last line is not finished")) << cut;
    }
}

TEST(TraceFile, SaysThatAnArrayIsNoSpan) {
    std::istringstream stream("[" + boost::json::serialize(spanJson(traceA, 1, 0, "a", 0, 1)) + "]");
    const auto file = readTraceFile(stream);
    ASSERT_THAT(file.notes, SizeIs(1));
    EXPECT_THAT(file.notes.front(), Not(HasSubstr("not finished")));
}

// A disk or a network that fails in the middle of a file.
class FailingBuffer : public std::stringbuf {
public:
    using std::stringbuf::stringbuf;

private:
    int_type underflow() override {
        const auto next = std::stringbuf::underflow();
        if (next == traits_type::eof()) throw std::ios_base::failure("error reading the file");
        return next;
    }
};

TEST(TraceFile, ReportsAFileThatCannotBeReadToItsEnd) {
    FailingBuffer buffer(boost::json::serialize(spanJson(traceA, 1, 0, "a", 0, 1)) + "\n");
    std::istream stream(&buffer);
    EXPECT_THROW(static_cast<void>(readTraceFile(stream)), std::runtime_error);
}

TEST(TraceFile, TakesALastLineThatOnlyLacksItsNewline) {
    std::istringstream stream(boost::json::serialize(spanJson(traceA, 1, 0, "a", 0, 1)));
    EXPECT_THAT(readTraceFile(stream).spans, SizeIs(1));
}

TEST(TraceFile, SaysWhatIsWrongWithALastLineThatOnlyLacksItsNewline) {
    std::istringstream stream(R"({"resourceSpans":[]})");
    EXPECT_THAT(readTraceFile(stream).notes,
                ElementsAre(HasSubstr("line 1 is skipped: traceId held nothing")));
}

TEST(TraceFile, NotesLinesThatAreNotSpans) {
    std::istringstream stream("{\"name\": 1}\nnot json\n");
    auto file = readTraceFile(stream);
    ASSERT_THAT(file.notes, SizeIs(2));
    EXPECT_THAT(file.notes[0], HasSubstr("line 1 is skipped: traceId"));
    EXPECT_THAT(file.notes[1], HasSubstr("line 2 is skipped: not JSON"));
}

TEST(TraceFile, BoundsItsNotes) {
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += "x\n";
    std::istringstream stream(lines);
    auto file = readTraceFile(stream);
    EXPECT_THAT(file.notes, SizeIs(21));
    EXPECT_EQ(file.notes.back(), "980 more lines are skipped");
}

// As of /dev/zero, and of a program that writes one line after the other.
TEST(TraceFile, BoundsWhatItReads) {
    struct Endless : std::streambuf {
        explicit Endless(std::string text) : text_(std::move(text)) {}
        int_type underflow() override {
            setg(text_.data(), text_.data(), text_.data() + text_.size());
            return traits_type::to_int_type(text_.front());
        }
        std::string text_;
    };
    for (const auto* text : {"x", "\n"}) {
        Endless endless(std::string(4096, *text));
        std::istream stream(&endless);
        try {
            (void)readTraceFile(stream, std::size_t{1} << 20U);
            FAIL() << "it has read all";
        } catch (const std::runtime_error& error) {
            EXPECT_STREQ(error.what(), "the input is larger than 1 MiB; pass a part of it");
        }
    }
}

TEST(TraceFile, ReadsASavedAnswerOfACollector) {
    auto span = spanJson(traceA, 1, 0, "serve", 0, 1);
    span["origin"] = "server";
    std::istringstream stream("{\"spans\": [" + boost::json::serialize(span) + "]}");
    auto file = readTraceFile(stream);
    ASSERT_THAT(file.spans, SizeIs(1));
    EXPECT_EQ(file.spans[0].origin, SpanOrigin::server);
}

TEST(TraceFile, ShowsWhenARootBeganByTheServersClock) {
    auto root = spanJson(traceA, 1, 0, "share", 0, 2);
    root["serverClockShiftMs"] = 90'000;
    root["serverClockErrorMs"] = 2.5;
    const auto shown = [&] {
        std::istringstream stream("{\"spans\": [" + boost::json::serialize(root) + "]}");
        return printTree(readTraceFile(stream).spans, TextStyle::ascii);
    };
    EXPECT_THAT(shown(), HasSubstr("Started: 2025-12-17T23:00:35.000Z by the server's clock (+- 2.5"));
    for (const auto& odd :
         {boost::json::value(1e300), boost::json::value("x"), boost::json::value(nullptr)}) {
        root["serverClockShiftMs"] = odd;
        EXPECT_THAT(shown(), Not(HasSubstr("Started")));
    }
    root["serverClockShiftMs"] = -9e11;
    root["startTimeUnixNano"] = "9223372036854775807";
    root["endTimeUnixNano"] = "9223372036854775807";
    EXPECT_THAT(shown(), HasSubstr("Started"));
}

TEST(TraceFile, ShowsTheResourceOnceWhereItBegins) {
    auto parent = spanJson(traceA, 1, 0, "share", 0, 2);
    auto child = spanJson(traceA, 2, 1, "encode", 0, 1);
    parent["resource"] = 0;
    child["resource"] = 0;
    const auto of = [&](const char* resources) {
        std::istringstream stream("{\"spans\": [" + boost::json::serialize(parent) + "," +
                                  boost::json::serialize(child) + "]," + resources + "}");
        return printTree(readTraceFile(stream).spans, TextStyle::ascii);
    };
    const auto text = of(R"("resources": [{"daw.name": "Live\u001b[31m", "build": 512}])");
    const auto shown = text.find("Resource: daw.name=Live");
    ASSERT_NE(shown, std::string::npos) << text;
    EXPECT_NE(text.find("build=512"), std::string::npos) << text;
    EXPECT_EQ(text.find("Resource:", shown + 1), std::string::npos) << text;
    EXPECT_EQ(text.find('\x1b'), std::string::npos);
    EXPECT_EQ(of(R"("resources": [])").find("Resource:"), std::string::npos);
}

TEST(TraceSource, SaysThatTheAnswerIsNotACollectors) {
    const auto latestOf = [](const char* list, const char* trace) -> std::string {
        test::FaultServer server;
        server.then(test::faults::answer(200, list)).then(test::faults::answer(200, trace));
        try {
            static_cast<void>(fetchTrace(server.url(), "", "latest"));
        } catch (const std::runtime_error& error) {
            return error.what();
        }
        return "taken";
    };
    for (const char* list : {"[]", "{}", R"({"traces":{}})", R"({"traces":[1]})", R"({"traces":[{}]})",
                             R"({"traces":[{"traceId":5}]})", R"({"traces":[{"traceId":"../other"}]})"})
        EXPECT_THAT(latestOf(list, ""), HasSubstr("--url: this is not a collector's answer")) << list;
    const char* const good = R"({"traces":[{"traceId":"0af7651916cd43dd8448eb211c80319c"}]})";
    EXPECT_THAT(latestOf(good, "[]"), HasSubstr("has no array \"spans\""));
    EXPECT_THAT(latestOf("<html>", ""), HasSubstr("not JSON"));
    const auto hostile = latestOf(good, "{\"spans\":[{\"traceId\":\"\xc2\x9b\xe2\x80\xae\"}]}");
    EXPECT_THAT(hostile, HasSubstr("traceId held"));
    EXPECT_EQ(hostile.find('\xc2'), std::string::npos) << hostile;
}

}
}
