#pragma once

#include <string>
#include <string_view>

#include <sidespan/sidespan.h>
#include <sidespan_http_server/server_request.h>

namespace loop_service {

/// The server span of one request, in the caller's trace. Its children are the wait for the body and the
/// steps of the work. A request without access is recorded only once accept() is
/// called.
class RequestSpan final : public sidespan::http_server::RequestTrace {
public:
    /// `recorder` may be null; then nothing is recorded.
    RequestSpan(sidespan::DefaultRecorder* recorder, const sidespan::http_server::ServerRequest& request);

    /// To be called when the caller is known.
    void accept(const std::string& userId);
    /// Begins a step of the work, which lasts until the returned span ends.
    [[nodiscard]] sidespan::OpenSpan step(sidespan::Literal name) const { return span_.child(name); }
    /// In UUID form; empty if the caller sent none and nothing is recorded.
    [[nodiscard]] std::string traceId() const;

    void bodyBegins() override { receive_ = step("network.receive"); }
    void bodyEnds(std::size_t bytes) override;
    void end(sidespan::http_server::ServerResponse& response) override;

private:
    void begin();

    sidespan::DefaultRecorder* recorder_;
    const sidespan::http_server::Route* route_;
    sidespan::RemoteContext remote_;
    std::string method_;
    std::string path_;
    std::chrono::steady_clock::time_point start_;
    sidespan::OpenSpan span_;
    sidespan::OpenSpan receive_;
};

}
