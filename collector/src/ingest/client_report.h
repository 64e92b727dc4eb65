#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sidespan::collector {

/// What a client's http sink tells of itself with each batch.
struct ClientReport {
    std::string instance;      ///< the same for one run of one sink; empty when none was told
    std::string installation;  ///< the same for all runs that share an outbox directory; may be empty
    std::vector<std::pair<std::string, std::int64_t>> lost;  ///< spans so far, by reason

    [[nodiscard]] std::int64_t lostTotal() const noexcept;
    /// `{"outbox-full":512}`.
    [[nodiscard]] std::string lostJson() const;
};

/// Reads `X-Client-Instance`, `X-Client-Installation`, and `X-Client-Lost` as `outbox-full=512, expired=3`.
/// What is malformed, or more than 32 reasons, is passed over: spans are not refused for it.
[[nodiscard]] ClientReport readClientReport(std::string_view instance, std::string_view installation,
                                            std::string_view lost);

}
