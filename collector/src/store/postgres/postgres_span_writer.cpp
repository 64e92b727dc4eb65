#include "store/postgres/postgres_span_writer.h"

#include <algorithm>
#include <limits>
#include <set>
#include <stdexcept>
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "store/postgres/binary.h"
#include "store/postgres/postgres_schema.h"
#include "store/postgres/stored_json.h"

namespace sidespan::collector::postgres {

namespace {

using database::PostgresArray;
using database::PostgresParameters;
using database::PostgresResult;
using Type = PostgresArray::Type;

// Statements that know their rows as arrays, in the order of `unnest`.
constexpr std::string_view insertTracesSql = R"sql(
INSERT INTO traces (trace_id, day, created_at, owner, name, service_name, has_root, name_start, name_duration,
    start_unix_nano, end_unix_nano, sort_unix_nano, span_count, error_count, cancelled_count, plugin_nano,
    network_nano, server_nano, rollup_hour, rollup_series_id)
SELECT trace_id, $18::date, $19::timestamptz, coalesce(owner, CASE WHEN has_root <> 0 THEN '' END), name, service_name,
    has_root <> 0, name_start, name_duration, start_unix_nano, end_unix_nano, least(start_unix_nano, $20::bigint),
    span_count, error_count, cancelled_count, plugin_nano, network_nano, server_nano,
    to_timestamp(rollup_hour * 3600), rollup_series_id
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::bigint[], $6::bigint[], $7::bigint[],
    $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[],
    $15::bigint[], $16::bigint[], $17::text[])
    AS a (trace_id, name, service_name, has_root,
    name_start, name_duration, start_unix_nano, end_unix_nano, span_count, error_count, cancelled_count,
    plugin_nano, network_nano, server_nano, rollup_hour, rollup_series_id, owner)
ORDER BY trace_id
ON CONFLICT (trace_id) DO NOTHING
RETURNING trace_id)sql";

constexpr std::string_view lockTracesSql = R"sql(
SELECT trace_id, CASE WHEN isfinite(day) THEN day - date '2000-01-01' ELSE -2147483648 END, span_count,
    has_root, name_start, extract(epoch FROM rollup_hour)::bigint / 3600, rollup_series_id, plugin_nano, network_nano,
    server_nano
FROM traces WHERE trace_id = ANY ($1::uuid[])
ORDER BY trace_id FOR NO KEY UPDATE)sql";

// A trace is called after its earliest root; until one arrives, after its earliest span. It is listed by its
// start, but never as later than its arrival: a client's clock may be years ahead.
constexpr std::string_view addToTracesSql = R"sql(
UPDATE traces AS t SET
    owner = coalesce(t.owner, a.owner, CASE WHEN a.has_root <> 0 THEN '' END),
    name = CASE WHEN better THEN a.name ELSE t.name END,
    service_name = CASE WHEN better THEN a.service_name ELSE t.service_name END,
    name_start = CASE WHEN better THEN a.name_start ELSE t.name_start END,
    name_duration = CASE WHEN better THEN a.name_duration ELSE t.name_duration END,
    has_root = t.has_root OR a.has_root <> 0,
    start_unix_nano = least(t.start_unix_nano, a.start_unix_nano),
    end_unix_nano = greatest(t.end_unix_nano, a.end_unix_nano),
    sort_unix_nano = least(t.sort_unix_nano, a.start_unix_nano, $18::bigint),
    span_count = t.span_count + a.span_count,
    error_count = t.error_count + a.error_count,
    cancelled_count = t.cancelled_count + a.cancelled_count,
    plugin_nano = a.plugin_nano,
    network_nano = a.network_nano,
    server_nano = a.server_nano,
    rollup_hour = to_timestamp(a.rollup_hour * 3600),
    rollup_series_id = a.rollup_series_id
FROM (SELECT a.*, (a.has_root, -a.name_start) > (t.has_root::integer, -t.name_start) AS better
    FROM unnest($1::uuid[], $2::text[], $3::text[], $4::integer[], $5::bigint[], $6::bigint[], $7::bigint[],
        $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[],
        $15::bigint[], $16::bigint[], $17::text[])
    AS a (trace_id, name, service_name, has_root,
        name_start, name_duration, start_unix_nano, end_unix_nano, span_count, error_count, cancelled_count,
        plugin_nano, network_nano, server_nano, rollup_hour, rollup_series_id, owner)
    JOIN traces AS t USING (trace_id)) AS a
WHERE t.trace_id = a.trace_id)sql";

constexpr std::string_view insertSpansSql = R"sql(
INSERT INTO client_telemetry_spans (day, trace_id, span_id, parent_span_id, id, name, kind, origin,
    start_unix_nano, end_unix_nano, client_type, client_version, service_name, status, status_message, attributes,
    events, links, dropped_attributes, dropped_events, dropped_links, resource_id, user_id, batch_id, created_at)
SELECT s.*, $25::timestamptz
FROM unnest($1::date[], $2::uuid[], $3::bytea[], $4::bytea[], $5::uuid[], $6::text[], $7::text[], $8::text[],
    $9::bigint[], $10::bigint[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[], $16::jsonb[],
    $17::jsonb[], $18::jsonb[], $19::integer[], $20::integer[], $21::integer[], $22::bigint[], $23::text[],
    $24::bigint[]) AS s
ON CONFLICT DO NOTHING
RETURNING trace_id, encode(span_id, 'hex'))sql";

// For spans of traces that are new: nobody else can have written any.
constexpr std::string_view insertNewSpansSql = insertSpansSql.substr(0, insertSpansSql.find("ON CONFLICT"));

constexpr std::string_view outlineSql =
    "SELECT trace_id, encode(span_id, 'hex'), encode(parent_span_id, 'hex'), name, kind, client_type, "
    "origin, "
    "start_unix_nano, end_unix_nano FROM client_telemetry_spans WHERE day = $1::date AND trace_id = ANY "
    "($2::uuid[])";

constexpr std::string_view insertResourceSql =
    "INSERT INTO resources (fingerprint, attributes) VALUES (sha256(convert_to($1, 'UTF8')), $1::jsonb) "
    "ON CONFLICT (fingerprint) DO NOTHING";
constexpr std::string_view findResourceSql =
    "SELECT id FROM resources WHERE fingerprint = sha256(convert_to($1, 'UTF8'))";

constexpr std::string_view insertBatchSql =
    "INSERT INTO batches (created_at, instance, clock_wall, clock_monotonic, clock_offset, clock_error) "
    "VALUES ($1::timestamptz, $2, $3, $4, $5, $6) RETURNING id";

// Counts only grow: a batch that was held up may tell of fewer losses than one before it.
constexpr std::string_view upsertClientSql = R"sql(
INSERT INTO clients AS c (instance, client_type, client_version, user_id, first_seen, last_seen, batches,
    accepted, lost_total, lost, installation, service_name, clock_monotonic, clock_offset, clock_error)
VALUES ($1, $2, $3, $4, $5::timestamptz, $5::timestamptz, 1, $6, $7, $8::jsonb, $9, $10, $11, $12, $13)
ON CONFLICT (instance) DO UPDATE SET
    client_type = excluded.client_type,
    client_version = excluded.client_version,
    user_id = coalesce(excluded.user_id, c.user_id),
    installation = coalesce(excluded.installation, c.installation),
    service_name = coalesce(excluded.service_name, c.service_name),
    clock_monotonic = coalesce(excluded.clock_monotonic, c.clock_monotonic),
    clock_offset = coalesce(excluded.clock_offset, c.clock_offset),
    clock_error = coalesce(excluded.clock_error, c.clock_error),
    last_seen = greatest(c.last_seen, excluded.last_seen),
    batches = c.batches + 1,
    accepted = c.accepted + excluded.accepted,
    lost = CASE WHEN excluded.lost_total >= c.lost_total THEN excluded.lost ELSE c.lost END,
    lost_total = greatest(c.lost_total, excluded.lost_total))sql";

constexpr std::size_t knownResources = 1'024;

constexpr std::string_view noPartition = "23514";  // check_violation: the tables have no other checks

constexpr std::string_view isThere = "23505";   // unique_violation
constexpr std::string_view noSeries = "23503";  // foreign_key_violation: that of rollups is the only one

// `-infinity` is where kept spans are.
constexpr std::int64_t keptPlace = std::numeric_limits<std::int32_t>::min();

std::string timeText(std::chrono::system_clock::time_point time) {
    const auto micros = std::chrono::floor<std::chrono::microseconds>(time).time_since_epoch().count();
    return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:06}+00",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(time)), micros % 1'000'000);
}

std::string dayText(std::chrono::system_clock::time_point time) {
    return fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::chrono::system_clock::to_time_t(time)));
}

database::PostgresError resourceWasDeleted() {
    return {"40001", "PostgreSQL: a resource was deleted while spans of it arrived"};
}

database::PostgresError spanIsThere() {
    return {"40001", "PostgreSQL: a trace that is not there has spans"};
}

database::PostgresError seriesWasDeleted() {
    return {"40001", "PostgreSQL: a series of rollups was deleted while spans of it arrived"};
}

/// As PostgreSQL counts them.
std::int64_t dayNumber(std::chrono::system_clock::time_point time) {
    using namespace std::chrono;
    return (floor<days>(time) - sys_days{year{2000} / January / 1}).count();
}

std::string sqlDay(std::int64_t number) {
    if (number == keptPlace) return "-infinity";
    using namespace std::chrono;
    return dayText(sys_days{year{2000} / January / 1} + days{number});
}

/// By trace: as much of its spans as splitOf() looks at.
std::map<std::string, std::vector<SpanRow>, std::less<>> outlinesIn(const PostgresResult& rows) {
    std::map<std::string, std::vector<SpanRow>, std::less<>> traces;
    for (int i = 0; i < rows.rows(); ++i) {
        auto& row = traces[std::string(rows.text(i, 0))].emplace_back();
        row.spanId = rows.text(i, 1);
        row.parentSpanId = rows.text(i, 2);
        row.name = rows.text(i, 3);
        row.kind = rows.text(i, 4);
        row.clientType = rows.text(i, 5);
        row.origin = rows.text(i, 6) == "server" ? SpanOrigin::server : SpanOrigin::client;
        row.startUnixNano = rows.integer(i, 7);
        row.endUnixNano = rows.integer(i, 8);
    }
    return traces;
}

/// Which span it is, whatever trace.
std::string keyOf(std::string_view traceId, std::string_view spanId) {
    return std::string(traceId) += spanId;
}

/// The columns of what batches add to their traces.
class Additions {
public:
    void add(std::string_view traceId, const TraceAddition& added, std::string_view owner) {
        const auto& named = *added.named;
        traceIds_.add(binary(traceId));
        names_.add(storedName(named.name));
        services_.addOptional(storedName(named.serviceName));
        hasRoots_.add(named.parentSpanId.empty() ? 1 : 0);
        std::size_t column = 0;
        for (auto number : {named.startUnixNano, named.endUnixNano - named.startUnixNano, added.start,
                            added.end, added.spans, added.errors, added.cancelled})
            numbers_[column++].add(number);
        const auto addOptional = [&](bool isKnown, std::initializer_list<std::int64_t> list) {
            for (auto number : list) {
                if (isKnown) {
                    numbers_[column++].add(number);
                } else {
                    numbers_[column++].addNull();
                }
            }
        };
        const auto split = added.split.value_or(TimeSplit{});
        addOptional(added.split.has_value(), {split.plugin, split.network, split.server});
        const auto place = added.rollup.value_or(RollupPlace{});
        addOptional(added.rollup.has_value(), {place.hour, place.series});
        owners_.addOptional(owner);
    }
    [[nodiscard]] bool isEmpty() const noexcept { return traceIds_.size() == 0; }
    [[nodiscard]] PostgresParameters parameters() const {
        PostgresParameters parameters;
        parameters.add(traceIds_).add(names_).add(services_).add(hasRoots_);
        for (const auto& column : numbers_) parameters.add(column);
        parameters.add(owners_);
        return parameters;
    }

private:
    PostgresArray traceIds_{Type::uuid};
    PostgresArray names_{Type::text};
    PostgresArray services_{Type::text};
    PostgresArray hasRoots_{Type::integer};
    std::vector<PostgresArray> numbers_ = std::vector<PostgresArray>(12, PostgresArray(Type::bigint));
    PostgresArray owners_{Type::text};
};

/// The columns of spans.
class SpanColumns {
public:
    /// `resource` and `batch` are 0 where there is none.
    void add(const SpanRow& row, std::int64_t day, std::string_view id, std::int64_t resource,
             std::string_view user, std::int64_t batch) {
        days_.add(day);
        traceIds_.add(binary(row.traceId));
        spanIds_.add(binary(row.spanId));
        parentIds_.addOptional(binary(row.parentSpanId));
        ids_.add(binary(id));
        texts_[0].add(storedName(row.name));
        texts_[1].add(row.kind);
        texts_[2].add(row.origin == SpanOrigin::server ? "server" : "client");
        starts_.add(row.startUnixNano);
        ends_.add(row.endUnixNano);
        texts_[3].add(row.clientType);
        texts_[4].addOptional(storedText(row.clientVersion));
        texts_[5].addOptional(storedName(row.serviceName));
        texts_[6].add(row.status);
        texts_[7].addOptional(storedText(row.statusMessage));
        json_[0].add(row.attributes.empty() ? "{}" : storedJson(row.attributes));
        json_[1].addOptional(storedJson(row.events));
        json_[2].addOptional(storedJson(row.links));
        dropped_[0].add(row.droppedAttributes);
        dropped_[1].add(row.droppedEvents);
        dropped_[2].add(row.droppedLinks);
        addId(resources_, resource);
        users_.addOptional(user);
        addId(batches_, batch);
    }
    [[nodiscard]] PostgresParameters parameters() const {
        PostgresParameters parameters;
        parameters.add(days_).add(traceIds_).add(spanIds_).add(parentIds_).add(ids_);
        parameters.add(texts_[0]).add(texts_[1]).add(texts_[2]).add(starts_).add(ends_);
        for (std::size_t i = 3; i < texts_.size(); ++i) parameters.add(texts_[i]);
        for (const auto& column : json_) parameters.add(column);
        for (const auto& column : dropped_) parameters.add(column);
        return parameters.add(resources_).add(users_).add(batches_);
    }

private:
    static void addId(PostgresArray& column, std::int64_t id) {
        if (id == 0) {
            column.addNull();
        } else {
            column.add(id);
        }
    }

    PostgresArray days_{Type::date};
    PostgresArray traceIds_{Type::uuid};
    PostgresArray spanIds_{Type::bytea};
    PostgresArray parentIds_{Type::bytea};
    PostgresArray ids_{Type::uuid};
    std::vector<PostgresArray> texts_ = std::vector<PostgresArray>(8, PostgresArray(Type::text));
    PostgresArray starts_{Type::bigint};
    PostgresArray ends_{Type::bigint};
    std::vector<PostgresArray> json_ = std::vector<PostgresArray>(3, PostgresArray(Type::jsonb));
    std::vector<PostgresArray> dropped_ = std::vector<PostgresArray>(3, PostgresArray(Type::integer));
    PostgresArray resources_{Type::bigint};
    PostgresArray users_{Type::text};
    PostgresArray batches_{Type::bigint};
};

}

Store::WrittenTogether SpanWriter::write(Batches batches, const Store::TakeNew& takeNew,
                                         std::chrono::system_clock::time_point now) {
    now_ = timeText(now);
    nowUnixNano_ = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
    ids_.setTime(nowUnixNano_ / 1'000'000);
    const auto today = dayText(now);
    if (!days_.contains(today)) makeDay(connection_, today);
    days_.insert(today);
    BatchTraces traces;
    userIds_.clear();
    for (const auto& [rows, submitter] : batches) {
        auto tracesOfBatch = groupByTrace(rows, userIds_.size());
        traces.merge(tracesOfBatch);
        if (!tracesOfBatch.empty())
            throw std::logic_error("batches that are written together have spans of the same trace");
        userIds_.push_back(storedName(submitter.userId));
        for (const auto& row : rows)
            static_cast<void>(resourceId(row));  // outside the transaction: no lock is held
    }
    for (auto& [id, trace] : traces) trace.place = dayNumber(now);
    try {
        return writeAll(traces, batches, takeNew);
    } catch (const database::PostgresError& error) {
        if (error.sqlState() == noSeries) throw seriesWasDeleted();
        if (error.sqlState() == isThere && !std::exchange(isCareful_, true)) throw spanIsThere();
        if (error.sqlState() != noPartition) throw;
        makeDaysOf(traces);
        throw database::PostgresError("40001",
                                      "PostgreSQL: a partition was dropped while spans of it arrived");
    }
}

Store::WrittenTogether SpanWriter::writeAll(BatchTraces& traces, Batches batches,
                                            const Store::TakeNew& takeNew) {
    if (std::exchange(isUndone_, true)) rollups_.forget();
    database::PostgresTransaction transaction(connection_);
    lockResources(traces);
    BatchRollup rollup(traces, nowUnixNano_, [this](const auto& series) { return rollups_.idOf(series); });
    insertTraces(traces, now_.substr(0, 10), rollup);
    lockTraces(traces);
    std::vector<std::int64_t> batchIds;
    for (const auto& batch : batches)
        batchIds.push_back(batch.rows.empty() ? 0 : insertBatch(batch.submitter.client));
    const auto isNew = insertSpans(traces, batchIds);
    addToTraces(traces, isNew, rollup);
    Store::WrittenTogether written;
    for (const auto& batch : batches) written.batches.push_back({0, batch.rows.size()});
    for (const auto* row : isNew) {
        auto& batch = written.batches[traces.at(row->traceId).batch];
        ++batch.accepted;
        --batch.duplicate;
        rollup.addSpan(*row);
    }
    writeClients(batches, written.batches);
    rollups_.write(rollup.sums());
    written.times = rollup.times();
    if (takeNew && !isNew.empty()) takeNew(isNew);
    transaction.commit();
    isUndone_ = isCareful_ = false;
    return written;
}

// Somebody else may have dropped some of them: that of today, or of traces that were there.
void SpanWriter::makeDaysOf(const BatchTraces& traces) {
    days_.clear();
    for (const auto& [id, trace] : traces)
        if (trace.place != keptPlace) makeDay(connection_, sqlDay(trace.place));
}

// 0 when it has none.
std::int64_t SpanWriter::resourceId(const SpanRow& row) {
    if (!row.resource) return 0;
    if (const auto known = resources_.find(*row.resource); known != resources_.end()) return known->second;
    if (resources_.size() >= knownResources) resources_.clear();
    const auto json = PostgresParameters().add(storedJson(*row.resource));
    connection_.executePrepared(insertResourceSql, json);
    const auto found = connection_.executePrepared(findResourceSql, json);
    if (found.rows() == 0) throw resourceWasDeleted();
    const auto id = found.integer(0, 0);
    resources_.emplace(*row.resource, id);
    return id;
}

// One that no span referred to may have been deleted since its id was found.
void SpanWriter::lockResources(const BatchTraces& traces) {
    std::set<std::int64_t> ids;
    for (const auto& [id, trace] : traces)
        for (const auto* row : trace.rows) ids.insert(resourceId(*row));
    ids.erase(0);
    if (ids.empty()) return;
    PostgresArray column(Type::bigint);
    for (const auto id : ids) column.add(id);
    constexpr std::string_view sql =
        "SELECT id FROM resources WHERE id = ANY ($1::bigint[]) ORDER BY id FOR KEY SHARE";
    const auto found = connection_.executePrepared(sql, PostgresParameters().add(column));
    if (static_cast<std::size_t>(found.rows()) == ids.size()) return;
    resources_.clear();
    throw resourceWasDeleted();
}

std::int64_t SpanWriter::insertBatch(const ClientReport& client) {
    if (client.instance.empty()) return 0;
    PostgresParameters parameters;
    parameters.add(now_).add(storedName(client.instance));
    const auto addPair = [&](bool isKnown, std::int64_t first, std::int64_t second) {
        if (isKnown) {
            parameters.add(first).add(second);
        } else {
            parameters.addNull().addNull();
        }
    };
    const auto clock = client.clock.value_or(ClientClock{});
    const auto offset = clock.server.value_or(ClientClock::Offset{});
    addPair(client.clock.has_value(), clock.wallNano, clock.monotonicNano);
    addPair(clock.server.has_value(), offset.offsetNano, offset.errorNano);
    return connection_.executePrepared(insertBatchSql, parameters).integer(0, 0);
}

// Those that are there already stay as they are. All spans of a trace that was not there are new.
void SpanWriter::insertTraces(BatchTraces& traces, std::string_view today, BatchRollup& rollup) {
    std::map<std::string_view, TraceAddition> added;
    Additions columns;
    for (const auto& [id, trace] : traces) {
        auto& addition = added.emplace(id, additionOf(trace)).first->second;
        addition.rollup = rollup.placeOf(*addition.named);
        columns.add(id, addition, userIds_[trace.batch]);
    }
    if (columns.isEmpty()) return;
    auto parameters = columns.parameters();
    parameters.add(today).add(now_).add(nowUnixNano_);
    const auto inserted = connection_.executePrepared(insertTracesSql, parameters);
    for (int i = 0; i < inserted.rows(); ++i) {
        const auto id = inserted.text(i, 0);
        traces.find(id)->second.isNew = true;
        rollup.addTrace(added.find(id)->second);
    }
}

void SpanWriter::lockTraces(BatchTraces& traces) {
    PostgresArray ids(Type::uuid);
    for (const auto& [id, trace] : traces)
        if (!trace.isNew) ids.add(binary(id));
    if (ids.size() == 0) return;
    const auto found = connection_.executePrepared(lockTracesSql, PostgresParameters().add(ids));
    if (static_cast<std::size_t>(found.rows()) != ids.size()) {
        throw database::PostgresError("40001", "PostgreSQL: a trace was deleted while spans of it arrived");
    }
    for (int i = 0; i < found.rows(); ++i) {
        auto& trace = traces.find(found.text(i, 0))->second;
        trace.place = found.integer(i, 1);
        trace.spansBefore = found.integer(i, 2);
        trace.hasRoot = found.boolean(i, 3);
        trace.nameStart = found.integer(i, 4);
        if (!found.isNull(i, 6)) trace.rollup = {found.integer(i, 5), found.integer(i, 6)};
        if (!found.isNull(i, 7))
            trace.split = {found.integer(i, 7), found.integer(i, 8), found.integer(i, 9)};
    }
}

std::vector<const SpanRow*> SpanWriter::insertSpans(const BatchTraces& traces,
                                                    const std::vector<std::int64_t>& batchIds) {
    SpanColumns ofNewTraces;
    SpanColumns others;
    std::vector<const SpanRow*> isNew;
    std::unordered_map<std::string, const SpanRow*> byKey;
    for (const auto& [id, trace] : traces) {
        const bool isOnlyOurs = trace.isNew && !isCareful_;
        for (const auto* row : trace.rows) {
            (isOnlyOurs ? ofNewTraces : others)
                .add(*row, trace.place, ids_.next(), resourceId(*row), userIds_[trace.batch],
                     batchIds[trace.batch]);
            if (isOnlyOurs) {
                isNew.push_back(row);
            } else {
                byKey.emplace(keyOf(row->traceId, row->spanId), row);
            }
        }
    }
    const auto insert = [&](std::string_view sql, const SpanColumns& columns) {
        return connection_.executePrepared(sql, columns.parameters().add(now_));
    };
    if (!isNew.empty()) static_cast<void>(insert(insertNewSpansSql, ofNewTraces));
    if (byKey.empty()) return isNew;
    const auto inserted = insert(insertSpansSql, others);
    for (int i = 0; i < inserted.rows(); ++i)
        isNew.push_back(byKey.at(keyOf(inserted.text(i, 0), inserted.text(i, 1))));
    return isNew;
}

void SpanWriter::addToTraces(const BatchTraces& traces, const std::vector<const SpanRow*>& isNew,
                             BatchRollup& rollup) {
    Extended additions;
    for (const auto* row : isNew)
        if (!traces.at(row->traceId).isNew) additions[row->traceId].add(*row);
    addSplits(traces, additions);
    Additions columns;
    for (auto& [id, added] : additions) {
        const auto& trace = traces.at(id);
        rollup.addToTrace(trace, added);
        columns.add(id, added, userIds_[trace.batch]);
    }
    if (columns.isEmpty()) return;
    connection_.executePrepared(addToTracesSql, columns.parameters().add(nowUnixNano_));
}

void SpanWriter::addSplits(const BatchTraces& traces, Extended& additions) {
    std::map<std::int64_t, PostgresArray> byDay;
    for (const auto& [id, added] : additions) {
        const auto& trace = traces.at(id);
        if (trace.spansBefore + added.spans > mostSpansOfSplit) continue;
        byDay.try_emplace(trace.place, Type::uuid).first->second.add(binary(id));
    }
    for (const auto& [day, ids] : byDay) {
        const auto rows =
            connection_.executePrepared(outlineSql, PostgresParameters().add(sqlDay(day)).add(ids));
        for (auto& [id, outlines] : outlinesIn(rows)) {
            std::vector<const SpanRow*> spans;
            for (const auto& outline : outlines) spans.push_back(&outline);
            additions.find(id)->second.split = splitOf(spans);
        }
    }
}

// In one order, in which collectors on a database do not wait for each other in a circle.
void SpanWriter::writeClients(Batches batches, std::vector<Store::Written>& written) {
    std::map<std::string_view, std::size_t> byInstance;
    for (std::size_t i = 0; i < batches.size(); ++i) {
        const auto& [rows, submitter] = batches[i];
        if (!submitter.client.instance.empty() && !rows.empty())
            byInstance.emplace(submitter.client.instance, i);
    }
    for (const auto& [instance, i] : byInstance) {
        written[i].lost = lostSince(batches[i].submitter.client);
        upsertClient(batches[i].rows.front(), batches[i].submitter, written[i]);
    }
}

std::vector<std::pair<std::string, std::int64_t>> SpanWriter::lostSince(const ClientReport& client) {
    if (client.lost.empty()) return {};
    constexpr std::string_view sql = "SELECT lost::text FROM clients WHERE instance = $1 FOR NO KEY UPDATE";
    const auto before =
        connection_.executePrepared(sql, PostgresParameters().add(storedText(client.instance)));
    return client.lostSince(before.rows() > 0 ? before.text(0, 0) : std::string_view());
}

void SpanWriter::upsertClient(const SpanRow& first, const Store::Submitter& submitter,
                              const Store::Written& written) {
    const auto& client = submitter.client;
    const auto clock = client.clock.value_or(ClientClock{});
    PostgresParameters parameters;
    parameters.add(storedName(client.instance))
        .add(first.clientType)
        .addOptional(storedText(first.clientVersion))
        .addOptional(storedName(submitter.userId))
        .add(now_)
        .add(static_cast<std::int64_t>(written.accepted))
        .add(client.lostTotal())
        .add(storedJson(client.lostJson()))
        .addOptional(storedName(client.installation))
        .addOptional(storedName(first.serviceName));
    if (clock.server) {
        parameters.add(clock.monotonicNano).add(clock.server->offsetNano).add(clock.server->errorNano);
    } else {
        parameters.addNull().addNull().addNull();
    }
    connection_.executePrepared(upsertClientSql, parameters);
}

}
