#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "matchers.h"
#include "store/span_row.h"
#include "trace_ids.h"

/// Spans for the collector's tests.
namespace sidespan::collector::testing {

inline constexpr std::int64_t ms = 1'000'000;
inline constexpr std::int64_t epoch = 1'766'012'345'000 * ms;

/// As precise as the system's clock is: macOS counts microseconds.
inline std::chrono::system_clock::time_point timeAt(std::int64_t unixNano) {
    using Duration = std::chrono::system_clock::duration;
    return std::chrono::system_clock::time_point(
        std::chrono::duration_cast<Duration>(std::chrono::nanoseconds(unixNano)));
}

inline std::string spanId(std::uint64_t number) {
    return fmt::format("{:016x}", number);
}

/// A native JSON span: `id` and `parent` as numbers (0 for none), times in milliseconds after `epoch`.
inline boost::json::object spanJson(std::string_view trace, std::uint64_t id, std::uint64_t parent,
                                    std::string_view name, double startMs, double endMs) {
    auto start = epoch + static_cast<std::int64_t>(startMs * static_cast<double>(ms));
    auto end = epoch + static_cast<std::int64_t>(endMs * static_cast<double>(ms));
    boost::json::object json{{"traceId", trace},
                             {"spanId", spanId(id)},
                             {"name", name},
                             {"startTimeUnixNano", std::to_string(start)},
                             {"endTimeUnixNano", std::to_string(end)},
                             {"status", "ok"}};
    if (parent != 0) json["parentSpanId"] = spanId(parent);
    return json;
}

inline RecordedSpan recorded(std::uint64_t id, std::uint64_t parent, std::string_view name, double startMs,
                             double endMs, SpanOrigin origin = SpanOrigin::client) {
    return {Span::fromJson(spanJson(traceA, id, parent, name, startMs, endMs)), origin};
}

inline SpanRow row(const boost::json::object& json) {
    return makeRow(Span::fromJson(json), json);
}

}
