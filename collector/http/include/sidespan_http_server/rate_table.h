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

/// Limits how much each key may use in a minute, by a token bucket for each key. A bucket holds one minute's
/// amount. Memory is bounded: beyond `mostKeys`, the key that was used longest ago is forgotten, and starts
/// again with a full bucket. [any thread]
class RateTable {
public:
    using Clock = std::chrono::steady_clock;
    using Now = std::function<Clock::time_point()>;
    static constexpr std::size_t defaultMostKeys = 16'384;

    /// If `perMinute` is 0 there is no limit, and nothing is counted.
    explicit RateTable(std::size_t perMinute, std::size_t mostKeys = defaultMostKeys, Now now = Clock::now)
        : perMinute_(static_cast<double>(perMinute)), mostKeys_(mostKeys), now_(std::move(now)) {}

    /// Takes `cost` from the key's bucket. It may be more than is left; then the key owes the rest. Takes
    /// nothing from an empty bucket, and returns how long it stays empty, in whole seconds, at least one.
    [[nodiscard]] std::optional<std::chrono::seconds> take(std::string_view key, double cost = 1);
    /// Takes `cost` from the key in any case.
    void charge(std::string_view key, double cost);
    /// How many keys there are.
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
    std::list<Bucket> buckets_;  ///< the one used most recently is first
    std::unordered_map<std::string_view, std::list<Bucket>::iterator> byKey_;
};

}
