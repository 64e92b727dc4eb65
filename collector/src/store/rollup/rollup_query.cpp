#include "store/rollup/rollup_query.h"

#include <stdexcept>

#include <fmt/format.h>

namespace sidespan::collector {

namespace {

constexpr const char* askForLess =
    "set from and until closer together, set operation, service, version, os or host, name fewer dimensions "
    "in "
    "by, or set a larger step";

}

void RollupQuery::checkRows(std::size_t rows) const {
    if (rows <= mostRows) return;
    throw std::invalid_argument(fmt::format("the answer has more than {} rows; {}", mostRows, askForLess));
}

void RollupQuery::tookTooLong() const {
    throw std::invalid_argument(
        fmt::format("the sums take longer than {} ms; {}", mostTime.count(), askForLess));
}

}
