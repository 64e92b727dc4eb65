#include "query/parse_trace_query.h"

#include <charconv>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <sidespan/json/parse_double.h>
#include <sidespan/trace_id.h>
#include <sidespan_http_server/list_limit.h>

namespace sidespan::collector {

namespace {

double parseMilliseconds(std::string_view name, std::string_view text, double most = 1e12) {
    const auto number = parseDouble(text);
    if (!number || !(*number >= 0 && *number <= most)) {
        throw std::invalid_argument(
            fmt::format("{} is \"{}\"; it must be a number from 0 to {}", name, text, most));
    }
    return *number;
}

/// Unix milliseconds, at most those that fit into nanoseconds.
std::int64_t parseTime(std::string_view name, std::string_view text) {
    return std::llround(parseMilliseconds(name, text, 9.2e12)) * 1'000'000;
}

void parseAttribute(TraceQuery& query, std::string_view text) {
    const auto sign = text.find('=');
    if (sign == text.npos || sign == 0)
        throw std::invalid_argument(fmt::format("attribute is \"{}\"; it must be key=value", text));
    query.attributeKey = text.substr(0, sign);
    query.attributeValue = text.substr(sign + 1);
}

TracePosition parsePosition(std::string_view text) {
    TracePosition position;
    const auto* const end = text.data() + text.size();
    const auto time = std::from_chars(text.data(), end, position.unixNano);
    const auto id = time.ec == std::errc() && time.ptr != end && *time.ptr == '.'
                        ? TraceId::parse({time.ptr + 1, static_cast<std::size_t>(end - time.ptr - 1)})
                        : std::nullopt;
    if (!id) {
        throw std::invalid_argument(
            fmt::format("before is \"{}\"; it must be \"next\" from an answer to the same query", text));
    }
    position.traceId = id->toUuid();
    return position;
}

SpanStatus parseStatus(std::string_view text) {
    auto status = parseSpanStatus(text);
    if (!status) {
        throw std::invalid_argument(fmt::format("status is \"{}\"; it must be ok, error or cancelled", text));
    }
    return *status;
}

void apply(TraceQuery& query, const std::string& name, const std::string& value) {
    if (name == "name") {
        query.name = value;
    } else if (name == "service") {
        query.service = value;
    } else if (name == "status") {
        if (!value.empty()) query.status = parseStatus(value);
    } else if (name == "minDurationMs") {
        query.minDurationNanos = std::llround(parseMilliseconds(name, value) * 1e6);
    } else if (name == "maxDurationMs") {
        query.maxDurationNanos = std::llround(parseMilliseconds(name, value) * 1e6);
    } else if (name == "from") {
        query.fromUnixNano = parseTime(name, value);
    } else if (name == "until") {
        query.untilUnixNano = parseTime(name, value);
    } else if (name == "attribute") {
        parseAttribute(query, value);
    } else if (name == "q") {
        query.text = value;
    } else if (name == "before") {
        query.before = parsePosition(value);
    } else if (name == "limit") {
        query.limit = http_server::parseLimit(value);
    } else {
        throw std::invalid_argument(
            fmt::format("there is no parameter \"{}\"; there are name, service, status, minDurationMs, "
                        "maxDurationMs, from, until, attribute, q, before and limit",
                        name));
    }
}

}

TraceQuery parseTraceQuery(const http_server::QueryParameters& parameters) {
    TraceQuery query;
    for (const auto& [name, value] : parameters) apply(query, name, value);
    return query;
}

std::string toText(const TracePosition& position) {
    return fmt::format("{}.{}", position.unixNano, position.traceId);
}

}
