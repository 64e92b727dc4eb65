#pragma once

#include <chrono>
#include <cstddef>

#include <sidespan_http_server/server_limits.h>

namespace sidespan::collector {

/// The collector's limits. Every buffer that a client can make grow has its limit here.
struct Limits : http_server::ServerLimits {
    std::size_t bodyBytes = 16U << 20;      ///< of a telemetry POST, as sent; beyond it 413
    std::size_t inflatedBytes = 64U << 20;  ///< of a gzip body once unpacked; beyond it 413

    std::size_t spansPerRequest = 65'536;  ///< beyond it 413
    std::size_t attributesPerSpan = 256;   ///< beyond it the span is rejected
    std::size_t eventsPerSpan = 1'024;     ///< beyond it the span is rejected
    std::size_t linksPerSpan = 256;        ///< beyond it the span is rejected
    std::size_t valuesPerSpan = 16'384;    ///< JSON values within one span; beyond it the span is rejected
    std::size_t textBytes = 65'536;        ///< of one string; beyond it the span is rejected
    std::size_t jsonDepth = 16;            ///< of nesting; beyond it 400
    std::size_t rejectionsPerRequest = 1'024;  ///< spans rejected in one request; beyond it 413
    std::size_t reportedRejections = 64;  ///< reasons written out in one answer; the rest is only counted

    std::size_t queuedWrites = 128;         ///< waiting for the database; beyond it 503 with Retry-After
    std::size_t spansPerTrace = 20'000;     ///< read for one trace; the answer says if there are more
    std::size_t bytesPerTrace = 64U << 20;  ///< of attributes, events, links and resources; as above

    std::chrono::milliseconds searchTimeout{
        1'000};  ///< for a list of traces; the answer has what was found until then
    std::chrono::milliseconds statementTimeout{
        10'000};  ///< for PostgreSQL to store a batch or read a trace; beyond it 503 with Retry-After
};

}
