#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidespan::collector {

/// The moment at which a batch was begun, by two clocks of its client, and the offset of the server's clock
/// from them. All in nanoseconds.
struct ClientClock {
    std::int64_t wallNano = 0;       ///< Unix time, by the clock that dates the spans
    std::int64_t monotonicNano = 0;  ///< since the client's start
    /// Added to the monotonic time it gives the server's Unix time, which is wrong by at most `errorNano`.
    struct Offset {
        std::int64_t offsetNano = 0;
        std::int64_t errorNano = 0;
    };
    std::optional<Offset> server{};  ///< before the first answer the client does not know
};

/// What a client's http sink tells of itself with each batch.
struct ClientReport {
    std::string instance;      ///< the same for one run of one sink; empty when none was told
    std::string installation;  ///< the same for all runs that share an outbox directory; may be empty
    std::vector<std::pair<std::string, std::int64_t>> lost;  ///< spans so far, by reason
    std::optional<ClientClock> clock{};

    [[nodiscard]] std::int64_t lostTotal() const noexcept;
    /// `{"outbox-full":512}`.
    [[nodiscard]] std::string lostJson() const;
    /// What was lost since the client reported `before`, in the form of lostJson(). Empty if `before` has
    /// more losses: then this report was delayed.
    [[nodiscard]] std::vector<std::pair<std::string, std::int64_t>> lostSince(std::string_view before) const;
};

/// Reads `X-Client-Instance`, `X-Client-Installation`, `X-Client-Lost` as `outbox-full=512, expired=3`, and
/// `X-Client-Clock` as `wall=…, monotonic=…, offset=…, error=…`, of which the last two may be missing.
/// Malformed values, and more than 32 reasons, are ignored: spans are not refused because of them.
[[nodiscard]] ClientReport readClientReport(std::string_view instance, std::string_view installation,
                                            std::string_view lost, std::string_view clock = {});

}
