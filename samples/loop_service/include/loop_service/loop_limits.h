#pragma once

#include <chrono>
#include <cstddef>

#include <sidespan_http_server/server_limits.h>

namespace loop_service {

/// Limits, beyond which the service refuses requests.
struct LoopLimits : sidespan::http_server::ServerLimits {
    std::size_t uploadBytes = 64U << 20;            ///< of an audio upload; beyond: 413
    std::size_t audioBytes = std::size_t{4} << 30;  ///< of all stored audio; beyond: 507
    std::size_t audioFiles = 10'000;                ///< that are stored; beyond: 507
    std::size_t queuedWrites = 128;  ///< that wait for the database; beyond: 503 with Retry-After

    // Failed sign-ins within a minute. Beyond: 429 with Retry-After, until the minute is over.
    std::size_t failedSignInsPerUser = 10;      ///< of one user from one address
    std::size_t failedSignInsPerAddress = 100;  ///< from one address; clients behind a proxy share it
};

}
