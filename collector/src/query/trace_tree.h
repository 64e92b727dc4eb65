#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "store/span_row.h"

namespace sidespan::collector {

/// Where a span's time is spent.
enum class Tier : std::uint8_t { plugin, network, server };

[[nodiscard]] constexpr std::string_view toString(Tier tier) noexcept {
    switch (tier) {
        case Tier::network:
            return "network";
        case Tier::server:
            return "server";
        case Tier::plugin:
            break;
    }
    return "plugin";
}

/// A span in its place on the trace's timeline.
struct TreeNode {
    static constexpr std::size_t none = static_cast<std::size_t>(-1);

    std::size_t span = 0;  ///< index among the spans the tree was made from
    std::size_t parent =
        none;  ///< index among the nodes; none for a root and for a span whose parent is missing
    std::size_t depth = 0;
    std::size_t childCount = 0;
    Tier tier = Tier::plugin;
    std::int64_t start = 0;  ///< Unix nanoseconds, moved by `shift`
    std::int64_t end = 0;
    std::int64_t shift = 0;  ///< what was added to the recorded times to undo a difference between clocks
};

/// Where the time of a trace went. Each moment is assigned to the innermost spans that are open. If these
/// belong to several tiers, the server takes precedence over the network, and the network over the plugin, so
/// no time is counted twice.
struct TimeSplit {
    std::int64_t plugin = 0;  ///< nanoseconds
    std::int64_t network = 0;
    std::int64_t server = 0;

    friend bool operator==(const TimeSplit&, const TimeSplit&) = default;
};

/// The spans of one trace as a tree: parents before their children, children by start time.
struct TraceTree {
    std::vector<TreeNode> nodes;
    std::int64_t start = 0;  ///< Unix nanoseconds of the earliest node
    std::int64_t end = 0;
    TimeSplit split;
};

/// Builds the tree of a trace. It accepts any spans: parents may be missing or form a circle (the earliest
/// span of a circle becomes its root), and children may lie outside their parent.
///
/// Tiers: what a server recorded is the server's, with all below it; what is of kind client or called
/// `network` or `network.…` is the network's, also inside the server, which waits there for the client; the
/// rest is the plugin's.
///
/// Clocks: if server spans extend beyond the client span that called them, all children of that span are
/// moved by the same amount to its middle (to its start if they are longer). So the time on the way there and
/// back is equal. Durations are never changed.
[[nodiscard]] TraceTree buildTree(const std::vector<RecordedSpan>& spans);

}
