#include "api/span_posts.h"

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace sidespan::collector {

namespace {

constexpr std::size_t mostPosts = 64;
constexpr std::size_t mostBytes = std::size_t{1} << 20U;

/// What two posts of one group must not both have.
class Group {
public:
    /// Returns whether the post may be written together with those that were added. If so, adds it.
    [[nodiscard]] bool tryAdd(const SpanPost& post) {
        const auto bytes = post.request.reservation.bytes();
        if (posts_ != 0 && (posts_ == mostPosts || bytes_ + bytes > mostBytes || shares(post))) return false;
        ++posts_;
        bytes_ += bytes;
        if (bytes_ > mostBytes) return true;  // so large that nothing joins it
        if (!post.client.instance.empty()) instances_.insert(post.client.instance);
        for (const auto& row : post.batch.rows) traces_.insert(row.traceId);
        return true;
    }

private:
    [[nodiscard]] bool shares(const SpanPost& post) const {
        return instances_.contains(post.client.instance) ||
               std::ranges::any_of(post.batch.rows,
                                   [this](const SpanRow& row) { return traces_.contains(row.traceId); });
    }

    std::size_t posts_ = 0;
    std::size_t bytes_ = 0;
    std::unordered_set<std::string_view> instances_;
    std::unordered_set<std::string_view> traces_;
};

}

bool SpanPosts::tryAdd(const SpanPostPtr& post) {
    const std::lock_guard lock(mutex_);
    if (posts_.size() >= limit_) return false;
    posts_.push_back(post);
    return true;
}

bool SpanPosts::startStoring() {
    const std::lock_guard lock(mutex_);
    return !posts_.empty() && !std::exchange(isStoring_, true);
}

std::vector<SpanPostPtr> SpanPosts::takeTogether() {
    std::vector<SpanPostPtr> taken;
    taken.reserve(mostPosts);
    Group group;
    const std::lock_guard lock(mutex_);
    while (!posts_.empty() && group.tryAdd(*posts_.front())) {
        taken.push_back(std::move(posts_.front()));
        posts_.pop_front();
    }
    taken_ = taken.size();
    return taken;
}

bool SpanPosts::hasMore() {
    const std::lock_guard lock(mutex_);
    taken_ = 0;
    isStoring_ = !posts_.empty();
    return isStoring_;
}

void SpanPosts::drop() noexcept {
    const std::lock_guard lock(mutex_);
    posts_.clear();
    isStoring_ = false;
}

std::size_t SpanPosts::size() const {
    const std::lock_guard lock(mutex_);
    return posts_.size() + taken_;
}

}
