#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <sidespan/sink_memory/testing.h>

namespace {

using namespace std::string_literals;
using sidespan::AttributeValue;
using sidespan::Span;
using namespace sidespan::testing;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Span span(std::string name, std::string id, std::string parent = "", std::uint64_t start = 0) {
    Span made;
    made.traceId = "0f8fad5b-d9cb-469f-a165-70867728950e";
    made.name = std::move(name);
    made.spanId = std::move(id);
    made.parentSpanId = std::move(parent);
    made.startTimeUnixNano = start;
    return made;
}

std::vector<Span> upload() {
    std::vector<Span> spans{span("audio.upload", "1", "", 10), span("audio.encode", "3", "1", 30),
                            span("audio.read", "2", "1", 20), span("chunk", "4", "3", 40)};
    spans[1].attributes = {{"codec", "flac"}, {"bitrate", 128}};
    spans[1].events = {{35, "half done", {}}};
    spans[2].status = "error";
    spans[2].statusMessage = "no such file";
    return spans;
}

TEST(Tree, ShowsChildrenUnderTheirParentsByTimeOfBeginning) {
    EXPECT_EQ(tree(upload()),
              "audio.upload\n"
              "  audio.read [error: no such file]\n"
              "  audio.encode\n"
              "    chunk\n");
}

TEST(Tree, ShowsAStatusWithoutAMessage) {
    auto spans = upload();
    spans.resize(1);
    spans[0].status = "cancelled";
    EXPECT_EQ(tree(spans), "audio.upload [cancelled]\n");
}

TEST(Tree, ShowsSpansWhoseParentIsElsewhereAtTheTop) {
    EXPECT_EQ(tree({span("served", "9", "77", 2), span("root", "8", "", 1)}), "root\nserved\n");
}

TEST(Tree, KeepsTheOrderOfSpansThatBeginTogether) {
    EXPECT_EQ(tree({span("b", "1"), span("a", "2")}), "b\na\n");
}

TEST(Tree, IsEmptyWithoutSpans) {
    EXPECT_EQ(tree({}), "");
}

TEST(Tree, EndsForASpanThatIsItsOwnParent) {
    EXPECT_EQ(tree({span("root", "1"), span("self", "2", "2")}), "root\n");
}

TEST(SpanMatcher, WorksWithGoogleMock) {
    const auto spans = upload();
    EXPECT_THAT(spans, Contains(AllOf(hasName("audio.encode"), hasAttribute("codec", "flac"))));
    EXPECT_THAT(spans, Contains(AllOf(hasName("audio.read"), hasStatus("error", "no such file"))));
    EXPECT_THAT(spans, Contains(isRoot()).Times(1));
    EXPECT_THAT(spans, Not(Contains(hasAttribute("codec", "wav"))));
    EXPECT_THAT(spans, ElementsAre(hasName("audio.upload"), hasName("audio.encode"), hasName("audio.read"),
                                   hasName("chunk")));
}

TEST(SpanMatcher, WorksAsAPredicate) {
    const auto spans = upload();
    EXPECT_TRUE(hasName("audio.encode")(spans[1]));
    EXPECT_FALSE(hasName("audio")(spans[1]));
    EXPECT_TRUE(hasAttribute("codec")(spans[1]));
    EXPECT_FALSE(hasAttribute("codec")(spans[0]));
    EXPECT_TRUE(hasAttribute("bitrate", 128)(spans[1]));
    EXPECT_FALSE(hasAttribute("bitrate", "128")(spans[1])) << "128 is not \"128\"";
    EXPECT_TRUE(hasEvent("half done")(spans[1]));
    EXPECT_FALSE(hasEvent("done")(spans[1]));
    EXPECT_TRUE(hasStatus("ok")(spans[0]));
    EXPECT_TRUE(hasStatus("error")(spans[2]));
    EXPECT_FALSE(hasStatus("error", "other")(spans[2]));
    EXPECT_TRUE(isRoot()(spans[0]));
    EXPECT_FALSE(isRoot()(spans[1]));
    EXPECT_TRUE(isChildOf(spans[1])(spans[3]));
    EXPECT_FALSE(isChildOf(spans[0])(spans[3]));
}

TEST(SpanMatcher, TellsChildrenOfAnotherTraceApart) {
    auto spans = upload();
    spans[3].traceId = "11111111-1111-4111-8111-111111111111";
    EXPECT_FALSE(isChildOf(spans[1])(spans[3]));
}

TEST(SpanMatcher, DescribesItself) {
    const auto words = [](const SpanMatcher& matcher) {
        std::ostringstream out;
        matcher.DescribeTo(&out);
        return out.str();
    };
    EXPECT_EQ(words(hasName("a")), "has the name \"a\"");
    EXPECT_EQ(words(hasAttribute("k")), "has an attribute \"k\"");
    EXPECT_EQ(words(hasAttribute("k", 1)), "has the attribute \"k\" = 1");
    EXPECT_EQ(words(hasAttribute("k", "1")), "has the attribute \"k\" = \"1\"");
    EXPECT_EQ(words(hasEvent("e")), "has an event \"e\"");
    EXPECT_EQ(words(hasStatus("error")), "has the status \"error\"");
    EXPECT_EQ(words(hasStatus("error", "m")), "has the status \"error\" with the message \"m\"");
    EXPECT_EQ(words(isRoot()), "is a root");
    EXPECT_EQ(words(isChildOf(upload()[0])), "is a child of audio.upload");
    std::ostringstream negated;
    isRoot().DescribeNegationTo(&negated);
    EXPECT_EQ(negated.str(), "not: is a root");
}

TEST(SpanMatcher, ExplainsWhatItFound) {
    ::testing::StringMatchResultListener listener;
    EXPECT_FALSE(::testing::ExplainMatchResult(hasName("x"), upload()[0], &listener));
    EXPECT_THAT(listener.str(), HasSubstr("audio.upload"));
}

TEST(Only, GivesTheOneSpanThatMatches) {
    const auto spans = upload();
    EXPECT_EQ(&only(spans, hasName("chunk")), &spans[3]);
}

TEST(Only, SaysHowManyMatchAndWhatThereIsOtherwise) {
    const auto spans = upload();
    const auto message = [&](const SpanMatcher& matcher) {
        try {
            static_cast<void>(only(spans, matcher));
        } catch (const std::logic_error& error) {
            return std::string(error.what());
        }
        return std::string();
    };
    EXPECT_EQ(message(hasName("none")), "0 spans match instead of one; there are:\n" + tree(spans));
    EXPECT_EQ(message(hasStatus("ok")), "3 spans match instead of one; there are:\n" + tree(spans));
}

TEST(PrintTo, ShowsASpanOnOneLine) {
    EXPECT_EQ(::testing::PrintToString(upload()[1]),
              "audio.encode (3, parent 1, ok, bitrate=128, codec=\"flac\")");
    EXPECT_EQ(::testing::PrintToString(upload()[0]), "audio.upload (1, parent none, ok)");
}

}
