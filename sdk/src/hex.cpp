#include <sidespan/detail/hex.h>

#include <sidespan/detail/compiler.h>

namespace sidespan::inline v0::detail {

SIDESPAN_COLD DecodedCharacter decodedAt(std::string_view text, std::size_t at) noexcept {
    std::uint64_t byte = 0;
    if (text[at] == '%' && text.size() - at >= 3 && readHex(text.substr(at + 1, 2), byte))
        return {static_cast<char>(byte), 3};
    return {text[at], 1};
}

SIDESPAN_COLD std::string percentDecoded(std::string_view text) {
    std::string decoded;
    for (std::size_t at = 0; at < text.size();) {
        const auto character = decodedAt(text, at);
        decoded += character.value;
        at += character.size;
    }
    return decoded;
}

}
