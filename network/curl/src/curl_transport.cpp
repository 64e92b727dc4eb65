#include <sidespan/detail/compiler.h>
#include <sidespan/detail/platform.h>
#include <sidespan/http_curl/curl_transport.h>

#include <new>
#include <utility>

#include "curl_library.h"
#include "curl_session.h"
#include "exit_gate.h"

namespace sidespan::inline v0 {
namespace {

bool isHttps(std::string_view url) {
    constexpr std::string_view scheme = "https://";
    return isSameHeaderName(url.substr(0, scheme.size()), scheme);  // in any case
}

}

SIDESPAN_COLD CurlTransport::CurlTransport(Options options) : CurlTransport(std::move(options), nullptr) {}

CurlTransport::CurlTransport(Options options, std::unique_ptr<detail::NameLookup> lookup)
    : options_(std::move(options)),
      lookup_(std::move(lookup)),
      problem_(Error{ErrorCode::resource, "CurlTransport::prepare() must be called before send()"}),
      speaksTls_(isHttps(options_.proxy)) {
    detail::ExitGate::expect();
}

SIDESPAN_COLD CurlTransport::~CurlTransport() {
    if (!session_) return;
    const detail::ExitGate::Pass pass(speaksTls_, nullptr);
    if (!pass.isGranted()) {
        static_cast<void>(session_.release());  // OpenSSL, which it uses, may have cleaned up
    } else {
        const detail::platform::WriteSignalBlock noSignal;  // TLS says goodbye; older libcurls use write()
        session_.reset();
    }
}

SIDESPAN_COLD void CurlTransport::prepare() noexcept try {
    problem_.reset();
    if (const auto opened = detail::CurlLibrary::open(); !opened.isSuccess()) {
        problem_ = opened.error();
    } else {
        detail::ExitGate::install();
    }
} catch (const std::bad_alloc&) {
    problem_ = {ErrorCode::resource, "out of memory"};  // short enough to need no allocation
}

SIDESPAN_COLD Outcome<HttpResponse> CurlTransport::send(const HttpRequest& request,
                                                        Cancellation& cancellation) {
    if (problem_) return *problem_;
    speaksTls_ = speaksTls_ || isHttps(request.url);
    const detail::ExitGate::Pass pass(speaksTls_, &cancellation);
    if (!pass.isGranted()) return Error{ErrorCode::network, "the program is ending"};
    if (!session_ && !lookup_) lookup_ = detail::makeNameLookup();
    if (!session_) session_ = std::make_unique<Session>(options_, std::move(lookup_));
    return session_->send(request, cancellation);
}

std::uint64_t CurlTransport::bodyBytesSent() const noexcept {
    return session_ ? session_->bodyBytesSent() : 0;
}

}
