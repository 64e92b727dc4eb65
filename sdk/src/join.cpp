#include <array>
#include <cstdio>
#include <limits>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>
#include <sidespan/detail/set_point.h>

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

SIDESPAN_COLD std::optional<std::uint64_t> takeDecimal(std::string_view& text) noexcept {
    std::uint64_t number = 0;
    bool isNumber = false;
    bool fits = true;
    for (; !text.empty() && text.front() >= '0' && text.front() <= '9'; text.remove_prefix(1)) {
        const auto digit = static_cast<std::uint64_t>(text.front() - '0');
        isNumber = true;
        fits = fits && number <= (std::numeric_limits<std::uint64_t>::max() - digit) / 10;
        number = number * 10 + digit;
    }
    return isNumber && fits ? std::optional(number) : std::nullopt;
}

SIDESPAN_COLD std::string decimal(double number) {
    std::array<char, 32> text{};
    std::snprintf(text.data(), text.size(), "%.9g", number);
    setPoint(text.data());
    return text.data();
}

}
