#include "classify.h"

#include <algorithm>

#include <sidespan/detail/join.h>

#include "retry_after.h"

namespace sidespan::inline v0::detail {
namespace {

constexpr std::size_t quotedCharacters = 200;

Fate fateOf(int status) {
    if (status >= 200 && status < 300) return Fate::delivered;
    switch (status) {
        case 401:
        case 403:
            return Fate::unauthorized;
        case 410:
            return Fate::switchedOff;
        case 413:
            return Fate::tooLarge;
        case 408:
        case 429:
        case 500:
        case 502:
        case 503:
        case 504:
            return Fate::retry;
        default:
            return Fate::rejected;
    }
}

ErrorCode codeOf(Fate fate) {
    switch (fate) {
        case Fate::unauthorized:
            return ErrorCode::unauthorized;
        case Fate::tooLarge:
            return ErrorCode::tooLarge;
        case Fate::switchedOff:
            return ErrorCode::disabled;
        case Fate::retry:
            return ErrorCode::unavailable;
        default:
            return ErrorCode::rejected;
    }
}

std::string describe(const HttpResponse& response) noexcept {
    const auto said = quoteServer(response.body);
    return join({"the server answered ", decimal(response.status), said.empty() ? "" : ": ", said});
}

}

std::string quoteServer(std::string_view said) noexcept {
    std::string text(said.substr(0, quotedCharacters));
    std::ranges::replace_if(
        text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
    return text;
}

Verdict classify(Outcome<HttpResponse> outcome, const DeliveryClock& clock) noexcept {
    if (!outcome.isSuccess()) {
        const bool isCancelled = outcome.error().code == ErrorCode::cancelled;
        return {.fate = isCancelled ? Fate::cancelled : Fate::retry, .error = outcome.error()};
    }
    Verdict verdict{.fate = fateOf(outcome.value().status), .response = std::move(outcome).value()};
    if (verdict.fate == Fate::delivered) return verdict;
    verdict.error = {codeOf(verdict.fate), describe(verdict.response)};
    const auto retryAfter = verdict.response.header("Retry-After");
    if (verdict.fate == Fate::retry && retryAfter) {
        if (const auto delay = parseRetryAfter(*retryAfter, clock.wallNow()))
            verdict.notBefore = clock.now() + *delay;
    }
    return verdict;
}

}
