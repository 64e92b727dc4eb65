#include "retry_after.h"

#include <algorithm>
#include <cstdint>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>

namespace sidespan::inline v0::detail {
namespace {

using std::chrono::seconds;

constexpr seconds longest = std::chrono::hours{24};

// Reads text of a fixed form from the front. After something that does not fit it reads nothing more.
class Scanner {
public:
    explicit Scanner(std::string_view text) : rest_(text) {}

    void skip(std::string_view expected) {
        isGood_ = isGood_ && rest_.starts_with(expected);
        if (isGood_) rest_.remove_prefix(expected.size());
    }

    unsigned number(std::size_t digits) {
        const auto field = take(digits);
        unsigned value = 0;
        for (const char c : field) {
            isGood_ = isGood_ && c >= '0' && c <= '9';
            value = value * 10 + static_cast<unsigned>(c - '0');
        }
        return isGood_ ? value : 0;
    }

    unsigned dayAfterBlanks() {
        if (!rest_.starts_with(' ')) return number(2);
        skip(" ");
        return number(1);
    }

    unsigned month() {
        constexpr std::string_view names = "JanFebMarAprMayJunJulAugSepOctNovDec";
        const auto at = names.find(take(3));
        isGood_ = isGood_ && at != names.npos && at % 3 == 0;
        return static_cast<unsigned>(at / 3) + 1;
    }

    seconds timeOfDay() {
        const auto hours = number(2);
        skip(":");
        const auto minutes = number(2);
        skip(":");
        const auto secs = number(2);
        isGood_ = isGood_ && hours < 24 && minutes < 60 && secs <= 60;
        return std::chrono::hours{hours} + std::chrono::minutes{minutes} + seconds{secs};
    }

    [[nodiscard]] bool isAtEnd() const { return isGood_ && rest_.empty(); }

private:
    std::string_view take(std::size_t count) {
        isGood_ = isGood_ && rest_.size() >= count;
        if (!isGood_) return {};
        const auto field = rest_.substr(0, count);
        rest_.remove_prefix(count);
        return field;
    }

    std::string_view rest_;
    bool isGood_ = true;
};

struct Parts {
    unsigned year = 0;
    unsigned month = 0;
    unsigned day = 0;
    seconds time{};
};

std::optional<std::chrono::sys_seconds> assemble(const Scanner& scanner, const Parts& parts) {
    const std::chrono::year_month_day date{std::chrono::year{static_cast<int>(parts.year)},
                                           std::chrono::month{parts.month}, std::chrono::day{parts.day}};
    if (!scanner.isAtEnd() || !date.ok()) return std::nullopt;
    return std::chrono::sys_days{date} + parts.time;
}

// `form` has a letter for each part; other characters stand for themselves.
SIDESPAN_COLD std::optional<std::chrono::sys_seconds> parse(std::string_view text, std::string_view form) {
    Scanner scanner(text);
    Parts parts;
    for (const char& part : form) {
        switch (part) {
            case 'd':
                parts.day = scanner.number(2);
                break;
            case 'e':
                parts.day = scanner.dayAfterBlanks();
                break;
            case 'm':
                parts.month = scanner.month();
                break;
            case 'y':
                parts.year = scanner.number(4);
                break;
            case 'z':
                parts.year = scanner.number(2);
                parts.year += parts.year < 70 ? 2000 : 1900;
                break;
            case 't':
                parts.time = scanner.timeOfDay();
                break;
            default:
                scanner.skip({&part, 1});
        }
    }
    return assemble(scanner, parts);
}

}

SIDESPAN_COLD std::optional<std::chrono::sys_seconds> parseHttpDate(std::string_view text) {
    // "Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"
    if (const auto comma = text.find(", "); comma != std::string_view::npos)
        return parse(text.substr(comma + 2), comma == 3 ? "d m y t GMT" : "d-m-z t GMT");
    return text.size() > 4 && text[3] == ' ' ? parse(text.substr(4), "m e t y") : std::nullopt;
}

SIDESPAN_COLD std::optional<seconds> parseRetryAfter(std::string_view text,
                                                     std::chrono::system_clock::time_point now) {
    while (text.ends_with(' ') || text.ends_with('\t')) text.remove_suffix(1);
    if (text.empty()) return std::nullopt;
    if (text.find_first_not_of("0123456789") == std::string_view::npos) {
        constexpr std::uint64_t most = seconds(longest).count();
        return seconds(std::min(takeDecimal(text).value_or(most), most));
    }
    const auto date = parseHttpDate(text);
    if (!date) return std::nullopt;
    // Compared before subtracting: a far date would overflow the clock's nanoseconds.
    const auto today = std::chrono::ceil<seconds>(now);
    return std::clamp(*date - today, seconds{0}, longest);
}

}
