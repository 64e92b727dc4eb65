#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include <sidespan/http_transport/http_response.h>
#include <sidespan/version.h>

namespace sidespan::inline v0::detail {

/// What becomes of a request after an attempt to send it.
enum class DeliveryStatus : std::uint8_t {
    delivered,     // the server has it
    retry,         // no answer, or one that the server itself did not give
    postponed,     // not sent: the day's byte budget is used up
    unauthorized,  // the token was refused, also after the token provider was asked
    tooLarge,      // the server takes smaller requests
    rejected,      // the server does not want it
    switchedOff,   // the server asked for no more requests, now or before
    noConsent,     // not sent: recorded under a consent that is no longer in force
    cancelled,     // interrupted by shutdown, cancel() or withdrawn consent
};

/// What the body of a 2xx says about the parts of the request.
struct AnswerReading {
    std::size_t refused = 0;  // how many parts the server did not take
    std::string_view reason;  // of the first, as the body gives it; empty if it gives none
};

/// What an answer to a request for a server that speaks plain HTTP means: the table in answer_rules.cpp,
/// which gives the reasons. One of delivered, retry, unauthorized, tooLarge, rejected and switchedOff.
[[nodiscard]] DeliveryStatus httpStatusOf(const HttpResponse& response) noexcept;

/// The same for a GET, whose answer may well be HTML.
[[nodiscard]] DeliveryStatus httpStatusOfFetch(const HttpResponse& response) noexcept;

/// What a server's answers mean. A sink whose protocol has other rules than plain HTTP gives its own. Called
/// on the worker's thread; redirects are followed before.
struct AnswerRules {
    DeliveryStatus (*statusOf)(const HttpResponse& response) noexcept = &httpStatusOf;
    /// Reads the body of a 2xx. Null if the server always takes everything.
    AnswerReading (*read)(std::string_view body) noexcept = nullptr;
};

/// Whether the answer is an HTML page, by its Content-Type or by a body that begins with '<'. A captive
/// portal or a proxy sends one instead of the server's answer.
[[nodiscard]] bool isHtml(const HttpResponse& response) noexcept;

}
