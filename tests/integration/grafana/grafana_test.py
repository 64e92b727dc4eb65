#!/usr/bin/env python3
"""Runs every query of collector/grafana on a real PostgreSQL with made data; then again with faults, each of which must be
found. Arguments: the folder of the repository."""

import copy
import glob
import os
import sys
import unittest

sys.dont_write_bytecode = True
import made_data  # noqa: E402
import private_postgres  # noqa: E402
from grafana_check import Check, Files  # noqa: E402

ROOT = sys.argv.pop() if len(sys.argv) > 1 else os.path.join(os.path.dirname(__file__), "../../..")
VARIABLES = {"service": ["LoopShare"], "operation": ["audio.upload", "audio.load"], "version": ["1.2.0"],
             "trace_name": ["audio.upload", "it's"], "trace": [f" {made_data.TRACE} "], "user": [made_data.USER]}


class GrafanaTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = Files(os.path.join(ROOT, "collector/grafana"))
        cls.server = cls.enterClassContext(private_postgres.PrivatePostgres()) if hasattr(
            cls, "enterClassContext") else private_postgres.PrivatePostgres().__enter__()
        if not hasattr(cls, "enterClassContext"):
            cls.addClassCleanup(cls.server.__exit__, None, None, None)
        owner = cls.server.connect()
        with owner.cursor() as cursor:
            for file in sorted(glob.glob(os.path.join(ROOT, "collector/src/store/postgres/postgres_schema_*.sql"))):
                with open(file, encoding="utf-8") as schema:
                    cursor.execute(schema.read())
            cursor.execute(cls.files.role.replace(":'password'", "'secret'"))
        cls.now = made_data.now()
        made_data.fill(owner, cls.now)
        cls.reader = cls.server.connect(user="sidespan_reader")

    def problems_of(self, files):
        return Check(files, self.reader, self.now, VARIABLES).problems()

    def test_every_query_gives_what_its_panel_wants(self):
        check = Check(self.files, self.reader, self.now, VARIABLES)
        self.assertEqual(check.problems(), [])
        self.assertGreater(check.queries, 20)

    def test_every_query_runs_where_a_variable_has_no_values(self):
        check = Check(self.files, self.reader, self.now, VARIABLES)
        self.assertEqual(check.problems_without_values(), [])

    def test_an_operation_is_chosen_whatever_its_name_is(self):
        check = Check(self.files, self.reader, self.now, VARIABLES)
        self.assertEqual(check.problems_of_choosing(made_data.HOSTILE_NAMES), [])

    def test_traces_of_another_service_are_not_shown(self):
        files = copy.deepcopy(self.files)
        files.dashboards = {"plugin_and_server.json": files.dashboards["plugin_and_server.json"]}
        files.alerts = []
        problems = Check(files, self.reader, self.now, {**VARIABLES, "service": ["Tuner"]}).problems()
        tables = [problem for problem in problems if "The slowest traces" in problem]
        self.assertRegex("".join(tables), "it gives no rows")

    def test_the_role_cannot_write(self):
        with self.assertRaisesRegex(Exception, "read-only|permission denied"):
            with self.reader.cursor() as cursor:
                cursor.execute("DELETE FROM traces")

    def assert_found(self, change, message):
        files = copy.deepcopy(self.files)
        change(files.dashboards)
        problems = self.problems_of(files)
        self.assertRegex("\n".join(problems), message)
        self.assertEqual(len(problems), 1, problems)

    def test_a_misspelt_column_is_found(self):
        def change(dashboards):
            target = dashboards["fleet.json"]["panels"][0]["targets"][0]
            target["rawSql"] = target["rawSql"].replace("span_count", "spans_count")
        self.assert_found(change, "fleet.json: panel \"Spans\": column \"spans_count\" does not exist")

    def test_a_missing_time_filter_is_found(self):
        def change(dashboards):
            target = dashboards["losses.json"]["panels"][0]["targets"][0]
            target["rawSql"] = target["rawSql"].replace("WHERE $__timeFilter(last_seen)", "")
        self.assert_found(change, "losses.json: panel \"Clients\": it shows what is not of the time")

    def test_sums_that_a_time_within_an_hour_lacks_are_found(self):
        def change(dashboards):
            target = dashboards["fleet.json"]["panels"][7]["targets"][0]
            target["rawSql"] = target["rawSql"].replace(" - interval '1 hour'", "")
        self.assert_found(change, "panel \"Operations and versions\": it shows nothing of 15 minutes")

    def test_sums_beside_the_time_that_is_shown_are_found(self):
        def change(dashboards):
            target = dashboards["fleet.json"]["panels"][0]["targets"][0]
            target["rawSql"] = target["rawSql"].replace("$__unixEpochFrom()", "0")
        self.assert_found(change, "panel \"Spans\": it shows an hour outside of the time")

    def test_bytes_that_are_shown_raw_are_found(self):
        def change(dashboards):
            target = dashboards["trace.json"]["panels"][1]["targets"][0]
            target["rawSql"] = target["rawSql"].replace("encode(s.span_id, 'hex')", "s.span_id")
        self.assert_found(change, "column span is bytea")

    def test_a_wrong_column_of_a_trace_panel_is_found(self):
        def change(dashboards):
            target = dashboards["trace.json"]["panels"][0]["targets"][0]
            target["rawSql"] = target["rawSql"].replace('"parentSpanID"', '"parentSpanId"')
        self.assert_found(change, "a trace panel wants")

    def test_a_panel_without_a_data_source_is_found(self):
        def change(dashboards):
            del dashboards["fleet.json"]["panels"][2]["datasource"]
        self.assert_found(change, "it has no data source that is provisioned")

    def test_reading_every_day_is_found(self):
        def change(dashboards):
            target = dashboards["timeline.json"]["panels"][1]["targets"][0]
            before, rest = target["rawSql"].split("AND (day BETWEEN", 1)
            target["rawSql"] = before + rest.split("'-infinity')", 1)[1]
        self.assert_found(change, "it reads the spans of \\d+ days")

    def test_panels_on_each_other_are_found(self):
        def change(dashboards):
            dashboards["fleet.json"]["panels"][1]["gridPos"]["x"] = 3
        self.assert_found(change, "lies on another one")


if __name__ == "__main__":
    if not private_postgres.programs():
        print("PostgreSQL is not installed")
        sys.exit(77)
    unittest.main()
