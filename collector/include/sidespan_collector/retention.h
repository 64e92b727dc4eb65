#pragma once

#include <cstdint>
#include <optional>

namespace sidespan::collector {

/// How long what is stored stays. Without a value it stays.
struct Retention {
    std::optional<std::int64_t> days{};  ///< UTC days of arrival besides today; at least 1
    std::optional<std::int64_t>
        keptDays{};  ///< the same for traces that failed or were slow; more than `days`
    std::optional<std::int64_t> maxBytes{};  ///< of the database; beyond it the oldest goes first; at least 1
    std::int64_t slowNanos =
        1'000'000'000;              ///< a trace is slow when its root span took this long; at least 1
    std::int64_t rollupDays = 400;  ///< how long sums of spans stay once anything is set; at least 1

    [[nodiscard]] bool isSet() const noexcept { return days || keptDays || maxBytes; }
    /// How long a client is remembered that sends nothing: as long as anything of it may be stored.
    [[nodiscard]] std::optional<std::int64_t> longestDays() const noexcept {
        return keptDays ? keptDays : days;
    }
    /// Throws std::invalid_argument that says which value is wrong and what would be right.
    void check() const;
};

}
