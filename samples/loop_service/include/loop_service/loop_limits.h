#pragma once

#include <chrono>
#include <cstddef>

#include <sidespan_http_server/server_limits.h>

namespace loop_service {

/// What the service takes before it refuses.
struct LoopLimits : sidespan::http_server::ServerLimits {
    std::size_t uploadBytes = 64U << 20;            ///< of an audio upload; beyond it 413
    std::size_t audioBytes = std::size_t{4} << 30;  ///< of all audio stored; beyond it 507
    std::size_t audioFiles = 10'000;                ///< stored; beyond it 507
    std::size_t queuedWrites = 128;  ///< waiting for the database; beyond it 503 with Retry-After

    // Failed sign-ins within a minute, beyond which 429 with Retry-After until the minute is over.
    std::size_t failedSignInsPerUser = 10;      ///< of one user from one address
    std::size_t failedSignInsPerAddress = 100;  ///< from one address; those behind a proxy share it
};

}
