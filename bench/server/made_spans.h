#pragma once

#include <cstdint>
#include <random>
#include <vector>

#include "store/span_row.h"

namespace sidespan::bench {

/// Batches of 512 spans as plugins send them, each of one of nine kinds of clients: traces of eight spans
/// with three attributes, ids at random, one trace in 50 failed.
class MadeSpans {
public:
    static constexpr std::size_t perBatch = 512;
    static constexpr std::size_t perTrace = 8;

    [[nodiscard]] std::vector<collector::SpanRow> nextBatch();
    /// When the next trace begins, Unix nanoseconds.
    void setClock(std::int64_t unixNano) noexcept { clock_ = unixNano; }

private:
    std::mt19937_64 random_{20260131};
    std::int64_t clock_ = 1'766'012'345'000'000'000;
};

}
