#pragma once

#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Which consent something was recorded under: a number that every change of a Consent raises. What carries
/// the epoch of an earlier consent may not be kept, sent or continued. One made by default is of no consent
/// at all. A plain value.
class ConsentEpoch {
public:
    constexpr ConsentEpoch() noexcept = default;
    constexpr explicit ConsentEpoch(std::uint32_t number) noexcept : number_(number) {}

    /// False for the epoch of no consent.
    [[nodiscard]] constexpr bool isValid() const noexcept { return number_ != 0; }
    /// From 1; 0 for the epoch of no consent.
    [[nodiscard]] constexpr std::uint32_t number() const noexcept { return number_; }

    friend constexpr bool operator==(ConsentEpoch, ConsentEpoch) noexcept = default;

private:
    std::uint32_t number_ = 0;
};

}
