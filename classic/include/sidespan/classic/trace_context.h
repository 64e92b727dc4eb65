#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include <sidespan/client_type.h>
#include <sidespan/consent.h>
#include <boost/json/value.hpp>

namespace sidespan::inline v0 {

namespace detail {
class SharedTrace;
}

/// What a TraceContext says of this program, and what it must obey.
struct TraceContextOptions {
    ClientType clientType = ClientType::plugin;
    std::string clientVersion = {};  ///< at most 32 bytes; what is longer is cut
    /// Granted unless one is given, so that code written without consent in mind works as written: it holds
    /// spans in memory, and what leaves the process is for the program, and the consent of its NetworkClient,
    /// to decide. Give the user's consent here too and no id is made and no header injected before it is
    /// granted; after a change, ids made here are new.
    Consent consent = Consent::granted;
};

/// The trace an operation belongs to and the spans open in it, innermost last: the classic API, synchronous
/// and in memory. `Recorder` and `SpanContext` are the way to record from many threads, or without
/// allocating.
///
/// Copies are the same context, and so is one that was moved: a SpanRecorder shares it with the spans started
/// on it, so that it may be moved or destroyed while they are open. Any thread; the stack is one for all of
/// them, so operations that run side by side want contexts of their own. Allocates.
class TraceContext {
public:
    using Headers = std::map<std::string, std::string>;

    /// A new trace. Its id, a version 4 UUID, is made when it is first asked for.
    TraceContext() : TraceContext(TraceContextOptions{}) {}
    explicit TraceContext(TraceContextOptions options);

    /// A trace that has an id already: a UUID or 32 hex digits. Throws std::invalid_argument for anything
    /// else.
    explicit TraceContext(std::string_view traceId, TraceContextOptions options = {});

    TraceContext(const TraceContext&) = default;
    TraceContext& operator=(const TraceContext&) = default;
    ~TraceContext() = default;

    /// Goes on with the trace that a request's headers name (see `extract()`): the caller's span becomes the
    /// parent of the spans started here. A new trace when the headers name none. If the caller has not
    /// sampled the trace, its spans are not recorded here, and the next server is told so.
    [[nodiscard]] static TraceContext fromHttpHeaders(const Headers& headers,
                                                      TraceContextOptions options = {});

    /// 36 characters; empty before consent is granted.
    [[nodiscard]] std::string getTraceId() const;

    /// The innermost open span, or else the caller's when the context came out of headers; empty when there
    /// is neither.
    [[nodiscard]] std::string getCurrentSpanId() const;
    /// What the current span is a child of, as far as this context knows; else empty.
    [[nodiscard]] std::string getParentSpanId() const;

    /// Makes a span the current one; `SpanRecorder::startSpan()` does so by itself. A text that is no span id
    /// (16 hex digits) takes a place on the stack and is passed over when the current span is asked for.
    void pushSpan(std::string_view spanId);
    /// Takes the innermost span off and returns what is current then. Without an open span nothing happens.
    std::string popSpan();

    /// What to add to a request so that the server goes on with this trace: `X-Trace-ID`, `X-Client-Type`,
    /// `X-Client-Version` when there is one, `X-Client-Timestamp`; with a current span also `X-Span-ID`,
    /// `X-Parent-Span-ID` when it has one, and `traceparent`. Empty before consent is granted.
    [[nodiscard]] Headers getHttpHeaders() const;

    /// {"traceId", "spanId", "parentSpanId", "openSpans": [outermost first], "clientType", "clientVersion"}
    [[nodiscard]] boost::json::value toJson() const;

private:
    friend class SpanRecorder;
    std::shared_ptr<detail::SharedTrace> trace_;
};

}
