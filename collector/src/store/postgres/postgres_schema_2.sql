-- Version 2: where the time of traces went, in the sums. The time of a trace counts in the sums of the span that the
-- trace is called after: its earliest root, or its earliest span while no root has arrived.

ALTER TABLE traces
    -- Where its plugin_nano, network_nano and server_nano count; NULL where the trace is of version 1 and called after a
    -- span that came then.
    ADD COLUMN rollup_hour timestamptz,
    ADD COLUMN rollup_series_id bigint;

ALTER TABLE rollups
    -- Traces whose time counts here, and the sums of theirs: nanoseconds.
    ADD COLUMN trace_count bigint NOT NULL DEFAULT 0,
    ADD COLUMN plugin_nano bigint NOT NULL DEFAULT 0,
    ADD COLUMN network_nano bigint NOT NULL DEFAULT 0,
    ADD COLUMN server_nano bigint NOT NULL DEFAULT 0;

-- Series that no sum names any more are deleted.
CREATE INDEX rollups_series_id ON rollups (series_id);
