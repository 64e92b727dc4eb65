#include <sidespan_http_server/rate_table.h>

#include <algorithm>
#include <cmath>

namespace sidespan::http_server {

std::optional<std::chrono::seconds> RateTable::take(std::string_view key, double cost) {
    if (perMinute_ == 0) return std::nullopt;
    const std::lock_guard lock(mutex_);
    auto& bucket = bucketOf(key);
    if (bucket.left < 1) {
        const auto wait = std::ceil((1 - bucket.left) * 60 / perMinute_);
        return std::chrono::seconds(std::max<std::int64_t>(1, static_cast<std::int64_t>(wait)));
    }
    bucket.left -= cost;
    return std::nullopt;
}

void RateTable::charge(std::string_view key, double cost) {
    if (perMinute_ == 0) return;
    const std::lock_guard lock(mutex_);
    bucketOf(key).left -= cost;
}

std::size_t RateTable::size() const {
    const std::lock_guard lock(mutex_);
    return buckets_.size();
}

RateTable::Bucket& RateTable::bucketOf(std::string_view key) {
    const auto now = now_();
    if (const auto found = byKey_.find(key); found != byKey_.end()) {
        buckets_.splice(buckets_.begin(), buckets_, found->second);
        auto& bucket = buckets_.front();
        const std::chrono::duration<double> passed = now - bucket.time;
        bucket.left = std::min(perMinute_, bucket.left + passed.count() * perMinute_ / 60);
        bucket.time = now;
        return bucket;
    }
    if (buckets_.size() >= mostKeys_) {
        byKey_.erase(buckets_.back().key);
        buckets_.pop_back();
    }
    buckets_.push_front({std::string(key), perMinute_, now});
    byKey_.emplace(buckets_.front().key, buckets_.begin());
    return buckets_.front();
}

}
