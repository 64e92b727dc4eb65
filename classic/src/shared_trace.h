#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <vector>

#include <sidespan/classic/trace_context.h>
#include <sidespan/propagation/extract.h>
#include <sidespan/span_context.h>

/// What a TraceContext and the spans started on it share.
namespace sidespan::inline v0::detail {

/// A trace, its open spans and its clock. [any thread] It never calls a SpanRecorder, which holds its own
/// lock when it calls here.
class SharedTrace {
public:
    /// Spans of this trace, from outermost to innermost, and what is current.
    struct Snapshot {
        TraceId traceId;  ///< not valid while consent is not granted
        SpanId current;
        SpanId parent;  ///< of the current one
        std::vector<SpanId> open;
    };

    /// A span that has just begun.
    struct Started {
        TraceId traceId;  ///< not valid when consent is not granted
        SpanId spanId;
        SpanId parent;
        std::uint64_t unixNano = 0;
    };

    SharedTrace(TraceContextOptions options, RemoteContext remote);

    [[nodiscard]] Snapshot snapshot();
    void push(SpanId span);
    /// What is current then.
    SpanId pop();

    /// Begins a span under the current one and makes it current.
    Started start();
    /// Takes a span off, and everything inside it.
    void end(SpanId span);

    /// Unix time by the clock that was set when the outermost open span began.
    [[nodiscard]] std::uint64_t unixNano();

    [[nodiscard]] const TraceContextOptions& options() const noexcept { return options_; }
    [[nodiscard]] const RemoteContext& remote() const noexcept { return remote_; }
    /// False when the caller does not record the trace: this side then does not either.
    [[nodiscard]] bool isSampled() const noexcept {
        return !remote_.context.isValid() || remote_.context.isSampled();
    }

private:
    using Steady = std::chrono::steady_clock;

    bool obeyConsent();
    [[nodiscard]] SpanId currentBelow(std::size_t size) const noexcept;
    void setClock();
    [[nodiscard]] std::uint64_t readClock() const;

    const TraceContextOptions options_;
    const RemoteContext remote_;
    std::mutex mutex_;
    TraceId traceId_;  // made when first needed
    ConsentEpoch epoch_;
    std::vector<SpanId> stack_;  // holds ids that are not valid too, so that push and pop stay in step
    // The clock is set by the outermost of the spans that were started here, at this depth.
    std::size_t clockSetAt_ = ~std::size_t{0};
    std::uint64_t wallStart_ = 0;
    Steady::time_point steadyStart_;
};

}
