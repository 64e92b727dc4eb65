#pragma once

#include <chrono>
#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// How often and when a failed request is tried again. A group of `Config`.
struct RetrySettings {
    std::uint32_t maxAttempts = 0;                   ///< of one batch; 0: until the outbox drops it
    std::chrono::milliseconds initialBackoff{1000};  ///< 1 ms to 1 h, or maxBackoff
    std::chrono::milliseconds maxBackoff{std::chrono::minutes{5}};  ///< 1 ms to 24 h
};

}
