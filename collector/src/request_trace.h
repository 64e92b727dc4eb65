#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/native_json/native_limits.h>
#include <sidespan/propagation/extract.h>
#include <sidespan/span.h>

#include "span_row.h"

namespace sidespan::collector {

/// Measures one request: a server span, child of the client's span, with the steps of the work below it.
/// Begins with construction. One thread at a time.
class RequestTrace {
public:
    /// A caller that named no trace begins a new one.
    explicit RequestTrace(const RemoteContext& caller);

    /// True when a client named the trace.
    [[nodiscard]] bool continuesTrace() const noexcept { return continues_; }
    [[nodiscard]] const std::string& traceId() const noexcept { return server_.traceId; }
    [[nodiscard]] const std::string& spanId() const noexcept { return server_.spanId; }

    void setName(std::string_view name) { server_.name = name.substr(0, NativeLimits::maxNameLength); }
    void set(std::string_view key, AttributeValue value);
    /// Who is signed in; may be empty.
    void setUser(std::string_view userId) { userId_ = userId; }
    [[nodiscard]] const std::string& user() const noexcept { return userId_; }

    /// A step of the work; it lasts until its end() or its end of life.
    class Step {
    public:
        Step(RequestTrace& trace, std::string_view name);
        ~Step() { end(); }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;
        void set(std::string_view key, AttributeValue value);
        void fail(std::string_view message);
        void end();

    private:
        RequestTrace* trace_;
        Span span_;
    };
    [[nodiscard]] Step step(std::string_view name) { return {*this, name}; }
    /// A step that began at `start` and ends now.
    void addStep(std::string_view name, std::chrono::steady_clock::time_point start);

    /// Milliseconds since the request's head was read.
    [[nodiscard]] double elapsedMs() const;

    /// Ends the server span with the answer's status code, and gives all spans away.
    [[nodiscard]] std::vector<SpanRow> finish(unsigned statusCode);

private:
    using Clock = std::chrono::steady_clock;
    [[nodiscard]] Span begin(std::string_view name, Clock::time_point start) const;
    void end(Span& span) const;
    [[nodiscard]] std::uint64_t unixNano(Clock::time_point time) const;

    Clock::time_point start_ = Clock::now();
    std::uint64_t startUnixNano_;
    bool continues_;
    std::string userId_;
    Span server_;
    std::vector<Span> steps_;
};

}
