#include "sign_in_limiter.h"

namespace loop_service {

namespace {

// An address contains no line feed.
std::string keyOf(const std::string& user, const std::string& address) {
    return address + '\n' + user;
}

}

std::optional<std::chrono::seconds> SignInLimiter::mustWait(const std::string& user,
                                                            const std::string& address) {
    const std::lock_guard lock(mutex_);
    const auto now = now_();
    beginMinute(now);
    if (!isOver(keyOf(user, address), limits_.failedSignInsPerUser) &&
        !isOver(address, limits_.failedSignInsPerAddress)) {
        return std::nullopt;
    }
    return std::chrono::ceil<std::chrono::seconds>(*began_ + window - now);
}

void SignInLimiter::countFailure(const std::string& user, const std::string& address) {
    const std::lock_guard lock(mutex_);
    beginMinute(now_());
    if (failures_.size() >= mostCounts) failures_.clear();
    ++failures_[keyOf(user, address)];
    ++failures_[address];
}

void SignInLimiter::beginMinute(Clock::time_point now) {
    if (began_ && now < *began_ + window) return;
    began_ = now;
    failures_.clear();
}

bool SignInLimiter::isOver(const std::string& key, std::size_t most) const {
    const auto found = failures_.find(key);
    return found != failures_.end() && found->second >= most;
}

}
