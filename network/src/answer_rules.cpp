#include <sidespan/detail/compiler.h>
#include <sidespan/network/detail/answer_rules.h>

#include <algorithm>
#include <array>
#include <string_view>

namespace sidespan::inline v0::detail {
namespace {

using enum DeliveryStatus;

struct Rule {
    int first;
    int last;
    DeliveryStatus status;
};

// The first rule that matches decides. An answer that the endpoint itself did not give is retried, since the
// trouble of a proxy, gateway, load balancer or captive portal passes. So is an answer that means "not now".
constexpr auto httpRules = std::to_array<Rule>({
    {100, 199, retry},         // an interim answer without a final one
    {200, 299, delivered},     // unless it is HTML
    {401, 401, unauthorized},  // the token provider is asked, then the sink waits for a new token
    {403, 403, unauthorized},
    {407, 407, retry},  // a proxy wants its own credentials (RFC 9110, 15.5.8)
    {408, 408, retry},  // the request came too slowly
    {410, 410, switchedOff},
    {413, 413, tooLarge},
    {421, 421, retry},     // the connection led to another server (RFC 9110, 15.5.20)
    {425, 425, retry},     // too early in a TLS session (RFC 8470)
    {429, 429, retry},     // too many requests
    {300, 499, rejected},  // the server read the request and will not like it better later
    {501, 501, rejected},  // the server does not know the method, and will not learn it
    {505, 505, rejected},  // nor this version of HTTP
    {500, 599,
     retry},  // also 511, a captive portal (RFC 6585), and 520 to 530 and 599, which only proxies say
});

bool startsWithIgnoringCase(std::string_view text, std::string_view start) noexcept {
    return isSameHeaderName(text.substr(0, start.size()), start);
}

}

SIDESPAN_COLD bool isHtml(const HttpResponse& response) noexcept {
    const auto type = response.header("Content-Type").value_or("");
    if (startsWithIgnoringCase(type, "text/html") || startsWithIgnoringCase(type, "application/xhtml"))
        return true;
    std::string_view body = response.body;
    if (body.starts_with("\xef\xbb\xbf")) body.remove_prefix(3);  // a byte order mark
    const auto first = body.find_first_not_of(" \t\r\n\f\v");
    return first != std::string_view::npos && body[first] == '<';
}

DeliveryStatus httpStatusOfFetch(const HttpResponse& response) noexcept {
    const auto* const rule = std::ranges::find_if(
        httpRules, [&](const Rule& r) { return r.first <= response.status && response.status <= r.last; });
    // A number that is not a status of HTTP counts as a 5xx (RFC 9110, 15).
    return rule == httpRules.end() ? retry : rule->status;
}

DeliveryStatus httpStatusOf(const HttpResponse& response) noexcept {
    const auto status = httpStatusOfFetch(response);
    return status == delivered && isHtml(response) ? retry : status;
}

}
