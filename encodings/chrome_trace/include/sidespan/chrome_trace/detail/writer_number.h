#pragma once

#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// The lowest number from 0 that no other one in this process has: the recorders of several instances of a
/// plugin may write to one file, and each numbers its lanes from 1. From the 65th on they share one.
class WriterNumber {
public:
    static constexpr std::uint32_t most = 64;

    WriterNumber() noexcept;
    ~WriterNumber();
    WriterNumber(const WriterNumber&) = delete;
    WriterNumber& operator=(const WriterNumber&) = delete;

    [[nodiscard]] std::uint32_t value() const noexcept { return value_; }

private:
    std::uint32_t value_;
};

}
