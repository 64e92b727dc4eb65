#include <sidespan/http_winhttp/winhttp_transport.h>

#include <utility>

#include "winhttp_session.h"

namespace sidespan::inline v0 {

WinHttpTransport::WinHttpTransport(HttpTransportOptions options) : options_(std::move(options)) {}

WinHttpTransport::~WinHttpTransport() = default;

Outcome<HttpResponse> WinHttpTransport::send(const HttpRequest& request, Cancellation& cancellation) {
    if (!options_.caFile.empty()) {
        return Error{ErrorCode::network,
                     "Config::http.caFile is not read on Windows; add the authority's certificate to the "
                     "certificate store of Windows, and leave caFile empty"};
    }
    if (options_.proxy.starts_with("https://")) {
        return Error{ErrorCode::network,
                     "Config::http.proxy must begin with http:// on Windows, which reaches no proxy by TLS"};
    }
    if (cancellation.isCancelled())
        return Error{ErrorCode::cancelled, "cancelled while talking to " + originOf(request.url)};
    if (!session_ || !session_->isOpen()) session_ = std::make_unique<Session>(options_);
    return session_->send(request, cancellation, bodyBytesSent_);
}

}
