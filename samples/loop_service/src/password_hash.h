#pragma once

#include <string_view>

#include <sidespan_http_server/crypto.h>

namespace loop_service {

/// A salted hash of a password: PBKDF2 with HMAC-SHA-256 (RFC 8018, section 5.2).
class PasswordHash {
public:
    explicit PasswordHash(std::string_view password);
    /// Takes about ten milliseconds, whether it matches or not.
    [[nodiscard]] bool matches(std::string_view password) const;

private:
    using Digest = sidespan::http_server::Digest;
    [[nodiscard]] Digest derive(std::string_view password) const;

    Digest salt_;
    Digest key_;
};

}
