#include "accounts.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

#include "utf8.h"

namespace sidespan::collector {

namespace {

// The namespace of user ids; any fixed UUID would do.
constexpr boost::uuids::uuid userNamespace{
    {0x3c, 0x6e, 0x0d, 0x51, 0x9a, 0x14, 0x4b, 0x2f, 0xb7, 0x60, 0x1e, 0x88, 0x53, 0xda, 0x07, 0xc9}};
constexpr std::size_t userNameBytes = 64;

void check(const User& user) {
    if (user.name.empty() || user.name.size() > userNameBytes || !isUtf8(user.name)) {
        throw std::runtime_error(fmt::format("a user's name must be UTF-8 of 1 to {} bytes; one has {} bytes",
                                             userNameBytes, user.name.size()));
    }
    if (user.password.empty()) {
        throw std::runtime_error(fmt::format("user \"{}\" needs a password that is not empty", user.name));
    }
}

}

Accounts::Accounts(const std::vector<User>& users, std::chrono::seconds tokenLifetime, TokenClock clock)
    : nobody_(newToken()), lifetime_(tokenLifetime), clock_(std::move(clock)) {
    if (!clock_) clock_ = std::chrono::steady_clock::now;
    for (const auto& user : users) {
        check(user);
        if (!users_.emplace(user.name, PasswordHash(user.password)).second) {
            throw std::runtime_error(fmt::format("user \"{}\" is given twice", user.name));
        }
    }
}

std::string Accounts::userIdOf(std::string_view name) {
    boost::uuids::name_generator_sha1 generate(userNamespace);
    return boost::uuids::to_string(generate(name.data(), name.size()));
}

std::optional<Grant> Accounts::signIn(const std::string& name, std::string_view password) {
    auto user = users_.find(name);
    const auto& hash = user == users_.end() ? nobody_ : user->second;
    if (!hash.matches(password) || user == users_.end()) return std::nullopt;
    return issue(userIdOf(name));
}

std::optional<Grant> Accounts::refresh(std::string_view token) {
    std::string userId;
    {
        std::lock_guard lock(mutex_);
        auto found = tokens_.find(sha256(token));
        if (found == tokens_.end() || clock_() >= found->second.expires + renewable) return std::nullopt;
        userId = found->second.userId;
    }
    return issue(userId);
}

std::optional<std::string> Accounts::userOf(std::string_view token) const {
    if (token.empty()) return std::nullopt;
    auto digest = sha256(token);
    std::lock_guard lock(mutex_);
    auto found = tokens_.find(digest);
    if (found == tokens_.end() || clock_() >= found->second.expires) return std::nullopt;
    return found->second.userId;
}

Grant Accounts::issue(const std::string& userId) {
    Grant grant{newToken(), userId, lifetime_};
    auto digest = sha256(grant.token);
    std::lock_guard lock(mutex_);
    auto now = clock_();
    forgetOld(now);
    tokens_.emplace(digest, Token{userId, now + lifetime_});
    order_.push_back(digest);
    return grant;
}

void Accounts::forgetOld(std::chrono::steady_clock::time_point now) {
    auto isOver = [&] {
        return order_.size() >= mostTokens || now >= tokens_.at(order_.front()).expires + renewable;
    };
    while (!order_.empty() && isOver()) {
        tokens_.erase(order_.front());
        order_.pop_front();
    }
}

}
