#include <string>
#include <unordered_set>

#include <gtest/gtest.h>
#include <sidespan/span_context.h>
#include <sidespan/span_id.h>
#include <sidespan/trace_id.h>

namespace {

using sidespan::SpanContext;
using sidespan::SpanId;
using sidespan::TraceFlags;
using sidespan::TraceId;

constexpr TraceId trace(0x0f8fad5bd9cb469f, 0xa16570867728950e);

TEST(TraceId, IsWrittenAsUuidAndAsHex) {
    EXPECT_EQ(trace.toUuid(), "0f8fad5b-d9cb-469f-a165-70867728950e");
    EXPECT_EQ(trace.toHex(), "0f8fad5bd9cb469fa16570867728950e");
    EXPECT_EQ(TraceId(0, 1).toUuid(), "00000000-0000-0000-0000-000000000001");
}

TEST(TraceId, ReadsBothFormsInEitherCase) {
    EXPECT_EQ(TraceId::parse("0f8fad5b-d9cb-469f-a165-70867728950e"), trace);
    EXPECT_EQ(TraceId::parse("0F8FAD5B-D9CB-469F-A165-70867728950E"), trace);
    EXPECT_EQ(TraceId::parse("0f8fad5bd9cb469fa16570867728950e"), trace);
    EXPECT_EQ(TraceId::parse("0F8FAD5BD9CB469FA16570867728950E"), trace);
}

TEST(TraceId, RefusesEverythingElse) {
    for (const std::string text :
         {"", "0", "0f8fad5bd9cb469fa16570867728950", "0f8fad5bd9cb469fa16570867728950e0",
          "0f8fad5b-d9cb-469f-a165-70867728950", "0f8fad5b-d9cb-469f-a165-70867728950e ",
          "0f8fad5bd-9cb-469f-a165-70867728950e", "0f8fad5b-d9cb-469f-a16570867728950e-",
          "{f8fad5b-d9cb-469f-a165-70867728950e}", "0f8fad5b-d9cb-469f-a165-7086772895g0",
          "00000000000000000000000000000000", "00000000-0000-0000-0000-000000000000",
          "0x8fad5bd9cb469fa16570867728950e", "+f8fad5bd9cb469fa16570867728950e"}) {
        EXPECT_FALSE(TraceId::parse(text)) << text;
    }
    EXPECT_FALSE(TraceId::parse(std::string(32, '\0')));
}

TEST(TraceId, IsNoneWhenZeroAndOrderedByItsBytes) {
    EXPECT_FALSE(TraceId().isValid());
    EXPECT_TRUE(TraceId(0, 1).isValid());
    EXPECT_TRUE(TraceId(1, 0).isValid());
    EXPECT_LT(TraceId(1, 2), TraceId(2, 1));
    EXPECT_EQ((std::unordered_set<TraceId>{trace, trace, TraceId(1, 1)}.size()), 2U);
}

TEST(SpanId, IsWrittenAndReadAs16HexDigits) {
    EXPECT_EQ(SpanId(0x00f067aa0ba902b7).toHex(), "00f067aa0ba902b7");
    EXPECT_EQ(SpanId::parse("00f067aa0ba902b7"), SpanId(0x00f067aa0ba902b7));
    EXPECT_EQ(SpanId::parse("00F067AA0BA902B7"), SpanId(0x00f067aa0ba902b7));
    EXPECT_EQ(SpanId::parse("ffffffffffffffff"), SpanId(~std::uint64_t{0}));
}

TEST(SpanId, RefusesEverythingElse) {
    for (const std::string text : {"", "00f067aa0ba902b", "00f067aa0ba902b70", "00f067aa0ba902bg",
                                   "0000000000000000", " 0f067aa0ba902b7", "00f067aa-ba902b7"}) {
        EXPECT_FALSE(SpanId::parse(text)) << text;
    }
    EXPECT_EQ((std::unordered_set<SpanId>{SpanId(1), SpanId(1), SpanId(2)}.size()), 2U);
}

TEST(SpanContext, IsValidWhenBothIdsAre) {
    EXPECT_FALSE(SpanContext().isValid());
    EXPECT_FALSE((SpanContext{trace, {}, TraceFlags::none, false}).isValid());
    EXPECT_FALSE((SpanContext{{}, SpanId(1), TraceFlags::none, false}).isValid());
    EXPECT_TRUE((SpanContext{trace, SpanId(1), TraceFlags::none, false}).isValid());
}

TEST(SpanContext, IsSampledByItsFlag) {
    EXPECT_TRUE((SpanContext{trace, SpanId(1), TraceFlags::sampled | TraceFlags::random, false}).isSampled());
    EXPECT_FALSE((SpanContext{trace, SpanId(1), TraceFlags::random, false}).isSampled());
}

}
