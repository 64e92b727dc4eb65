#include "credentials.h"

#include <utility>

#include <sidespan/detail/compiler.h>
#include <sidespan/http_transport/http_header.h>

namespace sidespan::inline v0::detail {

SIDESPAN_COLD std::string Credentials::current() const {
    const std::lock_guard lock(mutex_);
    return token_;
}

SIDESPAN_COLD std::string Credentials::token() {
    auto token = current();
    return token.empty() && mayAsk() ? ask() : token;
}

SIDESPAN_COLD bool Credentials::renew(const std::string& refused) {
    if (current() != refused) return true;  // set() came in between
    if (refused.empty() || !mayAsk()) return false;
    const auto fresh = ask();
    return !fresh.empty() && fresh != refused;
}

bool Credentials::mayAsk() const noexcept {
    if (!config_->tokenProvider) return false;
    const std::lock_guard lock(mutex_);
    return !gaveAt_ || clock_.now() - *gaveAt_ >= config_->retry.maxBackoff;
}

// If the provider throws, there is no token yet.
SIDESPAN_COLD std::string Credentials::ask() {
    const auto before = generation();
    std::string fresh;
    try {
        fresh = config_->tokenProvider();
    } catch (...) {
        return {};
    }
    if (fresh.empty() || !isUsable(fresh)) return {};
    const std::lock_guard lock(mutex_);
    gaveAt_ = clock_.now();
    if (generation() == before) token_ = fresh;
    return token_;
}

void Credentials::forgetAsking() noexcept {
    const std::lock_guard lock(mutex_);
    gaveAt_.reset();
}

// A token that was read from a file often ends with a newline.
SIDESPAN_COLD bool Credentials::isUsable(std::string_view token) const {
    if (isSendable({"Authorization", std::string(token)})) return true;
    config_.report(
        {ErrorCode::invalidConfig,
         "the token was not used: it must not contain control characters, such as a newline at its "
         "end (RFC 9110, 5.5)"});
    return false;
}

void Credentials::set(std::string token) {
    if (!isUsable(token)) return;
    const std::lock_guard lock(mutex_);
    token_ = std::move(token);
    gaveAt_.reset();
    generation_.fetch_add(1, std::memory_order_acq_rel);
}

SIDESPAN_COLD std::string Credentials::redact(std::string text, std::string_view token) {
    if (token.empty()) return text;
    for (auto at = text.find(token); at != std::string::npos; at = text.find(token, at)) {
        text.replace(at, token.size(), "[token]");
        at += std::string_view("[token]").size();
    }
    return text;
}

}
