#include "store/sqlite/sqlite_trace_reader.h"

#include <algorithm>
#include <limits>

#include <fmt/format.h>
#include <sidespan/json/parse_double.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "store/clock_shift.h"
#include "store/search_text.h"
#include "store/sqlite/span_outline.h"
#include "store/sqlite/time_limit.h"
#include "store/trace_resources.h"

namespace sidespan::collector::sqlite {

namespace {

// Walks from the newest trace back, and tells of each whether it is asked for, so that it is known how far
// the walk came. ?1 name, ?2 status, ?3 shortest duration, ?4 text as a LIKE pattern, ?5 text as the
// beginning of a trace id, ?6 the time of the latest, ?7 text as it stands in JSON, as a LIKE pattern, ?8
// text as a number, as a GLOB pattern, ?9 service, ?10 longest duration, ?11 and ?12 when it began, ?13 and
// ?14 key and value of an attribute, ?15 that value as a number. NULL asks for nothing. Duration and
// beginning are those of the span that has the name. ?16 owner, ?17 and ?18 the position before. ?19 and ?20:
// one of these texts is in the JSON of all attributes that have that key and value; so few others are parsed.
// As a condition of iif(), what is asked for is evaluated no further than needed.
constexpr std::string_view listTracesSql = R"sql(
SELECT trace_id, name, has_root, start_unix_nano,
    CASE WHEN has_root THEN name_duration ELSE end_unix_nano - start_unix_nano END AS duration,
    span_count, error_count, cancelled_count, service_name, sort_unix_nano,
    iif((?1 IS NULL OR EXISTS (
        SELECT 1 FROM client_telemetry_spans AS s WHERE s.trace_no = t.no AND s.name = ?1
            AND s.end_unix_nano - s.start_unix_nano BETWEEN ?3 AND ?10
            AND s.start_unix_nano >= ?11 AND s.start_unix_nano < ?12))
    AND (?13 IS NULL OR EXISTS (
        SELECT 1 FROM client_telemetry_spans AS s WHERE s.trace_no = t.no AND (s.resource_id IN (
                SELECT id FROM resources AS r WHERE (instr(r.attributes, ?19) OR instr(r.attributes, ?20)) AND EXISTS (
                    SELECT 1 FROM json_each(r.attributes) AS a WHERE a.key = ?13
                        AND (?14 = CASE WHEN a.type IN ('true', 'false') THEN a.type ELSE CAST(a.value AS TEXT) END
                            OR (a.type IN ('integer', 'real') AND a.value = CAST(?15 AS REAL)))))
            OR ((instr(s.attributes, ?19) OR instr(s.attributes, ?20)) AND EXISTS (
                SELECT 1 FROM json_each(s.attributes) AS a WHERE a.key = ?13
                    AND (?14 = CASE WHEN a.type IN ('true', 'false') THEN a.type ELSE CAST(a.value AS TEXT) END
                        OR (a.type IN ('integer', 'real') AND a.value = CAST(?15 AS REAL))))))))
    AND (?9 IS NULL OR EXISTS (
        SELECT 1 FROM client_telemetry_spans AS s WHERE s.trace_no = t.no AND s.service_name = ?9))
    AND (?4 IS NULL OR t.trace_id LIKE ?5 ESCAPE '\' OR EXISTS (
        SELECT 1 FROM client_telemetry_spans AS s WHERE s.trace_no = t.no
            AND (s.name LIKE ?4 ESCAPE '\' OR s.service_name LIKE ?4 ESCAPE '\' OR s.status_message LIKE ?4 ESCAPE '\' OR s.attributes LIKE ?7 ESCAPE '\'
                OR s.attributes GLOB ?8 OR s.resource_id IN (
                    SELECT id FROM resources WHERE attributes LIKE ?7 ESCAPE '\' OR attributes GLOB ?8)))), 1, 0)
FROM traces AS t
WHERE (?2 IS NULL OR ?2 = CASE WHEN error_count > 0 THEN 'error' WHEN cancelled_count > 0 THEN 'cancelled' ELSE 'ok' END)
    AND t.sort_unix_nano <= ?6 AND (t.sort_unix_nano < ?17 OR t.no < ?18)
    AND t.start_unix_nano < ?12
    AND (?1 IS NOT NULL OR (t.start_unix_nano >= ?11
        AND CASE WHEN has_root THEN name_duration ELSE end_unix_nano - start_unix_nano END BETWEEN ?3 AND ?10))
    AND (?16 IS NULL OR t.no IN (SELECT no FROM traces WHERE owner = ?16))
ORDER BY sort_unix_nano DESC, t.no DESC)sql";  // as the index has them

constexpr std::string_view ownerSql = "SELECT owner FROM traces WHERE trace_id = ?1";

constexpr std::string_view loadSql = R"sql(
SELECT trace_id, span_id, parent_span_id, name, kind, origin, start_unix_nano, end_unix_nano, s.client_type,
    s.client_version, status, status_message, s.attributes, events, links, dropped_attributes, dropped_events,
    s.service_name, dropped_links, resource_id, r.attributes, b.clock_wall, b.clock_monotonic,
    iif(b.clock_offset IS NULL, c.clock_monotonic, b.clock_monotonic), coalesce(b.clock_offset, c.clock_offset),
    iif(b.clock_wall IS NULL, NULL, coalesce(b.clock_error, c.clock_error))
FROM client_telemetry_spans AS s LEFT JOIN resources AS r ON r.id = resource_id
    LEFT JOIN batches AS b ON b.id = batch_id LEFT JOIN clients AS c ON c.instance = b.instance
WHERE trace_no = (SELECT no FROM traces WHERE trace_id = ?1) ORDER BY start_unix_nano, end_unix_nano DESC, s.rowid LIMIT ?2)sql";

/// What finds a number as it is stored, be it in an array, whatever it is written like; nothing when the text
/// is none.
std::string numberPattern(std::string_view text) {
    const auto number = parseDouble(text);
    return number ? "*[[:,]" + boost::json::serialize(boost::json::value(*number)) + "[],}]*" : std::string();
}

/// The key in JSON, and as much behind it as is known of how the value is written there: all of a text,
/// nothing of a number.
struct AttributeTexts {
    explicit AttributeTexts(const TraceQuery& query) {
        const auto key = fmt::format("\"{}\":", inJson(query.attributeKey));
        const bool isNumber = parseDouble(query.attributeValue).has_value();
        quoted = isNumber ? key : fmt::format("{}\"{}\"", key, inJson(query.attributeValue));
        plain = isNumber ? key : key + query.attributeValue;
    }
    std::string quoted;
    std::string plain;
};

TraceSummary readSummary(const database::Statement& row) {
    return {std::string(row.text(0)), std::string(row.text(1)), row.integer(2) != 0,
            row.integer(3),           row.integer(4),           row.integer(5),
            row.integer(6),           row.integer(7),           std::string(row.text(8))};
}

SpanRow readRow(const database::Statement& row) {
    auto span = readOutline(row, 1);
    span.traceId = row.text(0);
    span.clientVersion = row.text(9);
    span.status = row.text(10);
    span.statusMessage = row.text(11);
    span.attributes = row.text(12);
    span.events = row.text(13);
    span.links = row.text(14);
    span.droppedAttributes = static_cast<std::uint32_t>(row.integer(15));
    span.droppedEvents = static_cast<std::uint32_t>(row.integer(16));
    span.serviceName = row.text(17);
    span.droppedLinks = static_cast<std::uint32_t>(row.integer(18));
    return span;
}

/// Nothing where the client has told nothing; an error is never 0 then.
std::optional<ClockShift> readClock(const database::Statement& row, std::int64_t startUnixNano) {
    const BatchClock clock{row.integer(21), row.integer(22), row.integer(23), row.integer(24),
                           row.integer(25)};
    if (row.text(25).empty()) return std::nullopt;
    return clockShift(clock, startUnixNano);
}

}

TraceReader::TraceReader(const std::filesystem::path& file)
    : database_(file, database::Database::Mode::readOnly),
      list_(database_.prepare(listTracesSql)),
      load_(database_.prepare(loadSql)),
      owner_(database_.prepare(ownerSql)),
      number_(database_.prepare("SELECT no FROM traces WHERE trace_id = ?1")),
      count_(database_.prepare("SELECT span_count FROM traces WHERE trace_id = ?1")) {}

TraceList TraceReader::list(const TraceQuery& query, std::chrono::milliseconds timeLimit) {
    auto status = query.status ? std::string(toString(*query.status)) : std::string();
    auto pattern = patternFor(query.text);
    auto jsonPattern = patternFor(inJson(query.text));
    auto id = idPattern(query.text);
    auto number = numberPattern(query.text);
    const auto attributeNumber = parseDouble(query.attributeValue) ? query.attributeValue : std::string();
    const AttributeTexts attribute(query);
    const auto before = query.before.value_or(TracePosition());
    database::ResetAfter reset{list_};
    list_.bindOptional(1, query.name)
        .bindOptional(2, status)
        .bind(3, query.minDurationNanos)
        .bindOptional(4, pattern)
        .bind(5, id)
        .bind(6, std::min(before.unixNano, query.untilUnixNano))  // no trace is listed as later than it began
        .bindOptional(7, jsonPattern)
        .bindOptional(8, number)
        .bindOptional(9, query.service)
        .bind(10, query.maxDurationNanos)
        .bind(11, query.fromUnixNano)
        .bind(12, query.untilUnixNano)
        .bindOptional(13, query.attributeKey)
        .bind(14, query.attributeValue)
        .bindOptional(15, attributeNumber)
        .bindOptional(16, query.owner)
        .bind(17, before.unixNano)
        .bind(18, numberOf(before))
        .bind(19, attribute.quoted)
        .bind(20, attribute.plain);
    return walk(query, timeLimit);
}

std::int64_t TraceReader::numberOf(const TracePosition& position) {
    database::ResetAfter reset{number_};
    number_.bind(1, position.traceId);
    return number_.step() ? number_.integer(0) : std::numeric_limits<std::int64_t>::max();
}

TraceList TraceReader::walk(const TraceQuery& query, std::chrono::milliseconds timeLimit) {
    constexpr int sortColumn = 9;
    constexpr int isAskedForColumn = 10;
    TraceList result;
    auto last = query.before;
    const TimeLimit limit(database_, timeLimit);
    try {
        while (result.traces.size() < query.limit && list_.step()) {
            last = {list_.integer(sortColumn), std::string(list_.text(0))};
            if (list_.integer(isAskedForColumn) != 0) result.traces.push_back(readSummary(list_));
        }
    } catch (const database::DatabaseError& error) {
        if (!TimeLimit::hasEnded(error)) throw;
        result.complete = false;
    }
    if (!result.complete || result.traces.size() == query.limit) result.next = std::move(last);
    return result;
}

std::string TraceReader::ownerOf(const std::string& traceUuid) {
    database::ResetAfter reset{owner_};
    owner_.bind(1, traceUuid);
    return owner_.step() ? std::string(owner_.text(0)) : std::string();
}

StoredTrace TraceReader::load(const std::string& traceUuid, std::size_t spanLimit, std::size_t byteLimit) {
    StoredTrace trace;
    {
        TraceResources resources;
        database::ResetAfter reset{load_};
        load_.bind(1, traceUuid).bind(2, static_cast<std::int64_t>(spanLimit));
        std::size_t bytes = 0;
        while (bytes + resources.bytes() < byteLimit && load_.step()) {
            auto row = readRow(load_);
            bytes += row.attributes.size() + row.events.size() + row.links.size();
            try {
                trace.spans.push_back({makeSpan(row), row.origin,
                                       resources.of(load_.integer(19), load_.text(20)),
                                       readClock(load_, row.startUnixNano)});
            } catch (const std::invalid_argument&) {
                // An older version of the collector accepted it. The other spans of its trace are shown
                // anyway.
            }
        }
    }
    database::ResetAfter reset{count_};
    count_.bind(1, traceUuid);
    if (count_.step()) trace.spanCount = static_cast<std::size_t>(count_.integer(0));
    return trace;
}

}
