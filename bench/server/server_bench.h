#pragma once

#include <cstddef>

#include "made_spans.h"

namespace sidespan::bench {

/// How many batches are written for one figure.
inline constexpr std::size_t batchesMeasured = 100;
inline constexpr double measuredSpans = batchesMeasured * MadeSpans::perBatch;

/// Prints the figures of each store with about `most` spans.
void measureSqlite(std::size_t most);
void measurePostgres(std::size_t most);

}
