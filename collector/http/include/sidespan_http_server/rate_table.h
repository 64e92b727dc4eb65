#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

namespace sidespan::http_server {

/// How much each of many may take in a minute: a token bucket for each key, which holds what a minute brings.
/// Bounded in memory: beyond `mostKeys` the key that was used longest ago is forgotten, and begins anew with
/// a full bucket. [any thread]
class RateTable {
public:
    using Clock = std::chrono::steady_clock;
    using Now = std::function<Clock::time_point()>;
    static constexpr std::size_t defaultMostKeys = 16'384;

    /// `perMinute` is 0 for no limit: then nothing is counted.
    explicit RateTable(std::size_t perMinute, std::size_t mostKeys = defaultMostKeys, Now now = Clock::now)
        : perMinute_(static_cast<double>(perMinute)), mostKeys_(mostKeys), now_(std::move(now)) {}

    /// Takes `cost`, which may be more than is left; then the key owes the rest. Takes nothing from a key
    /// whose bucket is empty, and tells how long it stays so: at least a second, whole seconds.
    [[nodiscard]] std::optional<std::chrono::seconds> take(std::string_view key, double cost = 1);
    /// Takes `cost` from the key in any case.
    void charge(std::string_view key, double cost);
    /// How many are kept.
    [[nodiscard]] std::size_t size() const;

private:
    struct Bucket {
        std::string key;
        double left;
        Clock::time_point time;  ///< when `left` was right
    };
    [[nodiscard]] Bucket& bucketOf(std::string_view key);

    double perMinute_;
    std::size_t mostKeys_;
    Now now_;
    mutable std::mutex mutex_;
    std::list<Bucket> buckets_;  ///< the one that was used last is first
    std::unordered_map<std::string_view, std::list<Bucket>::iterator> byKey_;
};

}
