#include "query/time_split.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace sidespan::collector {

namespace {

/// Moves over the timeline and knows, at each moment, of which tiers the innermost open spans are.
class Sweep {
public:
    explicit Sweep(const std::vector<TreeNode>& nodes) : nodes_(nodes), states_(nodes.size()) {}

    void open(std::size_t node) {
        states_[node].isOpen = true;
        if (states_[node].openChildren == 0) ++innermost(node);
        if (auto parent = nodes_[node].parent; parent != TreeNode::none) childOpened(parent);
    }

    void close(std::size_t node) {
        if (states_[node].openChildren == 0) --innermost(node);
        states_[node].isOpen = false;
        if (auto parent = nodes_[node].parent; parent != TreeNode::none) childClosed(parent);
    }

    void account(std::int64_t nanos, TimeSplit& split) const {
        if (innermost_[static_cast<std::size_t>(Tier::server)] > 0) {
            split.server += nanos;
        } else if (innermost_[static_cast<std::size_t>(Tier::network)] > 0) {
            split.network += nanos;
        } else if (innermost_[static_cast<std::size_t>(Tier::plugin)] > 0) {
            split.plugin += nanos;
        }
    }

private:
    struct State {
        std::size_t openChildren = 0;
        bool isOpen = false;
    };

    std::size_t& innermost(std::size_t node) {
        return innermost_[static_cast<std::size_t>(nodes_[node].tier)];
    }

    void childOpened(std::size_t parent) {
        if (states_[parent].openChildren++ == 0 && states_[parent].isOpen) --innermost(parent);
    }
    void childClosed(std::size_t parent) {
        if (--states_[parent].openChildren == 0 && states_[parent].isOpen) ++innermost(parent);
    }

    const std::vector<TreeNode>& nodes_;
    std::vector<State> states_;
    std::array<std::size_t, 3> innermost_{};
};

struct Edge {
    std::int64_t time;
    std::size_t node;
    bool opens;
};

}

TimeSplit splitTime(const std::vector<TreeNode>& nodes) {
    std::vector<Edge> edges;
    edges.reserve(nodes.size() * 2);
    for (std::size_t i = 0; i < nodes.size(); ++i) {
        edges.push_back({nodes[i].start, i, true});
        edges.push_back({nodes[i].end, i, false});
    }
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
        return a.time != b.time ? a.time < b.time : a.opens && !b.opens;
    });
    TimeSplit split;
    Sweep sweep(nodes);
    std::int64_t last = edges.empty() ? 0 : edges.front().time;
    for (const auto& edge : edges) {
        sweep.account(edge.time - last, split);
        last = edge.time;
        if (edge.opens) {
            sweep.open(edge.node);
        } else {
            sweep.close(edge.node);
        }
    }
    return split;
}

}
