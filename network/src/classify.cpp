#include "classify.h"

#include <optional>

#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>
#include <sidespan/detail/utf8_text.h>

#include "retry_after.h"

namespace sidespan::inline v0::detail {
namespace {

ErrorCode codeOf(DeliveryStatus status) {
    switch (status) {
        case DeliveryStatus::unauthorized:
            return ErrorCode::unauthorized;
        case DeliveryStatus::tooLarge:
            return ErrorCode::tooLarge;
        case DeliveryStatus::switchedOff:
            return ErrorCode::disabled;
        case DeliveryStatus::retry:
            return ErrorCode::unavailable;
        default:
            return ErrorCode::rejected;
    }
}

std::string describe(const HttpResponse& response) {
    if (response.isSuccess()) {
        return join(
            {"the answer ", decimal(response.status),
             " is an HTML page, as a captive portal or a proxy sends; your own server must not answer with"
             " text/html or a body that begins with '<'"});
    }
    const auto said = excerpt(response.body, ' ');
    return join({"the server answered ", decimal(response.status), said.empty() ? "" : ": ", said});
}

// A date is compared with the answer's own `Date`, since this machine's clock may be wrong.
std::optional<std::chrono::seconds> retryAfter(const HttpResponse& response, const DeliveryClock& clock) {
    const auto text = response.header("Retry-After");
    if (!text) return std::nullopt;
    const auto answered = parseHttpDate(response.header("Date").value_or(""));
    return parseRetryAfter(*text, answered ? *answered : clock.wallNow());
}

}

SIDESPAN_COLD DeliveryResult classify(Outcome<HttpResponse> outcome, const AnswerRules& rules,
                                      const DeliveryClock& clock) {
    if (!outcome.isSuccess()) {
        const bool isCancelled = outcome.error().code == ErrorCode::cancelled;
        return {.status = isCancelled ? DeliveryStatus::cancelled : DeliveryStatus::retry,
                .error = outcome.error()};
    }
    DeliveryResult result{.response = std::move(outcome).value()};
    result.status = rules.statusOf(result.response);
    if (result.status == DeliveryStatus::delivered) return result;
    result.error = {codeOf(result.status), describe(result.response)};
    if (result.status != DeliveryStatus::retry) return result;
    if (const auto delay = retryAfter(result.response, clock)) result.notBefore = clock.now() + *delay;
    return result;
}

}
