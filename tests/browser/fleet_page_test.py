"""The collector's fleet page in a real Chromium: python3 fleet_page_test.py --collector PATH [--picture FILE] [unittest arguments].

Needs what page_test.py needs. Talks to loopback only.
"""

import argparse
import collections
import os
import subprocess
import sys
import unittest
import urllib.parse

import fleet_data
import page_test
from page_test import Keys



TRIAL = "1.4.0-trial"   # a version with a handful of spans


class FleetPageTest(page_test.PageTest):
    def open(self, fragment=""):
        self.browser.get("about:blank")
        super().open(f"fleet{fragment}")
        self.settled()

    def settled(self):
        self.until(lambda: self.find("#main").get_attribute("aria-busy") == "false", "the page has its answer")

    def names(self, table="operation-table"):
        return [text for text in self.texts(f"#{table} .table-row .cell:first-child")]

    def rows(self, table):
        """Of each row in sight: its cells' texts."""
        return self.browser.execute_script("""
            return [...document.querySelectorAll('#' + arguments[0] + ' .table-row')].sort((a, b) => a.at - b.at)
                .map(row => [...row.children].filter(cell => !cell.hidden).map(cell => cell.textContent))""", table)

    def shares(self, selector):
        return self.browser.execute_script("""
            return [...document.querySelectorAll(arguments[0] + ' tr')].map(row => [...row.children].map(cell => cell.textContent))""", selector)


class FleetTest(FleetPageTest):
    @classmethod
    def fill(cls):
        fleet_data.post_operations(cls.server.url)
        fleet_data.post_audio(cls.server.url)
        fleet_data.post_clients(cls.server.url)
        maker = fleet_data.Maker(9)
        spans = maker.spans("block.render", 5, TRIAL, 4, 0.1)
        fleet_data.post(cls.server.url, [span | {"serviceName": "Renderer"} for span in spans])

    # Operations

    def test_lists_operations_with_plots(self):
        self.open()
        rows = {row[0]: row[1:] for row in self.rows("operation-table")}
        self.assertEqual(set(rows), {*fleet_data.OPERATIONS, "audio.load", "block.render"})
        self.assertRegex(rows["loop.upload"][0], r"^\d\d(\.\d)? / h$")
        self.assertRegex(rows["loop.upload"][1], r"^[123](\.\d)? %$")
        self.assertEqual(rows["preset.load"][1], "0")
        self.assertAlmostEqual(float(rows["loop.play"][3].removesuffix(" ms")), 42 * 2.718 ** (1.645 * 0.45), delta=9)
        plots = self.browser.execute_script("""
            return [...document.querySelectorAll('#operation-table .table-row')].map(row => row.querySelectorAll('svg path').length)""")
        self.assertEqual(plots, [4] * len(rows), "each row has three plots, one with a band and a line")

    def test_sorts_and_filters(self):
        self.open()
        self.assertEqual(self.rows("operation-table")[0][0], "ui.paint")
        self.find("#operation-table .cell:nth-child(5) .sort").click()
        slowest = [row[0] for row in self.rows("operation-table")][:3]
        self.assertEqual(slowest, ["audio.load", "loop.upload", "audio.encode"])
        self.assertIn("sort=-p95", self.browser.current_url)
        self.assertEqual(self.find("#operation-table .cell:nth-child(5)").get_attribute("aria-sort"), "descending")
        self.press("/", "LOOP")
        self.until(lambda: [row[0] for row in self.rows("operation-table")] == ["loop.upload", "loop.search", "loop.play"], "three are found")
        self.assertIn("3 operations of 12", self.texts("#remark")[0])
        self.browser.refresh()
        self.settled()
        self.assertEqual([row[0] for row in self.rows("operation-table")], ["loop.upload", "loop.search", "loop.play"])

    def test_narrows_to_a_service(self):
        self.open("#service=Renderer")
        self.assertEqual(self.names(), ["block.render"])
        options = "return [...document.querySelectorAll('#service option')].map(option => option.textContent)"
        self.assertEqual(self.browser.execute_script(options), ["any", "LoopShare", "Renderer"])
        self.find("#service option:nth-child(2)").click()
        self.until(lambda: len(self.names()) == 11, "the other service has eleven")

    def test_works_from_the_keyboard_alone(self):
        self.open()
        self.press("/", Keys.ARROW_DOWN)
        self.assertEqual(self.focused(), "operation-table")
        self.press(Keys.END, Keys.HOME, Keys.ARROW_DOWN)
        chosen = self.texts("#operation-table .cursor .cell:first-child")
        self.assertEqual(self.find("#operation-table").get_attribute("aria-activedescendant"), "operation-table-1")
        self.press(Keys.ENTER)
        self.until(lambda: self.focused() == "heatmap", "the heatmap has the focus")
        self.assertEqual(self.texts("#operation-name"), chosen)
        before = self.texts("#heatmap-caption")
        self.press(Keys.ARROW_UP)
        self.assertNotEqual(self.texts("#heatmap-caption"), before)
        self.press(Keys.ARROW_DOWN)
        self.assertEqual(self.texts("#heatmap-caption"), before)
        self.press(Keys.ARROW_RIGHT)
        self.assertEqual(self.find("#heatmap").get_attribute("aria-activedescendant"), self.find("#heatmap .active").get_attribute("id"))
        self.assertNotEqual(self.browser.execute_script("return getComputedStyle(document.querySelector('#heatmap .active')).stroke"), "none")
        self.press(Keys.ESCAPE)
        self.until(lambda: self.focused() == "operation-table", "Escape goes back")
        self.focus("#tab-operations")
        self.press(Keys.ARROW_RIGHT)
        self.assertEqual(self.focused(), "tab-versions")
        self.until(lambda: self.all("#version-table"), "the next tab is shown")
        self.press(Keys.ARROW_LEFT, Keys.ARROW_LEFT)
        self.until(lambda: self.all("#client-table"), "the last tab is shown")

    def test_leaves_keys_with_a_modifier_to_the_browser(self):
        for fragment, selector in (("", "#operation-table"), ("", "#tab-operations"), ("#operation=loop.upload", "#heatmap")):
            self.open(fragment)
            self.focus(selector)
            taken = self.browser.execute_script("""
                return ['ArrowLeft', 'ArrowRight', 'Home', 'End'].filter(key => !document.activeElement.dispatchEvent(
                    new KeyboardEvent('keydown', {key, altKey: true, bubbles: true, cancelable: true})))""")
            self.assertEqual(taken, [], selector)

    def test_cells_open_exactly_their_traces(self):
        self.open("#operation=loop.upload")
        cells = self.browser.execute_script("return heatmap.cells.map(cell => ({...heatmap.ranges(cell), count: cell.count}))")
        self.assertEqual(sum(cell["count"] for cell in cells), 1400)
        chosen = self.browser.execute_script("return {...heatmap.ranges(heatmap.active), count: heatmap.active.count}")
        self.assertGreater(chosen["count"], 10)
        self.focus("#heatmap")
        self.press(Keys.ENTER)
        self.until(lambda: len(self.texts(".trace-name")) == chosen["count"], "as many traces as the cell has spans")
        self.assertEqual(set(self.texts(".trace-name")), {"loop.upload"})
        traces = self.browser.execute_script("return traces.map(trace => [trace.startTimeMs, trace.durationMs])")
        for start, duration in traces:
            self.assertTrue(chosen["from"] <= start < chosen["until"])
            self.assertTrue(chosen["minMs"] <= duration <= chosen["maxMs"])
        self.assertIn("loop.upload", self.texts("#example-text")[0])
        self.find("#all-traces").click()
        self.until(lambda: len(self.texts(".trace-name")) == 100, "all traces are listed")
        self.browser.back()
        self.until(lambda: self.texts("#operation-name") == ["loop.upload"], "the heatmap is back")

    def test_cells_join_without_gap_or_overlap(self):
        self.open("#operation=loop.upload")
        rows = self.browser.execute_script("return Array.from({length: heatmap.rows}, (_, row) => heatmap.ranges({column: 0, row}))")
        self.assertGreater(len(rows), 8)
        for below, above in zip(rows, rows[1:]):
            self.assertEqual(round(above["minMs"] * 1e6) - round(below["maxMs"] * 1e6), 1, "a nanosecond lies between")

    def test_the_address_can_be_shared(self):
        self.open("#operation=loop.play&range=7d")
        self.assertEqual(self.texts("#operation-name"), ["loop.play"])
        self.assertTrue(self.find("#range-7d").is_selected())
        self.find("label[for=range-30d]").click()
        self.until(lambda: "range=30d" in self.browser.current_url, "the address follows")
        self.settled()
        self.find("#all-operations").click()
        self.until(lambda: len(self.names()) == 12, "all are listed")
        self.browser.back()
        self.until(lambda: self.texts("#operation-name") == ["loop.play"], "back shows the operation again")

    def test_quantiles_are_those_of_the_collector(self):
        self.open()
        rows = self.browser.execute_async_script("""
            const done = arguments[0];
            rollups(period(1), {by: 'operation'}).then(rows => done(rows.map(row => [row.p50Ms, row.p95Ms, row.p99Ms,
                ...[0.5, 0.95, 0.99].map(share => quantileMs(row.durations, share))])))""")
        self.assertEqual(len(rows), 12)
        for row in rows:
            for theirs, ours in zip(row[:3], row[3:]):
                self.assertAlmostEqual(ours / theirs, 1, places=6)

    # Versions

    def test_finds_the_slower_operation_alone(self):
        self.open("#tab=versions")
        rows = self.rows("version-table")
        self.assertEqual([row[0] for row in rows if "no change" not in row[-1]], [fleet_data.SLOWER])
        self.assertEqual(rows[0][0], fleet_data.SLOWER, "what changed comes first")
        self.assertEqual(rows[0][-1], "▲ slower")
        self.assertEqual(len(rows), 10)
        self.assertEqual(self.texts("#version-sum"), ["10 operations compared: 1 slower, 0 faster."])
        low, high = self.browser.execute_script("return [changes[0].low, changes[0].high]")
        self.assertTrue(1.02 < low < 1.2 < high < 1.4, (low, high))

    def test_compares_other_versions_too(self):
        self.open(f"#tab=versions&before={fleet_data.NEW}&after={fleet_data.OLD}")
        self.assertEqual(self.texts("#version-sum"), ["10 operations compared: 0 slower, 1 faster."])
        self.find(f"#before option[value='{TRIAL}']").click()
        self.until(lambda: self.texts("#nothing h2") == ["Not enough spans"], "these share no operation")
        self.assertTrue(self.all("#before"), "another version can be chosen")

    def test_says_when_the_sums_are_too_many(self):
        self.open()
        self.browser.execute_script("rollups = () => Promise.reject(Object.assign(new Error('more than 10000 rows'), {status: 400})); refresh()")
        self.until(lambda: any("choose a shorter time range or a service" in text for text in self.texts("#notice")), "what to do is told")

    STATISTICS = """
        const random = seed => () => {   // mulberry32
            seed = seed + 0x6D2B79F5 | 0;
            let t = Math.imul(seed ^ seed >>> 15, 1 | seed);
            t = t + Math.imul(t ^ t >>> 7, 61 | t) ^ t;
            return ((t ^ t >>> 14) >>> 0) / 4294967296; };
        const normal = next => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
        const histogram = (next, n, median, spread) => {
            const counts = [];
            for (let i = 0; i < n; ++i) {
                const octaves = Math.log2(1000 * median) + spread * normal(next) / Math.LN2;
                const bucket = octaves < 0 ? 0 : Math.min(160, Math.floor(4 * octaves) + 1);
                while (counts.length <= bucket) counts.push(0);
                ++counts[bucket];
            }
            return counts; };
        const family = (seed, count, n, slower) => {
            const next = random(seed);
            return Array.from({length: count}, (_, i) => {
                const median = 0.05 + 20 * next(), spread = 0.1 + 1.2 * next(), size = i < slower ? 4000 : n;
                const [a, b] = i < slower ? [0.5, 1.2] : [spread, 1];
                return {name: String(i), oldCounts: histogram(next, size, median, a), newCounts: histogram(next, size, median * b, a)};
            }); };
        """

    def test_equal_versions_raise_no_alarm(self):
        self.open()
        result = self.browser.execute_script(self.STATISTICS + """
            let alarms = 0, covered = 0, all = 0;
            for (const n of [100, 160, 400, 700]) for (let seed = 1; seed <= 2; ++seed) {
                const rows = compareOperations(family(seed * 1000 + n, 500, n, 0), 0.05);
                alarms += rows.filter(row => row.change).length;
                covered += rows.filter(row => row.low <= 1 && row.high >= 1).length;
                all += rows.length;
            }
            return [alarms, covered / all, all];""")
        self.assertEqual(result[0], 0, "no false alarm in eight families of 500 operations")
        self.assertEqual(result[2], 4000)
        self.assertTrue(0.94 < result[1] < 0.995, f"{result[1]} of the 95 % intervals have the true ratio")

    def test_a_fifth_slower_is_found_among_many(self):
        self.open()
        for count in (1, 500):
            found, others = self.browser.execute_script(self.STATISTICS + """
                let found = 0, others = 0;
                for (let seed = 1; seed <= 4; ++seed) {
                    const called = compareOperations(family(seed, arguments[0], 120, 1), 0.05).filter(row => row.change);
                    found += called.filter(row => row.name === '0' && row.change === 'slower').length;
                    others += called.filter(row => row.name !== '0').length;
                }
                return [found, others];""", count)
            self.assertEqual((found, others), (4, 0))

    def test_small_changes_and_few_spans_are_not_called(self):
        self.open()
        result = self.browser.execute_script(self.STATISTICS + """
            const next = random(7), one = (n, factor) => [{name: 'a', oldCounts: histogram(next, n, 10, 0.5), newCounts: histogram(next, n, 10 * factor, 0.5)}];
            return [compareOperations(one(200000, 1.03), 0.05)[0].change, compareOperations(one(200000, 1.03), 0)[0].change,
                    compareOperations(one(99, 2), 0).length, compareOperations(one(200, 0.5), 0.05)[0].change];""")
        self.assertEqual(result, ["", "slower", 0, "faster"])

    # Audio and clients

    def test_shares_of_blocks_over_budget(self):
        self.open("#tab=audio")
        self.assertEqual(self.texts("#audio-sum"), ["1,300,000 audio blocks, 0.48 % over budget (6,200)"])
        texts = {"host": str, "version": str, "blockSamples": "{} samples".format, "sampleRate": lambda rate: f"{rate / 1000:g} kHz"}
        for column, (by, text) in zip((0, 1, 2, 3), texts.items()):
            planted = collections.defaultdict(lambda: [0, 0])
            for line in fleet_data.AUDIO:
                planted[text(line[column])][0] += line[4]
                planted[text(line[column])][1] += line[5]
            shown = {name: [share, blocks] for name, _, share, blocks in self.shares(f"[data-by={by}]")[1:]}
            expected = {name: ["0 %" if over == 0 else f"{over / blocks * 100:.2f} %", f"{blocks:,}"] for name, (blocks, over) in planted.items()}
            self.assertEqual(shown, expected, by)
        self.assertEqual([row[0] for row in self.shares("[data-by=blockSamples]")[1:]], ["64 samples", "128 samples", "256 samples", "512 samples"])
        widest = self.browser.execute_script("""
            return [...document.querySelectorAll('[data-by=blockSamples] .fill')].map(bar => bar.offsetWidth / bar.parentNode.offsetWidth)""")
        self.assertAlmostEqual(widest[1] / widest[0], 0.25 / 1.2, delta=0.02)

    def test_what_clients_lost_by_reason(self):
        self.open("#tab=clients")
        self.assertIn("6 clients: 6 spans stored, 1,400 lost", self.texts("#client-sum")[0])
        self.assertEqual([[row[0], row[3]] for row in self.shares("#losses")], [["outbox full", "1,350"], ["expired", "43"], ["queue full", "7"]])
        rows = self.rows("client-table")
        self.assertEqual([row[4] for row in rows], ["1,203", "157", "40", "0", "0", "0"])
        self.assertEqual(rows[0][5], "1,200 outbox full, 3 expired")
        self.press("/", "expired")
        self.until(lambda: len(self.rows("client-table")) == 2, "two clients lost spans for this reason")

    # Looks

    def emulate(self, width=None, dark=False):
        """Until the end of the test."""
        page_test.emulate(self.browser, width or self.width, self.height, dark)
        self.addCleanup(page_test.emulate, self.browser, self.width, self.height)

    def test_is_dark(self):
        self.emulate(dark=True)
        self.open("#operation=loop.upload")
        ground, ink, cell = self.browser.execute_script("""
            const sum = colour => colour.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0);
            const page = getComputedStyle(document.body), cell = getComputedStyle(document.querySelector('.heat'));
            return [sum(page.backgroundColor), sum(page.color), sum(cell.fill)]""")
        self.assertLess(ground, 150)
        self.assertGreater(ink, 600)
        self.assertGreater(cell, 350)

    def test_does_not_scroll_sideways(self):
        self.emulate(width=400)
        for fragment in ("", "#operation=loop.upload", "#tab=versions", "#tab=audio", "#tab=clients"):
            self.open(fragment)
            wide = self.browser.execute_script("""
                return [document.documentElement, ...document.querySelectorAll('.table, .panel, .tab-line')].map(e => e.scrollWidth - e.clientWidth)""")
            self.assertEqual(set(wide), {0}, fragment)
        self.open()
        self.assertEqual(len(self.rows("operation-table")[0]), 4, "name, rate, errors and p95")
        self.emulate(width=320)
        for fragment in ("", "#operation=loop.upload", "#tab=versions", "#tab=audio", "#tab=clients"):
            self.open(fragment)   # tables scroll in their box
            self.assertLessEqual(self.browser.execute_script("return document.documentElement.scrollWidth - innerWidth"), 0, fragment)

    def test_an_address_that_names_no_view_or_range_opens_the_first(self):
        for fragment in ("#tab=constructor", "#range=toString"):
            self.open(fragment)
            self.assertEqual(len(self.rows("operation-table")), 12, fragment)

    def test_makes_the_picture(self):
        if page_test.OPTIONS.picture is None:
            self.skipTest("no --picture asked for")
        self.open("#operation=loop.upload&service=LoopShare")
        self.browser.save_screenshot(page_test.OPTIONS.picture)
        self.assertLess(os.path.getsize(page_test.OPTIONS.picture), 200_000)


class ManyOperationsTest(FleetPageTest):
    @classmethod
    def fill(cls):
        fleet_data.post_many(cls.server.url)

    def test_five_hundred_operations_stay_usable(self):
        self.open()
        self.assertIn("500 operations", self.texts("#remark")[0])
        self.assertLess(self.browser.execute_script("return document.querySelectorAll('.table-row').length"), 60)
        self.assertGreater(len(self.all("#operation-table svg")), 30)
        self.focus("#operation-table")
        self.press(Keys.END)
        self.assertEqual(self.find("#operation-table").get_attribute("aria-activedescendant"), "operation-table-499")
        milliseconds = self.browser.execute_async_script("""
            const done = arguments[0], table = document.getElementById('operation-table'), start = performance.now();
            let frames = 0;
            const step = () => {
                table.scrollTop = frames * 2999 % (500 * 38);
                if (++frames < 60) requestAnimationFrame(step); else done((performance.now() - start) / frames);
            };
            step();""")
        self.assertLess(milliseconds, 100, "a frame of scrolling takes too long")
        requests = self.browser.execute_script(
            "return performance.getEntriesByType('resource').filter(entry => entry.name.includes('rollups')).map(entry => entry.name)")
        self.assertEqual(len(requests), 3, "totals, series and services")
        by_name = [urllib.parse.parse_qs(urllib.parse.urlsplit(address).query) for address in requests]
        step = next(int(query["step"][0]) for query in by_name if "step" in query)
        self.assertLessEqual(500 * -(-24 // step), 10_000)


class EmptyTest(FleetPageTest):
    @classmethod
    def fill(cls):
        pass

    def test_says_what_to_do(self):
        for tab, title, text in (("operations", "No spans", ".endpoint = "), ("versions", "No spans", "longer"),
                                 ("audio", "No audio blocks", "audio.load"), ("clients", "No clients", "http sink")):
            self.open(f"#tab={tab}")
            self.assertEqual(self.texts("#nothing h2"), [title])
            self.assertIn(text, self.texts("#nothing")[0])


class TokenTest(FleetPageTest):
    token = "fleet-test-token"
    expected_complaints = ["401 (Unauthorized)", "403 (Forbidden)"]

    @classmethod
    def fill(cls):
        fleet_data.post_operations(cls.server.url, cls.token, each=5)
        database = os.path.join(cls.server.folder, "spans.db")
        cls.limited = subprocess.run([page_test.OPTIONS.collector, "tokens", "create", "--scope", "ingest,read", "--owner", "ann",
                                      "--database", database], capture_output=True, text=True, check=True).stdout.split()[-1]
        cls.wait_for_token()

    @classmethod
    def wait_for_token(cls):
        """The running collector knows of a new token as soon as it may send spans."""
        maker = fleet_data.Maker(5)

        def is_known():
            try:
                fleet_data.post(cls.server.url, maker.spans("auth.login", 1, "1.0", 3, 0.1), cls.limited)
                return True
            except fleet_data.urllib.error.HTTPError:
                return False
        page_test.WebDriverWait(None, 15, poll_frequency=0.1).until(lambda _: is_known(), "the token is known")

    def test_a_token_must_read_all(self):
        self.browser.get(f"{self.server.url}/fleet")
        self.until(lambda: self.all("#login"), "the token is asked for")
        self.press(self.limited, Keys.ENTER)
        self.until(lambda: self.texts("#nothing h2") == ["This token may not read the fleet"], "the reason is told")
        self.assertIn("--scope read-all", self.texts("#nothing pre")[0])
        self.find("#nothing .button").click()
        self.until(lambda: self.all("#login"), "another token is asked for")
        self.press(self.token, Keys.ENTER)
        self.until(lambda: len(self.names()) == 10, "the operations are listed")
        self.browser.get(f"{self.server.url}/")
        self.until(lambda: len(self.texts(".trace-name")) == 100, "the traces page has the same token")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--collector", required=True)
    parser.add_argument("--picture")
    page_test.OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
