#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <sidespan/http_transport/http_header.h>

namespace sidespan::inline v0 {

/// One HTTP exchange to be made by an HttpTransport.
struct HttpRequest {
    std::string method = "POST";
    /// "http://..." or "https://...".
    std::string url;
    /// Sent unchanged, besides Host and Content-Length. Each must be isSendable().
    std::vector<HttpHeader> headers;
    /// Not copied: it must not move until the exchange is over.
    std::string_view body;

    std::chrono::milliseconds connectTimeout{5000};  ///< name, connection and TLS
    std::chrono::milliseconds totalTimeout{30000};   ///< of everything
    std::chrono::milliseconds idleTimeout{10000};    ///< without a byte in either direction
    std::size_t maxResponseBytes = std::size_t{256} << 10U;
};

/// "http://host:port" of a URL: enough to say where, without what a path, a query or credentials may hold.
[[nodiscard]] std::string originOf(const std::string& url);

}
