#include "store/rollup/duration_histogram.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace sidespan::collector {

std::size_t DurationHistogram::bucketOf(std::int64_t nanos) noexcept {
    if (nanos < 1'000) return 0;
    const double quarters = 4 * std::log2(static_cast<double>(nanos) / 1e3);
    return std::min(bucketCount - 1, 1 + static_cast<std::size_t>(quarters));
}

double DurationHistogram::lowerBound(std::size_t bucket) noexcept {
    return bucket == 0 ? 0 : 1e3 * std::exp2(static_cast<double>(bucket - 1) / 4);
}

void DurationHistogram::add(std::int64_t nanos) {
    const auto bucket = bucketOf(nanos);
    if (bucket >= counts_.size()) counts_.resize(bucket + 1);
    ++counts_[bucket];
}

void DurationHistogram::add(const DurationHistogram& other) {
    if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
    std::transform(other.counts_.begin(), other.counts_.end(), counts_.begin(), counts_.begin(),
                   std::plus<>());
}

std::int64_t DurationHistogram::count() const noexcept {
    return std::accumulate(counts_.begin(), counts_.end(), std::int64_t{0});
}

// Within a bucket the durations are taken as evenly spread over its logarithm.
double DurationHistogram::quantile(double share) const noexcept {
    const double wanted = std::clamp(share, 0.0, 1.0) * static_cast<double>(count());
    double before = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
        const auto here = static_cast<double>(counts_[bucket]);
        if (here > 0 && before + here >= wanted) {
            const double part = (wanted - before) / here;
            if (bucket == 0) return part * lowerBound(1);
            return lowerBound(bucket) * std::exp2(part / 4);
        }
        before += here;
    }
    return 0;
}

std::string DurationHistogram::text() const {
    return fmt::format("{}", fmt::join(counts_, ","));
}

DurationHistogram DurationHistogram::parse(std::string_view text) {
    DurationHistogram histogram;
    const char* at = text.data();
    const char* const end = at + text.size();
    while (at != end) {
        std::int64_t count = 0;
        const auto read = std::from_chars(at, end, count);
        const bool isLast = read.ptr == end;
        if (read.ec != std::errc() || count < 0 || histogram.counts_.size() == bucketCount ||
            (!isLast && *read.ptr != ',')) {
            throw std::runtime_error(fmt::format("a rollup's durations are damaged: \"{}\"", text));
        }
        histogram.counts_.push_back(count);
        at = isLast ? end : read.ptr + 1;
    }
    return histogram;
}

}
