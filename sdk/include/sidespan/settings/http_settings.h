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
    /// Added to `Config::endpoint` to post spans; begins with '/': "/otlp/v1/traces?team=audio". If empty,
    /// the encoding's path is added ("/v1/traces" for OTLP), unless the endpoint already ends with it.
    std::string spansPath{};
    std::chrono::milliseconds connectTimeout{5000};  ///< 1 ms to 10 min
    /// For a whole request; 1 ms to 1 h. A request also ends if no byte is sent or received for a third of
    /// this time, but at least 10 s.
    std::chrono::milliseconds requestTimeout{30000};
    std::string caFile{};  ///< PEM file of trusted certificates; the system's when empty. Refused by WinHTTP
    /// "http://host:port"; the port is required. If empty, no proxy is used (with WinHTTP: the system's
    /// proxy). A user and password may be given, "http://user:password@host:port", with '@', ':' and '/' in
    /// them percent-encoded. They never appear in a log or an error.
    std::string proxy{};
    /// Limit for the bytes of request bodies, counted each time they are sent; 0 is no limit. Days are in
    /// UTC. The first request of a day is sent whatever its size. With an outbox directory the bytes are
    /// counted there, for all programs that share it and across restarts.
    std::uint64_t maxBytesPerDay = 0;
};

}
