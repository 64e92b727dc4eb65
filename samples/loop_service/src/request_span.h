#pragma once

#include <string>
#include <string_view>

#include <sidespan/sidespan.h>
#include <sidespan_http_server/server_request.h>

namespace loop_service {

/// One request as a span of the caller's trace: of kind server, with the wait for the body and the steps of
/// the work below it. A request of a stranger is not recorded until accept() says whose it is.
class RequestSpan final : public sidespan::http_server::RequestTrace {
public:
    /// Without a recorder nothing is recorded.
    RequestSpan(sidespan::DefaultRecorder* recorder, const sidespan::http_server::ServerRequest& request);

    /// The caller has shown who it is.
    void accept(const std::string& userId);
    /// A step of the work, until it ends.
    [[nodiscard]] sidespan::OpenSpan step(sidespan::Literal name) const { return span_.child(name); }
    /// In UUID form; empty when the caller named none and nothing is recorded.
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
