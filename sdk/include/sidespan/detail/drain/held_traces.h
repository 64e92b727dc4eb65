#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>

#include <sidespan/sampler.h>

namespace sidespan::inline v0::detail {

/// What the drain knows of the traces that a TailSampler holds back. OpenTraces is behind it, which a program
/// without a TailSampler does not link. [drain thread] but for the counts.
class HeldTraces {
public:
    /// Takes kept records, whole ones, to the sink.
    using Pass = std::function<PassRecords>;

    virtual ~HeldTraces() = default;
    HeldTraces(const HeldTraces&) = delete;
    HeldTraces& operator=(const HeldTraces&) = delete;

    /// Takes one finished record; where there is no memory to hold it, passes it on. Judges when there is too
    /// much.
    virtual void add(std::span<std::byte> record, std::uint64_t nowNanos) = 0;
    /// After each drain: judges the traces whose first span came in the drain before, since spans of other
    /// threads that ended earlier may come later. Passes on those that are too old and, oldest first, what is
    /// too much.
    virtual void judge(std::uint64_t nowNanos) = 0;
    /// Judges every trace whose first span has ended, and passes on the others.
    virtual void passAll(std::uint64_t nowNanos) = 0;
    /// Forgets everything; how many spans were held.
    virtual std::uint64_t clear() noexcept = 0;

    // [any thread]
    [[nodiscard]] virtual std::uint64_t held() const noexcept = 0;
    [[nodiscard]] virtual std::uint64_t notSampled() const noexcept = 0;
    [[nodiscard]] virtual std::uint64_t keptUnjudged() const noexcept = 0;

protected:
    HeldTraces() = default;
};

}
