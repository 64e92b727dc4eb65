#include "credentials.h"

#include <utility>

#include <sidespan/http_header.h>

namespace sidespan::inline v0::detail {

std::string Credentials::current() const noexcept {
    const std::lock_guard lock(mutex_);
    return token_;
}

std::string Credentials::token() noexcept {
    auto token = current();
    return token.empty() && provider_ && !wasAsked_ ? ask() : token;
}

bool Credentials::renew(const std::string& refused) noexcept {
    if (current() != refused) return true;  // set() came in between
    if (!provider_ || wasAsked_) return false;
    const auto fresh = ask();
    return !fresh.empty() && fresh != refused;
}

// The provider is the user's: whatever it throws means that there is no token.
std::string Credentials::ask() noexcept {
    wasAsked_ = true;
    const auto before = generation();
    std::string fresh;
    try {
        fresh = provider_();
    } catch (...) {
        return {};
    }
    if (!isSendable({"Authorization", fresh})) return {};
    const std::lock_guard lock(mutex_);
    if (generation() == before) token_ = fresh;
    return token_;
}

void Credentials::set(std::string token) {
    const std::lock_guard lock(mutex_);
    token_ = std::move(token);
    generation_.fetch_add(1, std::memory_order_acq_rel);
}

std::string Credentials::redact(std::string text) const noexcept {
    const auto token = current();
    if (token.empty()) return text;
    for (auto at = text.find(token); at != std::string::npos; at = text.find(token, at)) {
        text.replace(at, token.size(), "[token]");
        at += std::string_view("[token]").size();
    }
    return text;
}

}
