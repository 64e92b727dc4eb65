#include <array>
#include <cstdio>
#include <cstring>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {

SIDESPAN_COLD std::string join(std::initializer_list<std::string_view> parts) {
    std::size_t size = 0;
    for (const auto part : parts) size += part.size();
    std::string text;
    text.reserve(size);
    for (const auto part : parts) text.append(part);
    return text;
}

SIDESPAN_COLD std::string decimal(std::uint64_t magnitude, bool isNegative) {
    char digits[20];
    auto* const end = digits + sizeof digits;
    auto* at = end;
    do {
        *--at = static_cast<char>('0' + magnitude % 10);
        magnitude /= 10;
    } while (magnitude != 0);
    return join({isNegative ? "-" : "", {at, static_cast<std::size_t>(end - at)}});
}

SIDESPAN_COLD std::string decimal(double number) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.9g", number);
    setPoint(text.data());
    return text.data();
}

// The sign may have several bytes.
SIDESPAN_COLD void setPoint(char* number) noexcept {
    char* to = number;
    for (const char* at = number; *at != '\0'; ++at) {
        const bool isOfNumber = std::strchr("+-0123456789aefin", *at) != nullptr;
        if (isOfNumber) {
            *to++ = *at;
        } else if (to == number || to[-1] != '.') {
            *to++ = '.';
        }
    }
    *to = '\0';
}

}
