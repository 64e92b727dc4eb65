#pragma once

#include <string>

#include <sidespan/stats.h>

namespace sidespan::inline v0::detail {

/// Counts of lost spans as a header's value, "outbox-full=512, expired=3"; empty if nothing was lost.
[[nodiscard]] std::string lossesHeader(const DropCounts& losses);

}
