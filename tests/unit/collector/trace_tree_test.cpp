#include "query/trace_tree.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "spans.h"

namespace sidespan::collector {
namespace {

using ::testing::ElementsAre;
using testing::epoch;
using testing::ms;
using testing::recorded;

/// `name@depth` of each node, in the tree's order.
std::vector<std::string> outline(const TraceTree& tree, const std::vector<RecordedSpan>& spans) {
    std::vector<std::string> lines;
    for (const auto& node : tree.nodes) {
        lines.push_back(spans[node.span].span.name + "@" + std::to_string(node.depth));
    }
    return lines;
}

const TreeNode& nodeOf(const TraceTree& tree, const std::vector<RecordedSpan>& spans, std::string_view name) {
    for (const auto& node : tree.nodes) {
        if (spans[node.span].span.name == name) return node;
    }
    throw std::runtime_error("no such span");
}

TimeSplit millis(std::int64_t plugin, std::int64_t network, std::int64_t server) {
    return {plugin * ms, network * ms, server * ms};
}

/// The trace of the first usage pattern.
std::vector<RecordedSpan> upload(SpanOrigin serverOrigin = SpanOrigin::server, double serverStart = 3388) {
    auto server = recorded(5, 4, "POST /api/v1/audio/upload", serverStart, serverStart + 56, serverOrigin);
    server.span.kind = "server";
    auto write = recorded(6, 5, "storage.write", serverStart + 10, serverStart + 40, serverOrigin);
    return {write,
            server,
            recorded(4, 1, "network.post", 3340, 3490),
            recorded(3, 1, "audio.encode", 130, 3330),
            recorded(2, 1, "audio.read", 5, 125),
            recorded(1, 0, "audio.upload", 0, 3500)};
}

TEST(TraceTree, WhatAServersOwnClientTypeRecordedIsTheServers) {
    auto job = recorded(1, 0, "cleanup", 0, 10);
    job.span.clientType = "server";
    EXPECT_EQ(buildTree({job}).nodes.at(0).tier, Tier::server);
}

TEST(TraceTree, PutsParentsFirstAndChildrenByStart) {
    auto spans = upload();
    EXPECT_THAT(outline(buildTree(spans), spans),
                ElementsAre("audio.upload@0", "audio.read@1", "audio.encode@1", "network.post@1",
                            "POST /api/v1/audio/upload@2", "storage.write@3"));
}

TEST(TraceTree, TellsPluginNetworkAndServerApart) {
    auto spans = upload();
    auto tree = buildTree(spans);
    EXPECT_EQ(nodeOf(tree, spans, "audio.encode").tier, Tier::plugin);
    EXPECT_EQ(nodeOf(tree, spans, "network.post").tier, Tier::network);
    EXPECT_EQ(nodeOf(tree, spans, "storage.write").tier, Tier::server);
    EXPECT_EQ(tree.split, millis(3350, 94, 56));
}

TEST(TraceTree, TellsThemApartInSpansThatNameNoOrigin) {
    auto tree = buildTree(upload(SpanOrigin::client));
    EXPECT_EQ(tree.split, millis(3350, 94, 56));
}

TEST(TraceTree, SpansOfKindClientAreTheNetworks) {
    std::vector<RecordedSpan> spans{recorded(1, 0, "root", 0, 10), recorded(2, 1, "fetch", 2, 6)};
    spans[1].span.kind = "client";
    EXPECT_EQ(buildTree(spans).split, millis(6, 4, 0));
}

TEST(TraceTree, OnlyNamesUnderNetworkAreTheNetworks) {
    std::vector<RecordedSpan> spans{recorded(1, 0, "networking", 0, 10)};
    EXPECT_EQ(buildTree(spans).split, millis(10, 0, 0));
}

TEST(TraceTree, TheServersWaitForTheBodyIsTheNetworks) {
    auto spans = upload();
    spans.push_back(recorded(7, 5, "network.receive", 3388, 3398, SpanOrigin::server));
    EXPECT_EQ(buildTree(spans).split, millis(3350, 104, 46));
}

TEST(TraceTree, CentresServerSpansOfAnotherClockInTheirCaller) {
    for (double skew : {-86'400'000.0, -100.0, 100.0, 86'400'000.0}) {
        auto spans = upload(SpanOrigin::server, 3388 + skew);
        auto tree = buildTree(spans);
        const auto& server = nodeOf(tree, spans, "POST /api/v1/audio/upload");
        EXPECT_EQ(server.start - epoch, (3340 + 47) * ms) << skew;
        EXPECT_EQ(server.end - server.start, 56 * ms) << skew;
        EXPECT_EQ(nodeOf(tree, spans, "storage.write").start - server.start, 10 * ms) << skew;
        EXPECT_EQ(tree.split, millis(3350, 94, 56)) << skew;
        EXPECT_EQ(tree.end - tree.start, 3500 * ms) << skew;
    }
}

TEST(TraceTree, MovesAllServerSpansOfOneCallerTogether) {
    std::vector<RecordedSpan> spans{recorded(1, 0, "network.post", 0, 100),
                                    recorded(2, 1, "first", 1000, 1010, SpanOrigin::server),
                                    recorded(3, 1, "second", 1020, 1040, SpanOrigin::server)};
    auto tree = buildTree(spans);
    EXPECT_EQ(nodeOf(tree, spans, "first").start - epoch, 30 * ms);
    EXPECT_EQ(nodeOf(tree, spans, "second").start - epoch, 50 * ms);
    EXPECT_EQ(tree.split, millis(0, 70, 30));
}

TEST(TraceTree, LeavesServerSpansThatFitWhereTheyAre) {
    auto spans = upload();
    EXPECT_EQ(nodeOf(buildTree(spans), spans, "storage.write").shift, 0);
}

TEST(TraceTree, BeginsAServerSpanLongerThanItsCallerWithIt) {
    std::vector<RecordedSpan> spans{recorded(1, 0, "network.post", 100, 110),
                                    recorded(2, 1, "serve", 500, 530, SpanOrigin::server)};
    auto tree = buildTree(spans);
    EXPECT_EQ(nodeOf(tree, spans, "serve").start - epoch, 100 * ms);
    EXPECT_EQ(tree.split, millis(0, 0, 30));
}

TEST(TraceTree, BringsAServerSpanWithoutItsCallerToTheClients) {
    std::vector<RecordedSpan> spans{recorded(1, 0, "upload", 0, 100),
                                    recorded(2, 99, "serve", 1e9, 1e9 + 20, SpanOrigin::server)};
    auto tree = buildTree(spans);
    EXPECT_EQ(tree.end - tree.start, 100 * ms);
    EXPECT_EQ(tree.split, millis(80, 0, 20));
}

// What a backend's jobs leave, each a root of its own: as many as are read of a trace.
TEST(TraceTree, BringsTensOfThousandsOfServerRootsToTheClients) {
    constexpr std::size_t roots = 40'000;
    std::vector<RecordedSpan> spans{recorded(1, 0, "upload", 0, 100)};
    spans.resize(roots, recorded(2, 0, "serve", 1e9, 1e9 + 20, SpanOrigin::server));
    for (std::size_t i = 1; i < roots; ++i) spans[i].span.spanId = testing::spanId(i + 1);
    const auto tree = buildTree(spans);
    EXPECT_EQ(tree.nodes.size(), roots);
    EXPECT_EQ(tree.end - tree.start, 100 * ms);
}

TEST(TraceTree, CountsParallelWorkOnce) {
    std::vector<RecordedSpan> spans{recorded(1, 0, "root", 0, 100), recorded(2, 1, "network.get", 10, 60),
                                    recorded(3, 1, "network.post", 40, 80), recorded(4, 1, "encode", 20, 90)};
    EXPECT_EQ(buildTree(spans).split, millis(30, 70, 0));
}

TEST(TraceTree, ToleratesChildrenThatOutliveTheirParent) {
    std::vector<RecordedSpan> spans{recorded(1, 0, "root", 0, 50), recorded(2, 1, "network.post", 40, 80),
                                    recorded(3, 1, "before", -10, 5)};
    EXPECT_EQ(buildTree(spans).split, millis(50, 40, 0));
}

TEST(TraceTree, LeavesOutTimeThatNoSpanCovers) {
    std::vector<RecordedSpan> spans{recorded(1, 0, "one", 0, 10), recorded(2, 0, "two", 90, 100)};
    auto tree = buildTree(spans);
    EXPECT_EQ(tree.split, millis(20, 0, 0));
    EXPECT_EQ(tree.end - tree.start, 100 * ms);
}

TEST(TraceTree, TakesSpansOfNoLength) {
    std::vector<RecordedSpan> spans{recorded(1, 0, "root", 0, 10), recorded(2, 1, "moment", 5, 5),
                                    recorded(3, 2, "within", 5, 5)};
    EXPECT_EQ(buildTree(spans).split, millis(10, 0, 0));
}

TEST(TraceTree, ShowsSpansWhoseParentIsMissing) {
    std::vector<RecordedSpan> spans{recorded(2, 77, "orphan", 5, 6), recorded(1, 0, "root", 0, 10)};
    EXPECT_THAT(outline(buildTree(spans), spans), ElementsAre("root@0", "orphan@0"));
}

TEST(TraceTree, CutsACircleAtItsEarliestSpan) {
    std::vector<RecordedSpan> spans{recorded(1, 3, "a", 2, 9), recorded(2, 1, "b", 1, 9),
                                    recorded(3, 2, "c", 3, 9), recorded(4, 3, "tail", 4, 5)};
    EXPECT_THAT(outline(buildTree(spans), spans), ElementsAre("b@0", "c@1", "a@2", "tail@2"));
}

TEST(TraceTree, HoldsAChainAsDeepAsItIsLong) {
    std::vector<RecordedSpan> spans;
    constexpr std::uint64_t length = 20'000;
    for (std::uint64_t i = 1; i <= length; ++i) spans.push_back(recorded(i, i - 1, "step", 0, 10));
    auto tree = buildTree(spans);
    EXPECT_EQ(tree.nodes.back().depth, length - 1);
    EXPECT_EQ(tree.split, millis(10, 0, 0));
}

TEST(TraceTree, HoldsManyCircles) {
    std::vector<RecordedSpan> spans;
    for (std::uint64_t i = 1; i <= 20'000; ++i)
        spans.push_back(recorded(i, i % 2 == 0 ? i - 1 : i + 1, "x", 0, 1));
    EXPECT_EQ(buildTree(spans).nodes.size(), spans.size());
}

TEST(TraceTree, OfNothingIsEmpty) {
    auto tree = buildTree({});
    EXPECT_TRUE(tree.nodes.empty());
    EXPECT_EQ(tree.split, TimeSplit{});
}

TEST(TraceTree, HoldsTimesAtTheEndOfTheirRange) {
    auto late = recorded(1, 0, "late", 0, 1);
    late.span.startTimeUnixNano = 9'223'372'036'854'775'800U;
    late.span.endTimeUnixNano = 9'223'372'036'854'775'807U;
    auto first = recorded(2, 0, "first", 0, 0);
    first.span.startTimeUnixNano = 0;
    first.span.endTimeUnixNano = 1;
    EXPECT_EQ(buildTree({late, first}).nodes.size(), 2U);
}

}
}
