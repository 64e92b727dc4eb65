#pragma once

#include <string>

#include "network.h"
#include "telemetry.h"

namespace loopshare {

/// Says in a span why its operation failed, and sets its status to error, or to cancelled. `error.type` is
/// OpenTelemetry's name for it.
template <class Span>
void fail(Span& span, const sidespan::Error& error) {
    span.set("error.type", toString(error.code));
    span.setStatus(error.code == sidespan::ErrorCode::cancelled ? sidespan::SpanStatus::cancelled
                                                                : sidespan::SpanStatus::error,
                   error.message);
}

/// The service's requests as spans: each is a client span, "network.post" or "network.get", below the
/// operation that needs it, and carries the trace's headers, so that the server's spans are its children.
/// Where nothing may be recorded the same request goes out without either.
///
/// Any thread. Recorder and network outlive it.
class TracedNetwork {
public:
    using Callback = Network::Callback;

    TracedNetwork(Recorder& recorder, Network& network) : recorder_(recorder), network_(network) {}

    void post(const sidespan::SpanContext& operation, std::string path, std::string body,
              Network::Headers headers, Callback callback);
    void get(const sidespan::SpanContext& operation, std::string path, Callback callback);

    [[nodiscard]] Network& network() noexcept { return network_; }

private:
    Recorder& recorder_;
    Network& network_;
};

}
