#include "query/trace_json.h"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "query/trace_tree.h"

namespace sidespan::collector {

namespace {

double toMs(std::int64_t nanos) {
    return static_cast<double>(nanos) / 1e6;
}

const char* statusOf(std::int64_t errors, std::int64_t cancelled) {
    if (errors > 0) return "error";
    return cancelled > 0 ? "cancelled" : "ok";
}

boost::json::object summaryJson(const TraceSummary& trace) {
    return {{"traceId", trace.traceId},
            {"name", trace.name},
            {"hasRoot", trace.hasRoot},
            {"startTimeMs", trace.startUnixNano / 1'000'000},
            {"startTimeUnixNano", std::to_string(trace.startUnixNano)},
            {"durationMs", toMs(trace.durationNanos)},
            {"status", statusOf(trace.errorCount, trace.cancelledCount)},
            {"spanCount", trace.spanCount},
            {"errorCount", trace.errorCount},
            {"serviceName", trace.serviceName}};
}

boost::json::value nodeJson(const TreeNode& node, const RecordedSpan& recorded, std::int64_t traceStart) {
    auto json = recorded.span.toJson();
    auto& object = json.as_object();
    object["origin"] = recorded.origin == SpanOrigin::server ? "server" : "client";
    object["tier"] = toString(node.tier);
    object["depth"] = node.depth;
    object["childCount"] = node.childCount;
    object["offsetMs"] = toMs(node.start - traceStart);
    object["lengthMs"] = toMs(node.end - node.start);
    object["clockShiftMs"] = toMs(node.shift);
    return json;
}

}

std::string toJson(const TraceList& list) {
    boost::json::array traces;
    traces.reserve(list.traces.size());
    for (const auto& trace : list.traces) traces.push_back(summaryJson(trace));
    return boost::json::serialize(
        boost::json::object{{"traces", std::move(traces)}, {"complete", list.complete}});
}

std::string toJson(const StoredTrace& trace) {
    auto tree = buildTree(trace.spans);
    std::int64_t errors = 0;
    std::int64_t cancelled = 0;
    boost::json::array spans;
    spans.reserve(tree.nodes.size());
    for (const auto& node : tree.nodes) {
        const auto& recorded = trace.spans[node.span];
        if (recorded.span.status == "error") ++errors;
        if (recorded.span.status == "cancelled") ++cancelled;
        spans.push_back(nodeJson(node, recorded, tree.start));
    }
    const auto& first = trace.spans[tree.nodes.front().span].span;
    return boost::json::serialize(boost::json::object{{"traceId", first.traceId},
                                                      {"name", first.name},
                                                      {"serviceName", first.serviceName},
                                                      {"startTimeMs", tree.start / 1'000'000},
                                                      {"startTimeUnixNano", std::to_string(tree.start)},
                                                      {"durationMs", toMs(tree.end - tree.start)},
                                                      {"status", statusOf(errors, cancelled)},
                                                      {"spanCount", trace.spanCount},
                                                      {"truncated", trace.spanCount > trace.spans.size()},
                                                      {"split",
                                                       {{"pluginMs", toMs(tree.split.plugin)},
                                                        {"networkMs", toMs(tree.split.network)},
                                                        {"serverMs", toMs(tree.split.server)}}},
                                                      {"spans", std::move(spans)}});
}

}
