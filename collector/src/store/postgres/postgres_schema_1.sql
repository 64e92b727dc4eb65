-- Version 1. A span is stored once, even if it is received again later or by another collector: the first span of a
-- trace to arrive fixes the trace's day in `traces`, and all spans of the trace go into the partition of that day,
-- whose primary key makes them unique. A span is found by its trace id and the day of its trace.

CREATE TABLE traces (
    trace_id uuid PRIMARY KEY,
    -- UTC date of the first arrival; '-infinity' once the trace is kept beyond its day (table kept_spans).
    day date NOT NULL,
    created_at timestamptz NOT NULL,
    -- The first user who sent a span of the trace. '' if its root arrived before that, without a user.
    owner text,
    -- name, service_name, name_start and name_duration: of the earliest root span, or of the earliest span until a root has arrived.
    name text NOT NULL,
    service_name text,
    has_root boolean NOT NULL,
    name_start bigint NOT NULL,
    name_duration bigint NOT NULL,
    -- Nanoseconds, Unix time by the clients' clocks; sort_unix_nano is never later than the arrival.
    start_unix_nano bigint NOT NULL,
    end_unix_nano bigint NOT NULL,
    sort_unix_nano bigint NOT NULL,
    span_count bigint NOT NULL,
    error_count bigint NOT NULL,
    cancelled_count bigint NOT NULL,
    -- Where the time went, as the collector's page shows it; NULL for a trace of more than 2,000 spans.
    plugin_nano bigint,
    network_nano bigint,
    server_nano bigint,
    start_time timestamptz GENERATED ALWAYS AS (to_timestamp(start_unix_nano::float8 / 1e9::float8)) STORED
) WITH (fillfactor = 80);
CREATE INDEX traces_newest ON traces (sort_unix_nano);
CREATE INDEX traces_day ON traces (day);
CREATE INDEX traces_owner ON traces (owner, sort_unix_nano) WHERE owner IS NOT NULL;

CREATE TABLE client_telemetry_spans (
    trace_id uuid NOT NULL,
    span_id bytea NOT NULL,         -- 8 bytes
    parent_span_id bytea,
    day date NOT NULL,              -- traces.day
    id uuid NOT NULL,               -- version 7: its order is that of arrival
    name text NOT NULL,
    kind text NOT NULL,             -- internal, server, client, producer, consumer
    origin text NOT NULL,           -- client, or server: recorded by the collector itself
    start_unix_nano bigint NOT NULL,
    end_unix_nano bigint NOT NULL,
    client_type text NOT NULL,      -- plugin, web, cli, server
    client_version text,
    service_name text,
    status text,                    -- ok, error, cancelled
    status_message text,
    attributes jsonb NOT NULL,      -- an object
    events jsonb,                   -- an array: [{"timestamp", "name", "attributes"}]
    links jsonb,
    dropped_attributes integer NOT NULL DEFAULT 0,
    dropped_events integer NOT NULL DEFAULT 0,
    dropped_links integer NOT NULL DEFAULT 0,
    user_id text,
    resource_id bigint,             -- resources.id
    batch_id bigint,                -- batches.id
    created_at timestamptz NOT NULL,
    start_time timestamptz GENERATED ALWAYS AS (to_timestamp(start_unix_nano::float8 / 1e9::float8)) STORED,
    duration_ms bigint GENERATED ALWAYS AS ((end_unix_nano - start_unix_nano) / 1000000) STORED,
    PRIMARY KEY (trace_id, span_id, day)
) PARTITION BY RANGE (day);
CREATE INDEX spans_name ON client_telemetry_spans (name, start_time);
CREATE INDEX spans_attributes ON client_telemetry_spans USING gin (attributes jsonb_path_ops);
CREATE INDEX spans_created_at ON client_telemetry_spans USING brin (created_at);
CREATE INDEX spans_batch_id ON client_telemetry_spans USING brin (batch_id);
CREATE INDEX spans_resource_id ON client_telemetry_spans (resource_id) WHERE resource_id IS NOT NULL;
CREATE INDEX spans_user_id ON client_telemetry_spans (user_id) WHERE user_id IS NOT NULL;

-- Spans of traces that failed or were slow, moved here before their day is dropped. The collector creates a partition
-- for each day, such as spans_20260131.
CREATE TABLE kept_spans PARTITION OF client_telemetry_spans FOR VALUES FROM (MINVALUE) TO ('1970-01-01');

-- Days whose partitions a collector is dropping. If it stops before the end, the next collector drops them.
CREATE TABLE dropped_days (day date PRIMARY KEY);

-- The attributes of the programs that recorded spans: each different set once.
CREATE TABLE resources (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    fingerprint bytea NOT NULL UNIQUE,  -- SHA-256 of the text that was received
    attributes jsonb NOT NULL
);

-- Which client sent a batch, and its clocks at that time if it reported them, in nanoseconds. clock_wall and
-- clock_monotonic were read at the same moment. clock_monotonic + clock_offset is this server's Unix time, to within
-- clock_error.
CREATE TABLE batches (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    created_at timestamptz NOT NULL,
    instance text NOT NULL,
    clock_wall bigint,
    clock_monotonic bigint,
    clock_offset bigint,
    clock_error bigint
);
CREATE INDEX batches_created_at ON batches USING brin (created_at);
CREATE INDEX batches_instance ON batches (instance);

-- What http sinks report about themselves: one row for each run of a sink. lost holds the latest counts by reason.
CREATE TABLE clients (
    instance text PRIMARY KEY,
    installation text,
    client_type text NOT NULL,
    client_version text,
    service_name text,
    user_id text,
    first_seen timestamptz NOT NULL,
    last_seen timestamptz NOT NULL,
    batches bigint NOT NULL,
    accepted bigint NOT NULL,
    lost_total bigint NOT NULL,
    lost jsonb NOT NULL,
    clock_monotonic bigint,
    clock_offset bigint,
    clock_error bigint
);
CREATE INDEX clients_newest ON clients (last_seen);
CREATE INDEX clients_installation ON clients (installation) WHERE installation IS NOT NULL;

-- What spans are grouped by, besides the hour. sample_rate and block_samples are those of "audio.load" spans.
CREATE TABLE rollup_series (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    operation text NOT NULL,
    service_name text NOT NULL,
    version text NOT NULL,
    os text NOT NULL,
    host text NOT NULL,             -- the host application
    sample_rate bigint NOT NULL,
    block_samples bigint NOT NULL,
    UNIQUE (operation, service_name, version, os, host, sample_rate, block_samples)
);

-- The sums of one series and hour. durations is a histogram with four buckets to an octave: bucket 0 is below a
-- microsecond, bucket n begins at 2^((n-1)/4) microseconds. blocks counts audio blocks, overruns those that took longer
-- than their budget.
CREATE TABLE rollups (
    hour timestamptz NOT NULL,
    series_id bigint NOT NULL REFERENCES rollup_series,
    span_count bigint NOT NULL,
    error_count bigint NOT NULL,
    durations bigint[] NOT NULL,
    blocks bigint NOT NULL,
    overruns bigint NOT NULL,
    PRIMARY KEY (hour, series_id)
) WITH (fillfactor = 70);

CREATE FUNCTION add_counts(bigint[], bigint[]) RETURNS bigint[] LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT ARRAY(SELECT coalesce(a, 0) + coalesce(b, 0) FROM unnest($1, $2) WITH ORDINALITY AS t (a, b, i) ORDER BY i)
$$;
CREATE AGGREGATE sum_counts(bigint[]) (SFUNC = add_counts, STYPE = bigint[], INITCOND = '{}', PARALLEL = SAFE,
    COMBINEFUNC = add_counts);

-- The duration in milliseconds below which a share (0 to 1) of the durations lies.
CREATE FUNCTION quantile_ms(durations bigint[], share float8) RETURNS float8 LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
SELECT CASE WHEN i = 1 THEN part / 1000 ELSE power(2, (i - 2 + part) / 4) / 1000 END
FROM (SELECT i, n, (share * sum(n) OVER () - (sum(n) OVER (ORDER BY i) - n)) / n AS part
    FROM unnest(durations) WITH ORDINALITY AS t (n, i) WHERE n > 0) AS buckets
WHERE part <= 1 ORDER BY i LIMIT 1
$$;
