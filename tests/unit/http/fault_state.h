#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string_view>

#include <sidespan/lock/spin_lock.h>

namespace sidespan::test {

/// What FileFaults has been told, for the functions that replace those of the system. [any thread]
class FaultState {
public:
    static FaultState& get() noexcept;

    /// Counts a call.
    void count() noexcept { ++calls; }
    /// Counts a call for `name`; the error that it returns, if it must fail.
    std::optional<int> faultOf(std::string_view name);
    /// Whether a call that changes something must fail.
    bool refusesChange() noexcept;

    std::atomic<bool> isReadOnly{false};
    std::atomic<bool> areLocksThere{true};
    std::atomic<std::uint64_t> calls{0};
    std::atomic<std::uint64_t> refused{0};

    void refuse(std::string_view suffix, int error, int times);
    void heal() noexcept;

private:
    std::atomic<bool> isFaulty_{false};
    SpinLock lock_;
    std::string_view suffix_;
    int error_ = 0;
    int times_ = 0;
};

/// Puts the functions of this program in the place of the system's, where the linker has not done so.
void replaceFileCalls();

}
