"""What is wrong with Grafana's files, if anything: each query runs on a database with made data, as the role that reads."""

import json
import os
import re

import yaml

from panel_sql import expand

NUMBERS = {"int2", "int4", "int8", "float4", "float8", "numeric"}
TIMES = {"timestamptz", "numeric", "float8"}
TRACE_COLUMNS = {
    "traceID": "text", "spanID": "text", "parentSpanID": "text", "operationName": "text", "serviceName": "text",
    "startTime": "float8", "duration": "float8", "kind": "text", "statusCode": "int4", "statusMessage": "text",
    "tags": "jsonb", "serviceTags": "jsonb", "logs": "jsonb"}
SUMS = {"rollups", "rollup_series"}


class Files:
    """The files of collector/grafana."""

    def __init__(self, folder):
        def read(*parts):
            with open(os.path.join(folder, *parts), encoding="utf-8") as file:
                return file.read()

        self.dashboards = {name: json.loads(read("dashboards", name))
                           for name in sorted(os.listdir(os.path.join(folder, "dashboards")))}
        self.sources = yaml.safe_load(read("provisioning", "datasources", "sidespan.yaml"))["datasources"]
        self.alerts = [rule for group in yaml.safe_load(read("provisioning", "alerting", "sidespan.yaml"))["groups"]
                       for rule in group["rules"]]
        self.role = read("reader_role.sql")


class Check:
    """`reader` is a connection of the role that reads; `variables` maps names to values."""

    def __init__(self, files, reader, now, variables):
        self.files = files
        self.reader = reader
        self.now = int(now.timestamp())
        self.variables = variables
        self.types = self._types()
        self.queries = 0

    def problems(self):
        found = self._sources()
        for name, dashboard in self.files.dashboards.items():
            found += [f"{name}: {problem}" for problem in self._dashboard(dashboard)]
        for rule in self.files.alerts:
            found += [f"alert {rule['uid']}: {problem}" for problem in self._alert(rule)]
        return found

    def problems_without_values(self):
        """Before the first span is stored, there is no value to choose."""
        found = []
        for name, dashboard in self.files.dashboards.items():
            listed = dashboard["templating"]["list"]
            variables = {each["name"]: [] if each["type"] == "query" else [""] for each in listed}
            queries = [each["query"] for each in listed if each["type"] == "query"]
            queries += [target["rawSql"] for panel in dashboard["panels"] for target in panel["targets"]]
            for query in queries:
                found += [f"{name}: {problem}" for problem in self._rows(query, variables)[1] if "no rows" not in problem]
        return found

    def problems_of_choosing(self, names):
        """Operations of these names are chosen among all values of the variables, and alone."""
        found = []
        for name, dashboard in self.files.dashboards.items():
            options = self._options(dashboard["templating"]["list"])
            for variable in {"operation", "trace_name"} & options.keys():
                chosen = [("all", list(options[variable].values()))]
                chosen += [(text, [options[variable].get(text, text)]) for text in names]
                for target in (t for panel in dashboard["panels"] for t in panel["targets"]):
                    values = {each: list(options[each].values()) for each in options}
                    found += [f"{name}: {text} chosen: {problem}" for text, value in chosen
                              if f"${{{variable}:" in target["rawSql"]
                              for problem in self._rows(target["rawSql"], {**values, variable: value})[1]]
        return found

    def _options(self, variables):
        """The values of each variable by what Grafana lists."""
        options = {}
        for variable in variables:
            if variable["type"] == "query":
                values = {name: list(chosen.values()) for name, chosen in options.items()}
                columns, rows = self._run(self._expanded(variable["query"], values))
                shown = [name for name, _ in columns]
                options[variable["name"]] = {row[shown.index("__text")]: row[shown.index("__value")] for row in rows} \
                    if "__value" in shown else {row[0]: row[0] for row in rows}
        return options

    def _sources(self):
        uids = {source["uid"] for source in self.files.sources}
        return [f"the correlation of {source['uid']} leads to {target['targetUID']}, which is not there"
                for source in self.files.sources for target in source.get("correlations", [])
                if target["targetUID"] not in uids]

    def _dashboard(self, dashboard):
        found = self._layout(dashboard["panels"])
        for link in set(re.findall(r"/d/([\w-]+)", json.dumps(dashboard))):
            if link not in {other["uid"] for other in self.files.dashboards.values()}:
                found.append(f"a link leads to the dashboard {link}, which is not there")
        names = {variable["name"] for variable in dashboard["templating"]["list"]}
        variables = {name: values for name, values in self.variables.items() if name in names}
        for variable in dashboard["templating"]["list"]:
            if variable["type"] == "query":
                found += [f"variable {variable['name']}: {problem}"
                          for problem in self._rows(variable["query"], variables)[1]]
        for panel in dashboard["panels"]:
            found += [f"panel \"{panel['title']}\": {problem}" for problem in self._panel(dashboard, panel, variables)]
        return found

    @staticmethod
    def _layout(panels):
        found = []
        places = set()
        if len({panel["id"] for panel in panels}) != len(panels):
            found.append("two panels have one id")
        for panel in panels:
            at = panel["gridPos"]
            own = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
            if places & own or at["x"] + at["w"] > 24:
                found.append(f"panel \"{panel['title']}\" lies on another one, or beside the grid")
            places |= own
        return found

    def _panel(self, dashboard, panel, variables):
        if panel.get("datasource", {}).get("uid") not in {source["uid"] for source in self.files.sources}:
            return ["it has no data source that is provisioned"]
        if not panel["targets"]:
            return ["it asks for nothing"]
        found = []
        for target in panel["targets"]:
            columns, problems = self._rows(target["rawSql"], variables)
            found += problems
            if problems:
                continue
            found += self._columns(columns, panel["type"], target["format"])
            found += self._tables(target["rawSql"], variables, dashboard["uid"])
            found += self._outside(target["rawSql"], variables)
            found += self._within_an_hour(target, variables) if dashboard["uid"] == "sidespan-fleet" else []
        return found

    def _alert(self, rule):
        found = []
        for query in rule["data"]:
            if query["datasourceUid"] == "__expr__":
                continue
            if query["datasourceUid"] not in {source["uid"] for source in self.files.sources}:
                found.append("it has no data source that is provisioned")
            sql = query["model"]["rawSql"]
            length = query["relativeTimeRange"]["from"]
            columns, problems = self._rows(sql, {}, length)
            found += problems or self._columns(columns, "alert", query["model"]["format"])
            found += [] if problems else self._labels(rule, columns)
            found += [] if problems else self._outside(sql, {})
        if rule["condition"] not in {query["refId"] for query in rule["data"]}:
            found.append(f"there is no query {rule['condition']}, which is its condition")
        return found

    @staticmethod
    def _labels(rule, columns):
        """Each text column becomes a label. Grafana takes the name of a series from a column "metric" and drops the label;
        without labels it cannot tell series apart, and the rule fails."""
        names = {name for name, of in columns if of == "text"}
        found = ["a column of a rule is named metric, so its series have no labels"] if "metric" in names else []
        wanted = set(re.findall(r"\$labels\.(\w+)", json.dumps(rule["annotations"])))
        return found + [f"there is no label {name}" for name in sorted(wanted - names)]

    def _expanded(self, sql, variables, length=86400, at=None):
        end = at or self.now
        return expand(sql, (end - length, end), "1h", variables)

    def _run(self, sql):
        with self.reader.cursor() as cursor:
            cursor.execute(sql)
            return [(column.name, self.types[column.type_code]) for column in cursor.description], cursor.fetchall()

    def _rows(self, sql, variables, length=86400):
        """The columns, and what is wrong: an error, or no rows."""
        self.queries += 1
        try:
            columns, rows = self._run(self._expanded(sql, variables, length))
        except Exception as error:  # noqa: BLE001: whatever it is, it is told
            return [], [str(error).strip().splitlines()[0]]
        return columns, [] if rows else ["it gives no rows"]

    @staticmethod
    def _columns(columns, kind, form):
        types = dict(columns)
        found = [f"column {name} is bytea, which is shown as bytes" for name, of in columns if of == "bytea"]
        if kind == "traces":
            if types != TRACE_COLUMNS:
                found.append(f"a trace panel wants {TRACE_COLUMNS}; these are {types}")
        elif form == "time_series":
            if types.get("time") not in TIMES:
                found.append("a time series wants a column time")
            if types.get("metric", "text") != "text":
                found.append("the column metric is no text")
            found += [f"column {name} of a time series is {of}, no number" for name, of in columns
                      if name not in ("time", "metric") and of not in NUMBERS and (kind, of) != ("alert", "text")]
        return found

    def _tables(self, sql, variables, dashboard):
        """Which tables are read, and of which days."""
        _, rows = self._run("EXPLAIN (ANALYZE, FORMAT JSON) " + self._expanded(sql, variables))
        read = set()

        def visit(node):
            if "Relation Name" in node and node["Actual Loops"] > 0:
                read.add(node["Relation Name"])
            for child in node.get("Plans", []):
                visit(child)

        visit(rows[0][0][0]["Plan"])
        days = {name for name in read if name.startswith("spans_")}
        if len(days) > (1 if dashboard == "sidespan-trace" else 2):
            return [f"it reads the spans of {len(days)} days: {', '.join(sorted(days))}"]
        if dashboard == "sidespan-fleet" and read - SUMS:
            return [f"it reads {', '.join(sorted(read - SUMS))}; a page for the fleet reads sums alone"]
        return []

    def _outside(self, sql, variables):
        """In a time without data there is nothing to show."""
        if "${trace:" in sql:
            return []
        _, rows = self._run(self._expanded(sql, variables, at=self.now + 400 * 86400))
        if any(value for row in rows for value in row):
            return ["it shows what is not of the time that is asked for"]
        return []

    def _within_an_hour(self, target, variables):
        """Of a time in which no hour begins, sums by hour are shown, and where it is visible."""
        end = self.now // 3600 * 3600 - 1200
        columns, rows = self._run(self._expanded(target["rawSql"], variables, 900, end))
        if not rows:
            return ["it shows nothing of 15 minutes within an hour"]
        if target["format"] == "time_series":
            time = [name for name, _ in columns].index("time")
            if any(not end - 900 <= row[time] <= end for row in rows):
                return ["it shows an hour outside of the time that is asked for"]
        return []

    def _types(self):
        with self.reader.cursor() as cursor:
            cursor.execute("SELECT oid, typname FROM pg_type")
            return dict(cursor.fetchall())
