#include <sidespan/curl_transport.h>

#include <utility>

#include "session.h"

namespace sidespan::inline v0 {

CurlTransport::CurlTransport(Options options) : options_(std::move(options)) {}
CurlTransport::~CurlTransport() = default;

Outcome<HttpResponse> CurlTransport::send(const HttpRequest& request, Cancellation& cancellation) {
    if (!session_) session_ = std::make_unique<Session>(options_);
    return session_->send(request, cancellation);
}

}
