#include "access/digest_text.h"

#include <charconv>
#include <stdexcept>

namespace sidespan::collector {

http_server::Digest digestOf(std::string_view hex) {
    http_server::Digest digest{};
    bool isDigest = hex.size() == 2 * digest.size();
    for (std::size_t i = 0; isDigest && i < digest.size(); ++i) {
        const auto* const first = hex.data() + 2 * i;
        const auto [end, error] = std::from_chars(first, first + 2, digest[i], 16);
        isDigest = error == std::errc() && end == first + 2;
    }
    if (!isDigest) throw std::runtime_error("a token in the database has no SHA-256 digest");
    return digest;
}

}
