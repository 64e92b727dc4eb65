#pragma once

#include <vector>

#include "query/trace_tree.h"

namespace sidespan::collector {

/// Divides the time covered by the nodes among the tiers, as TimeSplit says. O(n log n).
[[nodiscard]] TimeSplit splitTime(const std::vector<TreeNode>& nodes);

}
