#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <sidespan/propagation/extract.h>
#include <sidespan/span.h>
#include <sidespan_http_server/request_trace.h>

#include "store/span_row.h"

namespace sidespan::collector {

/// Measures one request to the collector itself: a server span, child of the caller's span, with the steps of
/// the work below it. Begins with construction. One thread at a time.
class ServerSpans final : public http_server::RequestTrace {
public:
    using Clock = std::chrono::steady_clock;
    /// Receives the spans of a request that is answered.
    using Take = std::function<void(std::vector<SpanRow>)>;
    /// Told of the answer's status.
    using Answered = std::function<void(unsigned status)>;

    /// `name` is the span's, and is cut to what a span may have. A caller that named no trace begins a new
    /// one. Without `take` the spans are dropped.
    ServerSpans(std::string_view name, const RemoteContext& caller, Take take,
                Clock::time_point start = Clock::now());

    [[nodiscard]] const std::string& traceId() const noexcept { return server_.traceId; }
    [[nodiscard]] const std::string& spanId() const noexcept { return server_.spanId; }
    void set(std::string_view key, AttributeValue value);
    void onAnswer(Answered answered) { answered_ = std::move(answered); }

    /// A step of the work; it lasts until its end() or its end of life.
    class Step {
    public:
        Step(ServerSpans& spans, std::string_view name);
        ~Step() { end(); }
        Step(const Step&) = delete;
        Step& operator=(const Step&) = delete;
        void set(std::string_view key, AttributeValue value);
        void end();

    private:
        ServerSpans* spans_;
        Span span_;
    };
    [[nodiscard]] Step step(std::string_view name) { return {*this, name}; }

    void bodyBegins() override { bodyStart_ = Clock::now(); }
    /// What came of a body is a step: it comes at the network's pace.
    void bodyEnds(std::size_t bytes) override;
    void end(http_server::ServerResponse& response) override;

private:
    [[nodiscard]] Span begin(std::string_view name, Clock::time_point start) const;
    void end(Span& span) const;
    [[nodiscard]] std::uint64_t unixNano(Clock::time_point time) const;

    Take take_;
    Answered answered_;
    Clock::time_point start_;
    std::uint64_t startUnixNano_;
    Clock::time_point bodyStart_;
    Span server_;
    std::vector<Span> steps_;
};

}
