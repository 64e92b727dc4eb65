#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <sidespan/client_type.h>
#include <sidespan/propagation/baggage.h>
#include <sidespan/propagation/trace_state.h>
#include <sidespan/span_context.h>

namespace sidespan::inline v0 {

/// What one process tells another about a trace: `extract()` reads it from a request, and a span's
/// `remoteContext()` returns it for the next one. `SpanContext` is the part that threads and lanes need.
struct RemoteContext {
    /// The caller's span, which is the parent of this side's span. Not valid if no header named one; the
    /// trace id alone may still be set, from an `X-Trace-ID` without `X-Span-ID`.
    SpanContext context;
    SpanId parentSpanId;  ///< of the caller's span; not valid if it has none or it is not known
    TraceState traceState;
    Baggage baggage;

    // What the X-headers said of the caller.
    std::optional<ClientType> clientType;
    std::string clientVersion;                      ///< at most 32 bytes of printable text; else empty
    std::optional<std::int64_t> clientTimestampMs;  ///< Unix milliseconds by the caller's clock
};

namespace detail {
class HeadSampler;

/// A shared copy of the size of one pointer; empty if there was no memory for it. The last holder destroys
/// the copy, on any thread.
class KeptContext {
public:
    KeptContext() noexcept = default;
    KeptContext(const RemoteContext& context, const HeadSampler& sampler) noexcept;
    KeptContext(const KeptContext& other) noexcept;
    KeptContext(KeptContext&& other) noexcept : shared_(std::exchange(other.shared_, nullptr)) {}
    KeptContext& operator=(KeptContext&& other) noexcept {
        std::swap(shared_, other.shared_);
        return *this;
    }
    ~KeptContext() { reset(); }

    void reset() noexcept {
        if (shared_ != nullptr) release();
        shared_ = nullptr;
    }

    /// Null when it is empty.
    [[nodiscard]] const RemoteContext* get() const noexcept;
    /// The part of its trace state that the records of sampled spans contain; empty if there is none.
    [[nodiscard]] std::string_view recordedState() const noexcept;

private:
    struct Shared;
    void release() noexcept;

    Shared* shared_ = nullptr;
};

/// The trace's randomness for probability sampling: the `rv` of its trace state, else that of its id.
[[nodiscard]] std::uint64_t randomnessOf(const RemoteContext& context) noexcept;
}

}
