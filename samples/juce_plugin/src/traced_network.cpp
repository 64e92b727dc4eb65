#include "traced_network.h"

#include <memory>
#include <utility>

#include <sidespan/propagation/inject.h>

namespace loopshare {

using sidespan::Outcome;
using sidespan::SpanContext;

namespace {

// A request's span until the answer is there; shared, since a std::function is copied.
using Pending = std::shared_ptr<OpenSpan>;

Pending begin(OpenSpan span, const char* method, const std::string& path) {
    span.setKind(sidespan::SpanKind::client);
    span.set("http.request.method", method);
    span.set("url.path", path);
    return std::make_shared<OpenSpan>(std::move(span));
}

void injectInto(Network::Headers& headers, const OpenSpan& request, const SpanContext& operation) {
    if constexpr (isTraced) {
        sidespan::InjectOptions options;
        options.parentSpanId = operation.spanId;
        sidespan::inject(request.context(), headers, options);
    }
}

void end(OpenSpan& span, const Outcome<Answer>& outcome) {
    if (outcome) {
        span.set("http.response.status_code", outcome.value().status);
        span.set("http.response.body.size", static_cast<std::int64_t>(outcome.value().body.size()));
        if (outcome.value().serverMs >= 0) span.set("server.time_ms", outcome.value().serverMs);
    } else {
        fail(span, outcome.error());
    }
    span.end();
}

TracedNetwork::Callback endedBefore(Pending span, TracedNetwork::Callback callback) {
    return [span = std::move(span), callback = std::move(callback)](const Outcome<Answer>& outcome) {
        end(*span, outcome);
        callback(outcome);
    };
}

}

void TracedNetwork::post(const SpanContext& operation, std::string path, std::string body,
                         Network::Headers headers, Callback callback) {
    auto span = begin(recorder_.openSpan("network.post", operation), "POST", path);
    span->set("http.request.body.size", static_cast<std::int64_t>(body.size()));
    injectInto(headers, *span, operation);
    network_.post(std::move(path), std::move(body), std::move(headers),
                  endedBefore(std::move(span), std::move(callback)));
}

void TracedNetwork::get(const SpanContext& operation, std::string path, Callback callback) {
    auto span = begin(recorder_.openSpan("network.get", operation), "GET", path);
    Network::Headers headers;
    injectInto(headers, *span, operation);
    network_.get(std::move(path), std::move(headers), endedBefore(std::move(span), std::move(callback)));
}

}
