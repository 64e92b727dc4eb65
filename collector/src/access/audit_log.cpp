#include "access/audit_log.h"

#include <utility>

#include <fmt/format.h>
#include <sidespan_database/time_text.h>

namespace sidespan::collector {

namespace {

using http_server::RefusalKind;

bool isAboutTheCaller(RefusalKind kind) {
    return kind != RefusalKind::none && kind != RefusalKind::request && kind != RefusalKind::busy;
}

std::string escaped(std::string_view text) {
    std::string result;
    for (const char c : text) {
        if (c < ' ' || c > '~' || c == '"' || c == '\\') {
            result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
            result += c;
        }
    }
    return result;
}

/// Without spaces, so that it stands without quotes.
std::string word(std::string_view text) {
    auto result = escaped(text);
    for (auto& c : result)
        if (c == ' ') c = '_';
    return result.empty() ? "-" : result;
}

}

AuditLog::AuditLog(Write write, const http_server::RateTable::Now& now)
    : write_(std::move(write)), rate_(linesPerMinute, http_server::refusalKinds, now) {}

void AuditLog::refused(const http_server::ServerRequest& request, const http_server::Refusal& refusal) {
    if (!write_ || !isAboutTheCaller(refusal.kind)) return;
    const auto kind = toString(refusal.kind);
    auto& suppressed = suppressed_[static_cast<std::size_t>(refusal.kind)];
    if (rate_.take(kind)) {
        suppressed.fetch_add(1, std::memory_order_relaxed);
        return;
    }
    auto line = fmt::format("{} refused kind={} status={} address={} token={} route=\"{}\" reason=\"{}\"",
                            database::timeText(database::unixMsNow()), kind,
                            static_cast<unsigned>(refusal.response.status), word(request.peer),
                            word(request.caller.tokenId),
                            request.route != nullptr ? request.route->name.view() : std::string_view("-"),
                            escaped(refusal.reason));
    if (const auto count = suppressed.exchange(0, std::memory_order_relaxed); count != 0)
        line += fmt::format(" suppressed={}", count);
    write_(line);
}

}
