#pragma once

#include <chrono>
#include <cstddef>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// How spans are put together into one request. A group of `Config`.
struct BatchSettings {
    std::size_t maxSpans = 512;                    ///< 1 to 65,536
    std::size_t maxBytes = std::size_t{1} << 20U;  ///< of encoded spans; 8 KiB to 64 MiB
    std::chrono::milliseconds maxAge{1000};  ///< how long a span may wait for its batch to fill; 0 to 1 h
    bool gzip = false;                       ///< compress request bodies
    /// For the http sink with native JSON. If true, each body is an object,
    /// `{"clientType":...,"clientVersion":...,"serviceName":...,"resource":{...},"spans":[...]}`, instead of
    /// the array of spans. Sidespan's collector accepts both.
    bool wrapped = false;
};

}
