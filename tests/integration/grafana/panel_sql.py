"""Expands what Grafana expands in a panel's SQL: macros of its PostgreSQL data source, and variables."""

import re
from datetime import datetime, timezone

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def literal(text):
    return "'" + text.replace("'", "''") + "'"


def seconds(interval):
    match = re.fullmatch(r"(\d+)([smhd])", interval.strip().strip("'"))
    if not match:
        raise ValueError(f'"{interval}" is no interval')
    return int(match[1]) * SECONDS[match[2]]


def instant(unix):
    return literal(datetime.fromtimestamp(unix, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"))


def expand(sql, time_range, interval, variables):
    """`time_range` is (from, to) in Unix seconds; `variables` maps a name to its values."""
    start, end = time_range

    def macro(match):
        name, arguments = match[1], [a.strip() for a in match[2].split(",")]
        if name == "__timeFrom":
            return instant(start)
        if name == "__timeTo":
            return instant(end)
        if name == "__timeFilter":
            return f"{arguments[0]} BETWEEN {instant(start)} AND {instant(end)}"
        if name == "__unixEpochNanoFilter":
            return f"{arguments[0]} >= {start * 10**9} AND {arguments[0]} <= {end * 10**9}"
        if name in ("__timeGroup", "__timeGroupAlias"):
            step = seconds(arguments[1])
            group = f"floor(extract(epoch from {arguments[0]})/{step})*{step}"
            return group + (' AS "time"' if name.endswith("Alias") else "")
        raise ValueError(f"${name} is no macro of Grafana's PostgreSQL data source that is known here")

    def variable(match):
        if match[1] not in variables:
            raise ValueError(f"there is no variable {match[1]}")
        return ",".join(literal(value.replace('"', '\\"')) for value in variables[match[1]])

    # First the browser expands variables, then the server macros: also those in values of variables.
    sql = re.sub(r"\$\{(\w+):sqlstring\}", variable, sql)
    sql = sql.replace("$__interval", interval).replace("$__unixEpochFrom()", str(start))
    sql = re.sub(r"\$(\w+)\(([^)]*)\)", macro, sql)
    rest = re.search(r"\$\{|\$__", re.sub(r"'[^']*'", "", sql))
    if rest:
        raise ValueError(f"not expanded: {sql[rest.start():rest.start() + 40]}")
    return sql
