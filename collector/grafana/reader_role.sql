-- The role that Grafana reads as. Run it in the collector's database, as the owner of its tables, after the collector has
-- made them:
--   psql DATABASE --set password="$SIDESPAN_READER_PASSWORD" --file reader_role.sql
-- Each day's partition is read through its parent: what the collector makes later needs no grant.
CREATE ROLE sidespan_reader LOGIN PASSWORD :'password';
ALTER ROLE sidespan_reader SET default_transaction_read_only = on;
ALTER ROLE sidespan_reader SET statement_timeout = '30s';
GRANT SELECT ON traces, client_telemetry_spans, resources, clients, rollups, rollup_days, rollup_series TO sidespan_reader;
