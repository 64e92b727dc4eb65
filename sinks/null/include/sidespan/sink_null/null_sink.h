#pragma once

#include <sidespan/null_recorder.h>

namespace sidespan::inline v0 {

/// Discards everything: the sink for a build without tracing.
class NullSink {
public:
    /// Makes a recorder with this sink empty.
    static constexpr bool discardsEverything = true;

    constexpr NullSink() noexcept = default;
    explicit constexpr NullSink(const ValidConfig&) noexcept {}
    void start() noexcept {}
    void consume(const SpanBatch&) noexcept {}
    bool flush(Deadline) noexcept { return true; }
    void purge() noexcept {}
    bool shutdown(Deadline) noexcept { return true; }
    [[nodiscard]] SinkStats stats() const noexcept { return {}; }
};

static_assert(DiscardingSink<NullSink>);

}
