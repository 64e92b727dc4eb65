#include "request_gate.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>

#include "trace_headers.h"

namespace sidespan::http_server {

namespace {

namespace http = boost::beast::http;
using http::field;
using http::status;

constexpr const char* installationHeader = "X-Client-Installation";

template <class Name>
std::string_view value(const RequestGate::Head& head, Name name) {
    auto found = head.find(name);
    if (found == head.end()) return {};
    return {found->value().data(), found->value().size()};
}

std::string_view withoutPort(std::string_view host) {
    if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
    return host.substr(0, host.find(':'));
}

bool isLocalName(std::string_view host) {
    constexpr std::array<std::string_view, 3> names{"localhost", "127.0.0.1", "[::1]"};
    for (auto name : names) {
        if (boost::beast::iequals({host.data(), host.size()}, {name.data(), name.size()})) return true;
    }
    return false;
}

/// `Text/Plain; charset=utf-8` → `text/plain`.
std::string mediaType(std::string_view header) {
    auto type = header.substr(0, header.find(';'));
    while (!type.empty() && (type.back() == ' ' || type.back() == '\t')) type.remove_suffix(1);
    std::string lower;
    for (char c : type) lower += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    return lower;
}

/// What follows `Bearer `; empty when nothing does.
std::string_view bearerOf(std::string_view header) {
    constexpr std::string_view scheme = "Bearer ";
    bool isBearer = header.size() > scheme.size() &&
                    boost::beast::iequals({header.data(), scheme.size()}, {scheme.data(), scheme.size()});
    return isBearer ? header.substr(scheme.size()) : std::string_view();
}

bool isChunked(const RequestGate::Head& head) {
    return head.find(field::transfer_encoding) != head.end();
}

/// 0 where it is not told, or is no number.
std::uint64_t lengthOf(const RequestGate::Head& head) {
    const auto text = value(head, field::content_length);
    std::uint64_t length = 0;
    std::from_chars(text.data(), text.data() + text.size(), length);
    return isChunked(head) ? 0 : length;
}

std::optional<Refusal> refuseLength(const RequestGate::Head& head, std::size_t limit) {
    auto text = value(head, field::content_length);
    if (text.empty() || isChunked(head)) return std::nullopt;
    std::uint64_t length = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error == std::errc() && length <= limit) return std::nullopt;
    return refusal(RefusalKind::request, status::payload_too_large,
                   fmt::format("the body has {} bytes; at most {} are accepted", text, limit));
}

/// All lines of the header as one list.
std::string forwardedFor(const RequestGate::Head& head) {
    std::string list;
    const auto [first, last] = head.equal_range("X-Forwarded-For");
    for (auto at = first; at != last; ++at) {
        if (!list.empty()) list += ',';
        list.append(at->value().data(), at->value().size());
    }
    return list;
}

/// Whether a proxy on this machine passed on another machine's request, which may name any host.
bool isPassedOn(const RequestGate::Head& head) {
    static const TrustedProxies thisMachine({"127.0.0.0/8", "::1"});
    return !siteOf(thisMachine.clientOf("127.0.0.1", forwardedFor(head))).empty();
}

Refusal tooMany(RefusalKind kind, std::string_view whose, std::chrono::seconds wait) {
    auto answer =
        refusal(kind, status::too_many_requests,
                fmt::format("too many requests of this {}; try again in {} s", whose, wait.count()));
    answer.response.headers.emplace_back("Retry-After", std::to_string(wait.count()));
    return answer;
}

/// A browser asks, before a page's own request, whether the page may send it.
bool isPreflight(const RequestGate::Head& head) {
    return head.method() == http::verb::options && head.count(field::origin) != 0 &&
           head.count(field::access_control_request_method) != 0;
}

/// It ends here without being a refusal of anything.
Refusal preflightAnswer(const Route& route) {
    Refusal preflight{RefusalKind::none, {}, {}};
    auto& answer = preflight.response;
    answer.status = status::no_content;
    answer.headers = {
        {"Access-Control-Allow-Methods", std::string(route.allow)},
        {"Access-Control-Allow-Headers", "content-type, authorization, traceparent, tracestate, baggage"},
        {"Access-Control-Max-Age", "7200"}};
    return preflight;
}

Refusal notAPath() {
    return refusal(
        RefusalKind::request, status::bad_request,
        "the request's target must be a path that begins with '/'. Percent-encode path and query as "
        "UTF-8: '%' and two hexadecimal digits for each byte (RFC 3986, 2.1)");
}

Refusal notAllowed(std::string_view allow) {
    auto answer =
        refusal(RefusalKind::request, status::method_not_allowed, fmt::format("this path takes {}", allow));
    answer.response.headers.emplace_back("Allow", allow);
    return answer;
}

}

std::optional<Refusal> RequestGate::admit(const Head& head, ServerRequest& request) const {
    request.method = std::string_view(head.method_string().data(), head.method_string().size());
    request.remote = readTraceHeaders(head);
    request.peer = rules_.proxies.clientOf(request.peer, forwardedFor(head));
    if (auto refused = refuseOrigin(head)) return refused;
    request.caller = rules_.tokens.identify(bearerOf(value(head, field::authorization)));
    if (auto refused = findRoute(head, request)) return refused;
    if (auto refused = judgeCaller(head, request)) return refused;
    for (const auto& each : head) request.headers.emplace_back(each.name_string(), each.value());
    return judgeBody(head, request);
}

std::optional<Refusal> RequestGate::findRoute(const Head& head, ServerRequest& request) const {
    auto target = parseTarget({head.target().data(), head.target().size()});
    if (!target) return notAPath();
    request.path = std::move(target->path);
    request.query = std::move(target->query);
    const auto match = routes_.find(request.path, target->nameAt);
    request.route = match.route;
    request.parameter = match.parameter;
    if (match.route == nullptr) {
        if (request.path.find('/', target->nameAt) != request.path.npos) return notAPath();
        const bool hasPage = routes_.find("/", 1).route != nullptr;
        return refusal(RefusalKind::request, status::not_found,
                       hasPage ? "there is nothing here; see / for the page" : "there is nothing here");
    }
    if (isPreflight(head)) return preflightAnswer(*match.route);
    if (!match.route->allows(head.method())) return notAllowed(match.route->allow);
    return std::nullopt;
}

std::optional<Refusal> RequestGate::judgeCaller(const Head& head, ServerRequest& request) const {
    const auto access = request.route->access;
    const auto bytes = std::min<std::uint64_t>(lengthOf(head), request.route->body.mostBytes);
    const auto& caller = request.caller;
    auto& limiter = rules_.limiter;
    if (access == Access::everyone) return std::nullopt;
    if (auto wait = limiter.takeAddress(request.peer, bytes))
        return tooMany(RefusalKind::addressLimit, "address", *wait);
    if (caller.isUndecided) {
        constexpr std::string_view reason = "the tokens cannot be read from the database now";
        return Refusal{RefusalKind::busy, std::string(reason), busyResponse(reason)};
    }
    if (!caller.mayEnter) {
        constexpr std::string_view reason = "send a token that is valid as Authorization: Bearer TOKEN";
        return Refusal{RefusalKind::token, std::string(reason), unauthorizedResponse(reason)};
    }
    if (!caller.scopes.allow(access)) {
        return refusal(RefusalKind::scope, status::forbidden,
                       fmt::format("this needs a token with the scope {}; this one has {}", toString(access),
                                   caller.scopes.toText()));
    }
    if (auto wait = limiter.takeToken(caller.tokenId, bytes))
        return tooMany(RefusalKind::tokenLimit, "token", *wait);
    if (auto wait = limiter.takeInstallation(value(head, installationHeader), bytes))
        return tooMany(RefusalKind::installationLimit, "installation", *wait);
    request.isCounted = true;
    return std::nullopt;
}

void RequestGate::chargeBody(const ServerRequest& request) const {
    if (request.route->access == Access::everyone) return;
    rules_.limiter.chargeBody(request.peer, request.caller.tokenId, request.header(installationHeader),
                              request.body.size());
}

std::optional<Refusal> RequestGate::refuseOrigin(const Head& head) const {
    auto host = value(head, field::host);
    if (rules_.tokens.isOpen() && !host.empty() && !isLocalName(withoutPort(host))) {
        return refusal(RefusalKind::host, status::forbidden,
                       "this server answers to localhost, 127.0.0.1 and [::1] only; a token lets it answer "
                       "to others");
    }
    if (rules_.tokens.isOpen() && isPassedOn(head)) {
        return refusal(
            RefusalKind::host, status::forbidden,
            "this server asks for no token, so a proxy may not pass on requests of other machines; a "
            "token lets it answer them");
    }
    auto origin = value(head, field::origin);
    if (origin.empty() || origin == fmt::format("http://{}", host) ||
        origin == fmt::format("https://{}", host) || rules_.origins.contains(origin)) {
        return std::nullopt;
    }
    return refusal(RefusalKind::origin, status::forbidden, "pages of another origin may not use this server");
}

std::string RequestGate::allowedOrigin(const Head& head) const {
    const auto origin = value(head, field::origin);
    return rules_.origins.contains(origin) ? std::string(origin) : std::string();
}

std::optional<Refusal> RequestGate::judgeBody(const Head& head, ServerRequest& request) {
    const auto& rule = request.route->body;
    request.contentType = mediaType(value(head, field::content_type));
    if (rule.takesType != nullptr && !rule.takesType(request.contentType)) {
        return refusal(RefusalKind::request, status::unsupported_media_type, rule.typeHint);
    }
    auto encoding = mediaType(value(head, field::content_encoding));
    request.isGzip = encoding == "gzip" && rule.takesGzip;
    if (request.route->allow == posting && !request.isGzip && !encoding.empty() && encoding != "identity") {
        auto refused = refusal(RefusalKind::request, status::unsupported_media_type,
                               fmt::format("Content-Encoding \"{}\" is not taken here", encoding));
        if (rule.takesGzip) refused.response.headers.emplace_back("Accept-Encoding", "gzip");
        return refused;
    }
    return refuseLength(head, rule.mostBytes);
}

}
