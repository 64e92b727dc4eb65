#include "store/sqlite/sqlite_span_writer.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <utility>

#include <fmt/chrono.h>

#include "store/sqlite/span_outline.h"
#include "store/sqlite/sqlite_schema.h"

namespace sidespan::collector::sqlite {

namespace {

constexpr std::string_view insertSpanSql = R"sql(
INSERT INTO client_telemetry_spans (id, trace_id, span_id, parent_span_id, name, kind, origin, start_unix_nano,
    end_unix_nano, duration_ms, client_type, client_version, status, status_message, attributes, events, links,
    dropped_attributes, dropped_events, user_id, created_at, service_name,
    dropped_links, resource_id, batch_id, trace_no)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23,
    nullif(?24, 0), nullif(?25, 0), ?26)
ON CONFLICT (trace_no, span_id) DO NOTHING)sql";

constexpr std::string_view findTraceSql =
    "SELECT no, span_count, has_root, name_start, rollup_series_id, rollup_hour, plugin_nano IS NOT NULL, "
    "plugin_nano, network_nano, server_nano FROM traces WHERE trace_id = ?1";

constexpr std::string_view outlineSql =
    "SELECT span_id, parent_span_id, name, kind, origin, start_unix_nano, end_unix_nano, client_type FROM "
    "client_telemetry_spans WHERE trace_no = ?1";

// A trace is called after its earliest root; until one arrives, after its earliest span. It is listed by its
// start, but never as later than its arrival: a client's clock may be years ahead.
constexpr std::string_view upsertTraceSql = R"sql(
INSERT INTO traces (trace_id, name, has_root, name_start, name_duration, start_unix_nano, end_unix_nano,
    sort_unix_nano, span_count, error_count, cancelled_count, service_name, plugin_nano, network_nano, server_nano,
    created_at, owner, rollup_hour, rollup_series_id)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19)
ON CONFLICT (trace_id) DO UPDATE SET
    name = CASE WHEN (excluded.has_root, -excluded.name_start) > (has_root, -name_start)
        THEN excluded.name ELSE name END,
    service_name = CASE WHEN (excluded.has_root, -excluded.name_start) > (has_root, -name_start)
        THEN excluded.service_name ELSE service_name END,
    name_duration = CASE WHEN (excluded.has_root, -excluded.name_start) > (has_root, -name_start)
        THEN excluded.name_duration ELSE name_duration END,
    name_start = CASE WHEN (excluded.has_root, -excluded.name_start) > (has_root, -name_start)
        THEN excluded.name_start ELSE name_start END,
    owner = coalesce(owner, excluded.owner),
    has_root = max(has_root, excluded.has_root),
    start_unix_nano = min(start_unix_nano, excluded.start_unix_nano),
    end_unix_nano = max(end_unix_nano, excluded.end_unix_nano),
    sort_unix_nano = min(sort_unix_nano, excluded.sort_unix_nano),
    span_count = span_count + excluded.span_count,
    error_count = error_count + excluded.error_count,
    cancelled_count = cancelled_count + excluded.cancelled_count,
    plugin_nano = excluded.plugin_nano,
    network_nano = excluded.network_nano,
    server_nano = excluded.server_nano,
    rollup_hour = excluded.rollup_hour,
    rollup_series_id = excluded.rollup_series_id
RETURNING no)sql";

// Counts only grow: a batch that was held up may tell of fewer losses than one before it.
constexpr std::string_view upsertClientSql = R"sql(
INSERT INTO clients (instance, client_type, client_version, user_id, first_seen_unix_ms, last_seen_unix_ms,
    batches, accepted, lost_total, lost, installation, service_name, clock_monotonic, clock_offset, clock_error)
VALUES (?1, ?2, ?3, ?4, ?5, ?5, 1, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)
ON CONFLICT (instance) DO UPDATE SET
    client_type = excluded.client_type,
    client_version = excluded.client_version,
    user_id = coalesce(excluded.user_id, user_id),
    installation = coalesce(excluded.installation, installation),
    service_name = coalesce(excluded.service_name, service_name),
    clock_monotonic = coalesce(excluded.clock_monotonic, clock_monotonic),
    clock_offset = coalesce(excluded.clock_offset, clock_offset),
    clock_error = coalesce(excluded.clock_error, clock_error),
    last_seen_unix_ms = excluded.last_seen_unix_ms,
    batches = batches + 1,
    accepted = accepted + excluded.accepted,
    lost = CASE WHEN excluded.lost_total >= lost_total THEN excluded.lost ELSE lost END,
    lost_total = max(lost_total, excluded.lost_total))sql";

constexpr std::string_view upsertResourceSql =
    "INSERT INTO resources (attributes) VALUES (?1) "
    "ON CONFLICT (attributes) DO UPDATE SET attributes = attributes RETURNING id";

constexpr std::string_view insertBatchSql =
    "INSERT INTO batches (instance, clock_wall, clock_monotonic, clock_offset, clock_error, created_at) "
    "VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id";

// Its two numbers, from that parameter on.
void bindOffset(database::Statement& statement, int first, const std::optional<ClientClock::Offset>& offset) {
    if (offset) {
        statement.bind(first, offset->offsetNano).bind(first + 1, offset->errorNano);
    } else {
        statement.bindNull(first).bindNull(first + 1);
    }
}

// What findTraceSql gives.
void readTrace(const database::Statement& row, BatchTrace& trace) {
    trace.place = row.integer(0);
    trace.spansBefore = row.integer(1);
    trace.hasRoot = row.integer(2) != 0;
    trace.nameStart = row.integer(3);
    if (const auto series = row.integer(4); series != 0) trace.rollup = {row.integer(5), series};
    if (row.integer(6) != 0) trace.split = {row.integer(7), row.integer(8), row.integer(9)};
}

std::string timestamp(std::chrono::system_clock::time_point time) {
    auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(time - seconds).count();
    return fmt::format("{:%Y-%m-%d %H:%M:%S}.{:03}",
                       fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)), millis);
}

}

SpanWriter::SpanWriter(const std::filesystem::path& file, StoreClock clock)
    : clock_(std::move(clock)),
      database_(file, database::Database::Mode::readWrite),
      insertSpan_((prepareSchema(database_), database_.prepare(insertSpanSql))),
      findTrace_(database_.prepare(findTraceSql)),
      upsertTrace_(database_.prepare(upsertTraceSql)),
      outline_(database_.prepare(outlineSql)),
      upsertClient_(database_.prepare(upsertClientSql)),
      upsertResource_(database_.prepare(upsertResourceSql)),
      insertBatch_(database_.prepare(insertBatchSql)),
      rollups_(database_),
      watch_(file) {}

Store::WrittenTogether SpanWriter::write(std::span<const Submission> batches, const TakeNew& takeNew) {
    watch_.check();
    const auto now = clock_ ? clock_() : std::chrono::system_clock::now();
    nowUnixNano_ = std::chrono::duration_cast<std::chrono::nanoseconds>(now.time_since_epoch()).count();
    createdAt_ = timestamp(now);
    ids_.setTime(nowUnixNano_ / 1'000'000);
    // A transaction that failed has taken its rows back.
    lastResource_.reset();
    if (std::exchange(isUndone_, true)) rollups_.forget();

    database::Transaction transaction(database_);
    rollups_.begin();
    Store::WrittenTogether written;
    std::vector<const SpanRow*> isNew;
    for (const auto& batch : batches) written.batches.push_back(writeBatch(batch, isNew, written.times));
    if (takeNew && !isNew.empty()) takeNew(isNew);
    transaction.commit();
    isUndone_ = false;
    return written;
}

SpanWriter::Written SpanWriter::writeBatch(const Submission& batch, std::vector<const SpanRow*>& allNew,
                                           TraceTimes& times) {
    const auto& [rows, submitter] = batch;
    auto traces = groupByTrace(rows);
    userId_ = submitter.userId;
    batchId_ = rows.empty() ? 0 : insertBatch(submitter.client);
    BatchRollup rollup(traces, nowUnixNano_, [this](const auto& series) { return rollups_.idOf(series); });
    for (auto& [id, trace] : traces) placeTrace(id, trace, rollup);
    const auto isNew = insertSpans(rows, traces);
    Written written{isNew.size(), rows.size() - isNew.size()};
    addToTraces(traces, isNew, rollup);
    if (!submitter.client.instance.empty() && !rows.empty()) {
        written.lost = lostSince(submitter.client);
        upsertClient(rows.front(), submitter, written);
    }
    for (const auto* row : isNew) rollup.addSpan(*row);
    rollups_.write(rollup.sums());
    times.add(rollup.times());
    allNew.insert(allNew.end(), isNew.begin(), isNew.end());
    return written;
}

// All spans of a trace that was not there are new.
void SpanWriter::placeTrace(std::string_view traceId, BatchTrace& trace, BatchRollup& rollup) {
    {
        database::ResetAfter reset{findTrace_};
        if (findTrace_.bind(1, traceId).step()) {
            readTrace(findTrace_, trace);
            return;
        }
    }
    trace.isNew = true;
    auto added = additionOf(trace);
    added.rollup = rollup.placeOf(*added.named);
    rollup.addTrace(added);
    trace.place = upsertTrace(traceId, added);
}

std::vector<const SpanRow*> SpanWriter::insertSpans(std::span<const SpanRow> rows,
                                                    const BatchTraces& traces) {
    std::vector<const SpanRow*> isNew;
    for (const auto& row : rows)
        if (insertSpan(row, traces.at(row.traceId).place)) isNew.push_back(&row);
    return isNew;
}

void SpanWriter::addToTraces(const BatchTraces& traces, const std::vector<const SpanRow*>& isNew,
                             BatchRollup& rollup) {
    std::map<std::string_view, TraceAddition> additions;
    for (const auto* row : isNew)
        if (!traces.at(row->traceId).isNew) additions[row->traceId].add(*row);
    for (auto& [id, added] : additions) {
        const auto& trace = traces.at(id);
        if (trace.spansBefore + added.spans <= mostSpansOfSplit) added.split = storedSplit(trace.place);
        rollup.addToTrace(trace, added);
        upsertTrace(id, added);
    }
}

TimeSplit SpanWriter::storedSplit(std::int64_t traceNo) {
    std::vector<SpanRow> rows;
    database::ResetAfter reset{outline_};
    outline_.bind(1, traceNo);
    while (outline_.step()) rows.push_back(readOutline(outline_, 0));
    std::vector<const SpanRow*> all;
    for (const auto& row : rows) all.push_back(&row);
    return splitOf(all);
}

bool SpanWriter::insertSpan(const SpanRow& row, std::int64_t traceNo) {
    auto id = ids_.next();
    const auto resource = resourceId(row);
    insertSpan_.bind(1, id)
        .bind(2, row.traceId)
        .bind(3, row.spanId)
        .bindOptional(4, row.parentSpanId)
        .bind(5, row.name)
        .bind(6, row.kind)
        .bind(7, row.origin == SpanOrigin::server ? "server" : "client")
        .bind(8, row.startUnixNano)
        .bind(9, row.endUnixNano)
        .bind(10, (row.endUnixNano - row.startUnixNano) / 1'000'000)
        .bind(11, row.clientType)
        .bindOptional(12, row.clientVersion)
        .bind(13, row.status)
        .bindOptional(14, row.statusMessage)
        .bind(15, row.attributes)
        .bindOptional(16, row.events)
        .bindOptional(17, row.links)
        .bind(18, std::int64_t{row.droppedAttributes})
        .bind(19, std::int64_t{row.droppedEvents})
        .bindOptional(20, userId_)
        .bind(21, createdAt_)
        .bindOptional(22, row.serviceName)
        .bind(23, std::int64_t{row.droppedLinks})
        .bind(24, resource)
        .bind(25, batchId_)
        .bind(26, traceNo)
        .run();
    return database_.changes() == 1;
}

std::vector<std::pair<std::string, std::int64_t>> SpanWriter::lostSince(const ClientReport& client) {
    if (client.lost.empty()) return {};
    auto before = database_.prepare("SELECT lost FROM clients WHERE instance = ?1");
    before.bind(1, client.instance);
    return client.lostSince(before.step() ? before.text(0) : std::string_view());
}

std::int64_t SpanWriter::insertBatch(const ClientReport& client) {
    if (client.instance.empty()) return 0;
    database::ResetAfter reset{insertBatch_};
    insertBatch_.bind(1, client.instance).bind(6, createdAt_);
    if (client.clock) {
        insertBatch_.bind(2, client.clock->wallNano).bind(3, client.clock->monotonicNano);
    } else {
        insertBatch_.bindNull(2).bindNull(3);
    }
    bindOffset(insertBatch_, 4, client.clock ? client.clock->server : std::nullopt);
    if (!insertBatch_.step()) throw std::logic_error("the statement returns a row");
    return insertBatch_.integer(0);
}

// 0 when it has none.
std::int64_t SpanWriter::resourceId(const SpanRow& row) {
    if (!row.resource) return 0;
    if (row.resource == lastResource_) return lastResourceId_;
    database::ResetAfter reset{upsertResource_};
    upsertResource_.bind(1, *row.resource);
    if (!upsertResource_.step()) throw std::logic_error("the statement returns a row");
    lastResourceId_ = upsertResource_.integer(0);
    lastResource_ = row.resource;
    return lastResourceId_;
}

std::int64_t SpanWriter::upsertTrace(std::string_view traceId, const TraceAddition& added) {
    const auto& named = *added.named;
    database::ResetAfter reset{upsertTrace_};
    upsertTrace_.bind(1, traceId)
        .bind(2, named.name)
        .bind(3, std::int64_t{named.parentSpanId.empty()})
        .bind(4, named.startUnixNano)
        .bind(5, named.endUnixNano - named.startUnixNano)
        .bind(6, added.start)
        .bind(7, added.end)
        .bind(8, std::min(added.start, nowUnixNano_))
        .bind(9, added.spans)
        .bind(10, added.errors)
        .bind(11, added.cancelled)
        .bindOptional(12, named.serviceName)
        .bind(16, createdAt_)
        .bindOptional(17, userId_);
    if (userId_.empty() && named.parentSpanId.empty()) upsertTrace_.bind(17, std::string_view(""));
    if (added.split) {
        upsertTrace_.bind(13, added.split->plugin)
            .bind(14, added.split->network)
            .bind(15, added.split->server);
    } else {
        upsertTrace_.bindNull(13).bindNull(14).bindNull(15);
    }
    if (added.rollup) {
        upsertTrace_.bind(18, added.rollup->hour).bind(19, added.rollup->series);
    } else {
        upsertTrace_.bindNull(18).bindNull(19);
    }
    if (!upsertTrace_.step()) throw std::logic_error("the statement returns a row");
    return upsertTrace_.integer(0);
}

void SpanWriter::upsertClient(const SpanRow& first, const Submitter& submitter, const Written& written) {
    auto lost = submitter.client.lostJson();
    const auto clock = submitter.client.clock.value_or(ClientClock{});
    if (clock.server) {
        upsertClient_.bind(11, clock.monotonicNano);
    } else {
        upsertClient_.bindNull(11);
    }
    bindOffset(upsertClient_, 12, clock.server);
    upsertClient_.bind(1, submitter.client.instance)
        .bind(2, first.clientType)
        .bindOptional(3, first.clientVersion)
        .bindOptional(4, userId_)
        .bind(5, nowUnixNano_ / 1'000'000)
        .bind(6, static_cast<std::int64_t>(written.accepted))
        .bind(7, submitter.client.lostTotal())
        .bind(8, lost)
        .bindOptional(9, submitter.client.installation)
        .bindOptional(10, first.serviceName)
        .run();
}

}
