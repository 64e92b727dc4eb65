#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include <sidespan/version.h>

namespace sidespan::inline v0 {

/// Requests to a server, for the http sink and NetworkClient. A group of `Config`.
struct HttpSettings {
    /// Default headers. A request's own headers and the token override them. Content-*, Transfer-Encoding
    /// and Idempotency-Key are refused: the SDK sets them for each request.
    std::map<std::string, std::string> headers{};
    /// What is added to `Config::endpoint` to post spans, beginning with '/': "/otlp/v1/traces?team=audio".
    /// The encoding's own path when empty, "/v1/traces" for OTLP; an endpoint that ends with that is whole.
    std::string spansPath{};
    std::chrono::milliseconds connectTimeout{5000};  ///< 1 ms to 10 min
    /// Of a whole request; 1 ms to 1 h. A third of it, and 10 s at least, without a byte in either
    /// direction end it too.
    std::chrono::milliseconds requestTimeout{30000};
    std::string caFile{};  ///< PEM file of trusted certificates; the system's when empty
    /// "http://host:port", with the port; none when empty. A user and password stand before the host,
    /// "http://user:password@host:port", with '@', ':' and '/' in them percent-encoded, and never come
    /// into a log or an error.
    std::string proxy{};
    /// Of request bodies, each time they are sent; 0 is no limit. Days are UTC's, and the first request
    /// of each passes whatever its size. Counted in the outbox directory where there is one, for all who
    /// share it and over restarts.
    std::uint64_t maxBytesPerDay = 0;
};

}
