#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <sidespan/detail/record/head_sampler.h>
#include <sidespan/detail/record/id_keys.h>

namespace sidespan::inline v0::detail {

/// Adds to records the threshold by which `Sampler::probability` sampled their traces: backends weigh a span
/// by it. A trace that began here has the same one for all of its spans, on lanes too, so recording threads
/// need not write it. [drain thread]
class ThresholdWriter {
public:
    /// Keeps references to both. Throws std::bad_alloc only.
    ThresholdWriter(const HeadSampler& sampler, const IdKeys& keys);

    /// Copies of `count` records that are not finished yet, good until the next call; a trace that the
    /// sampler did not decide, and one whose state is written already, stay as they are. Without memory for
    /// the copies, the records themselves.
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
