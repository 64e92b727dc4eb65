#include "terminal_text.h"

#include <array>
#include <cmath>

#include <fmt/format.h>

#include <sidespan/encoding/utf8.h>

namespace sidespan::collector {

namespace {

struct Range {
    char32_t first;
    char32_t last;
};

// In Unicode: C0 and C1 controls, direction marks, characters without width, line separators, tags, and the
// noncharacters of the basic plane.
constexpr std::array<Range, 11> unsafe{{{0x00, 0x1f},
                                        {0x7f, 0x9f},
                                        {0xad, 0xad},
                                        {0x61c, 0x61c},
                                        {0x200b, 0x200f},
                                        {0x2028, 0x202e},
                                        {0x2060, 0x206f},
                                        {0xfe00, 0xfe0f},
                                        {0xfeff, 0xfeff},
                                        {0xfff0, 0xffff},
                                        {0xe0000, 0xe0fff}}};

bool isSafe(char32_t codePoint, TextStyle style) {
    if (style == TextStyle::ascii && codePoint > 0x7e) return false;
    for (auto range : unsafe) {
        if (codePoint >= range.first && codePoint <= range.last) return false;
    }
    return true;
}

/// The code point of a valid sequence.
char32_t codePointOf(std::string_view sequence) {
    const auto lead = static_cast<unsigned char>(sequence.front());
    if (sequence.size() == 1) return lead;
    char32_t codePoint = lead & (0xffU >> (sequence.size() + 1));
    for (const char c : sequence.substr(1))
        codePoint = codePoint << 6U | (static_cast<unsigned char>(c) & 0x3fU);
    return codePoint;
}

std::string escape(char32_t codePoint) {
    if (codePoint == '\n') return "\\n";
    if (codePoint == '\r') return "\\r";
    if (codePoint == '\t') return "\\t";
    auto number = static_cast<std::uint32_t>(codePoint);
    return number < 0x80 ? fmt::format("\\x{:02x}", number) : fmt::format("\\u{{{:x}}}", number);
}

}

std::string terminalText(std::string_view text, TextStyle style, std::size_t limit) {
    std::string safe;
    auto size = text.size();
    for (std::size_t count = 0; !text.empty(); ++count) {
        if (count == limit) {
            return safe + fmt::format("{} ({} bytes)", style == TextStyle::utf8 ? "\u2026" : "...", size);
        }
        const auto [length, isValid] = utf8SequenceAt(text);
        const auto sequence = text.substr(0, length);
        if (!isValid) {
            for (const char c : sequence) safe += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else if (const auto codePoint = codePointOf(sequence); isSafe(codePoint, style)) {
            safe += sequence;
        } else {
            safe += escape(codePoint);
        }
        text.remove_prefix(length);
    }
    return safe;
}

std::string durationText(std::int64_t nanos, TextStyle style) {
    const char* micro = style == TextStyle::utf8 ? "\u00b5s" : "us";
    struct Unit {
        double nanos;
        const char* name;
    };
    const std::array<Unit, 4> units{{{1e9, "s"}, {1e6, "ms"}, {1e3, micro}, {1, "ns"}}};
    auto value = static_cast<double>(nanos);
    for (const auto& unit : units) {
        // 999.6 ms is 1 s, not 1000 ms.
        if (std::abs(value) < unit.nanos * 0.9995 && unit.nanos > 1) continue;
        auto amount = value / unit.nanos;
        int decimals = std::abs(amount) >= 99.95 ? 0 : std::abs(amount) >= 9.995 ? 1 : 2;
        auto text = fmt::format("{:.{}f}", amount, decimals);
        if (decimals > 0) text.erase(text.find_last_not_of('0') + 1);
        if (text.back() == '.') text.pop_back();
        return fmt::format("{} {}", text, unit.name);
    }
    return "0 ns";
}

}
