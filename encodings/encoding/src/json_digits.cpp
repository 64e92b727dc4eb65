#include <sidespan/encoding/detail/json_digits.h>

#include <version>

#ifndef __cpp_lib_to_chars
#include <fmt/compile.h>  // for doubles, where libc++'s charconv wants a newer macOS than plugins run on
#endif

#include <bit>

#include <sidespan/detail/finite.h>
#include <sidespan/detail/hex.h>
#include <sidespan/encoding/detail/json_text.h>

namespace sidespan::inline v0::detail {
namespace {

constexpr double maxExact = 0x1p53;

char* writeNonFinite(char* to, double value) noexcept {
    if (isNan(value)) return writeConstant(to, "\"NaN\"");
    return isNegative(value) ? writeConstant(to, "\"-Infinity\"") : writeConstant(to, "\"Infinity\"");
}

// Compares the bits: a processor that treats denormals as zero says that a denormal equals 0.
bool isSame(double a, double b) noexcept {
    return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// Writes `fraction`, a number of millionths, without zeros at its end but with at least one digit.
char* writeFraction(char* to, std::uint32_t fraction) noexcept {
    *to++ = '.';
    writeTwoDigits(to, fraction / 10'000);
    writeTwoDigits(to + 2, fraction / 100 % 100);
    writeTwoDigits(to + 4, fraction % 100);
    char* end = to + 6;
    while (end > to + 1 && end[-1] == '0') --end;
    return end;
}

char* writeShortest(char* to, double value) noexcept {
#ifdef __cpp_lib_to_chars
    constexpr std::size_t longest = 32;
    char* end = std::to_chars(to, to + longest, value).ptr;
#else
    char* end = fmt::format_to(to, FMT_COMPILE("{}"), value);
#endif
    for (const char* at = to; at != end; ++at) {
        if (*at == '.' || *at == 'e') return end;
    }
    return writeConstant(end, ".0");
}

}

// Most numbers that are recorded have few decimals. If a whole number of millionths, divided by a million,
// gives exactly this double, its digits are a correct spelling: both operands are exact, so the division
// rounds once, as reading the digits does.
char* writeDouble(char* to, double value) noexcept {
    constexpr double millionths = 1e6;
    if (!isFinite(value)) [[unlikely]]
        return writeNonFinite(to, value);
    const double magnitude = std::fabs(value);
    if (magnitude >= maxExact / millionths) return writeShortest(to, value);
    // If this rounds wrongly, the comparison below fails.
    const auto scaled =
        static_cast<std::uint64_t>(magnitude * millionths + 0.5);  // NOLINT(bugprone-incorrect-roundings)
    if (!isSame(static_cast<double>(scaled) / millionths, magnitude)) return writeShortest(to, value);
    *to = '-';
    to += isNegative(value) ? 1 : 0;
    to = writeUnsigned(to, scaled / 1'000'000);
    return writeFraction(to, static_cast<std::uint32_t>(scaled % 1'000'000));
}

std::string hexOf(std::string_view bytes) {
    std::string hex(bytes.size() * 2, '0');
    char* to = hex.data();
    for (const char c : bytes) to = formatHex(to, static_cast<unsigned char>(c), 2);
    return hex;
}

}
