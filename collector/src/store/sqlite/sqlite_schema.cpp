#include "store/sqlite/sqlite_schema.h"

#include <stdexcept>

#include <fmt/format.h>
#include <sidespan_database/schema_version.h>

namespace sidespan::collector::sqlite {

namespace {

constexpr std::int64_t applicationId = 0x53445350;  // "SDSP"
constexpr std::int64_t version = 11;

// `traces` sums up client_telemetry_spans, so that the list of traces does not read every span.
constexpr const char* spanTables = R"sql(
CREATE TABLE client_telemetry_spans (
    id UUID PRIMARY KEY NOT NULL,
    trace_id VARCHAR(36) NOT NULL,
    span_id VARCHAR(36) NOT NULL,
    parent_span_id VARCHAR(36),
    name VARCHAR(255) NOT NULL,
    kind VARCHAR(16) NOT NULL,
    origin VARCHAR(16) NOT NULL,
    start_unix_nano BIGINT NOT NULL,
    end_unix_nano BIGINT NOT NULL,
    duration_ms BIGINT NOT NULL,
    client_type VARCHAR(32) NOT NULL,
    client_version VARCHAR(32),
    status VARCHAR(32),
    status_message TEXT,
    attributes JSONB,
    events JSONB,
    links JSONB,
    dropped_attributes INTEGER NOT NULL DEFAULT 0,
    dropped_events INTEGER NOT NULL DEFAULT 0,
    user_id UUID,
    created_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE UNIQUE INDEX idx_trace_id ON client_telemetry_spans (trace_id, span_id);
CREATE INDEX idx_user_id ON client_telemetry_spans (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX idx_created_at ON client_telemetry_spans (created_at);

CREATE TABLE traces (
    trace_id VARCHAR(36) PRIMARY KEY NOT NULL,
    name VARCHAR(255) NOT NULL,
    has_root INTEGER NOT NULL,
    name_start BIGINT NOT NULL,
    name_duration BIGINT NOT NULL,
    start_unix_nano BIGINT NOT NULL,
    end_unix_nano BIGINT NOT NULL,
    sort_unix_nano BIGINT NOT NULL,
    span_count INTEGER NOT NULL,
    error_count INTEGER NOT NULL,
    cancelled_count INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX idx_traces_newest ON traces (sort_unix_nano);
)sql";

// What version 2 added. `lost` is the latest count that a client told, a JSON object by reason. (It also had
// a table of uploads, which is left as it is where it is there.)
constexpr const char* clientTable = R"sql(
CREATE TABLE clients (
    instance VARCHAR(64) PRIMARY KEY NOT NULL,
    installation VARCHAR(64),
    client_type VARCHAR(32) NOT NULL,
    client_version VARCHAR(32),
    user_id UUID,
    first_seen_unix_ms BIGINT NOT NULL,
    last_seen_unix_ms BIGINT NOT NULL,
    batches BIGINT NOT NULL,
    accepted BIGINT NOT NULL,
    lost_total BIGINT NOT NULL,
    lost JSONB NOT NULL
) WITHOUT ROWID;
CREATE INDEX idx_clients_newest ON clients (last_seen_unix_ms);
)sql";

// What version 3 added: which product recorded a span, and how many links it lost. A trace has that of the
// span it is called after.
constexpr const char* serviceNames = R"sql(
ALTER TABLE client_telemetry_spans ADD COLUMN service_name VARCHAR(255);
ALTER TABLE client_telemetry_spans ADD COLUMN dropped_links INTEGER NOT NULL DEFAULT 0;
ALTER TABLE traces ADD COLUMN service_name VARCHAR(255);
ALTER TABLE clients ADD COLUMN service_name VARCHAR(255);
)sql";

// What version 4 added: the attributes of what recorded a span, each set of them once.
constexpr const char* resourceTable = R"sql(
CREATE TABLE resources (
    id INTEGER PRIMARY KEY NOT NULL,
    attributes JSONB NOT NULL UNIQUE
);
ALTER TABLE client_telemetry_spans ADD COLUMN resource_id INTEGER;
)sql";

// What version 5 added: the clocks of a client. Nanoseconds; `wall` and `monotonic` are of one moment,
// `offset` is added to the latter for this server's Unix time, to be off by no more than `error`. A client
// has those of its latest batch that told them.
constexpr const char* clockColumns = R"sql(
CREATE TABLE batches (
    id INTEGER PRIMARY KEY NOT NULL,
    instance VARCHAR(64) NOT NULL,
    clock_wall BIGINT NOT NULL,
    clock_monotonic BIGINT NOT NULL,
    clock_offset BIGINT,
    clock_error BIGINT
);
ALTER TABLE client_telemetry_spans ADD COLUMN batch_id INTEGER;
ALTER TABLE clients ADD COLUMN clock_monotonic BIGINT;
ALTER TABLE clients ADD COLUMN clock_offset BIGINT;
ALTER TABLE clients ADD COLUMN clock_error BIGINT;
)sql";

// What version 6 added: sums of spans, by series and hour (since 1970). `durations` is DurationHistogram's
// text.
constexpr const char* rollupTables = R"sql(
CREATE TABLE rollup_series (
    id INTEGER PRIMARY KEY NOT NULL,
    operation TEXT NOT NULL,
    service_name TEXT NOT NULL,
    version TEXT NOT NULL,
    os TEXT NOT NULL,
    host TEXT NOT NULL,
    sample_rate BIGINT NOT NULL,
    block_samples BIGINT NOT NULL
);
CREATE TABLE rollups (
    hour BIGINT NOT NULL,
    series_id INTEGER NOT NULL,
    span_count BIGINT NOT NULL,
    error_count BIGINT NOT NULL,
    blocks BIGINT NOT NULL,
    overruns BIGINT NOT NULL,
    durations TEXT NOT NULL,
    PRIMARY KEY (hour, series_id)
) WITHOUT ROWID;
)sql";

// What version 7 changed: traces have numbers, in the order of their arrival, and spans are unique by these,
// so that what arrives is written where the newest is, however much is stored. A trace also has the time of
// its arrival and its split; a batch need not have clocks.
constexpr const char* traceNumbers = R"sql(
CREATE TABLE traces_7 (
    no INTEGER PRIMARY KEY NOT NULL,
    trace_id VARCHAR(36) NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    name VARCHAR(255) NOT NULL,
    service_name VARCHAR(255),
    has_root INTEGER NOT NULL,
    name_start BIGINT NOT NULL,
    name_duration BIGINT NOT NULL,
    start_unix_nano BIGINT NOT NULL,
    end_unix_nano BIGINT NOT NULL,
    sort_unix_nano BIGINT NOT NULL,
    span_count INTEGER NOT NULL,
    error_count INTEGER NOT NULL,
    cancelled_count INTEGER NOT NULL,
    plugin_nano BIGINT,
    network_nano BIGINT,
    server_nano BIGINT
);
INSERT INTO traces_7 (trace_id, created_at, name, service_name, has_root, name_start, name_duration, start_unix_nano,
    end_unix_nano, sort_unix_nano, span_count, error_count, cancelled_count)
SELECT trace_id, s.arrival, name, service_name, has_root, name_start, name_duration, start_unix_nano, end_unix_nano,
    sort_unix_nano, span_count, error_count, cancelled_count
FROM traces JOIN (SELECT trace_id, min(created_at) AS arrival, min(rowid) AS place FROM client_telemetry_spans
    GROUP BY trace_id) AS s USING (trace_id)
ORDER BY s.place;
DROP TABLE traces;
ALTER TABLE traces_7 RENAME TO traces;
CREATE INDEX idx_traces_newest ON traces (sort_unix_nano);
CREATE INDEX idx_traces_created_at ON traces (created_at);

DROP INDEX idx_trace_id;
ALTER TABLE client_telemetry_spans ADD COLUMN trace_no INTEGER;
UPDATE client_telemetry_spans SET trace_no = (SELECT no FROM traces AS t
    WHERE t.trace_id = client_telemetry_spans.trace_id);
CREATE UNIQUE INDEX idx_trace_id ON client_telemetry_spans (trace_no, span_id);

CREATE TABLE batches_7 (
    id INTEGER PRIMARY KEY NOT NULL,
    instance VARCHAR(64) NOT NULL,
    clock_wall BIGINT,
    clock_monotonic BIGINT,
    clock_offset BIGINT,
    clock_error BIGINT,
    created_at TIMESTAMP
);
INSERT INTO batches_7 (id, instance, clock_wall, clock_monotonic, clock_offset, clock_error)
SELECT id, instance, clock_wall, clock_monotonic, clock_offset, clock_error FROM batches;
DROP TABLE batches;
ALTER TABLE batches_7 RENAME TO batches;
)sql";

// What version 8 added: which spans have a resource, and whose a trace is: the first user who sent a span of
// it; '' for nobody's, where its root came before that, without a user.
constexpr const char* traceOwners = R"sql(
ALTER TABLE traces ADD COLUMN owner UUID;
UPDATE traces SET owner = (SELECT coalesce(user_id, '') FROM client_telemetry_spans AS s
    WHERE s.trace_no = no AND (user_id IS NOT NULL OR parent_span_id IS NULL) ORDER BY s.rowid LIMIT 1);
CREATE INDEX idx_traces_owner ON traces (owner) WHERE owner IS NOT NULL;
CREATE INDEX idx_resource_id ON client_telemetry_spans (resource_id) WHERE resource_id IS NOT NULL;
DELETE FROM resources WHERE NOT EXISTS (SELECT 1 FROM client_telemetry_spans WHERE resource_id = resources.id);
)sql";

// What version 9 added: where the time of traces went, in the sums, and where there the time of a trace
// counts: it does not where the trace is of an earlier version and called after a span that came then.
constexpr const char* rollupTimes = R"sql(
ALTER TABLE rollups ADD COLUMN trace_count BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rollups ADD COLUMN plugin_nano BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rollups ADD COLUMN network_nano BIGINT NOT NULL DEFAULT 0;
ALTER TABLE rollups ADD COLUMN server_nano BIGINT NOT NULL DEFAULT 0;
ALTER TABLE traces ADD COLUMN rollup_hour BIGINT;
ALTER TABLE traces ADD COLUMN rollup_series_id INTEGER;
)sql";

// What version 10 added: the sums of a series are found without those of the others.
constexpr const char* rollupsBySeries = "CREATE INDEX idx_rollups_series ON rollups (series_id, hour)";

// What version 11 changed: the ids of users are texts. SQLite takes a column of type UUID for one of numbers,
// in which "7" and "007" are the same, and so are all integers of 20 digits that begin alike.
constexpr const char* userTexts = R"sql(
DROP INDEX idx_user_id;
ALTER TABLE client_telemetry_spans ADD COLUMN user_text TEXT;
UPDATE client_telemetry_spans SET user_text = user_id WHERE user_id IS NOT NULL;
ALTER TABLE client_telemetry_spans DROP COLUMN user_id;
ALTER TABLE client_telemetry_spans RENAME COLUMN user_text TO user_id;
CREATE INDEX idx_user_id ON client_telemetry_spans (user_id) WHERE user_id IS NOT NULL;

DROP INDEX idx_traces_owner;
ALTER TABLE traces ADD COLUMN owner_text TEXT;
UPDATE traces SET owner_text = owner WHERE owner IS NOT NULL;
ALTER TABLE traces DROP COLUMN owner;
ALTER TABLE traces RENAME COLUMN owner_text TO owner;
CREATE INDEX idx_traces_owner ON traces (owner) WHERE owner IS NOT NULL;

ALTER TABLE clients ADD COLUMN user_text TEXT;
UPDATE clients SET user_text = user_id WHERE user_id IS NOT NULL;
ALTER TABLE clients DROP COLUMN user_id;
ALTER TABLE clients RENAME COLUMN user_text TO user_id;
)sql";

void makeTables(database::Database& database, std::int64_t found) {
    if (found < 1) database.execute(spanTables);
    if (found < 2) database.execute(clientTable);
    if (found < 3) database.execute(serviceNames);
    if (found < 4) database.execute(resourceTable);
    if (found < 5) database.execute(clockColumns);
    if (found < 6) database.execute(rollupTables);
    if (found < 7) database.execute(traceNumbers);
    if (found < 8) database.execute(traceOwners);
    if (found < 9) database.execute(rollupTimes);
    if (found < 10) database.execute(rollupsBySeries);
    if (found < 11) database.execute(userTexts);
    database::setSchemaVersion(database, applicationId, version);
}

}

std::int64_t checkSchema(database::Database& database) {
    const auto found = database::schemaVersion(database, applicationId);
    if (found > version) {
        throw std::runtime_error(
            fmt::format("this database has version {}, and this collector reads version {}; name a new file",
                        found, version));
    }
    return found;
}

void prepareSchema(database::Database& database) {
    // Another program's file is left as it is.
    if (checkSchema(database) < version) database.execute("PRAGMA auto_vacuum = INCREMENTAL");
    database.execute(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA temp_store = MEMORY;"
        "PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000");
    if (checkSchema(database) == version) return;  // and its log is there: FileWatch looks for it
    database::Transaction transaction(database);
    const auto found = checkSchema(database);
    if (found < version) makeTables(database, found);
    transaction.commit();
    // A file that was made without it can only give back its space after this.
    if (found > 0 && found < 7) database.execute("VACUUM");
}

}
