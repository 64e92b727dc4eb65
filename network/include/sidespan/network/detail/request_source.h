#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include <sidespan/error.h>
#include <sidespan/http_transport/http_response.h>
#include <sidespan/network/delivery_clock.h>
#include <sidespan/network/detail/request_budget.h>

namespace sidespan::inline v0::detail {

/// What the body of a 2xx says of the parts of the request.
struct AnswerReading {
    std::size_t refused = 0;  // how many parts the server did not take
    std::string_view reason;  // of the first, as the body has it; empty when it gives none
};
using AnswerReader = AnswerReading (*)(std::string_view body) noexcept;

/// A request for the configured server. What it refers to stays where it is until the request is settled.
struct OutgoingRequest {
    std::string_view method = "POST";  // a literal: GET or POST
    std::string_view path;             // begins with '/'
    std::span<const HttpHeader> headers;
    std::string_view body;
    bool gzip = false;
    std::uint32_t consentEpoch = 0;     // under which its content was recorded
    AnswerReader readAnswer = nullptr;  // for the body of a 2xx; none means that it took everything
};

/// What an attempt to send came to, by the rules of the retry classes.
enum class Fate : std::uint8_t {
    delivered,     // 2xx
    retry,         // no answer, 408, 429, 500, 502, 503, 504
    postponed,     // not sent: the day's byte budget is used up
    unauthorized,  // 401 or 403, also after the token provider was asked
    tooLarge,      // 413
    rejected,      // any other status
    switchedOff,   // 410, now or before
    noConsent,     // not sent: recorded under another consent than the one that holds now
    cancelled,     // interrupted by shutdown, cancel() or withdrawn consent
};

struct Verdict {
    Fate fate = Fate::retry;
    Error error{};                                   // when delivered, why the server refused a part
    HttpResponse response{};                         // when there was one
    std::optional<DeliveryClock::Time> notBefore{};  // what the server, or the budget, asked for
    std::size_t refused = 0;                         // when delivered, how many parts the server refused
};

/// Something whose requests the courier sends, one at a time, on its own thread. All calls come from that
/// thread.
class RequestSource {
public:
    virtual ~RequestSource() = default;

    /// Does what has become due, and gives what is to be sent now. Otherwise lowers `askAgain` to the moment
    /// at which it wants to be asked again without being woken.
    [[nodiscard]] virtual std::optional<OutgoingRequest> next(DeliveryClock::Time now,
                                                              DeliveryClock::Time& askAgain) = 0;

    /// What became of the last request that `next()` gave.
    virtual void settle(Verdict verdict) = 0;

    /// Nothing will be sent any more.
    virtual void abandon() = 0;

    /// What counts the bytes of every request of this runner, where the source has something better than
    /// memory. Asked for once, by attach().
    [[nodiscard]] virtual RequestBudget* budget() noexcept { return nullptr; }
};

/// Whoever owns the courier, as a source of its own sees it. Any thread.
class RequestRunner {
public:
    virtual ~RequestRunner() = default;
    /// Has the source asked for requests, from the next wake() on. It outlives the runner's shutdown.
    virtual void attach(RequestSource& source) = 0;
    /// Says that there is something new to do. Starts the thread when there is none yet; false when there can
    /// be none.
    virtual bool wake() = 0;
    /// Interrupts what is being sent, if anything is, and returns when it has stopped.
    virtual void interrupt() = 0;
    /// Changes whenever setToken() gives a new one.
    [[nodiscard]] virtual std::uint64_t tokenGeneration() const = 0;
    [[nodiscard]] virtual DeliveryClock& clock() = 0;
    /// Whether the caller is the runner's thread.
    [[nodiscard]] virtual bool isOwnThread() const noexcept = 0;
    /// In a forked child: the thread does not exist there, and what it had locked stays locked for ever, so
    /// nothing of it may be touched, nor destroyed.
    [[nodiscard]] virtual bool isInherited() const noexcept = 0;
};

}
