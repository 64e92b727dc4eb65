#pragma once

#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// A number that tells apart the recorders of one process, which may write to one file and each number their
/// lanes from 1. It is the lowest free number from 0; all recorders beyond the first 64 share the number 64.
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
