-- Version 3: the sums of whole days, so that a query over months adds up few rows.

-- The columns of rollups, in their order; hour is the first one of the day, in UTC.
CREATE TABLE rollup_days (
    hour timestamptz NOT NULL,
    series_id bigint NOT NULL REFERENCES rollup_series,
    span_count bigint NOT NULL,
    error_count bigint NOT NULL,
    durations bigint[] NOT NULL,
    blocks bigint NOT NULL,
    overruns bigint NOT NULL,
    trace_count bigint NOT NULL,
    plugin_nano bigint NOT NULL,
    network_nano bigint NOT NULL,
    server_nano bigint NOT NULL,
    PRIMARY KEY (hour, series_id)
) WITH (fillfactor = 70);

INSERT INTO rollup_days
SELECT date_trunc('day', hour, 'UTC'), series_id, sum(span_count), sum(error_count), sum_counts(durations),
    least(sum(blocks), 9223372036854775807), least(sum(overruns), 9223372036854775807), sum(trace_count),
    least(sum(plugin_nano), 9223372036854775807), least(sum(network_nano), 9223372036854775807),
    least(sum(server_nano), 9223372036854775807)
FROM rollups GROUP BY 1, 2;

CREATE INDEX rollup_days_series_id ON rollup_days (series_id);
