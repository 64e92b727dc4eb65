#include "sender.h"

#include <algorithm>
#include <array>
#include <utility>

#include <sidespan/deadline.h>
#include <sidespan/detail/compiler.h>
#include <sidespan/detail/join.h>
#include <sidespan/detail/utf8_text.h>

#include "classify.h"

namespace sidespan::inline v0::detail {
namespace {

using namespace std::chrono_literals;

constexpr int maxRedirects = 5;
constexpr std::chrono::milliseconds leastSilence = 10s;
constexpr std::size_t mostPaths = 100;
constexpr std::size_t maxFetchedBytes = std::size_t{64} << 20U;
constexpr std::string_view authorization = "Authorization";

std::string joinUrl(std::string_view endpoint, std::string_view path) {
    while (endpoint.ends_with('/')) endpoint.remove_suffix(1);
    return join({endpoint, path});
}

std::string_view withoutQuery(std::string_view path) {
    return path.substr(0, path.find('?'));
}

// Other 3xx codes are not redirects, or only for caches.
bool isRedirect(const HttpResponse& response) {
    constexpr std::array statuses{301, 302, 303, 307, 308};
    return std::ranges::find(statuses, response.status) != statuses.end();
}

DeliveryResult failure(DeliveryStatus status, ErrorCode code, std::string message) {
    return {.status = status, .error = {code, std::move(message)}};
}

}

SIDESPAN_COLD Sender::Sender(const ValidConfig& config, std::shared_ptr<DeliveryClock> clock,
                             std::unique_ptr<HttpTransport> transport)
    : config_(config),
      clock_(std::move(clock)),
      transport_(std::move(transport)),
      credentials_(config, *clock_),
      ownBudget_(config->http.maxBytesPerDay),
      failures_(config) {}

SIDESPAN_COLD DeliveryResult Sender::send(const OutgoingRequest& outgoing, Cancellation& cancellation) {
    if (auto refused = refuse(outgoing)) return *std::move(refused);
    const auto token = credentials_.token();
    auto result = exchange(outgoing, token, cancellation);
    if (result.status == DeliveryStatus::unauthorized && credentials_.renew(token))
        result = exchange(outgoing, credentials_.token(), cancellation);
    note(outgoing, result);
    return result;
}

SIDESPAN_COLD std::optional<DeliveryResult> Sender::refuse(const OutgoingRequest& request) {
    if (!config_->consent.allows(request.consentEpoch)) {
        return failure(DeliveryStatus::noConsent, ErrorCode::noConsent, "not sent: consent is not granted");
    }
    if (isSwitchedOff(withoutQuery(request.path))) {
        return failure(DeliveryStatus::switchedOff, ErrorCode::disabled,
                       "not sent: the server has switched this off");
    }
    return std::nullopt;
}

SIDESPAN_COLD bool Sender::isSwitchedOff(std::string_view path) const {
    return std::ranges::find(switchedOff_, path) != switchedOff_.end();
}

SIDESPAN_COLD std::optional<DeliveryResult> Sender::chargeBudget(std::uint64_t bytes) {
    const auto now = clock_->wallNow();
    if (budget_->take(bytes, now)) return std::nullopt;
    auto result = failure(DeliveryStatus::postponed, ErrorCode::unavailable,
                          "not sent before tomorrow: Config::http.maxBytesPerDay is used up");
    // The machine may sleep, or its clock may be set: tomorrow may come sooner.
    result.notBefore =
        clock_->now() + std::min<std::chrono::nanoseconds>(RequestBudget::untilTomorrow(now), 1h);
    return result;
}

// Bytes that a machine without a network could not send do not count.
void Sender::refundBudget(std::uint64_t bytes) {
    const auto sent = transport_->bodyBytesSent();
    if (sent < bytes) budget_->giveBack(bytes - sent, clock_->wallNow());
}

SIDESPAN_COLD HttpRequest Sender::compose(const OutgoingRequest& outgoing) {
    HttpRequest request;
    request.method = outgoing.method;
    if (outgoing.method == "GET") request.maxResponseBytes = maxFetchedBytes;
    request.url = joinUrl(config_->endpoint, outgoing.path);
    for (const auto& [name, value] : outgoing.headers) addHeader(request.headers, name, value);
    const auto addOther = [&](std::string_view name, std::string_view value) {
        const bool isThere = std::ranges::any_of(
            request.headers, [&](const HttpHeader& header) { return isSameHeaderName(header.name, name); });
        if (!isThere) addHeader(request.headers, name, value);
    };
    for (const auto& [name, value] : config_->http.headers) addOther(name, value);
    addOther("User-Agent", join({"sidespan-cpp/", version}));
    request.body = outgoing.body;
    if (outgoing.gzip) {
        if (const auto smaller = gzip_.compress(outgoing.body); !smaller.empty()) {
            request.body = smaller;
            addHeader(request.headers, "Content-Encoding", "gzip");
        }
    }
    request.connectTimeout = config_->http.connectTimeout;
    const auto whole = config_->http.requestTimeout;
    request.idleTimeout = std::min(whole, std::max(leastSilence, whole / 3));
    return request;
}

// A token replaces an Authorization header of the user's.
SIDESPAN_COLD DeliveryResult Sender::exchange(const OutgoingRequest& outgoing, const std::string& token,
                                              Cancellation& cancellation) {
    HttpRequest request = compose(outgoing);
    if (!token.empty()) {
        std::erase_if(request.headers,
                      [](const HttpHeader& header) { return isSameHeaderName(header.name, authorization); });
        addHeader(request.headers, authorization, join({"Bearer ", token}));
    }
    auto result = follow(request, outgoing.answers, token, cancellation);
    result.error.message = Credentials::redact(std::move(result.error.message), token);
    if (request.method == "GET" && result.response.isCut) {
        return failure(DeliveryStatus::tooLarge, ErrorCode::tooLarge, "the answer is longer than 64 MiB");
    }
    if (result.status == DeliveryStatus::delivered) {
        credentials_.accepted();
        if (outgoing.answers.read != nullptr) {
            const auto reading = outgoing.answers.read(result.response.body);
            result.refused = reading.refused;
            result.error.message = excerpt(Credentials::redact(std::string(reading.reason), token), ' ');
        }
    }
    return result;
}

// All hops share the time of one request. Each counts in the byte budget.
SIDESPAN_COLD DeliveryResult Sender::follow(HttpRequest& request, const AnswerRules& rules,
                                            const std::string& token, Cancellation& cancellation) {
    const auto end = deadlineIn(config_->http.requestTimeout);
    for (int hops = 0;; ++hops) {
        if (auto postponed = chargeBudget(request.body.size())) return *std::move(postponed);
        const auto left =
            std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
        request.totalTimeout = std::max<std::chrono::milliseconds>(left, 1ms);
        auto outcome = transport_->send(request, cancellation);
        if (!outcome.isSuccess()) refundBudget(request.body.size());
        if (!outcome.isSuccess() || !isRedirect(outcome.value()))
            return judge(std::move(outcome), rules, token);
        const auto from = Url::parse(request.url);
        const auto location = outcome.value().header("Location");
        const auto to = from && location ? from->resolve(*location) : std::nullopt;
        if (!to) {
            return failure(DeliveryStatus::retry, ErrorCode::network,
                           "the answer is a redirect without a usable Location");
        }
        if (!from->hasSameOrigin(*to)) {
            return failure(DeliveryStatus::retry, ErrorCode::network,
                           join({"the answer is a redirect to ", to->origin(),
                                 ", which is not followed: it is not the configured server"}));
        }
        if (hops == maxRedirects)
            return failure(DeliveryStatus::retry, ErrorCode::network, "redirected more than 5 times");
        // Following it would turn a post into a get.
        if (outcome.value().status == 303 && request.method != "GET")
            return judge(std::move(outcome), rules, token);
        request.url = to->text();
    }
}

SIDESPAN_COLD DeliveryResult Sender::judge(Outcome<HttpResponse> outcome, const AnswerRules& rules,
                                           const std::string& token) {
    // First: quoting cuts the text, perhaps in the middle of the token.
    if (outcome.isSuccess() && !outcome.value().isSuccess())
        outcome.value().body = Credentials::redact(std::move(outcome.value().body), token);
    return classify(std::move(outcome), rules, *clock_);
}

// Errors do not contain the query, which may hold private data.
SIDESPAN_COLD void Sender::note(const OutgoingRequest& request, DeliveryResult& result) {
    const auto path = withoutQuery(request.path);
    if (result.status == DeliveryStatus::delivered) {
        failures_.succeeded(path);
        return;
    }
    // For a GET, 410 only means that the resource is gone.
    if (result.status == DeliveryStatus::switchedOff && request.method == "POST" && !isSwitchedOff(path) &&
        switchedOff_.size() < mostPaths)
        switchedOff_.emplace_back(path);
    const auto* const space = path.empty() ? "" : " ";
    result.error.message = join({request.method, space, path, ": ", result.error.message});
    if (result.status != DeliveryStatus::cancelled) failures_.failed(path, result.error);
}

}
