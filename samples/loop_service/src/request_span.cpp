#include "request_span.h"

#include <fmt/format.h>

namespace loop_service {

using sidespan::http_server::Route;
using sidespan::http_server::ServerRequest;
using sidespan::http_server::ServerResponse;

RequestSpan::RequestSpan(sidespan::DefaultRecorder* recorder, const ServerRequest& request)
    : recorder_(recorder),
      route_(request.route),
      remote_(request.remote),
      method_(request.method),
      path_(request.path),
      start_(request.start) {
    if (!request.caller.mayEnter) return;
    begin();
    if (!request.caller.userId.empty()) span_.set("user.id", request.caller.userId);
}

void RequestSpan::begin() {
    if (recorder_ == nullptr || route_ == nullptr) return;
    span_ = recorder_->openSpan(route_->name, remote_.context);
    span_.setKind(sidespan::SpanKind::server);
    span_.set("http.request.method", method_);
    span_.set("url.path", path_);
}

void RequestSpan::accept(const std::string& userId) {
    if (!span_.isRecording()) begin();
    span_.set("user.id", userId);
}

std::string RequestSpan::traceId() const {
    const auto context = span_.isRecording() ? span_.context() : remote_.context;
    return context.traceId.isValid() ? context.traceId.toUuid() : std::string();
}

void RequestSpan::bodyEnds(std::size_t bytes) {
    receive_.end();
    span_.set("http.request.body.size", static_cast<std::int64_t>(bytes));
}

void RequestSpan::end(ServerResponse& response) {
    using Milliseconds = std::chrono::duration<double, std::milli>;
    const Milliseconds elapsed = std::chrono::steady_clock::now() - start_;
    response.headers.emplace_back("X-Server-Time", fmt::format("{:.3f}", elapsed.count()));
    if (const auto trace = traceId(); !trace.empty()) response.headers.emplace_back("X-Trace-ID", trace);
    receive_.end();
    if (!span_.isRecording()) return;
    response.headers.emplace_back("X-Span-ID", span_.context().spanId.toHex());
    const auto status = static_cast<int>(response.status);
    span_.set("http.response.status_code", status);
    if (response.isError()) span_.setStatus(sidespan::SpanStatus::error, fmt::format("answered {}", status));
    span_.end();
}

}
