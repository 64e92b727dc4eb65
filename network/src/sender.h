#pragma once

#include <memory>
#include <string>
#include <vector>

#include <sidespan/config.h>
#include <sidespan/http_transport/http_transport.h>
#include <sidespan/network/detail/request_budget.h>
#include <sidespan/network/detail/request_source.h>

#include <sidespan/network/detail/failure_log.h>
#include "credentials.h"
#include "gzip.h"
#include "url.h"

namespace sidespan::inline v0::detail {

/// Makes one attempt at a request: checks consent, the server's off switch and the byte budget, adds what
/// every request carries, follows redirects within the origin, renews a refused token, and classifies the
/// answer. Reports failures. For the worker's thread.
class Sender {
public:
    Sender(const ValidConfig& config, std::shared_ptr<DeliveryClock> clock,
           std::unique_ptr<HttpTransport> transport);

    /// See HttpTransport::prepare(). [a thread of the user's]
    void prepare() noexcept { transport_->prepare(); }
    [[nodiscard]] DeliveryResult send(const OutgoingRequest& request, Cancellation& cancellation);

    [[nodiscard]] Credentials& credentials() noexcept { return credentials_; }
    [[nodiscard]] const Credentials& credentials() const noexcept { return credentials_; }
    [[nodiscard]] DeliveryClock& clock() noexcept { return *clock_; }
    /// Before the first request.
    void useBudget(RequestBudget& budget) noexcept { budget_ = &budget; }

private:
    [[nodiscard]] std::optional<DeliveryResult> refuse(const OutgoingRequest& request);
    [[nodiscard]] bool isSwitchedOff(std::string_view path) const;
    [[nodiscard]] std::optional<DeliveryResult> chargeBudget(std::uint64_t bytes);
    void refundBudget(std::uint64_t bytes);
    [[nodiscard]] HttpRequest compose(const OutgoingRequest& request);
    [[nodiscard]] DeliveryResult exchange(const OutgoingRequest& outgoing, const std::string& token,
                                          Cancellation& cancellation);
    [[nodiscard]] DeliveryResult follow(HttpRequest& request, const AnswerRules& rules,
                                        const std::string& token, Cancellation& cancellation);
    [[nodiscard]] DeliveryResult judge(Outcome<HttpResponse> outcome, const AnswerRules& rules,
                                       const std::string& token);
    void note(const OutgoingRequest& request, DeliveryResult& result);

    const ValidConfig& config_;
    std::shared_ptr<DeliveryClock> clock_;
    std::unique_ptr<HttpTransport> transport_;
    Credentials credentials_;
    RequestBudget ownBudget_;
    RequestBudget* budget_ = &ownBudget_;
    FailureLog failures_;
    Gzip gzip_;
    std::vector<std::string> switchedOff_;  // paths of posts that answered 410
};

}
