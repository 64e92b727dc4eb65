#include "store/postgres/postgres_rollup_table.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "store/postgres/stored_json.h"

namespace sidespan::collector::postgres {

namespace {

using database::PostgresArray;
using database::PostgresConnection;
using database::PostgresParameters;
using database::PostgresResult;
using Type = PostgresArray::Type;

constexpr std::string_view listSeriesSql =
    "SELECT operation, service_name, version, os, host, sample_rate, block_samples, id FROM rollup_series";

// Another collector may have stored it meanwhile.
constexpr std::string_view insertSeriesSql = R"sql(
INSERT INTO rollup_series (operation, service_name, version, os, host, sample_rate, block_samples)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (operation, service_name, version, os, host, sample_rate, block_samples)
    DO UPDATE SET os = excluded.os
RETURNING id)sql";

// In the order of their keys, so that collectors lock in one order. Clients tell blocks, overruns and times:
// their sums stay at the largest number. Where an hour was deleted, a trace that counted in it has nothing to
// correct. {0} is the table.
constexpr std::string_view addSql = R"sql(
INSERT INTO {0} AS r (hour, series_id, span_count, error_count, blocks, overruns, trace_count, plugin_nano,
    network_nano, server_nano, durations)
SELECT to_timestamp(a.hour * 3600), a.series_id, a.span_count, a.error_count, a.blocks, a.overruns, a.trace_count,
    a.plugin_nano, a.network_nano, a.server_nano, ('{{' || a.durations || '}}')::bigint[]
FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[],
        $8::bigint[], $9::bigint[], $10::bigint[], $11::text[])
    AS a (hour, series_id, span_count, error_count, blocks, overruns, trace_count, plugin_nano, network_nano,
        server_nano, durations)
WHERE a.span_count > 0 OR EXISTS (
    SELECT FROM {0} AS o WHERE o.hour = to_timestamp(a.hour * 3600) AND o.series_id = a.series_id)
ORDER BY a.hour, a.series_id
ON CONFLICT (hour, series_id) DO UPDATE SET
    span_count = r.span_count + excluded.span_count,
    error_count = r.error_count + excluded.error_count,
    blocks = least(r.blocks::numeric + excluded.blocks, 9223372036854775807)::bigint,
    overruns = least(r.overruns::numeric + excluded.overruns, 9223372036854775807)::bigint,
    trace_count = r.trace_count + excluded.trace_count,
    plugin_nano = greatest(0, least(r.plugin_nano::numeric + excluded.plugin_nano, 9223372036854775807))::bigint,
    network_nano = greatest(0, least(r.network_nano::numeric + excluded.network_nano, 9223372036854775807))::bigint,
    server_nano = greatest(0, least(r.server_nano::numeric + excluded.server_nano, 9223372036854775807))::bigint,
    durations = add_counts(r.durations, excluded.durations))sql";

constexpr std::array dimensions{"operation", "service_name", "version",      "os",
                                "host",      "sample_rate",  "block_samples"};

constexpr std::array summedColumns{"span_count",  "error_count", "blocks",       "overruns",
                                   "trace_count", "plugin_nano", "network_nano", "server_nano"};

constexpr std::int64_t startOfDay(std::int64_t hour) {
    return hour - ((hour % 24) + 24) % 24;
}

std::string rowsBetween(std::string_view table, std::int64_t from, std::int64_t until) {
    return fmt::format("SELECT * FROM {} WHERE hour >= to_timestamp({}) AND hour < to_timestamp({})", table,
                       from * 3600, until * 3600);
}

/// The sums of the hours that are asked for: those of whole days where no step ends within one.
std::string rowsOf(const RollupQuery& query) {
    const auto first = startOfDay(query.fromHour + 23);
    const auto last = startOfDay(query.untilHour);
    const bool areStepsDays = query.stepHours == 0 || (query.stepHours % 24 == 0 && first == query.fromHour);
    if (!areStepsDays || first >= last) return rowsBetween("rollups", query.fromHour, query.untilHour);
    return fmt::format("{} UNION ALL {} UNION ALL {}", rowsBetween("rollups", query.fromHour, first),
                       rowsBetween("rollup_days", first, last),
                       rowsBetween("rollups", last, query.untilHour));
}

RollupSeries readSeries(const PostgresResult& rows, int row, int column) {
    const auto text = [&] { return std::string(rows.text(row, column++)); };
    RollupSeries series{text(), text(), text(), text(), text()};
    series.sampleRate = rows.integer(row, column++);
    series.blockSamples = rows.integer(row, column);
    return series;
}

/// Columns of a dimension that is not asked for are the same in all rows.
std::string selectedDimensions(const RollupQuery& query) {
    std::vector<std::string> columns;
    for (std::size_t i = 0; i < dimensions.size(); ++i) {
        const bool isAsked =
            std::find(query.by.begin(), query.by.end(), static_cast<RollupDimension>(i)) != query.by.end();
        const bool isText = i < 5;
        columns.push_back(isAsked ? dimensions[i] : isText ? "''::text" : "0::bigint");
    }
    return fmt::format("{}", fmt::join(columns, ", "));
}

/// What narrows the query.
std::string conditions(const RollupQuery& query, PostgresParameters& parameters) {
    std::string sql;
    const auto require = [&](const char* column, const std::optional<std::string>& text) {
        if (!text) return;
        parameters.add(storedText(*text));
        sql += fmt::format(" AND {} = ${}", column, parameters.size());
    };
    require("operation", query.operation);
    require("service_name", query.service);
    require("version", query.version);
    require("os", query.os);
    require("host", query.host);
    return sql;
}

}

std::int64_t RollupWriter::idOf(const RollupSeries& series) {
    if (!isLoaded_) loadSeries();
    return series_.idOf(series, [this](const auto& stored) { return insertSeries(stored); });
}

void RollupWriter::write(const std::map<RollupPlace, RollupValue>& sums) {
    if (sums.empty()) return;
    std::map<RollupPlace, RollupValue> days;
    for (const auto& [place, value] : sums) days[{startOfDay(place.hour), place.series}].add(value);
    static const auto addHours = fmt::format(addSql, "rollups");
    static const auto addDays = fmt::format(addSql, "rollup_days");
    write(sums, addHours);
    write(days, addDays);
}

void RollupWriter::write(const std::map<RollupPlace, RollupValue>& sums, std::string_view sql) {
    std::vector<PostgresArray> numbers(10, PostgresArray(Type::bigint));
    PostgresArray durations(Type::text);
    for (const auto& [place, value] : sums) {
        const auto& times = value.times;
        std::size_t column = 0;
        for (auto number : {place.hour, place.series, value.count, value.errors, value.blocks, value.overruns,
                            times.traces, times.plugin, times.network, times.server})
            numbers[column++].add(number);
        durations.add(value.durations.text());
    }
    PostgresParameters parameters;
    for (const auto& column : numbers) parameters.add(column);
    connection_.executePrepared(sql, parameters.add(durations));
}

void RollupWriter::loadSeries() {
    series_ = {};
    const auto rows = connection_.execute(std::string(listSeriesSql));
    for (int i = 0; i < rows.rows(); ++i) series_.add(readSeries(rows, i, 0), rows.integer(i, 7));
    isLoaded_ = true;
}

std::int64_t RollupWriter::insertSeries(const RollupSeries& series) {
    PostgresParameters parameters;
    for (const auto* text : {&series.operation, &series.service, &series.version, &series.os, &series.host})
        parameters.add(storedText(*text));
    parameters.add(series.sampleRate).add(series.blockSamples);
    return connection_.executePrepared(insertSeriesSql, parameters).integer(0, 0);
}

std::vector<RollupRow> readRollups(PostgresConnection& connection, const RollupQuery& query) {
    PostgresParameters parameters;
    const auto narrowed = conditions(query, parameters);
    const auto hour =
        query.stepHours == 0
            ? fmt::format("{}::bigint", query.fromHour)
            : fmt::format("(extract(epoch FROM hour)::bigint / 3600 - {0}::bigint) / {1} * {1} + {0}::bigint",
                          query.fromHour, query.stepHours);
    std::vector<std::string> sums;
    for (const char* column : summedColumns)
        sums.push_back(fmt::format("least(sum({}), 9223372036854775807)::bigint", column));
    parameters.add(static_cast<std::int64_t>(query.mostRows) + 1);
    const auto rows = connection.execute(
        fmt::format("SELECT {}, {}, {}, array_to_string(sum_counts(durations), ',') "
                    "FROM ({}) AS r JOIN rollup_series ON id = series_id WHERE true{} "
                    "GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8 LIMIT ${}",
                    hour, selectedDimensions(query), fmt::join(sums, ", "), rowsOf(query), narrowed,
                    parameters.size()),
        parameters);
    query.checkRows(static_cast<std::size_t>(rows.rows()));
    std::vector<RollupRow> result;
    for (int i = 0; i < rows.rows(); ++i) {
        int column = 8;
        const auto number = [&] { return rows.integer(i, column++); };
        RollupValue value;
        auto& times = value.times;
        for (auto* field : {&value.count, &value.errors, &value.blocks, &value.overruns, &times.traces,
                            &times.plugin, &times.network, &times.server})
            *field = number();
        value.durations = DurationHistogram::parse(rows.text(i, column));
        result.push_back({{rows.integer(i, 0), readSeries(rows, i, 1)}, std::move(value)});
    }
    return result;
}

}
