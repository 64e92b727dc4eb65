#include "gatekeeper.h"

#include <algorithm>
#include <array>
#include <charconv>

#include <fmt/format.h>
#include <boost/beast/core/string.hpp>

namespace sidespan::collector {

namespace {

namespace http = boost::beast::http;
using http::field;
using http::status;

template <class Name>
std::string_view value(const Gatekeeper::Head& head, Name name) {
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

bool isMediaType(std::string_view type) {
    constexpr std::size_t most = 64;
    auto isTokenCharacter = [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
               std::string_view("/+-._").find(c) != std::string_view::npos;
    };
    return type.size() <= most && std::all_of(type.begin(), type.end(), isTokenCharacter);
}

bool isChunked(const Gatekeeper::Head& head) {
    return head.find(field::transfer_encoding) != head.end();
}

std::optional<Answer> refuseLength(const Gatekeeper::Head& head, std::size_t limit) {
    auto text = value(head, field::content_length);
    if (text.empty() || isChunked(head)) return std::nullopt;
    std::uint64_t length = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    if (error == std::errc() && length <= limit) return std::nullopt;
    return errorAnswer(status::payload_too_large,
                       fmt::format("the body has {} bytes; at most {} are taken", text, limit));
}

std::optional<Answer> refuseType(const RequestPlan& plan) {
    const auto& type = plan.contentType;
    bool isJson = plan.endpoint == Endpoint::postSpans || plan.endpoint == Endpoint::signIn;
    if (isJson && type != "application/json") {
        return errorAnswer(status::unsupported_media_type,
                           "what is sent here is Content-Type: application/json");
    }
    bool isAudio = (type.starts_with("audio/") && isMediaType(type)) || type == "application/octet-stream" ||
                   type.empty();
    if (plan.endpoint == Endpoint::uploadAudio && !isAudio) {
        return errorAnswer(status::unsupported_media_type,
                           "audio is sent as Content-Type: audio/… or application/octet-stream");
    }
    return std::nullopt;
}

Answer notAllowed(std::string_view allow) {
    auto answer = errorAnswer(status::method_not_allowed, fmt::format("this path takes {}", allow));
    answer.headers.emplace_back("Allow", allow);
    return answer;
}

}

Admission Gatekeeper::admit(const Head& head, RequestTrace& trace) const {
    Admission admission;
    admission.refusal = decide(head, trace, admission.plan);
    return admission;
}

std::optional<Answer> Gatekeeper::decide(const Head& head, RequestTrace& trace, RequestPlan& plan) const {
    std::string_view method(head.method_string().data(), head.method_string().size());
    trace.setName(method);
    if (auto refusal = refuseOrigin(head)) return refusal;
    auto target = parseTarget({head.target().data(), head.target().size()});
    if (!target) return errorAnswer(status::bad_request, "the request's target is not a path");
    auto caller = identify(head);
    plan.isRecorded = caller.mayEnter && trace.continuesTrace();
    trace.setUser(caller.userId);
    trace.set("http.request.method", method);
    trace.set("url.path", target->path);
    auto route = findRoute(target->path);
    if (!route) return errorAnswer(status::not_found, "there is nothing here; see / for the page");
    trace.setName(fmt::format("{} {}", method, route->pattern));
    if (!route->allows(head.method())) return notAllowed(route->allow);
    if (!route->isPublic && !caller.mayEnter)
        return unauthorizedAnswer("send a token that is valid as Authorization: Bearer …");

    plan.endpoint = route->endpoint;
    plan.parameter = route->parameter;
    plan.query = std::move(target->query);
    plan.userId = std::move(caller.userId);
    if (plan.endpoint == Endpoint::postSpans) {
        plan.isRecorded = false;
        plan.client = readClientReport(value(head, "X-Client-Instance"), value(head, "X-Client-Installation"),
                                       value(head, "X-Client-Lost"));
    }
    if (plan.endpoint == Endpoint::uploadAudio) {
        plan.isRecorded = true;
        plan.fileName = unescape(value(head, "X-File-Name"));
    }
    if (plan.endpoint == Endpoint::refreshToken) plan.bearer = std::move(caller.bearer);
    return planBody(head, plan);
}

Gatekeeper::Caller Gatekeeper::identify(const Head& head) const {
    Caller caller;
    caller.bearer = bearerOf(value(head, field::authorization));
    if (auto user = accounts_.userOf(caller.bearer)) {
        caller.mayEnter = true;
        caller.userId = std::move(*user);
    } else if (token_.empty()) {
        // Where everyone may enter, a token that has expired is still told so.
        caller.mayEnter = caller.bearer.empty() || !accounts_.areThere();
    } else {
        caller.mayEnter = equalConstantTime(caller.bearer, token_);
    }
    return caller;
}

std::optional<Answer> Gatekeeper::refuseOrigin(const Head& head) const {
    auto host = value(head, field::host);
    if (localOnly_ && !host.empty() && !isLocalName(withoutPort(host))) {
        return errorAnswer(status::forbidden,
                           "this collector answers to localhost, 127.0.0.1 and [::1] only; a token lets it "
                           "answer to others");
    }
    auto origin = value(head, field::origin);
    if (origin.empty() || origin == fmt::format("http://{}", host) ||
        origin == fmt::format("https://{}", host)) {
        return std::nullopt;
    }
    return errorAnswer(status::forbidden, "pages of another origin may not use this collector");
}

std::optional<Answer> Gatekeeper::planBody(const Head& head, RequestPlan& plan) const {
    constexpr std::size_t shortBody = 4'096;  // a GET may carry one too, and nobody looks at it
    bool isPost = plan.endpoint == Endpoint::postSpans || plan.endpoint == Endpoint::uploadAudio ||
                  plan.endpoint == Endpoint::signIn;
    plan.contentType = mediaType(value(head, field::content_type));
    plan.bodyLimit = shortBody;
    if (plan.endpoint == Endpoint::postSpans) plan.bodyLimit = limits_.bodyBytes;
    if (plan.endpoint == Endpoint::uploadAudio) plan.bodyLimit = limits_.uploadBytes;
    if (isPost) {
        if (auto refusal = refuseType(plan)) return refusal;
        auto encoding = mediaType(value(head, field::content_encoding));
        plan.isGzip = encoding == "gzip" && plan.endpoint == Endpoint::postSpans;
        if (!plan.isGzip && !encoding.empty() && encoding != "identity") {
            auto answer = errorAnswer(status::unsupported_media_type,
                                      fmt::format("Content-Encoding \"{}\" is not taken here", encoding));
            if (plan.endpoint == Endpoint::postSpans) answer.headers.emplace_back("Accept-Encoding", "gzip");
            return answer;
        }
    }
    return refuseLength(head, plan.bodyLimit);
}

}
