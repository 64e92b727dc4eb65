#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include <sidespan_http_server/http_server.h>

namespace sidespan::collector {

/// Writes a line for each request that was refused because of its sender or its rate:
/// `2026-01-31T12:34:56.789Z refused kind=token status=401 address=203.0.113.7 token=- route="GET /x"
/// reason="…"`. It contains the token's id, never the token. What is not printable ASCII is escaped (`\x0a`).
/// At most 600 lines of one kind are written in a minute; the next one then ends in `suppressed=N`. [any
/// thread]
class AuditLog {
public:
    /// Receives a line without a newline. Must not throw.
    using Write = std::function<void(std::string_view line)>;
    static constexpr std::size_t linesPerMinute = 600;

    explicit AuditLog(Write write,
                      const http_server::RateTable::Now& now = http_server::RateTable::Clock::now);

    void refused(const http_server::ServerRequest& request, const http_server::Refusal& refusal);

private:
    Write write_;
    http_server::RateTable rate_;  ///< by kind
    std::array<std::atomic<std::uint64_t>, http_server::refusalKinds> suppressed_{};
};

}
