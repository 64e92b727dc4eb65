#include <sidespan/chrome_trace/detail/writer_number.h>

#include <atomic>
#include <bit>

namespace sidespan::inline v0::detail {
namespace {

// One bit for each number that is in use.
std::atomic<std::uint64_t> taken{0};

std::uint32_t takeLowest() noexcept {
    std::uint64_t before = taken.load(std::memory_order_relaxed);
    while (before != ~std::uint64_t{0}) {
        // Sets the lowest bit that is not set.
        if (taken.compare_exchange_weak(before, before | (before + 1), std::memory_order_relaxed)) break;
    }
    return static_cast<std::uint32_t>(std::countr_one(before));
}

}

WriterNumber::WriterNumber() noexcept : value_(takeLowest()) {}

WriterNumber::~WriterNumber() {
    if (value_ != most) taken.fetch_and(~(std::uint64_t{1} << value_), std::memory_order_relaxed);
}

}
