#pragma once

#include <cstdint>

namespace sidespan::test {

/// While one exists, the `nth` allocation by `new` fails, counted from 1 over all threads of the program, or
/// each from that one on.
class FailingMemory {
public:
    enum Extent : std::uint8_t { once, fromThenOn };
    explicit FailingMemory(std::uint64_t nth, Extent extent = once) noexcept;
    ~FailingMemory();
    FailingMemory(const FailingMemory&) = delete;
    FailingMemory& operator=(const FailingMemory&) = delete;

    /// Whether so many allocations were asked for.
    [[nodiscard]] bool hasFailed() const noexcept;
};

}
