#pragma once

#include <cstdint>
#include <optional>

namespace sidespan::collector {

/// How long stored data is kept. Without a value it is kept for ever.
struct Retention {
    std::optional<std::int64_t> days{};  ///< UTC days of arrival in addition to today; at least 1
    std::optional<std::int64_t>
        keptDays{};  ///< the same for traces that failed or were slow; more than `days`
    std::optional<std::int64_t> maxBytes{};  ///< of the database; beyond it the oldest is deleted; at least 1
    std::int64_t slowNanos =
        1'000'000'000;              ///< a trace is slow when its root span took this long; at least 1
    std::int64_t rollupDays = 400;  ///< how long sums are kept once a limit is set; at least 1

    [[nodiscard]] bool isSet() const noexcept { return days || keptDays || maxBytes; }
    /// How long a client that sends nothing is remembered: as long as anything from it may be stored.
    [[nodiscard]] std::optional<std::int64_t> longestDays() const noexcept {
        return keptDays ? keptDays : days;
    }
    /// Throws std::invalid_argument that says which value is wrong and what is allowed.
    void check() const;
};

}
