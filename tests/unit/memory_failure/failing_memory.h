#pragma once

#include <cstdint>
#include <limits>

namespace sidespan::test {

/// While one exists, allocations by `new` and `realloc` fail: `count` of them from the `nth` on, counted from
/// 1 over all threads of the program, or over those of one name.
class FailingMemory {
public:
    static constexpr std::uint64_t once = 1;
    static constexpr std::uint64_t fromThenOn = std::numeric_limits<std::uint64_t>::max();

    /// `thread` is a literal; null for all threads.
    explicit FailingMemory(std::uint64_t nth, std::uint64_t count = once,
                           const char* thread = nullptr) noexcept;
    ~FailingMemory();
    FailingMemory(const FailingMemory&) = delete;
    FailingMemory& operator=(const FailingMemory&) = delete;

    /// Whether so many allocations were asked for.
    [[nodiscard]] bool hasFailed() const noexcept;
};

}
