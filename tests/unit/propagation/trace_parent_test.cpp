#include <sidespan/propagation/trace_parent.h>

#include <optional>
#include <random>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace {

using sidespan::formatTraceParent;
using sidespan::parseTraceParent;
using sidespan::SpanContext;
using sidespan::SpanId;
using sidespan::TraceFlags;
using sidespan::TraceId;

constexpr std::string_view example = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

std::string with(std::size_t at, std::string_view text) {
    std::string changed(example);
    return changed.replace(at, text.size(), text);
}

TEST(TraceParent, ReadsTheExampleOfTheSpecification) {
    const auto context = parseTraceParent(example);
    ASSERT_TRUE(context);
    EXPECT_EQ(context->traceId, TraceId(0x4bf92f3577b34da6, 0xa3ce929d0e0e4736));
    EXPECT_EQ(context->spanId, SpanId(0x00f067aa0ba902b7));
    EXPECT_EQ(context->flags, TraceFlags::sampled);
    EXPECT_TRUE(context->isRemote);
    EXPECT_EQ(formatTraceParent(*context).view(), example);
}

TEST(TraceParent, ReadsBackWhatItWrites) {
    std::mt19937_64 random(1);
    for (int i = 0; i < 1000; ++i) {
        const SpanContext context{.traceId = TraceId(random(), random()),
                                  .spanId = SpanId(random()),
                                  .flags = static_cast<TraceFlags>(random() & 3U),
                                  .isRemote = true};
        const auto text = formatTraceParent(context);
        ASSERT_EQ(text.view().size(), 55U);
        ASSERT_EQ(parseTraceParent(text), context);
    }
}

TEST(TraceParent, KeepsOnlyTheFlagsOfLevel2) {
    EXPECT_EQ(parseTraceParent(with(53, "ff"))->flags, TraceFlags::sampled | TraceFlags::random);
    EXPECT_EQ(parseTraceParent(with(53, "fc"))->flags, TraceFlags::none);
    SpanContext context = *parseTraceParent(example);
    context.flags = static_cast<TraceFlags>(0xff);
    EXPECT_TRUE(formatTraceParent(context).view().ends_with("-03"));
}

TEST(TraceParent, RefusesUpperCase) {
    EXPECT_FALSE(parseTraceParent(with(3, "4BF92F35")));
    EXPECT_FALSE(parseTraceParent(with(36, "00F067AA")));
    EXPECT_FALSE(parseTraceParent(with(53, "0A")));
}

TEST(TraceParent, RefusesIdsOfZeros) {
    EXPECT_FALSE(parseTraceParent(with(3, "00000000000000000000000000000000")));
    EXPECT_FALSE(parseTraceParent(with(36, "0000000000000000")));
}

TEST(TraceParent, TakesIdsThatAreHalfZeros) {
    EXPECT_TRUE(parseTraceParent(with(3, "0000000000000000")));
    EXPECT_TRUE(parseTraceParent(with(19, "0000000000000000")));
}

TEST(TraceParent, RefusesAnythingAfterVersion00) {
    EXPECT_FALSE(parseTraceParent(std::string(example) + "-"));
    EXPECT_FALSE(parseTraceParent(std::string(example) + "-extra"));
    EXPECT_FALSE(parseTraceParent(std::string(example) + " "));
    EXPECT_FALSE(parseTraceParent(std::string(example) + "," + std::string(example)));
}

TEST(TraceParent, ReadsTheStartOfHigherVersions) {
    for (const char* version : {"01", "cc", "fe"}) {
        const std::string value = with(0, version);
        ASSERT_TRUE(parseTraceParent(value)) << value;
        EXPECT_EQ(formatTraceParent(*parseTraceParent(value)).view(), example) << "written back as 00";
        EXPECT_TRUE(parseTraceParent(value + "-"));
        EXPECT_TRUE(parseTraceParent(value + "-what-the-future-brings"));
        EXPECT_FALSE(parseTraceParent(value + "0"));
        EXPECT_FALSE(parseTraceParent(value + ".00"));
    }
}

TEST(TraceParent, RefusesVersionFf) {
    EXPECT_FALSE(parseTraceParent(with(0, "ff")));
    EXPECT_FALSE(parseTraceParent(with(0, "0x")));
    EXPECT_FALSE(parseTraceParent(with(0, "FE")));
}

TEST(TraceParent, RefusesEveryBeginningOfItself) {
    for (std::size_t size = 0; size < example.size(); ++size)
        EXPECT_FALSE(parseTraceParent(example.substr(0, size)));
}

TEST(TraceParent, RefusesAWrongCharacterAnywhere) {
    for (std::size_t at = 0; at < example.size(); ++at) {
        for (std::string_view wrong : {"g", " ", "_", "\n", "\xC3", "/", ":", "`"}) {
            EXPECT_FALSE(parseTraceParent(with(at, wrong))) << with(at, wrong);
        }
    }
}

}
