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

std::optional<ServerResponse> refuseLength(const RequestGate::Head& head, std::size_t limit) {
    auto text = value(head, field::content_length);
    if (text.empty() || isChunked(head)) return std::nullopt;
    std::uint64_t length = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error == std::errc() && length <= limit) return std::nullopt;
    return errorResponse(status::payload_too_large,
                         fmt::format("the body has {} bytes; at most {} are taken", text, limit));
}

/// A browser asks, before a page's own request, whether the page may send it.
bool isPreflight(const RequestGate::Head& head) {
    return head.method() == http::verb::options && head.count(field::origin) != 0 &&
           head.count(field::access_control_request_method) != 0;
}

ServerResponse preflightAnswer(const Route& route) {
    ServerResponse answer;
    answer.status = status::no_content;
    answer.headers = {
        {"Access-Control-Allow-Methods", std::string(route.allow)},
        {"Access-Control-Allow-Headers", "content-type, authorization, traceparent, tracestate, baggage"},
        {"Access-Control-Max-Age", "7200"}};
    return answer;
}

ServerResponse notAllowed(std::string_view allow) {
    auto answer = errorResponse(status::method_not_allowed, fmt::format("this path takes {}", allow));
    answer.headers.emplace_back("Allow", allow);
    return answer;
}

}

std::optional<ServerResponse> RequestGate::admit(const Head& head, ServerRequest& request) const {
    request.method = std::string_view(head.method_string().data(), head.method_string().size());
    request.remote = readTraceHeaders(head);
    if (auto refusal = refuseOrigin(head)) return refusal;
    auto target = parseTarget({head.target().data(), head.target().size()});
    if (!target) return errorResponse(status::bad_request, "the request's target is not a path");
    request.caller = tokens_.identify(bearerOf(value(head, field::authorization)));
    request.path = std::move(target->path);
    const auto match = routes_.find(request.path);
    if (match.route == nullptr) {
        return errorResponse(status::not_found, "there is nothing here; see / for the page");
    }
    request.route = match.route;
    request.parameter = match.parameter;
    if (isPreflight(head)) return preflightAnswer(*match.route);
    if (!match.route->allows(head.method())) return notAllowed(match.route->allow);
    if (match.route->access == Access::token && !request.caller.mayEnter)
        return unauthorizedResponse("send a token that is valid as Authorization: Bearer …");
    request.query = std::move(target->query);
    for (const auto& each : head) request.headers.emplace_back(each.name_string(), each.value());
    return judgeBody(head, request);
}

std::optional<ServerResponse> RequestGate::refuseOrigin(const Head& head) const {
    auto host = value(head, field::host);
    if (tokens_.isOpen() && !host.empty() && !isLocalName(withoutPort(host))) {
        return errorResponse(status::forbidden,
                             "this server answers to localhost, 127.0.0.1 and [::1] only; a token lets it "
                             "answer to others");
    }
    auto origin = value(head, field::origin);
    if (origin.empty() || origin == fmt::format("http://{}", host) ||
        origin == fmt::format("https://{}", host) || origins_.contains(origin)) {
        return std::nullopt;
    }
    return errorResponse(status::forbidden, "pages of another origin may not use this server");
}

std::string RequestGate::allowedOrigin(const Head& head) const {
    const auto origin = value(head, field::origin);
    return origins_.contains(origin) ? std::string(origin) : std::string();
}

std::optional<ServerResponse> RequestGate::judgeBody(const Head& head, ServerRequest& request) {
    const auto& rule = request.route->body;
    request.contentType = mediaType(value(head, field::content_type));
    if (rule.takesType != nullptr && !rule.takesType(request.contentType)) {
        return errorResponse(status::unsupported_media_type, rule.typeHint);
    }
    auto encoding = mediaType(value(head, field::content_encoding));
    request.isGzip = encoding == "gzip" && rule.takesGzip;
    if (request.route->allow == posting && !request.isGzip && !encoding.empty() && encoding != "identity") {
        auto response = errorResponse(status::unsupported_media_type,
                                      fmt::format("Content-Encoding \"{}\" is not taken here", encoding));
        if (rule.takesGzip) response.headers.emplace_back("Accept-Encoding", "gzip");
        return response;
    }
    return refuseLength(head, rule.mostBytes);
}

}
