#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// What waits to be delivered. A group of `Config`.
struct OutboxSettings {
    std::string directory{};  ///< keeps batches on disk until delivered; if empty, they are kept in memory
    /// Limit for the bytes of encoded spans, 64 KiB to 1 TiB; beyond it the oldest batches are dropped. Each
    /// batch on disk takes whole blocks. After a burst the sink keeps up to 16 MiB of memory for the next
    /// one.
    std::size_t maxBytes = std::size_t{32} << 20U;
    std::chrono::seconds maxAge{std::chrono::hours{24 * 7}};  ///< 1 s to 366 days
};

}
