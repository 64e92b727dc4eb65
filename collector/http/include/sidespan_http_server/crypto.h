#pragma once

#include <array>
#include <string>
#include <string_view>

namespace sidespan::http_server {

/// A SHA-256 digest, or a key of its size.
using Digest = std::array<unsigned char, 32>;

/// Random bits. Throws std::runtime_error when the system has no randomness. [any thread]
[[nodiscard]] Digest randomDigest();
/// 256 random bits as 64 hex digits. [any thread] Throws as randomDigest().
[[nodiscard]] std::string newToken();

/// 64 lower-case hex digits.
[[nodiscard]] std::string toHex(const Digest& digest);

/// The SHA-256 of a text (FIPS 180-4).
[[nodiscard]] Digest sha256(std::string_view text);

/// The HMAC of a text (RFC 2104). The key is not empty.
[[nodiscard]] Digest hmacSha256(std::string_view key, std::string_view text);

/// Compares in a time that does not depend on where the texts differ.
[[nodiscard]] bool equalConstantTime(std::string_view a, std::string_view b) noexcept;

}
