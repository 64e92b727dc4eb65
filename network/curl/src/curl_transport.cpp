#include <sidespan/http_curl/curl_transport.h>

#include <utility>

#include "curl_session.h"
#include "exit_gate.h"

namespace sidespan::inline v0 {
namespace {

bool isHttps(std::string_view url) {
    constexpr std::string_view scheme = "https://";
    return isSameHeaderName(url.substr(0, scheme.size()), scheme);  // in any case
}

}

CurlTransport::CurlTransport(Options options)
    : options_(std::move(options)), speaksTls_(isHttps(options_.proxy)) {
    detail::ExitGate::install();
}

CurlTransport::~CurlTransport() {
    if (!session_) return;
    const detail::ExitGate::Pass pass(speaksTls_, nullptr);
    if (!pass.isGranted()) {
        static_cast<void>(session_.release());  // it belongs to a library that is gone
    } else {
        session_.reset();
    }
}

Outcome<HttpResponse> CurlTransport::send(const HttpRequest& request, Cancellation& cancellation) {
    speaksTls_ = speaksTls_ || isHttps(request.url);
    const detail::ExitGate::Pass pass(speaksTls_, &cancellation);
    if (!pass.isGranted()) return Error{ErrorCode::network, "the program is ending"};
    if (!session_) session_ = std::make_unique<Session>(options_);
    return session_->send(request, cancellation);
}

std::uint64_t CurlTransport::bodyBytesSent() const noexcept {
    return session_ ? session_->bodyBytesSent() : 0;
}

}
