#pragma once

#include <chrono>
#include <cstddef>

namespace sidespan::http_server {

/// What a server takes before it refuses, whatever it serves. Every buffer that a client can make grow has
/// its bound here or in a route's BodyRule.
struct ServerLimits {
    std::size_t bufferedBytes =
        256U << 20;                       ///< of all bodies held at one time; beyond it 503 with Retry-After
    std::size_t headerBytes = 16U << 10;  ///< of a request's head; beyond it 431
    std::size_t connections = 256;        ///< open at one time; the longest idle one makes room for a new one

    std::chrono::milliseconds idleTimeout{60'000};       ///< between requests
    std::chrono::milliseconds headerTimeout{10'000};     ///< from a head's first byte to its last
    std::chrono::milliseconds bodyPauseTimeout{10'000};  ///< without a byte of an announced body
    std::chrono::milliseconds bodyTimeout{120'000};      ///< for a body as a whole
    std::chrono::milliseconds writeTimeout{30'000};      ///< for an answer
};

}
