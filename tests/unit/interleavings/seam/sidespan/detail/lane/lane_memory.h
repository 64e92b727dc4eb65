#pragma once

#include <array>
#include <cstddef>
#include <span>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/record/record.h>
#include <sidespan/version.h>

#include "explorer.h"

/// Stands where the SDK's header of this name does, so that LaneRing's own code runs in the explorer.
namespace interleavings {

/// What rings are made of, in an execution: platform::TouchedMemory comes from here.
class Arena {
public:
    static constexpr std::size_t mostBytes = 64 * 1024;

    void clear() { used_ = 0; }
    [[nodiscard]] std::span<std::byte> take(std::size_t size);
    [[nodiscard]] Shadow& shadowOf(const std::byte* at) {
        return shadows_[static_cast<std::size_t>(at - bytes_.data()) / 8];
    }

private:
    alignas(64) std::array<std::byte, mostBytes> bytes_{};
    std::array<Shadow, mostBytes / 8> shadows_{};
    std::size_t used_ = 0;
};

[[nodiscard]] Arena& arena();

}

namespace sidespan::inline v0::detail {

template <class T>
using LaneAtomic = interleavings::Atomic<T>;

template <class T>
using LaneOwned = interleavings::Plain<T>;

template <class T>
void storeInLane(std::byte* at, const T& value) {
    interleavings::Explorer::running().write(interleavings::arena().shadowOf(at));
    storeAt(at, value);
}

[[nodiscard]] inline ItemWord wordInLane(const std::byte* at) {
    interleavings::Explorer::running().read(interleavings::arena().shadowOf(at));
    return wordAt(at);
}

}
