#include "store/sqlite/sqlite_rollup_table.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "store/sqlite/time_limit.h"

namespace sidespan::collector::sqlite {

namespace {

using database::ResetAfter;
using database::Statement;

constexpr std::string_view listSeriesSql =
    "SELECT operation, service_name, version, os, host, sample_rate, block_samples, id FROM rollup_series";

constexpr std::string_view insertSeriesSql =
    "INSERT INTO rollup_series (operation, service_name, version, os, host, sample_rate, block_samples) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) RETURNING id";

constexpr std::string_view findSql =
    "SELECT span_count, error_count, blocks, overruns, trace_count, plugin_nano, network_nano, server_nano, "
    "durations FROM rollups WHERE hour = ?1 AND series_id = ?2";

// It leaves the key as it is, so that no index is written again.
constexpr std::string_view putSql =
    "INSERT INTO rollups (hour, series_id, span_count, error_count, blocks, overruns, trace_count, "
    "plugin_nano, network_nano, server_nano, durations) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) "
    "ON CONFLICT (hour, series_id) DO UPDATE SET span_count = ?3, error_count = ?4, blocks = ?5, "
    "overruns = ?6, trace_count = ?7, plugin_nano = ?8, network_nano = ?9, server_nano = ?10, durations = "
    "?11";

// Of one series, or of all.
constexpr std::string_view readSql =
    "SELECT series_id, hour, span_count, error_count, blocks, overruns, trace_count, plugin_nano, "
    "network_nano, server_nano, durations FROM rollups WHERE hour >= ?1 AND hour < ?2";
constexpr std::string_view ofOneSeries = " AND series_id = ?3";

RollupSeries readSeries(const Statement& row) {
    const auto text = [&](int column) { return std::string(row.text(column)); };
    return {text(0), text(1), text(2), text(3), text(4), row.integer(5), row.integer(6)};
}

RollupValue readValue(const Statement& row, int column) {
    RollupValue value;
    auto& times = value.times;
    for (auto* field : {&value.count, &value.errors, &value.blocks, &value.overruns, &times.traces,
                        &times.plugin, &times.network, &times.server})
        *field = row.integer(column++);
    value.durations = DurationHistogram::parse(row.text(column));
    return value;
}

bool isWanted(const RollupSeries& series, const RollupQuery& query) {
    const auto allows = [](const std::optional<std::string>& wanted, const std::string& text) {
        return !wanted || *wanted == text;
    };
    return allows(query.operation, series.operation) && allows(query.service, series.service) &&
           allows(query.version, series.version) && allows(query.os, series.os) &&
           allows(query.host, series.host);
}

/// Without the dimensions that are not asked for.
RollupSeries reduced(RollupSeries series, const RollupQuery& query) {
    RollupSeries kept;
    for (const auto dimension : query.by) {
        switch (dimension) {
            case RollupDimension::operation:
                kept.operation = std::move(series.operation);
                break;
            case RollupDimension::service:
                kept.service = std::move(series.service);
                break;
            case RollupDimension::version:
                kept.version = std::move(series.version);
                break;
            case RollupDimension::os:
                kept.os = std::move(series.os);
                break;
            case RollupDimension::host:
                kept.host = std::move(series.host);
                break;
            case RollupDimension::sampleRate:
                kept.sampleRate = series.sampleRate;
                break;
            case RollupDimension::blockSamples:
                kept.blockSamples = series.blockSamples;
                break;
        }
    }
    return kept;
}

std::int64_t stepOf(std::int64_t hour, const RollupQuery& query) {
    if (query.stepHours == 0) return query.fromHour;
    return query.fromHour + (hour - query.fromHour) / query.stepHours * query.stepHours;
}

}

RollupWriter::RollupWriter(database::Database& database)
    : database_(database),
      dataVersion_(database.prepare("PRAGMA data_version")),
      insertSeries_(database.prepare(insertSeriesSql)),
      find_(database.prepare(findSql)),
      put_(database.prepare(putSql)) {}

void RollupWriter::begin() {
    ResetAfter reset{dataVersion_};
    dataVersion_.step();
    const auto version = dataVersion_.integer(0);
    if (std::exchange(lastDataVersion_, version) != version) forget();
}

std::int64_t RollupWriter::idOf(const RollupSeries& series) {
    if (!isLoaded_) loadSeries();
    return series_.idOf(series, [this](const auto& stored) { return insertSeries(stored); });
}

void RollupWriter::write(const std::map<RollupPlace, RollupValue>& sums) {
    for (const auto& [place, value] : sums) add(place, value);
}

void RollupWriter::loadSeries() {
    series_ = {};
    auto rows = database_.prepare(listSeriesSql);
    while (rows.step()) series_.add(readSeries(rows), rows.integer(7));
    isLoaded_ = true;
}

std::int64_t RollupWriter::insertSeries(const RollupSeries& series) {
    ResetAfter reset{insertSeries_};
    insertSeries_.bind(1, series.operation)
        .bind(2, series.service)
        .bind(3, series.version)
        .bind(4, series.os)
        .bind(5, series.host)
        .bind(6, series.sampleRate)
        .bind(7, series.blockSamples);
    insertSeries_.step();
    return insertSeries_.integer(0);
}

// Where an hour was deleted, a trace that counted in it has nothing to correct.
void RollupWriter::add(const RollupPlace& place, RollupValue value) {
    {
        ResetAfter reset{find_};
        find_.bind(1, place.hour).bind(2, place.series);
        if (find_.step()) {
            value.add(readValue(find_, 0));
        } else if (value.count == 0) {
            return;
        }
    }
    const auto durations = value.durations.text();
    const auto& times = value.times;
    int column = 0;
    for (auto number : {place.hour, place.series, value.count, value.errors, value.blocks, value.overruns,
                        times.traces, times.plugin, times.network, times.server})
        put_.bind(++column, number);
    put_.bind(++column, durations).run();
}

// Series are few, and most of them have sums in each hour: each is searched for where few are wanted.
Rollups RollupReader::sums(const RollupQuery& query) {
    const database::Transaction transaction(database_, database::Transaction::Kind::read);
    const TimeLimit limit(database_, query.mostTime);
    const auto wanted = wantedSeries(query);
    Rollups sums;
    const auto add = [&](Statement& rows) {
        rows.bind(1, query.fromHour).bind(2, query.untilHour);
        while (rows.step()) {
            const auto series = wanted.find(rows.integer(0));
            if (series == wanted.end()) continue;
            sums[{stepOf(rows.integer(1), query), series->second}].add(readValue(rows, 2));
            query.checkRows(sums.size());
        }
    };
    constexpr std::size_t few = 4;
    if (wanted.size() * few >
        static_cast<std::size_t>(database_.integer("SELECT count(*) FROM rollup_series"))) {
        auto rows = database_.prepare(readSql);
        add(rows);
        return sums;
    }
    auto rows = database_.prepare(fmt::format("{}{}", readSql, ofOneSeries));
    for (const auto& each : wanted) {
        const ResetAfter reset{rows};
        rows.bind(3, each.first);
        add(rows);
    }
    return sums;
}

std::unordered_map<std::int64_t, RollupSeries> RollupReader::wantedSeries(const RollupQuery& query) {
    std::unordered_map<std::int64_t, RollupSeries> wanted;
    auto rows = database_.prepare(listSeriesSql);
    while (rows.step()) {
        auto series = readSeries(rows);
        if (isWanted(series, query)) wanted.emplace(rows.integer(7), reduced(std::move(series), query));
    }
    return wanted;
}

std::vector<RollupRow> RollupReader::read(const RollupQuery& query) try {
    std::vector<RollupRow> result;
    for (auto& [key, value] : sums(query)) result.push_back({key, std::move(value)});
    return result;
} catch (const database::DatabaseError& error) {
    if (!TimeLimit::hasEnded(error)) throw;
    query.tookTooLong();
}

}
