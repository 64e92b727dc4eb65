#include "secrets.h"

#include <stdexcept>

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

namespace sidespan::collector {

namespace {

constexpr int rounds = 20'000;

void require(bool worked, const char* what) {
    if (!worked) throw std::runtime_error(fmt::format("OpenSSL could not {}", what));
}

Digest randomDigest() {
    Digest bytes{};
    require(RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) == 1, "draw random bytes");
    return bytes;
}

}

std::string newToken() {
    auto bytes = randomDigest();
    std::string text;
    for (auto byte : bytes) text += fmt::format("{:02x}", byte);
    return text;
}

Digest sha256(std::string_view text) {
    Digest digest{};
    require(EVP_Digest(text.data(), text.size(), digest.data(), nullptr, EVP_sha256(), nullptr) == 1,
            "compute a SHA-256");
    return digest;
}

PasswordHash::PasswordHash(std::string_view password) : salt_(randomDigest()), key_(derive(password)) {}

bool PasswordHash::matches(std::string_view password) const {
    auto key = derive(password);
    return CRYPTO_memcmp(key.data(), key_.data(), key.size()) == 0;
}

Digest PasswordHash::derive(std::string_view password) const {
    Digest key{};
    require(PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt_.data(),
                              static_cast<int>(salt_.size()), rounds, EVP_sha256(),
                              static_cast<int>(key.size()), key.data()) == 1,
            "hash a password");
    return key;
}

bool equalConstantTime(std::string_view a, std::string_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}
