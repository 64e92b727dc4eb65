#include <cstdint>
#include <unordered_set>

#include <gtest/gtest.h>
#include <sidespan/detail/record/id_keys.h>

namespace {

using sidespan::detail::firstOfIdRange;
using sidespan::detail::IdKeys;

TEST(IdKeys, GivesEveryCounterAnIdOfItsOwn) {
    const auto keys = IdKeys::draw();
    std::unordered_set<std::uint64_t> spans;
    std::unordered_set<sidespan::TraceId> traces;
    constexpr std::uint64_t perRange = 20'000;
    for (std::uint64_t range = 0; range < 4; ++range) {
        for (std::uint64_t i = 0; i < perRange; ++i) {
            spans.insert(keys.spanId(firstOfIdRange(range) + i).value());
            traces.insert(keys.traceId(firstOfIdRange(range) + i));
        }
    }
    EXPECT_EQ(spans.size(), 4 * perRange);
    EXPECT_EQ(traces.size(), 4 * perRange);
    EXPECT_FALSE(spans.contains(0));
}

TEST(IdKeys, MakesVersion4Uuids) {
    const auto keys = IdKeys::draw();
    for (std::uint64_t counter = 1; counter < 1000; ++counter) {
        const auto trace = keys.traceId(counter);
        EXPECT_EQ((trace.high() >> 12U) & 0xfU, 4U);
        EXPECT_EQ(trace.low() >> 62U, 2U);
    }
}

TEST(IdKeys, KnowTheTracesThatTheyMade) {
    const auto keys = IdKeys::draw();
    const auto other = IdKeys::draw();
    for (std::uint64_t range = 0; range < 4; ++range) {
        for (std::uint64_t i = 0; i < 1'000; ++i) {
            const auto trace = keys.traceId(firstOfIdRange(range) + i);
            EXPECT_TRUE(keys.isOwn(trace));
            EXPECT_FALSE(other.isOwn(trace));
            EXPECT_FALSE(keys.isOwn({trace.high() ^ 1U, trace.low()}));
            EXPECT_FALSE(keys.isOwn({trace.high(), trace.low() ^ 1U}));
        }
    }
}

TEST(IdKeys, AreSecretAndDrawnAnew) {
    const auto one = IdKeys::draw();
    const auto other = IdKeys::draw();
    EXPECT_NE(one.spanId(1), other.spanId(1));
    EXPECT_NE(one.traceId(1), other.traceId(1));
    EXPECT_NE(one.traceId(1).low(), one.spanId(1).value()) << "a trace id must not tell a span id";
}

TEST(IdKeys, KeepRangesApart) {
    EXPECT_EQ(firstOfIdRange(0), 1U);
    EXPECT_EQ(firstOfIdRange(1) - firstOfIdRange(0), std::uint64_t{1} << 40U);
}

}
