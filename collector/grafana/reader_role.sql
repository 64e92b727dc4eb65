-- Creates the role that Grafana reads as. Run this in the collector's database, as a superuser, after the
-- collector has created them: psql DATABASE --set password="$SIDESPAN_READER_PASSWORD" --file reader_role.sql
-- Partitions are read through their parent table, so those that the collector adds later need no grant.
CREATE ROLE sidespan_reader LOGIN PASSWORD :'password';
ALTER ROLE sidespan_reader SET default_transaction_read_only = on;
ALTER ROLE sidespan_reader SET statement_timeout = '30s';
GRANT SELECT ON traces, client_telemetry_spans, resources, clients, rollups, rollup_days, rollup_series TO sidespan_reader;
