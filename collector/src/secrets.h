#pragma once

#include <array>
#include <string>
#include <string_view>

namespace sidespan::collector {

/// A SHA-256 digest, or a key of its size.
using Digest = std::array<unsigned char, 32>;

/// 256 random bits as 64 hex digits. Throws std::runtime_error when the system has no randomness. [any
/// thread]
[[nodiscard]] std::string newToken();

[[nodiscard]] Digest sha256(std::string_view text);

/// A password as it is kept: PBKDF2 with HMAC-SHA-256 under a salt of its own (RFC 8018, section 5.2).
class PasswordHash {
public:
    explicit PasswordHash(std::string_view password);
    /// Takes some ten milliseconds, the same whether it matches or not.
    [[nodiscard]] bool matches(std::string_view password) const;

private:
    [[nodiscard]] Digest derive(std::string_view password) const;

    Digest salt_;
    Digest key_;
};

/// Compares in a time that tells nothing of where the texts differ.
[[nodiscard]] bool equalConstantTime(std::string_view a, std::string_view b) noexcept;

}
