#include "store/postgres/postgres_trace_reader.h"

#include <algorithm>
#include <charconv>
#include <memory>
#include <system_error>
#include <utility>

#include <fmt/format.h>
#include <sidespan/json/parse_double.h>
#include <sidespan/json/parse_json.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "store/clock_shift.h"
#include "store/postgres/stored_json.h"
#include "store/search_text.h"
#include "store/trace_resources.h"

namespace sidespan::collector::postgres {

namespace {

using database::PostgresConnection;
using database::PostgresParameters;
using database::PostgresResult;

constexpr std::string_view durationSql =
    "CASE WHEN t.has_root THEN t.name_duration ELSE t.end_unix_nano - t.start_unix_nano END";

/// Empty if the text is not a number. Integers are exact, as they are stored.
std::optional<boost::json::value> jsonNumber(std::string_view text) {
    std::int64_t integer = 0;
    const auto* const end = text.data() + text.size();
    const auto read = std::from_chars(text.data(), end, integer);
    if (read.ec == std::errc() && read.ptr == end) return boost::json::value(integer);
    const auto number = parseDouble(text);
    return number ? std::optional<boost::json::value>(*number) : std::nullopt;
}

/// A statement with only the conditions that the query has, so that PostgreSQL can plan it well.
class ListStatement {
public:
    /// Of the traces from a time on, where there is one.
    explicit ListStatement(const TraceQuery& query, std::optional<std::int64_t> from = {}) {
        if (from) conditions_ += " AND t.sort_unix_nano >= " + next(*from);
        if (query.before) addBefore(*query.before);
        if (query.status) conditions_ += fmt::format(" AND {}", statusSql(*query.status));
        addRanges(query);
        if (!query.attributeKey.empty()) addAttribute(query);
        if (!query.service.empty())
            conditions_ += someSpan("s.service_name = " + next(storedName(query.service)));
        if (!query.owner.empty()) conditions_ += " AND t.owner = " + next(storedName(query.owner));
        if (!query.text.empty()) addText(storedText(query.text));
        limit_ = next(static_cast<std::int64_t>(query.limit));
    }

    [[nodiscard]] std::string sql() const {
        return fmt::format(
            "SELECT t.trace_id, t.name, t.has_root, t.start_unix_nano, {}, t.span_count, t.error_count, "
            "t.cancelled_count, t.service_name, t.sort_unix_nano FROM traces AS t WHERE true{} "
            "ORDER BY t.sort_unix_nano DESC, t.trace_id DESC LIMIT {}",
            durationSql, conditions_, limit_);
    }
    [[nodiscard]] const PostgresParameters& parameters() const noexcept { return parameters_; }

private:
    template <class Value>
    std::string next(const Value& value) {
        parameters_.add(value);
        return fmt::format("${}", parameters_.size());
    }

    void addBefore(const TracePosition& position) {
        const auto time = next(position.unixNano);
        conditions_ +=
            fmt::format(" AND t.sort_unix_nano <= {0} AND (t.sort_unix_nano < {0} OR t.trace_id < {1}::uuid)",
                        time, next(position.traceId));
    }

    static std::string_view statusSql(SpanStatus status) {
        if (status == SpanStatus::error) return "t.error_count > 0";
        if (status == SpanStatus::cancelled) return "t.error_count = 0 AND t.cancelled_count > 0";
        return "t.error_count = 0 AND t.cancelled_count = 0";
    }

    static std::string spanSql(const std::string& condition) {
        return fmt::format(
            "EXISTS (SELECT 1 FROM client_telemetry_spans AS s WHERE s.trace_id = t.trace_id AND s.day = "
            "t.day "
            "AND ({}))",
            condition);
    }
    static std::string someSpan(const std::string& condition) { return " AND " + spanSql(condition); }

    /// Of the span with the name, or of the trace. A trace begins no later than any of its spans.
    void addRanges(const TraceQuery& query) {
        const bool named = !query.name.empty();
        const std::string start = named ? "s.start_unix_nano" : "t.start_unix_nano";
        const std::string length = named ? "s.end_unix_nano - s.start_unix_nano" : std::string(durationSql);
        const TraceQuery any;
        std::string ranges = named ? "s.name = " + next(storedName(query.name)) : "true";
        if (query.minDurationNanos > 0)
            ranges += fmt::format(" AND {} >= {}", length, next(query.minDurationNanos));
        if (query.maxDurationNanos != any.maxDurationNanos)
            ranges += fmt::format(" AND {} <= {}", length, next(query.maxDurationNanos));
        if (query.fromUnixNano != any.fromUnixNano)
            ranges += fmt::format(" AND {} >= {}", start, next(query.fromUnixNano));
        if (query.untilUnixNano != any.untilUnixNano) {
            const auto until = next(query.untilUnixNano);
            ranges += fmt::format(" AND {} < {}", start, until);
            conditions_ += fmt::format(" AND t.start_unix_nano < {}", until);
        }
        conditions_ += named ? someSpan(ranges) : " AND " + ranges;
    }

    void addAttribute(const TraceQuery& query) {
        const auto key = storedText(query.attributeKey);
        const auto value = storedText(query.attributeValue);
        const auto has = [&](const boost::json::value& wanted) {
            const auto object = next(boost::json::serialize(boost::json::object{{key, wanted}}));
            return fmt::format(
                "s.attributes @> {0}::jsonb OR s.resource_id IN "
                "(SELECT id FROM resources WHERE attributes @> {0}::jsonb)",
                object);
        };
        auto found = has(boost::json::value(value));
        if (value == "true" || value == "false") found += " OR " + has(value == "true");
        if (const auto number = jsonNumber(value)) found += " OR " + has(*number);
        conditions_ += someSpan(found);
    }

    /// A number is found by its value, however it was written, and within texts; not by some of its digits.
    std::string inAttributes(const std::string& text) {
        const auto number = jsonNumber(text);
        if (!number) return fmt::format("attributes::text ILIKE {}", next(patternFor(inJson(text))));
        const auto path = fmt::format(R"($.** ? (@ == {} || @ like_regex "{}" flag "iq"))",
                                      boost::json::serialize(*number), text);
        return fmt::format("attributes @? {}::jsonpath", next(path));
    }

    void addText(const std::string& text) {
        const auto pattern = next(patternFor(text));
        const auto attributes = inAttributes(text);
        conditions_ +=
            fmt::format(" AND (t.trace_id::text ILIKE {} OR {})", next(idPattern(text)),
                        spanSql(fmt::format(
                            "s.name ILIKE {0} OR s.service_name ILIKE {0} OR s.status_message ILIKE {0} OR "
                            "s.{1} OR s.resource_id IN (SELECT id FROM resources WHERE {1})",
                            pattern, attributes)));
    }

    PostgresParameters parameters_;
    std::string conditions_;
    std::string limit_;
};

TraceSummary readSummary(const PostgresResult& row) {
    return {std::string(row.text(0, 0)), std::string(row.text(0, 1)), row.boolean(0, 2),
            row.integer(0, 3),           row.integer(0, 4),           row.integer(0, 5),
            row.integer(0, 6),           row.integer(0, 7),           std::string(row.text(0, 8))};
}

/// One search, as listTraces() says; how far it came is known after each step.
class ListSearch {
public:
    ListSearch(PostgresConnection& connection, const TraceQuery& query, std::chrono::milliseconds timeLimit)
        : connection_(connection), query_(query), timeLimit_(timeLimit), end_(Clock::now() + timeLimit) {
        list_.next = query.before;
    }

    TraceList run(std::chrono::milliseconds atOnce) && {
        list_.complete = timeLimit_.count() > 0 && (find({}, atOnce) || (list_.traces.empty() && walk()));
        if (list_.complete && list_.traces.size() < query_.limit) list_.next.reset();
        return std::move(list_);
    }

private:
    using Clock = std::chrono::steady_clock;

    /// False when time ran out.
    bool find(std::optional<std::int64_t> from, std::chrono::milliseconds timeLimit) {
        auto rest = query_;
        rest.before = list_.next;
        rest.limit -= list_.traces.size();
        const ListStatement statement(rest, from);
        return isInTime(timeLimit, [&] {
            connection_.stream(statement.sql(), statement.parameters(), [&](const PostgresResult& row) {
                list_.traces.push_back(readSummary(row));
                list_.next = {row.integer(0, 9), list_.traces.back().traceId};
            });
        });
    }

    bool walk() {
        while (list_.traces.size() < query_.limit) {
            std::optional<std::int64_t> from;
            if (!isInTime(left(), [&] { from = stepBack(); }) || !find(from, left())) return false;
            if (!from) return true;
            if (list_.traces.size() < query_.limit) list_.next = {*from, std::string(smallestId)};
        }
        return true;
    }

    /// Where a step of that many traces ends; empty for the last one.
    std::optional<std::int64_t> stepBack() {
        constexpr std::string_view sql =
            "SELECT sort_unix_nano FROM traces WHERE sort_unix_nano < $1 ORDER BY sort_unix_nano DESC "
            "OFFSET 999 LIMIT 1";
        const auto rows = connection_.executePrepared(
            sql, PostgresParameters().add(list_.next.value_or(TracePosition()).unixNano));
        return rows.rows() > 0 ? std::optional(rows.integer(0, 0)) : std::nullopt;
    }

    template <class Work>
    bool isInTime(std::chrono::milliseconds timeLimit, const Work& work) {
        if (timeLimit.count() <= 0) return false;
        connection_.setTimeout(timeLimit);
        try {
            work();
        } catch (const database::PostgresError& error) {
            if (!error.isTimeout()) throw;
            return false;
        }
        return true;
    }
    [[nodiscard]] std::chrono::milliseconds left() const {
        return std::chrono::duration_cast<std::chrono::milliseconds>(end_ - Clock::now());
    }

    static constexpr std::string_view smallestId = "00000000-0000-0000-0000-000000000000";
    PostgresConnection& connection_;
    const TraceQuery& query_;
    std::chrono::milliseconds timeLimit_;
    Clock::time_point end_;
    TraceList list_;
};

// The spans in order, with the bytes of those before each.
// The day is read first, so that only its partition is searched.
constexpr std::string_view loadSql = R"sql(
SELECT s.*, r.attributes, b.clock_wall, b.clock_monotonic,
    CASE WHEN b.clock_offset IS NULL THEN c.clock_monotonic ELSE b.clock_monotonic END,
    coalesce(b.clock_offset, c.clock_offset),
    CASE WHEN b.clock_wall IS NOT NULL THEN coalesce(b.clock_error, c.clock_error) END
FROM (
    SELECT s.trace_id, encode(s.span_id, 'hex'), encode(s.parent_span_id, 'hex'), s.name, s.kind, s.origin,
        s.start_unix_nano, s.end_unix_nano, s.client_type, s.client_version, s.status, s.status_message,
        s.attributes::text, s.events::text, s.links::text, s.dropped_attributes, s.dropped_events, s.service_name,
        s.dropped_links, s.resource_id, s.batch_id, t.span_count,
        coalesce(sum(length(s.attributes::text) + coalesce(length(s.events::text), 0)
            + coalesce(length(s.links::text), 0)) OVER in_order, 0) AS bytes_before,
        row_number() OVER (ORDER BY s.start_unix_nano, s.end_unix_nano DESC, s.created_at, s.id) AS place
    FROM traces AS t JOIN client_telemetry_spans AS s USING (trace_id)
    WHERE trace_id = $1::uuid AND s.day = (SELECT day FROM traces WHERE trace_id = $1::uuid)
    WINDOW in_order AS (ORDER BY s.start_unix_nano, s.end_unix_nano DESC, s.created_at, s.id
        ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ORDER BY place LIMIT $2) AS s
LEFT JOIN resources AS r ON r.id = s.resource_id LEFT JOIN batches AS b ON b.id = s.batch_id
LEFT JOIN clients AS c ON c.instance = b.instance
WHERE s.bytes_before < $3
ORDER BY s.place)sql";

/// Where the columns behind a span's own are.
enum LoadColumn : int { resourceIdColumn = 19, spanCountColumn = 21, resourceColumn = 24, clockColumn = 25 };

SpanRow readRow(const PostgresResult& rows, int at) {
    const auto text = [&](int column) { return std::string(rows.text(at, column)); };
    SpanRow span;
    span.traceId = text(0);
    span.spanId = text(1);
    span.parentSpanId = text(2);
    span.name = text(3);
    span.kind = text(4);
    span.origin = rows.text(at, 5) == "server" ? SpanOrigin::server : SpanOrigin::client;
    span.startUnixNano = rows.integer(at, 6);
    span.endUnixNano = rows.integer(at, 7);
    span.clientType = text(8);
    span.clientVersion = text(9);
    span.status = text(10);
    span.statusMessage = text(11);
    span.attributes = text(12);
    span.events = text(13);
    span.links = text(14);
    span.droppedAttributes = static_cast<std::uint32_t>(rows.integer(at, 15));
    span.droppedEvents = static_cast<std::uint32_t>(rows.integer(at, 16));
    span.serviceName = text(17);
    span.droppedLinks = static_cast<std::uint32_t>(rows.integer(at, 18));
    return span;
}

/// Empty if the client has reported no clock.
std::optional<ClockShift> readClock(const PostgresResult& rows, int at, std::int64_t startUnixNano) {
    const auto number = [&](int column) { return rows.integer(at, clockColumn + column); };
    if (rows.isNull(at, clockColumn + 4)) return std::nullopt;
    return clockShift({number(0), number(1), number(2), number(3), number(4)}, startUnixNano);
}

}

TraceList listTraces(PostgresConnection& connection, const TraceQuery& query,
                     std::chrono::milliseconds timeLimit, std::chrono::milliseconds atOnce) {
    return ListSearch(connection, query, timeLimit).run(atOnce);
}

StoredTrace loadTrace(PostgresConnection& connection, const std::string& traceUuid, std::size_t spanLimit,
                      std::size_t byteLimit) {
    const auto most = [](std::size_t limit) {
        return static_cast<std::int64_t>(std::min<std::size_t>(limit, std::size_t{1} << 40U));
    };
    StoredTrace trace;
    TraceResources resources;
    const auto rows = connection.executePrepared(
        loadSql, PostgresParameters().add(traceUuid).add(most(spanLimit)).add(most(byteLimit)));
    if (rows.rows() > 0) trace.spanCount = static_cast<std::size_t>(rows.integer(0, spanCountColumn));
    std::size_t bytes = 0;
    for (int i = 0; i < rows.rows() && bytes + resources.bytes() < byteLimit; ++i) {
        const auto row = readRow(rows, i);
        bytes += row.attributes.size() + row.events.size() + row.links.size();
        try {
            trace.spans.push_back(
                {makeSpan(row), row.origin,
                 resources.of(rows.isNull(i, resourceIdColumn) ? 0 : rows.integer(i, resourceIdColumn),
                              rows.text(i, resourceColumn)),
                 readClock(rows, i, row.startUnixNano)});
        } catch (const std::invalid_argument&) {
            // An older version of the collector accepted it. The other spans of its trace are shown anyway.
        }
    }
    return trace;
}

std::string ownerOf(PostgresConnection& connection, const std::string& traceUuid) {
    constexpr std::string_view sql = "SELECT owner FROM traces WHERE trace_id = $1::uuid";
    const auto rows = connection.executePrepared(sql, PostgresParameters().add(traceUuid));
    return rows.rows() > 0 ? std::string(rows.text(0, 0)) : std::string();
}

std::vector<StoredClient> listClients(PostgresConnection& connection, std::size_t limit,
                                      const std::string& owner) {
    constexpr std::string_view sql =
        "SELECT instance, installation, client_type, client_version, service_name, user_id, "
        "floor(extract(epoch FROM first_seen) * 1000)::bigint, floor(extract(epoch FROM last_seen) * "
        "1000)::bigint, batches, accepted, lost_total, lost::text FROM clients WHERE $2::text IS NULL OR "
        "user_id = $2 ORDER BY last_seen DESC, "
        "instance LIMIT $1";
    const auto rows = connection.executePrepared(
        sql, PostgresParameters().add(static_cast<std::int64_t>(limit)).addOptional(storedName(owner)));
    std::vector<StoredClient> clients;
    for (int i = 0; i < rows.rows(); ++i) {
        const auto text = [&](int column) { return std::string(rows.text(i, column)); };
        clients.push_back({text(0), text(1), text(2), text(3), text(4), text(5), rows.integer(i, 6),
                           rows.integer(i, 7), rows.integer(i, 8), rows.integer(i, 9), rows.integer(i, 10),
                           boost::json::serialize(parseJson(text(11)))});
    }
    return clients;
}

}
