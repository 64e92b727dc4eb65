#include "query/trace_tree.h"

#include <algorithm>
#include <limits>
#include <string>
#include <unordered_map>

#include "query/time_split.h"

namespace sidespan::collector {

namespace {

constexpr std::size_t none = TreeNode::none;

bool isNetworkName(std::string_view name) {
    return name == "network" || name.starts_with("network.");
}

bool isServerEntry(const RecordedSpan& span) {
    return span.origin == SpanOrigin::server || span.span.kind == "server" ||
           span.span.clientType == "server";
}

/// The tree by span indexes, before it is put in order.
struct Links {
    std::vector<std::size_t> parent;
    std::vector<std::vector<std::size_t>> children;
    std::vector<std::size_t> roots;
};

std::vector<std::size_t> findParents(const std::vector<RecordedSpan>& spans) {
    std::unordered_map<std::string_view, std::size_t> byId;
    for (std::size_t i = 0; i < spans.size(); ++i) byId.emplace(spans[i].span.spanId, i);
    std::vector<std::size_t> parent(spans.size(), none);
    for (std::size_t i = 0; i < spans.size(); ++i) {
        auto found = byId.find(spans[i].span.parentSpanId);
        if (found != byId.end() && found->second != i) parent[i] = found->second;
    }
    return parent;
}

/// Where each span comes in `order`.
std::vector<std::size_t> ranksIn(const std::vector<std::size_t>& order) {
    std::vector<std::size_t> rank(order.size());
    for (std::size_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
    return rank;
}

/// Cuts each circle once, above the span that comes first in `order`.
void cutCircles(const std::vector<std::size_t>& order, std::vector<std::size_t>& parent) {
    enum class Mark : std::uint8_t { unseen, onPath, rooted };
    std::vector<Mark> marks(parent.size());  // unseen
    const auto rank = ranksIn(order);
    for (auto first : order) {
        std::vector<std::size_t> path;
        auto at = first;
        while (at != none && marks[at] == Mark::unseen) {
            marks[at] = Mark::onPath;
            path.push_back(at);
            at = parent[at];
        }
        if (at != none && marks[at] == Mark::onPath) {
            auto circle = std::find(path.begin(), path.end(), at);
            auto top =
                std::min_element(circle, path.end(), [&](auto a, auto b) { return rank[a] < rank[b]; });
            parent[*top] = none;
        }
        for (auto span : path) marks[span] = Mark::rooted;
    }
}

std::vector<std::size_t> orderByStart(const std::vector<RecordedSpan>& spans) {
    std::vector<std::size_t> order(spans.size());
    for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) {
        const auto& left = spans[a].span;
        const auto& right = spans[b].span;
        if (left.startTimeUnixNano != right.startTimeUnixNano) {
            return left.startTimeUnixNano < right.startTimeUnixNano;
        }
        return left.endTimeUnixNano > right.endTimeUnixNano;
    });
    return order;
}

Links link(const std::vector<RecordedSpan>& spans) {
    auto order = orderByStart(spans);
    Links links{findParents(spans), std::vector<std::vector<std::size_t>>(spans.size()), {}};
    cutCircles(order, links.parent);
    for (auto span : order) {
        auto parent = links.parent[span];
        (parent == none ? links.roots : links.children[parent]).push_back(span);
    }
    return links;
}

Tier tierOf(const RecordedSpan& span, bool belowServer) {
    if (isNetworkName(span.span.name)) return Tier::network;
    if (belowServer || isServerEntry(span)) return Tier::server;
    return span.span.kind == "client" ? Tier::network : Tier::plugin;
}

/// Builds the nodes in order: parents first, each with its place on the timeline.
class Placement {
public:
    Placement(const std::vector<RecordedSpan>& spans, const Links& links) : spans_(spans), links_(links) {
        nodes_.reserve(spans.size());
        belowServer_.reserve(spans.size());
    }

    std::vector<TreeNode> run() {
        for (auto root : links_.roots) {
            if (!isServerEntry(spans_[root])) clients_.include(startOf(root), endOf(root));
        }
        for (auto root = links_.roots.rbegin(); root != links_.roots.rend(); ++root) {
            pending_.push_back({*root, none, rootShift(*root)});
        }
        while (!pending_.empty()) {
            auto next = pending_.back();
            pending_.pop_back();
            place(next);
        }
        return std::move(nodes_);
    }

private:
    struct Pending {
        std::size_t span;
        std::size_t parent;
        std::int64_t shift;
    };
    struct Interval {
        std::int64_t start = std::numeric_limits<std::int64_t>::max();
        std::int64_t end = std::numeric_limits<std::int64_t>::min();

        void include(std::int64_t first, std::int64_t last) {
            start = std::min(start, first);
            end = std::max(end, last);
        }
        [[nodiscard]] bool isEmpty() const { return start > end; }
        [[nodiscard]] std::int64_t length() const { return end - start; }
    };

    /// Times past the year 2262 are held at it, so that differences do not overflow.
    static std::int64_t nanos(std::uint64_t time) {
        constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max() / 2);
        return static_cast<std::int64_t>(std::min(time, most));
    }
    [[nodiscard]] std::int64_t startOf(std::size_t span) const {
        return nanos(spans_[span].span.startTimeUnixNano);
    }
    [[nodiscard]] std::int64_t endOf(std::size_t span) const {
        return std::max(startOf(span), nanos(spans_[span].span.endTimeUnixNano));
    }

    static std::int64_t shiftInto(const Interval& inner, const Interval& outer) {
        if (inner.isEmpty() || outer.isEmpty()) return 0;
        if (inner.start >= outer.start && inner.end <= outer.end) return 0;
        auto slack = std::max<std::int64_t>(0, outer.length() - inner.length());
        return outer.start + slack / 2 - inner.start;
    }

    /// A server span whose caller's span is missing: moved only when it lies wholly outside what the clients
    /// recorded.
    std::int64_t rootShift(std::size_t root) const {
        if (!isServerEntry(spans_[root])) return 0;
        Interval own;
        own.include(startOf(root), endOf(root));
        bool overlaps = own.start <= clients_.end && clients_.start <= own.end;
        return clients_.isEmpty() || overlaps ? 0 : shiftInto(own, clients_);
    }

    void place(const Pending& next) {
        bool below = next.parent != none && belowServer_[next.parent];
        const auto& recorded = spans_[next.span];
        const auto& children = links_.children[next.span];
        TreeNode node;
        node.span = next.span;
        node.parent = next.parent;
        node.depth = next.parent == none ? 0 : nodes_[next.parent].depth + 1;
        node.childCount = children.size();
        node.tier = tierOf(recorded, below);
        node.shift = next.shift;
        node.start = startOf(next.span) + next.shift;
        node.end = endOf(next.span) + next.shift;
        nodes_.push_back(node);
        belowServer_.push_back(below || isServerEntry(recorded));
        pushChildren(children, nodes_.size() - 1);
    }

    void pushChildren(const std::vector<std::size_t>& children, std::size_t parent) {
        const auto& node = nodes_[parent];
        bool inServer = belowServer_[parent];
        Interval entries;
        for (auto child : children) {
            if (!inServer && isServerEntry(spans_[child])) {
                entries.include(startOf(child) + node.shift, endOf(child) + node.shift);
            }
        }
        auto entryShift = node.shift + shiftInto(entries, {node.start, node.end});
        for (auto child = children.rbegin(); child != children.rend(); ++child) {
            bool isEntry = !inServer && isServerEntry(spans_[*child]);
            pending_.push_back({*child, parent, isEntry ? entryShift : node.shift});
        }
    }

    const std::vector<RecordedSpan>& spans_;
    const Links& links_;
    Interval clients_;  // what the roots of clients take
    std::vector<TreeNode> nodes_;
    std::vector<bool> belowServer_;
    std::vector<Pending> pending_;
};

}

TraceTree buildTree(const std::vector<RecordedSpan>& spans) {
    TraceTree tree;
    auto links = link(spans);
    tree.nodes = Placement(spans, links).run();
    if (tree.nodes.empty()) return tree;
    tree.start = std::numeric_limits<std::int64_t>::max();
    tree.end = std::numeric_limits<std::int64_t>::min();
    for (const auto& node : tree.nodes) {
        tree.start = std::min(tree.start, node.start);
        tree.end = std::max(tree.end, node.end);
    }
    tree.split = splitTime(tree.nodes);
    return tree;
}

}
