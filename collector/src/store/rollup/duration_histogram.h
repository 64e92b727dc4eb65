#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sidespan::collector {

/// Counts durations in buckets, four to an octave: bucket 0 is below a microsecond, bucket n begins at
/// 2^((n-1)/4) microseconds, and the last one, 160, has no end. A quantile is known to within 10 %.
class DurationHistogram {
public:
    static constexpr std::size_t bucketCount = 161;

    /// The bucket of a duration; 0 for a negative one.
    [[nodiscard]] static std::size_t bucketOf(std::int64_t nanos) noexcept;
    /// Nanoseconds at which a bucket begins.
    [[nodiscard]] static double lowerBound(std::size_t bucket) noexcept;

    void add(std::int64_t nanos);
    void add(const DurationHistogram& other);

    [[nodiscard]] std::int64_t count() const noexcept;
    /// Nanoseconds below which a share of the durations lies, 0 to 1; 0 when there are none.
    [[nodiscard]] double quantile(double share) const noexcept;

    /// Up to the last bucket that holds any.
    [[nodiscard]] const std::vector<std::int64_t>& counts() const noexcept { return counts_; }

    /// `0,0,3`: the counts with commas between them.
    [[nodiscard]] std::string text() const;
    /// The counts from what text() gave. Throws std::runtime_error for anything else.
    [[nodiscard]] static DurationHistogram parse(std::string_view text);

    friend bool operator==(const DurationHistogram&, const DurationHistogram&) = default;

private:
    std::vector<std::int64_t> counts_;
};

}
