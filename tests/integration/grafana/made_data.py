"""Spans, traces, clients and rollups of ten days, as the collector stores them."""

import json
import uuid
from datetime import datetime, timedelta, timezone

DAYS = 10
USER = "f58996c7-79f4-5994-a888-ba3d79e56f15"
TRACE = "0af76519-16cd-43dd-8448-eb211c80319c"
# In the value of a variable, Grafana expands macros and writes a backslash before a double quote.
HOSTILE_NAMES = ["$__interval", "$__timeFilter(x)", "price$(eur)", "${service}", "$service", 'say "hi"', "it's", "a\\b"]


def fill(connection, now):
    with connection.cursor() as cursor:
        for day in range(-DAYS, 1):
            _make_day(cursor, (now + timedelta(days=day)).date())
        cursor.execute("INSERT INTO resources (fingerprint, attributes) VALUES ('x', %s) RETURNING id",
                       [json.dumps({"daw.name": "Ardour", "os.type": "linux"})])
        resource = cursor.fetchone()[0]
        for hour in range(24 * DAYS):
            _trace(cursor, str(uuid.uuid4()), now - timedelta(hours=hour, minutes=5), resource, failed=hour % 7 == 0)
        _trace(cursor, TRACE, now - timedelta(minutes=7), resource, failed=True)
        for minutes, name in enumerate(HOSTILE_NAMES):
            _trace(cursor, str(uuid.uuid4()), now - timedelta(minutes=minutes), resource, failed=True, name=name)
        _clients(cursor, now)
        _rollups(cursor, now)
        cursor.execute("ANALYZE")


def _make_day(cursor, day):
    cursor.execute(f"CREATE TABLE spans_{day:%Y%m%d} PARTITION OF client_telemetry_spans "
                   f"FOR VALUES FROM ('{day}') TO (date '{day}' + 1)")


def _trace(cursor, trace, start, resource, failed, name="audio.upload"):
    nano = int(start.timestamp()) * 10**9
    cursor.execute(
        "INSERT INTO traces (trace_id, day, created_at, name, service_name, has_root, name_start, name_duration, "
        "start_unix_nano, end_unix_nano, sort_unix_nano, span_count, error_count, cancelled_count, plugin_nano, "
        "network_nano, server_nano) VALUES (%s, %s, %s, %s, 'LoopShare', true, %s, 12000000, %s, %s, %s, 2, "
        "%s, 0, 5000000, 4000000, 3000000)",
        [trace, start.date(), start, name, nano, nano, nano + 12000000, nano, int(failed)])
    for number, (name, parent, origin) in enumerate([(name, None, "client"), ("POST /loops", 1, "server")], 1):
        cursor.execute(
            "INSERT INTO client_telemetry_spans (trace_id, span_id, parent_span_id, day, id, name, kind, origin, "
            "start_unix_nano, end_unix_nano, client_type, client_version, service_name, status, attributes, events, "
            "user_id, resource_id, created_at) VALUES (%s, %s, %s, %s, %s, %s, 'internal', %s, %s, %s, 'plugin', '1.2.0', "
            "'LoopShare', %s, %s, %s, %s, %s, %s)",
            [trace, number.to_bytes(8, "big"), parent and parent.to_bytes(8, "big"), start.date(), str(uuid.uuid4()), name,
             origin, nano, nano + 12000000 // number, "error" if failed else "ok",
             json.dumps({"file.size": 4096}), json.dumps(_events(nano // 10**6)),
             USER, resource, start])


def _events(time):
    return [{"timestamp": time, "name": "encoded", "attributes": {"codec": "flac"}},
            {"timestamp": time, "name": "sent", "attributes": None}, {"timestamp": time, "name": "answered"}]


def _clients(cursor, now):
    for number in range(20):
        seen = now - timedelta(hours=number)
        cursor.execute(
            "INSERT INTO clients (instance, installation, client_type, client_version, service_name, first_seen, last_seen, "
            "batches, accepted, lost_total, lost) VALUES (%s, %s, 'plugin', '1.2.0', 'LoopShare', %s, %s, 5, 1000, 30, %s)",
            [f"instance-{number}", f"installation-{number % 4}", seen, seen, json.dumps({"expired": 20, "outboxFull": 10})])


def _rollups(cursor, now):
    top = now.replace(minute=0, second=0, microsecond=0)
    for operation, sample_rate, blocks in [("audio.upload", 0, 0), ("audio.load", 48000, 20000),
                                           *((name, 0, 0) for name in HOSTILE_NAMES)]:
        cursor.execute(
            "INSERT INTO rollup_series (operation, service_name, version, os, host, sample_rate, block_samples) VALUES "
            "(%s, 'LoopShare', '1.2.0', 'linux', 'Ardour', %s, %s) RETURNING id",
            [operation, sample_rate, 256 if blocks else 0])
        series = cursor.fetchone()[0]
        for hour in range(24 * DAYS):
            durations = [0] * 30 + ([60, 30, 10] if hour > 24 else [6, 30, 64])
            cursor.execute(
                "INSERT INTO rollups (hour, series_id, span_count, error_count, durations, blocks, overruns) "
                "VALUES (%s, %s, 100, 7, %s, %s, %s)",
                [top - timedelta(hours=hour), series, durations, blocks, blocks // 50])


def now():
    return datetime.now(timezone.utc).replace(microsecond=0)
