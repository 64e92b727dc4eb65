#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <sidespan/detail/record/head_sampler.h>
#include <sidespan/detail/record/id_keys.h>

namespace sidespan::inline v0::detail {

/// Adds to records the threshold by which `Sampler::probability` sampled their traces. Backends weigh a span
/// by it. All spans of a trace that began here have the same threshold, on lanes too, so recording threads
/// need not write it. [drain thread]
class ThresholdWriter {
public:
    /// Keeps references to both. Throws std::bad_alloc only.
    ThresholdWriter(const HeadSampler& sampler, const IdKeys& keys);

    /// Copies of `count` records that are not finished yet, valid until the next call. Records are unchanged
    /// if the sampler did not decide their trace, or if their state is already written. Without memory for
    /// the copies, returns the records themselves.
    [[nodiscard]] std::span<std::byte> write(std::span<std::byte> records, std::uint64_t count) noexcept;

private:
    [[nodiscard]] bool isDecidedHere(const std::byte* record) const noexcept;
    void copy(const std::byte* record, std::size_t size);

    const HeadSampler& sampler_;
    const IdKeys& keys_;
    std::vector<std::byte> item_;  // what is added
    std::vector<std::byte> records_;
};

}
