#pragma once

#include <cstdint>
#include <string>

#include <sidespan/http_winhttp/winhttp_transport.h>

#include "winhttp_api.h"

namespace sidespan::inline v0 {

/// WinHTTP's session, which keeps connections open, and the server that was last talked to.
class WinHttpTransport::Session {
public:
    explicit Session(const HttpTransportOptions& options);

    /// `bodyBytesSent` is set in any case.
    [[nodiscard]] Outcome<HttpResponse> send(const HttpRequest& request, Cancellation& cancellation,
                                             std::uint64_t& bodyBytesSent);

private:
    struct Target;
    [[nodiscard]] bool connect(const Target& target);
    [[nodiscard]] detail::WinHttpHandle openRequest(const HttpRequest& request, const Target& target) const;
    void setProxyUser(HINTERNET request) const;

    detail::WinHttpHandle session_;
    detail::WinHttpHandle server_;
    std::wstring host_;
    INTERNET_PORT port_ = 0;
    std::wstring proxyUser_;
    std::wstring proxyPassword_;
};

}
