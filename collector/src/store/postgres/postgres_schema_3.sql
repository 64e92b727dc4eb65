-- Version 3: sums of whole days, so that a query over months adds up few rows.

-- The same columns as rollups. hour is the first hour of the day, in UTC.
CREATE TABLE rollup_days (
    LIKE rollups INCLUDING DEFAULTS,
    PRIMARY KEY (hour, series_id),
    FOREIGN KEY (series_id) REFERENCES rollup_series
) WITH (fillfactor = 70);

INSERT INTO rollup_days
SELECT date_trunc('day', hour, 'UTC'), series_id, sum(span_count), sum(error_count), sum_counts(durations),
    least(sum(blocks), 9223372036854775807), least(sum(overruns), 9223372036854775807), sum(trace_count),
    least(sum(plugin_nano), 9223372036854775807), least(sum(network_nano), 9223372036854775807),
    least(sum(server_nano), 9223372036854775807)
FROM rollups GROUP BY 1, 2;

CREATE INDEX rollup_days_series_id ON rollup_days (series_id);
