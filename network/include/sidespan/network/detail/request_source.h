#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <sidespan/consent_epoch.h>
#include <sidespan/error.h>
#include <sidespan/http_transport/http_response.h>
#include <sidespan/network/delivery_clock.h>
#include <sidespan/network/detail/answer_rules.h>
#include <sidespan/network/detail/request_budget.h>

namespace sidespan::inline v0::detail {

/// A request for the configured server. What it refers to must not move until the request is finished.
struct OutgoingRequest {
    std::string_view method = "POST";  // a literal: GET or POST
    std::string_view path;             // begins with '/', or is empty: the endpoint is the whole URL
    std::span<const HttpHeader> headers;
    std::string_view body;
    bool gzip = false;
    ConsentEpoch consentEpoch;  // the one under which its content was recorded
    AnswerRules answers{};
};

/// The result of an attempt to send.
struct DeliveryResult {
    DeliveryStatus status = DeliveryStatus::retry;
    Error error{};                                   // when delivered, why the server refused a part
    HttpResponse response{};                         // when there was one
    std::optional<DeliveryClock::Time> notBefore{};  // what the server, or the budget, asked for
    std::size_t refused = 0;                         // when delivered, how many parts the server refused
};

/// Something whose requests the worker sends, one at a time, on its own thread. All calls come from that
/// thread. If `next()` throws, the worker asks again later. The others must not throw.
class RequestSource {
public:
    virtual ~RequestSource() = default;

    /// Does what is due, and returns the request to send now, if any. Otherwise lowers `askAgain` to the time
    /// at which it wants to be asked again without being woken.
    [[nodiscard]] virtual std::optional<OutgoingRequest> next(DeliveryClock::Time now,
                                                              DeliveryClock::Time& askAgain) = 0;

    /// The result for the last request that `next()` gave.
    virtual void finish(DeliveryResult result) = 0;

    /// Nothing will be sent any more.
    virtual void abandon() = 0;

    /// The budget for all requests of the runner, if the source has one that is not only in memory. attach()
    /// asks for it once.
    [[nodiscard]] virtual RequestBudget* budget() noexcept { return nullptr; }
};

/// The worker, as its sources see it. [any thread]
class RequestRunner {
public:
    virtual ~RequestRunner() = default;
    /// From the next wake() on, the source is asked for requests. It must outlive the runner's shutdown.
    virtual void attach(RequestSource& source) = 0;
    /// Loads what sending needs. If it was not called, the first wake() does so on its caller's thread. May
    /// be called any number of times.
    virtual void prepare() noexcept = 0;
    /// Says that there is something new to do. Starts the thread if there is none yet. False if it cannot be
    /// started, or after shutdown.
    virtual bool wake() = 0;
    /// Interrupts the request that is being sent, if any. Returns when it has stopped, after 250 ms at most,
    /// and at once on the runner's thread.
    virtual void interrupt() = 0;
    /// Changes whenever setToken() gives a new one.
    [[nodiscard]] virtual std::uint64_t tokenGeneration() const = 0;
    [[nodiscard]] virtual DeliveryClock& clock() = 0;
    /// Whether the caller is the runner's thread.
    [[nodiscard]] virtual bool isOwnThread() const noexcept = 0;
    /// True in a forked child. The thread does not exist there, and what it had locked stays locked for ever,
    /// so nothing of the runner may be touched or destroyed.
    [[nodiscard]] virtual bool isInherited() const noexcept = 0;
};

}
