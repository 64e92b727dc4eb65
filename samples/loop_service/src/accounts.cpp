#include "accounts.h"

#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sidespan/encoding/utf8.h>
#include <sidespan_http_server/crypto.h>
#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace loop_service {

using sidespan::http_server::SignedToken;
using sidespan::http_server::TokenClock;
using sidespan::http_server::TokenSigner;

namespace {

// The namespace of user ids; any fixed UUID would do.
constexpr boost::uuids::uuid userNamespace{
    {0x3c, 0x6e, 0x0d, 0x51, 0x9a, 0x14, 0x4b, 0x2f, 0xb7, 0x60, 0x1e, 0x88, 0x53, 0xda, 0x07, 0xc9}};
constexpr std::size_t userNameBytes = 64;

void check(const User& user) {
    if (user.name.empty() || user.name.size() > userNameBytes ||
        sidespan::toValidUtf8(user.name) != user.name) {
        throw std::runtime_error(fmt::format("a user's name must be UTF-8 of 1 to {} bytes; one has {} bytes",
                                             userNameBytes, user.name.size()));
    }
    if (user.password.empty()) {
        throw std::runtime_error(fmt::format("user \"{}\" needs a password that is not empty", user.name));
    }
}

}

Accounts::Accounts(const std::vector<User>& users, TokenSigner signer, std::chrono::seconds tokenLifetime,
                   TokenClock clock)
    : nobody_(sidespan::http_server::newToken()),
      signer_(std::move(signer)),
      lifetime_(tokenLifetime),
      clock_(std::move(clock)) {
    if (!clock_) clock_ = std::chrono::system_clock::now;
    if (lifetime_ < std::chrono::seconds(1)) {
        throw std::runtime_error("a token must live for at least a second");
    }
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

std::optional<Grant> Accounts::signIn(const std::string& name, std::string_view password) const {
    const auto user = users_.find(name);
    const auto& hash = user == users_.end() ? nobody_ : user->second;
    if (!hash.matches(password) || user == users_.end()) return std::nullopt;
    return issue(userIdOf(name));
}

std::optional<Grant> Accounts::refresh(std::string_view token) const {
    const auto before = signer_.verify(token);
    if (!before || clock_() >= before->expires + renewable) return std::nullopt;
    return issue(before->userId);
}

Grant Accounts::issue(const std::string& userId) const {
    const auto expires = std::chrono::floor<std::chrono::seconds>(clock_()) + lifetime_;
    return {signer_.sign({userId, expires}), userId, lifetime_};
}

}
