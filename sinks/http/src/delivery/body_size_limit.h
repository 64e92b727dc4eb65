#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <limits>

#include <sidespan/network/delivery_clock.h>

namespace sidespan::inline v0::detail {

/// How large a body the server takes, as far as its answers have shown (413). Forgotten after an hour: the
/// server, or a proxy on the way, may have been given another limit. `bytes()` is for any thread, the rest
/// for the thread that sends.
class BodySizeLimit {
public:
    using Time = DeliveryClock::Time;
    /// A server that refuses a body this small may refuse everything, so the spans of such a body are tried
    /// one by one.
    static constexpr std::size_t smallest = 4096;

    /// How large new bodies should be at most.
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_.load(std::memory_order_relaxed); }
    /// Whether to divide a body of several spans without trying it: it is about as large as a refused one, or
    /// the server has refused a small body and accepted none since.
    [[nodiscard]] bool isTooLarge(std::size_t size) const noexcept {
        const std::size_t tried = refused_ / 16 * 15;
        if (refused_ > smallest || taken_ >= refused_) return size > std::max(smallest, tried);
        return taken_ == 0 || size > tried;
    }

    void refused(std::size_t size, Time now) noexcept {
        if (taken_ >= size) taken_ = 0;
        refused_ = size;
        bytes_.store(std::max({smallest, taken_, size / 2}), std::memory_order_relaxed);
        until_ = now + std::chrono::hours{1};
    }
    void taken(std::size_t size) noexcept { taken_ = std::max(taken_, size); }
    void forgetIfOld(Time now) noexcept {
        if (now < until_) return;
        bytes_.store(none, std::memory_order_relaxed);
        refused_ = none;
        until_ = Time::max();
    }

private:
    static constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

    std::atomic<std::size_t> bytes_{none};
    std::size_t refused_ = none;  // the last
    std::size_t taken_ = 0;       // the largest
    Time until_ = Time::max();
};

}
