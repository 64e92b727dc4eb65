#pragma once

#include <cstdint>
#include <string>

#include <sidespan/http_winhttp/winhttp_transport.h>

#include "winhttp_api.h"

namespace sidespan::inline v0 {

/// WinHTTP's session, which keeps connections open, and the last server.
class WinHttpTransport::Session {
public:
    explicit Session(const HttpTransportOptions& options);
    /// Closes the session, and waits for 500 ms at most until WinHTTP's last callback has returned. If it has
    /// not, this binary stays loaded until the process ends.
    ~Session();
    Session(const Session&) = delete;
    Session& operator=(const Session&) = delete;

    [[nodiscard]] bool isOpen() const noexcept { return session_ != nullptr; }
    /// Always sets `bodyBytesSent`.
    [[nodiscard]] Outcome<HttpResponse> send(const HttpRequest& request, Cancellation& cancellation,
                                             std::uint64_t& bodyBytesSent);

private:
    struct Target;
    [[nodiscard]] bool connect(const Target& target);
    [[nodiscard]] detail::WinHttpHandle openRequest(const HttpRequest& request, const Target& target) const;
    void setProxyUser(HINTERNET request) const;

    HANDLE lastCallIsOver_ = nullptr;  // null if WinHTTP does not support it
    detail::WinHttpHandle session_;
    detail::WinHttpHandle server_;
    std::wstring host_;
    INTERNET_PORT port_ = 0;
    std::wstring proxyUser_;
    std::wstring proxyPassword_;
};

}
