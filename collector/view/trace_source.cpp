#include "trace_source.h"

#include <cmath>
#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <sidespan/json/parse_json.h>
#include <sidespan/network/network_client.h>
#include <sidespan/trace_id.h>

#include "terminal_text.h"

namespace sidespan::collector {

namespace {

[[noreturn]] void refuse(const char* lacks) {
    throw std::invalid_argument(fmt::format("this is not a collector's answer: it has no {}", lacks));
}

const boost::json::value* find(const boost::json::value& json, const char* member) {
    return json.is_object() ? json.get_object().if_contains(member) : nullptr;
}

std::string get(NetworkClient& client, const std::string& path) {
    std::promise<Outcome<HttpResponse>> answered;
    client.get(path, {}, [&](const Outcome<HttpResponse>& outcome) { answered.set_value(outcome); });
    auto outcome = answered.get_future().get();
    if (outcome.isSuccess()) return std::move(outcome).value().body;
    const auto& error = outcome.error();
    const auto text = terminalText(error.message, TextStyle::ascii);
    if (error.code == ErrorCode::invalidConfig) throw std::runtime_error("--url: " + text);
    if (error.code == ErrorCode::unauthorized) throw std::runtime_error(text + "; give --token");
    throw std::runtime_error(text);
}

using ResourcePtr = std::shared_ptr<const boost::json::object>;

std::vector<ResourcePtr> readResources(const boost::json::object& answer) {
    std::vector<ResourcePtr> resources;
    const auto* list = answer.if_contains("resources");
    if (list == nullptr || !list->is_array()) return resources;
    for (const auto& resource : list->get_array()) {
        resources.push_back(resource.is_object()
                                ? std::make_shared<const boost::json::object>(resource.get_object())
                                : nullptr);
    }
    return resources;
}

ResourcePtr resourceOf(const boost::json::object& span, const std::vector<ResourcePtr>& resources) {
    const auto* place = span.if_contains("resource");
    if (place == nullptr || !place->is_int64()) return nullptr;
    const auto index = static_cast<std::size_t>(place->get_int64());
    return index < resources.size() ? resources[index] : nullptr;
}

std::optional<ClockShift> clockOf(const boost::json::object& span) {
    const auto nanos = [&](const char* member) -> std::optional<std::int64_t> {
        const auto* value = span.if_contains(member);
        if (value == nullptr || !value->is_number()) return std::nullopt;
        const auto milliseconds = value->to_number<double>();
        if (!(std::abs(milliseconds) < 1e12)) return std::nullopt;
        return std::llround(milliseconds * 1e6);
    };
    const auto shift = nanos("serverClockShiftMs");
    const auto error = nanos("serverClockErrorMs");
    if (!shift || !error) return std::nullopt;
    return ClockShift{*shift, *error};
}

std::string latestTrace(NetworkClient& client) {
    const auto list = parseJson(get(client, "/api/v1/traces?limit=1"));
    const auto* traces = find(list, "traces");
    if (traces == nullptr || !traces->is_array()) refuse("array \"traces\"");
    if (traces->get_array().empty()) throw std::runtime_error("the collector has no trace yet");
    const auto* id = find(traces->get_array().front(), "traceId");
    if (id == nullptr || !id->is_string() || !TraceId::parse(id->get_string())) refuse("trace id");
    return std::string(id->get_string());
}

}

std::vector<RecordedSpan> parseTraceAnswer(const boost::json::value& json) {
    std::vector<RecordedSpan> spans;
    const auto* list = find(json, "spans");
    if (list == nullptr || !list->is_array()) refuse("array \"spans\"");
    const auto resources = readResources(json.get_object());
    for (const auto& span : list->get_array()) {
        const auto* origin = span.is_object() ? span.get_object().if_contains("origin") : nullptr;
        bool fromServer = origin != nullptr && *origin == "server";
        spans.push_back({Span::fromJson(span), fromServer ? SpanOrigin::server : SpanOrigin::client,
                         resourceOf(span.get_object(), resources), clockOf(span.get_object())});
    }
    return spans;
}

std::vector<RecordedSpan> fetchTrace(const std::string& url, const std::string& token,
                                     const std::string& trace) try {
    NetworkClient client(
        Config{.endpoint = url, .consent = Consent::granted, .token = token, .retry = {.maxAttempts = 1}});
    auto id = trace == "latest" ? latestTrace(client) : trace;
    if (!TraceId::parse(id)) throw std::runtime_error("--trace must be latest, a UUID or 32 hex digits");
    auto spans = parseTraceAnswer(parseJson(get(client, "/api/v1/traces/" + id)));
    if (spans.empty()) throw std::runtime_error("the collector has no span of this trace");
    return spans;
} catch (const std::invalid_argument& error) {  // it may quote what the server sent
    throw std::runtime_error("--url: " + terminalText(error.what(), TextStyle::ascii));
}

}
