#include <sidespan/detail/compiler.h>
#include <sidespan/detail/lane/load_histogram.h>

namespace sidespan::inline v0::detail {

SIDESPAN_COLD LoadHistogram::Summary LoadHistogram::summarize() noexcept {
    std::array<std::uint32_t, bucketCount> fresh;
    Summary summary;
    for (std::size_t i = 0; i < bucketCount; ++i) {
        const std::uint32_t count = counts_[i].load(std::memory_order_relaxed);
        fresh[i] = count - seen_[i];
        seen_[i] = count;
        summary.blocks += fresh[i];
        if (lowestOf(i) >= one) summary.overruns += fresh[i];
    }
    const auto toShare = [](std::uint64_t load) {
        return static_cast<double>(load) / static_cast<double>(one);
    };
    summary.max = toShare(max_.exchange(0, std::memory_order_relaxed));
    const auto percentile = [&](double share) {
        const auto rank = static_cast<std::uint64_t>(share * static_cast<double>(summary.blocks));
        std::uint64_t below = 0;
        for (std::size_t i = 0; i < bucketCount; ++i) {
            below += fresh[i];
            if (below > rank) return toShare(lowestOf(i));
        }
        return summary.max;
    };
    if (summary.blocks == 0) return summary;
    summary.p50 = percentile(0.50);
    summary.p95 = percentile(0.95);
    summary.p99 = percentile(0.99);
    return summary;
}

}
