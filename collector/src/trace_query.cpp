#include "trace_query.h"

#include <charconv>
#include <cmath>
#include <stdexcept>

#include <fmt/format.h>

namespace sidespan::collector {

namespace {

template <class Number>
Number parseNumber(std::string_view name, std::string_view text, Number least, Number most) {
    Number number{};
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    bool whole = error == std::errc() && end == text.data() + text.size();
    if (!whole || !(number >= least && number <= most)) {
        throw std::invalid_argument(
            fmt::format("{} is \"{}\"; it must be a number from {} to {}", name, text, least, most));
    }
    return number;
}

SpanStatus parseStatus(std::string_view text) {
    auto status = parseSpanStatus(text);
    if (!status) {
        throw std::invalid_argument(fmt::format("status is \"{}\"; it must be ok, error or cancelled", text));
    }
    return *status;
}

std::size_t parseLimit(std::string_view text) {
    return parseNumber<std::size_t>("limit", text, 1, 1000);
}

void apply(TraceQuery& query, const std::string& name, const std::string& value) {
    if (name == "name") {
        query.name = value;
    } else if (name == "status") {
        if (!value.empty()) query.status = parseStatus(value);
    } else if (name == "minDurationMs") {
        query.minDurationNanos = std::llround(parseNumber(name, value, 0.0, 1e12) * 1e6);
    } else if (name == "q") {
        query.text = value;
    } else if (name == "limit") {
        query.limit = parseLimit(value);
    } else {
        throw std::invalid_argument(fmt::format(
            "there is no parameter \"{}\"; there are name, status, minDurationMs, q and limit", name));
    }
}

}

TraceQuery parseTraceQuery(const QueryParameters& parameters) {
    TraceQuery query;
    for (const auto& [name, value] : parameters) apply(query, name, value);
    return query;
}

std::size_t parseListLimit(const QueryParameters& parameters) {
    std::size_t limit = 50;
    for (const auto& [name, value] : parameters) {
        if (name != "limit") {
            throw std::invalid_argument(
                fmt::format("there is no parameter \"{}\"; there is limit alone", name));
        }
        limit = parseLimit(value);
    }
    return limit;
}

}
