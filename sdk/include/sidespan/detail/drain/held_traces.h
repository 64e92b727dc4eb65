#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include <sidespan/sampler.h>

namespace sidespan::inline v0::detail {

/// The drain's interface to the traces that a TailSampler holds back. OpenTraces implements it; a program
/// without a TailSampler does not link that class. [drain thread], except for the counts.
class HeldTraces {
public:
    /// Passes complete records of kept traces to the sink.
    using Pass = std::function<PassRecords>;

    virtual ~HeldTraces() = default;
    HeldTraces(const HeldTraces&) = delete;
    HeldTraces& operator=(const HeldTraces&) = delete;

    /// Holds one finished record. Without memory to hold it, passes it on. Judges traces when too much is
    /// held.
    virtual void add(std::span<std::byte> record, std::uint64_t nowNanos) = 0;
    /// Called after each drain. Judges the traces whose first span came in the drain before, because spans
    /// that ended earlier on other threads may come one drain later. Passes on traces that are too old, and
    /// the oldest ones while too much is held.
    virtual void judge(std::uint64_t nowNanos) = 0;
    /// Judges every trace whose first span has ended, and passes on the others.
    virtual void passAll(std::uint64_t nowNanos) = 0;
    /// Forgets everything. Returns how many spans were held.
    virtual std::uint64_t clear() noexcept = 0;

    // [any thread]
    [[nodiscard]] virtual std::uint64_t held() const noexcept = 0;
    [[nodiscard]] virtual std::uint64_t notSampled() const noexcept = 0;
    [[nodiscard]] virtual std::uint64_t keptUnjudged() const noexcept = 0;

protected:
    HeldTraces() = default;
};

}
