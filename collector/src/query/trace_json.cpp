#include "query/trace_json.h"

#include <unordered_map>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "query/parse_trace_query.h"
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
    if (recorded.clock) {
        object["serverClockShiftMs"] = toMs(recorded.clock->shiftNano);
        object["serverClockErrorMs"] = toMs(recorded.clock->errorNano);
    }
    return json;
}

/// The resources of a trace, by which its spans name theirs: its place in the list.
class ResourceList {
public:
    void name(const RecordedSpan& recorded, boost::json::value& span) {
        if (!recorded.resource) return;
        const auto [at, isNew] = places_.emplace(recorded.resource.get(), list_.size());
        if (isNew) list_.push_back(*recorded.resource);
        span.as_object()["resource"] = at->second;
    }
    [[nodiscard]] boost::json::array take() { return std::move(list_); }

private:
    std::unordered_map<const boost::json::object*, std::size_t> places_;
    boost::json::array list_;
};

}

std::string toJson(const TraceList& list) {
    boost::json::array traces;
    traces.reserve(list.traces.size());
    for (const auto& trace : list.traces) traces.push_back(summaryJson(trace));
    boost::json::object json{{"traces", std::move(traces)}, {"complete", list.complete}};
    if (list.next) {
        json["searchedTo"] = list.next->unixNano / 1'000'000;
        json["next"] = toText(*list.next);
    }
    return boost::json::serialize(json);
}

std::string toJson(const StoredTrace& trace) {
    auto tree = buildTree(trace.spans);
    std::int64_t errors = 0;
    std::int64_t cancelled = 0;
    ResourceList resources;
    boost::json::array spans;
    spans.reserve(tree.nodes.size());
    for (const auto& node : tree.nodes) {
        const auto& recorded = trace.spans[node.span];
        if (recorded.span.status == "error") ++errors;
        if (recorded.span.status == "cancelled") ++cancelled;
        spans.push_back(nodeJson(node, recorded, tree.start));
        resources.name(recorded, spans.back());
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
                                                      {"resources", resources.take()},
                                                      {"spans", std::move(spans)}});
}

}
