#include "password_hash.h"

#include <stdexcept>

#include <openssl/crypto.h>
#include <openssl/evp.h>

namespace loop_service {

PasswordHash::PasswordHash(std::string_view password)
    : salt_(sidespan::http_server::randomDigest()), key_(derive(password)) {}

bool PasswordHash::matches(std::string_view password) const {
    const auto key = derive(password);
    return CRYPTO_memcmp(key.data(), key_.data(), key.size()) == 0;
}

PasswordHash::Digest PasswordHash::derive(std::string_view password) const {
    constexpr int rounds = 20'000;
    Digest key{};
    if (PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()), salt_.data(),
                          static_cast<int>(salt_.size()), rounds, EVP_sha256(), static_cast<int>(key.size()),
                          key.data()) != 1) {
        throw std::runtime_error("OpenSSL could not hash a password");
    }
    return key;
}

}
