#pragma once

#include <chrono>
#include <cstdint>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// What is tried again, and when. A group of `Config`.
struct RetrySettings {
    std::uint32_t maxAttempts = 0;                   ///< of one batch; 0 is as long as the outbox keeps it
    std::chrono::milliseconds initialBackoff{1000};  ///< 1 ms to 1 h, or maxBackoff
    std::chrono::milliseconds maxBackoff{std::chrono::minutes{5}};  ///< 1 ms to 24 h
};

}
