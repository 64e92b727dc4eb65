#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>

#include <loop_service/loop_limits.h>

namespace loop_service {

/// Counts failed sign-ins in a minute, for each address and for each pair of user and address. [any thread]
class SignInLimiter {
public:
    using Clock = std::chrono::steady_clock;
    static constexpr std::chrono::minutes window{1};
    static constexpr std::size_t mostCounts = 20'000;  ///< when it is reached, all counts are reset

    explicit SignInLimiter(const LoopLimits& limits, std::function<Clock::time_point()> now = Clock::now)
        : limits_(limits), now_(std::move(now)) {}

    /// How long to wait before the next attempt; empty if it is allowed now.
    [[nodiscard]] std::optional<std::chrono::seconds> mustWait(const std::string& user,
                                                               const std::string& address);
    void countFailure(const std::string& user, const std::string& address);
    /// How many counts are kept.
    [[nodiscard]] std::size_t counts() const {
        const std::lock_guard lock(mutex_);
        return failures_.size();
    }

private:
    void beginMinute(Clock::time_point now);
    [[nodiscard]] bool isOver(const std::string& key, std::size_t most) const;

    const LoopLimits& limits_;
    std::function<Clock::time_point()> now_;
    mutable std::mutex mutex_;
    std::optional<Clock::time_point> began_;
    std::map<std::string, std::size_t> failures_;
};

}
