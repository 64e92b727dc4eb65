-- Version 2: rollups also sum up where the time of traces went. The time of a trace counts in the rollup of the span
-- that names the trace: its earliest root, or its earliest span until a root has arrived.

ALTER TABLE traces
    -- The rollup in which plugin_nano, network_nano and server_nano count. NULL if version 1 stored the span that names
    -- the trace.
    ADD COLUMN rollup_hour timestamptz,
    ADD COLUMN rollup_series_id bigint;

ALTER TABLE rollups
    -- How many traces count their time here, and the sums of it in nanoseconds.
    ADD COLUMN trace_count bigint NOT NULL DEFAULT 0,
    ADD COLUMN plugin_nano bigint NOT NULL DEFAULT 0,
    ADD COLUMN network_nano bigint NOT NULL DEFAULT 0,
    ADD COLUMN server_nano bigint NOT NULL DEFAULT 0;

-- For the deletion of series that no rollup refers to.
CREATE INDEX rollups_series_id ON rollups (series_id);
