#include "server_answer.h"

#include <sidespan/detail/compiler.h>

#include "json_scan.h"

namespace sidespan::inline v0::detail {

std::size_t rejectedSpans(std::string_view body) noexcept {
    return jsonCount(jsonMember(body, "rejected"));
}

SIDESPAN_COLD std::string_view rejectionReason(std::string_view body) noexcept {
    constexpr std::string_view name = "\"reason\"";
    const auto at = body.find(name);
    if (at == std::string_view::npos) return {};
    const auto rest = trimFront(body.substr(at + name.size()));
    return rest.starts_with(':') ? jsonText(trimFront(rest.substr(1))) : std::string_view();
}

AnswerReading readServerAnswer(std::string_view body) noexcept {
    return {rejectedSpans(body), rejectionReason(body)};
}

}
