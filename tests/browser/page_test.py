"""The collector's page in a real Chromium: python3 page_test.py --collector PATH [--picture FILE] [unittest arguments].

Needs Debian's chromium, chromium-driver and python3-selenium. Talks to loopback only.
"""

import argparse
import contextlib
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

try:
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import WebDriverWait
except ImportError:
    sys.exit("page_test: python3-selenium is missing; install chromium, chromium-driver and python3-selenium, or "
             "configure with -DSIDESPAN_BROWSER_TESTS=OFF")

import sample_traces

OPTIONS = argparse.Namespace(collector=None, picture=None)
ROW = 30


class Server:
    """A collector of its own, on a free port, with a new database."""

    def __init__(self, token=None):
        self.folder = tempfile.mkdtemp(prefix="sidespan-page-")
        port_file = os.path.join(self.folder, "port")
        command = [OPTIONS.collector, "--listen", "127.0.0.1:0", "--database", os.path.join(self.folder, "spans.db"),
                   "--port-file", port_file]
        self.process = subprocess.Popen(command + (["--token", token] if token else []), stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()  # printed once it listens
        self.url = "http://127.0.0.1:" + pathlib.Path(port_file).read_text().strip()
        self.token = token

    def post(self, spans, headers=None):
        return sample_traces.post(self.url, spans, self.token, headers)

    def close(self):
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=20)
        self.process.stdout.close()
        shutil.rmtree(self.folder)
        assert status == 0, f"the collector ended with status {status}"


def new_browser(width=1280, height=800, dark=False):
    for program in ("chromium", "chromedriver"):
        if shutil.which(program) is None:
            sys.exit(f"page_test: {program} is missing; install chromium and chromium-driver, or configure with "
                     "-DSIDESPAN_BROWSER_TESTS=OFF")
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    profile = tempfile.mkdtemp(prefix="sidespan-profile-")
    for argument in ("--no-sandbox", "--headless=new", "--disable-gpu", "--no-first-run", "--disable-background-networking",
                     "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
                     "--force-device-scale-factor=1", f"--window-size={width},{height}", f"--user-data-dir={profile}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
    browser.profile = profile
    emulate(browser, width, height, dark)
    return browser


def emulate(browser, width, height, dark=False):
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride",
                            {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})


def close_browser(browser):
    browser.quit()
    shutil.rmtree(browser.profile, ignore_errors=True)


class PageTest(unittest.TestCase):
    width, height, dark, token = 1280, 800, False, None
    expected_complaints = ["401 (Unauthorized)", "403 (Forbidden)", "404 (Not Found)"]

    @classmethod
    def setUpClass(cls):
        cls.server = Server(cls.token)
        cls.addClassCleanup(cls.server.close)
        cls.fill()
        cls.browser = new_browser(cls.width, cls.height, cls.dark)
        cls.addClassCleanup(close_browser, cls.browser)

    @classmethod
    def fill(cls):
        base = time.time_ns() - 3_600_000 * sample_traces.MS
        cls.server.post(sample_traces.upload(), {"X-Client-Instance": "aaaaaaaa-1",
                                                 "X-Client-Lost": "outbox-full=1200, expired=3"})
        cls.server.post(sample_traces.hostile(base))
        cls.server.post(sample_traces.large(base - 3_600_000 * sample_traces.MS))
        cls.server.post(sample_traces.upload(sample_traces.SKEWED, base, server_skew_ms=86_400_000))

    def setUp(self):
        self.browser.get("about:blank")
        self.browser.get_log("browser")

    def tearDown(self):
        complaints = [entry["message"] for entry in self.browser.get_log("browser")
                      if not any(expected in entry["message"] for expected in self.expected_complaints)]
        self.assertEqual(complaints, [], "the console has complaints")

    # What the tests are written with

    def open(self, fragment=""):
        self.browser.get(f"{self.server.url}/{fragment}")

    def until(self, condition, what):
        return WebDriverWait(self.browser, 15, poll_frequency=0.05).until(lambda _: condition(), what)

    def find(self, selector):
        return self.browser.find_element(By.CSS_SELECTOR, selector)

    def all(self, selector):
        return [element for element in self.browser.find_elements(By.CSS_SELECTOR, selector) if element.is_displayed()]

    def texts(self, selector):
        """Read in one step, since the page may redraw between two."""
        return self.browser.execute_script(
            "return [...document.querySelectorAll(arguments[0])].filter(e => e.offsetParent).map(e => e.textContent)", selector)

    def open_trace(self, trace):
        self.open(f"#trace={trace}")
        self.until(lambda: self.texts("#trace-id") == [trace], "the trace is shown")

    def press(self, *keys):
        webdriver.ActionChains(self.browser).send_keys(*keys).perform()

    def focus(self, selector):
        self.browser.execute_script("document.querySelector(arguments[0]).focus()", selector)

    def focused(self):
        return self.browser.switch_to.active_element.get_attribute("id")

    def active_row(self):
        return self.texts("#rows .row[aria-selected=true] .text")

    def bars(self):
        """Of each row: its name, and its bar's place as shares of the lane."""
        return {name: (left, width) for name, left, width in self.browser.execute_script("""
            return [...document.querySelectorAll('#rows .row')].filter(row => row.offsetParent).map(row => {
                const bar = row.querySelector('.bar').getBoundingClientRect();
                const lane = row.querySelector('.lane').getBoundingClientRect();
                return [row.querySelector('.text').textContent, (bar.left - lane.left) / lane.width, bar.width / lane.width];
            })""")}


class DesktopTest(PageTest):
    def test_lists_the_newest_trace_first(self):
        self.open()
        self.until(lambda: len(self.texts(".trace-name")) == 4, "four traces are listed")
        names = self.texts(".trace-name")
        self.assertEqual(names[0], "audio.upload")
        self.assertEqual(names[3], "session.render")
        self.assertIn("10,000 spans", self.texts(".trace")[3])
        self.assertIn("✗ error", self.texts(".trace")[1] + self.texts(".trace")[2])

    def test_tells_what_clients_lost(self):
        self.open()
        self.until(lambda: self.texts("#clients-sum") == ["1 client, 1,203 spans lost before they were sent"], "the sum")
        self.find("#clients-sum").click()
        self.assertIn("lost: 1,200 outbox full, 3 expired", self.texts("#clients-list li")[0])

    def test_search_narrows_the_list(self):
        self.open()
        self.until(lambda: len(self.texts(".trace-name")) == 4, "four traces are listed")
        self.press("/")
        self.assertEqual(self.focused(), "search")
        self.press("block.777")
        self.until(lambda: self.texts(".trace-name") == ["session.render"], "one trace is found")
        self.find("#search").clear()
        self.find("#search").send_keys("nowhere to be found")
        self.until(lambda: self.texts(".trace-name") == [], "nothing is found")
        self.assertIn("Nothing found", self.texts("#nothing")[0])

    def test_filters_by_status_and_duration(self):
        self.open()
        self.until(lambda: len(self.texts(".trace-name")) == 4, "four traces are listed")
        self.find("#status option:nth-child(3)").click()
        self.until(lambda: len(self.texts(".trace-name")) == 2, "two traces have errors")
        self.find("#shortest").send_keys("5000")
        self.until(lambda: self.texts(".trace-name") == ["session.render"], "one of them is long")

    def test_searches_by_attribute_and_longest_duration(self):
        self.open()
        self.until(lambda: len(self.texts(".trace-name")) == 4, "four traces are listed")
        self.find("#attribute").send_keys("codec")
        self.find("#longest").send_keys("3000")
        self.until(lambda: self.texts(".trace-name") == [sample_traces.MARKUP], "one trace is short; half an attribute is not searched for")
        self.find("#attribute").send_keys("=flac")
        self.until(lambda: self.texts(".trace-name") == [], "the short trace has no such attribute")
        self.find("#longest").clear()
        self.find("#longest").send_keys("3600")
        self.until(lambda: self.texts(".trace-name") == ["audio.upload"] * 2, "two traces have it")
        self.assertIn("attribute=codec%3Dflac", self.browser.current_url)
        self.browser.refresh()
        self.until(lambda: self.texts(".trace-name") == ["audio.upload"] * 2, "the search is part of the address")
        self.all(".trace")[0].click()
        self.until(lambda: self.texts("#trace-name") == ["audio.upload"], "the trace is shown")
        self.assertIn("attribute=codec%3Dflac", self.browser.current_url)

    def test_tells_products_apart(self):
        self.open()
        options = "return [...document.querySelectorAll('#service option')].map(option => option.textContent)"
        self.until(lambda: self.browser.execute_script(options) == ["any", "LoopShare", "Renderer"], "both are offered")
        self.assertEqual(self.texts(".trace .service").count("Renderer"), 1)
        self.find("#service option:nth-child(3)").click()
        self.until(lambda: self.texts(".trace-name") == ["session.render"], "one trace is of this product")
        self.open_trace(sample_traces.UPLOAD)
        self.all("#rows .row")[4].click()
        self.until(lambda: "loop-service" in self.texts("#details dd"), "the backend's span says whose it is")

    def test_shows_long_whole_numbers_exactly(self):
        self.open_trace(sample_traces.UPLOAD)
        self.all("#rows .row")[1].click()
        self.until(lambda: "9007199254740993" in self.texts("#details dd"), "2^53 + 1 is not rounded")

    def test_draws_bars_to_scale(self):
        self.open_trace(sample_traces.UPLOAD)
        bars = self.bars()
        expected = {"audio.upload": (0, 3500), "audio.read": (5, 120), "audio.encode": (130, 3200), "network.post": (3340, 150),
                    "POST /api/v1/audio/upload": (3387, 56), "storage.write": (3404, 30)}
        for name, (start, length) in expected.items():
            self.assertAlmostEqual(bars[name][0], start / 3500, delta=0.004, msg=name)
            self.assertAlmostEqual(bars[name][1], length / 3500, delta=0.004, msg=name)

    def test_nests_and_colours_spans(self):
        self.open_trace(sample_traces.UPLOAD)
        rows = self.browser.execute_script("""return [...document.querySelectorAll('#rows .row')].filter(r => r.offsetParent)
            .map(r => [r.querySelector('.text').textContent, Number(r.getAttribute('aria-level')),
                       r.querySelector('.bar').classList[1]])""")
        self.assertEqual(rows, [["audio.upload", 1, "plugin"], ["audio.read", 2, "plugin"], ["audio.encode", 2, "plugin"],
                                ["network.post", 2, "network"], ["POST /api/v1/audio/upload", 3, "server"],
                                ["audio.digest", 4, "server"], ["storage.write", 4, "server"]])
        colours = self.browser.execute_script(
            "return ['plugin','network','server'].map(t => getComputedStyle(document.querySelector('.bar.' + t)).backgroundColor)")
        self.assertEqual(len(set(colours)), 3)

    def test_shows_where_the_time_went(self):
        self.open_trace(sample_traces.UPLOAD)
        self.assertEqual(self.texts("#legend div"), ["Plugin3.35 s 95.7 %", "Network94 ms 2.7 %", "Server56 ms 1.6 %"])
        shares = self.browser.execute_script("return [...document.querySelectorAll('#split span')].map(s => s.offsetWidth)")
        self.assertAlmostEqual(shares[0] / sum(shares), 0.957, delta=0.01)

    def test_a_server_clock_a_day_ahead_does_not_stretch_the_trace(self):
        self.open_trace(sample_traces.SKEWED)
        self.assertEqual(self.texts("#trace-total"), ["3.5 s"])
        self.assertEqual(self.texts("#legend div")[1:], ["Network94 ms 2.7 %", "Server56 ms 1.6 %"])
        self.assertAlmostEqual(self.bars()["POST /api/v1/audio/upload"][0], 3387 / 3500, delta=0.004)
        self.all("#rows .row")[4].click()
        self.assertIn("moved by −86,400 s", self.find("#details").text)

    def test_shows_events_as_ticks_on_the_bar(self):
        self.open_trace(sample_traces.UPLOAD)
        places = self.browser.execute_script("""return [...document.querySelectorAll('.tick')].map(t => {
            const lane = t.closest('.lane').getBoundingClientRect(), tick = t.getBoundingClientRect();
            return ((tick.left + tick.right) / 2 - lane.left) / lane.width; })""")
        self.assertEqual(len(places), 3)
        for place, at in zip(places, (140, 1800, 3320)):
            self.assertAlmostEqual(place, at / 3500, delta=0.004)

    def test_a_click_shows_attributes_events_and_links(self):
        self.open_trace(sample_traces.UPLOAD)
        self.all("#rows .row")[2].click()
        details = self.find("#details").text
        for expected in ("audio.encode", "codec", "flac", "128", "true", "half_way", "frames", "3.2 s", "plugin 1.2.0"):
            self.assertIn(expected, details)
        self.all("#rows .row")[0].click()
        self.find("#details .link").click()
        self.until(lambda: self.texts("#trace-id") == [sample_traces.LARGE], "the linked trace is shown")

    def test_works_from_the_keyboard_alone(self):
        self.open()
        self.until(lambda: len(self.texts(".trace-name")) == 4, "four traces are listed")
        self.press("/")
        self.press(Keys.ARROW_DOWN)
        self.assertEqual(self.focused(), "list")
        self.press(Keys.ENTER)
        self.until(lambda: self.texts("#trace-id") == [sample_traces.UPLOAD], "the trace is shown")
        self.until(lambda: self.focused() == "rows", "the spans have the focus")
        self.assertIn(sample_traces.UPLOAD, self.browser.current_url)
        self.press(Keys.ARROW_DOWN, Keys.ARROW_DOWN)
        self.assertEqual(self.active_row(), ["audio.encode"])
        self.assertEqual(self.find("#rows").get_attribute("aria-activedescendant"),
                         self.find("#rows .row[aria-selected=true]").get_attribute("id"))
        self.press(Keys.ENTER)
        self.assertIn("bitrate", self.find("#details").text)
        self.press(Keys.ARROW_DOWN)
        self.assertIn("http.status", self.find("#details").text)
        self.press(Keys.ESCAPE)
        self.assertEqual(self.all("#details"), [])
        self.press(Keys.ARROW_LEFT)
        self.assertEqual(len(self.texts("#rows .row")), 4)
        self.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT)
        self.assertEqual(self.active_row(), ["POST /api/v1/audio/upload"])
        self.press(Keys.END)
        self.assertEqual(self.active_row(), ["storage.write"])
        self.press(Keys.HOME)
        self.assertEqual(self.active_row(), ["audio.upload"])
        self.press(Keys.ESCAPE)
        self.assertEqual(self.focused(), "list")
        self.assertNotIn("#trace", self.browser.current_url)

    def test_leaves_keys_with_a_modifier_to_the_browser(self):
        """Alt and the left arrow go back."""
        self.open_trace(sample_traces.UPLOAD)
        for selector in ("#list", "#rows"):
            self.focus(selector)
            taken = self.browser.execute_script("""
                return ['altKey', 'ctrlKey', 'metaKey'].filter(modifier => ['ArrowLeft', 'ArrowRight', 'Home', 'z'].some(key =>
                    !document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {key, [modifier]: true, bubbles: true, cancelable: true}))))""")
            self.assertEqual(taken, [], selector)
        self.press(Keys.ARROW_DOWN, "Z")
        self.assertTrue(self.find("#whole").is_displayed(), "with or without the shift key")

    def test_focus_is_visible(self):
        self.open_trace(sample_traces.UPLOAD)
        self.press(Keys.TAB)
        self.focus("#rows")
        self.press(Keys.ARROW_DOWN)
        style = self.browser.execute_script(
            "return getComputedStyle(document.querySelector('#rows .row[aria-selected=true]')).outlineStyle")
        self.assertEqual(style, "solid")

    def test_names_and_attributes_are_text(self):
        self.open_trace(sample_traces.HOSTILE)
        self.assertEqual(self.texts("#trace-name"), [sample_traces.MARKUP])
        self.assertEqual(self.texts("#rows .row .text")[0], sample_traces.MARKUP)
        self.all("#rows .row")[0].click()
        self.assertIn(sample_traces.MARKUP, self.texts("#details .failure")[0])
        self.assertEqual(self.texts("#details dt").count(sample_traces.MARKUP), 1)
        self.assertEqual(self.all("img"), [])
        self.assertNotIn("broken into", [self.browser.title])

    def test_marks_errors_by_more_than_colour(self):
        self.open_trace(sample_traces.HOSTILE)
        self.assertEqual(self.texts("#rows .row .mark"), ["✗ error", "⊘ cancelled"])

    def test_ten_thousand_spans_stay_usable(self):
        self.open_trace(sample_traces.LARGE)
        self.assertEqual(self.texts("#trace-spans"), ["10,000 spans"])
        self.assertLess(self.browser.execute_script("return document.querySelectorAll('#rows .row').length"), 80)
        self.focus("#rows")
        self.press(Keys.END)
        self.assertEqual(self.active_row(), ["block.10000"])
        milliseconds = self.browser.execute_async_script("""
            const done = arguments[0], rows = document.getElementById('rows'), start = performance.now();
            let frames = 0;
            const step = () => {
                rows.scrollTop = frames * 2999 % (10000 * 30);
                if (++frames < 60) requestAnimationFrame(step); else done((performance.now() - start) / frames);
            };
            step();""")
        self.assertLess(milliseconds, 100, "a frame of scrolling takes too long")
        self.press(Keys.HOME, Keys.ARROW_LEFT)
        self.until(lambda: len(self.texts("#rows .row")) == 1, "the root is collapsed")

    def test_zooms_to_a_span(self):
        self.open_trace(sample_traces.UPLOAD)
        self.focus("#rows")
        self.press(*[Keys.ARROW_DOWN] * 3, "z")
        bars = self.bars()
        self.assertAlmostEqual(bars["network.post"][0], 0, delta=0.01)
        self.assertAlmostEqual(bars["network.post"][1], 1, delta=0.01)
        self.assertAlmostEqual(bars["storage.write"][0], (3404 - 3340) / 150, delta=0.01)
        self.assertEqual(bars["audio.read"][1], 0)
        self.find("#whole").click()
        self.assertAlmostEqual(self.bars()["network.post"][1], 150 / 3500, delta=0.004)

    def test_zooms_to_a_short_span_late_in_a_long_trace(self):
        """The second trace is of a client without a clock, which sends the year 1970."""
        trace, decades = "70000000-2222-4333-8444-555555555555", "70000001-2222-4333-8444-555555555555"
        self.addCleanup(self.forget, [trace, decades])
        now = time.time_ns()
        self.server.post([sample_traces.span(trace, 1, 0, "session", -600_000, 600_000, now),
                          sample_traces.span(trace, 2, 1, "moment", -1, 0.01, now),
                          sample_traces.span(decades, 1, 0, "without.clock", 0, 1, 0),
                          sample_traces.span(decades, 2, 1, "moment", 0, 0, now)])
        for each in (trace, decades):
            self.open_trace(each)
            self.focus("#rows")
            self.press(Keys.ARROW_DOWN, "z")
            self.assertLess(self.browser.execute_script("return document.querySelectorAll('#scale span').length"), 20)

    def test_a_trace_that_cannot_be_read_again_stays(self):
        self.open_trace(sample_traces.UPLOAD)
        self.browser.execute_script("""
            window.real = window.fetch;
            window.fetch = () => Promise.resolve(new Response('<html>Bad Gateway</html>', {status: 502}));""")
        self.find("#refresh").click()
        self.until(lambda: "such as a proxy, answered 502" in self.find("#notice").text, "the notice says who answered")
        self.assertEqual(self.texts("#trace-id"), [sample_traces.UPLOAD])
        self.browser.execute_script("window.fetch = real")
        self.find("#refresh").click()
        self.until(lambda: not self.find("#notice").is_displayed(), "the notice is gone")

    def test_a_trace_that_could_not_be_read_is_read_on_refresh(self):
        self.open()
        self.until(lambda: self.all(".trace"), "traces are listed")
        self.browser.execute_script("""
            window.real = window.fetch;
            window.fetch = () => Promise.reject(new TypeError('Failed to fetch'));
            openTrace(arguments[0]);""", sample_traces.UPLOAD)
        self.until(lambda: self.find("#notice").is_displayed(), "it cannot be read")
        self.browser.execute_script("window.fetch = real")
        self.find("#refresh").click()
        self.until(lambda: self.texts("#trace-id") == [sample_traces.UPLOAD], "the trace is shown")

    def test_the_notice_of_a_trace_that_is_missing_goes_with_it(self):
        self.open()
        self.until(lambda: self.all(".trace"), "traces are listed")
        self.browser.execute_script("openTrace('99999999-2222-4333-8444-555555555555')")
        self.until(lambda: self.find("#notice").text == "no span of this trace is stored", "it is missing")
        self.browser.back()
        self.until(lambda: not self.find("#notice").is_displayed(), "the notice is gone")

    def test_the_legend_is_a_list_of_terms(self):
        """A group in a <dl> has <dt> and <dd> only, or screen readers do not read it as a list."""
        self.open_trace(sample_traces.UPLOAD)
        tags = "return [...new Set([...document.querySelectorAll('#legend > div > *')].map(element => element.tagName))]"
        self.assertEqual(self.browser.execute_script(tags), ["DT", "DD"])

    def test_follows_the_address(self):
        self.open_trace(sample_traces.UPLOAD)
        self.browser.execute_script("location.hash = '#trace=' + arguments[0]", sample_traces.HOSTILE)
        self.until(lambda: self.texts("#trace-id") == [sample_traces.HOSTILE], "the other trace is shown")
        self.browser.back()
        self.until(lambda: self.texts("#trace-id") == [sample_traces.UPLOAD], "the first trace is shown")

    def hold_traces(self):
        """Answers for single traces come when the page's letGo() is called."""
        self.browser.execute_script("""
            const real = window.fetch, held = [];
            window.fetch = (path, options) => !path.startsWith('/api/v1/traces/') ? real(path, options) :
                new Promise(answer => held.push(() => answer(real(path, options))));
            window.letGo = () => Promise.all(held.map(each => each())).then(() => new Promise(then => setTimeout(then, 300)));""")

    def let_go(self):
        self.browser.execute_async_script("letGo().then(arguments[0])")

    def test_a_trace_that_was_left_before_it_came_stays_closed(self):
        self.open()
        self.until(lambda: self.all(".trace"), "traces are listed")
        self.hold_traces()
        self.all(".trace")[0].click()
        self.browser.back()
        self.let_go()
        self.assertFalse(self.find("#shown").is_displayed())

    def test_a_trace_that_was_left_for_another_does_not_take_its_place(self):
        self.open_trace(sample_traces.UPLOAD)
        self.hold_traces()
        self.browser.execute_script("openTrace(arguments[0])", sample_traces.HOSTILE)
        self.browser.back()
        self.let_go()
        self.assertEqual(self.texts("#trace-id"), [sample_traces.UPLOAD])

    def test_waits_for_a_list_that_takes_long(self):
        """Longer than the page waits until it asks again."""
        script = self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            const real = window.fetch, every = window.setInterval;
            window.setInterval = (work, ms) => every(work, ms / 50);
            window.fetch = async (path, options) => {
                await new Promise(then => setTimeout(then, 500));
                return real(path, options);
            };"""})
        self.addCleanup(self.browser.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", script)
        self.open()
        self.until(lambda: self.all(".trace"), "traces are listed")

    def forget(self, traces):
        """The other tests count four traces, so these leave none behind."""
        with contextlib.closing(sqlite3.connect(os.path.join(self.server.folder, "spans.db"))) as database, database:
            for table in ("client_telemetry_spans", "traces"):
                database.executemany(f"DELETE FROM {table} WHERE trace_id = ?", [(trace,) for trace in traces])

    def test_tells_services_apart_by_their_spaces(self):
        trace = "22222222-2222-4333-8444-555555555555"
        self.addCleanup(self.forget, [trace])
        self.server.post([sample_traces.span(trace, 1, 0, "spaced", -1, 1, time.time_ns(), serviceName="Loop  Share")])
        self.open("#service=Loop++Share")
        self.until(lambda: self.texts(".trace-name") == ["spaced"], "its trace is listed")

    def test_shows_older_traces_page_by_page(self):
        base = time.time_ns() - 3_600_000 * sample_traces.MS
        traces = [f"{number:08x}-2222-4333-8444-555555555555" for number in range(1, 151)]
        self.addCleanup(self.forget, traces)
        self.server.post([sample_traces.span(trace, 1, 0, "many.traces", -number, 1, base) for number, trace in enumerate(traces)])
        self.open("#q=many.traces")
        self.until(lambda: len(self.texts(".trace-name")) == 100, "the newest are listed")
        self.assertEqual(self.texts("#list-count"), ["the newest 100 traces found"])
        self.find("#older").click()
        self.until(lambda: len(self.texts(".trace-name")) == 150, "the others are listed behind them")
        self.assertEqual(self.texts("#list-count"), ["150 traces found"])
        self.assertFalse(self.find("#older").is_displayed())
        self.find("#refresh").click()
        self.until(lambda: len(self.texts(".trace-name")) == 100, "the newest are listed again")

    def test_shows_new_traces_by_itself(self):
        self.open()
        self.until(lambda: len(self.texts(".trace-name")) >= 4, "traces are listed")
        fresh = "11111111-2222-4333-8444-555555555555"
        self.addCleanup(self.forget, [fresh])
        self.server.post([sample_traces.span(fresh, 1, 0, "fresh.trace", 0, 1, time.time_ns())])
        self.until(lambda: "fresh.trace" in self.texts(".trace-name"), "the new trace is listed")


class PictureTest(PageTest):
    """Makes the picture that the README shows."""

    @classmethod
    def fill(cls):
        sample_traces.post_tour(cls.server.url)

    def test_makes_the_picture(self):
        if OPTIONS.picture is None:
            self.skipTest("no --picture asked for")
        self.open_trace(sample_traces.UPLOAD)
        self.until(lambda: len(self.texts(".trace-name")) == 6, "six traces are listed")
        self.all("#rows .row")[2].click()
        self.browser.save_screenshot(OPTIONS.picture)
        self.assertLess(os.path.getsize(OPTIONS.picture), 200_000)


class DarkTest(PageTest):
    dark = True

    def test_is_dark(self):
        self.open_trace(sample_traces.UPLOAD)
        ground, ink = self.browser.execute_script("""
            const style = getComputedStyle(document.body), sum = c => c.match(/\\d+/g).slice(0, 3).reduce((a, b) => a + +b, 0);
            return [sum(style.backgroundColor), sum(style.color)]""")
        self.assertLess(ground, 150)
        self.assertGreater(ink, 600)


class NarrowTest(PageTest):
    width, height = 400, 800

    def test_shows_the_list_or_the_trace(self):
        self.open()
        self.until(lambda: len(self.texts(".trace-name")) == 4, "four traces are listed")
        self.assertEqual(self.all("#trace-pane"), [])
        self.all(".trace")[0].click()
        self.until(lambda: self.texts("#trace-name") == ["audio.upload"], "the trace is shown")
        self.assertEqual(self.all("#list-pane"), [])
        self.find("#back").click()
        self.until(lambda: self.all("#list-pane"), "the list is back")

    def test_does_not_scroll_sideways(self):
        self.addCleanup(emulate, self.browser, self.width, self.height)
        for width in (400, 320):
            emulate(self.browser, width, self.height)
            self.open_trace(sample_traces.HOSTILE)
            self.all("#rows .row")[0].click()
            wide = self.browser.execute_script("return document.documentElement.scrollWidth - innerWidth")
            self.assertLessEqual(wide, 0, width)


class TokenTest(PageTest):
    token = "page-test-token"

    def test_asks_for_the_token_and_keeps_it(self):
        self.open_anew()
        self.until(lambda: self.all("#login"), "the token is asked for")
        self.press("wrong", Keys.ENTER)
        self.until(lambda: any("did not accept" in text for text in self.texts("#login-text")), "the wrong token is refused")
        self.press(self.token, Keys.ENTER)
        self.until(lambda: len(self.texts(".trace-name")) == 4, "four traces are listed")
        self.browser.refresh()
        self.until(lambda: len(self.texts(".trace-name")) == 4, "the token is remembered")
        self.assertEqual(self.all("#login"), [])

    def sign_in(self, token):
        self.until(lambda: self.all("#login"), "the token is asked for")
        self.find("#token").clear()
        self.find("#token").send_keys(token, Keys.ENTER)

    def status_of(self, token):
        request = urllib.request.Request(f"{self.server.url}/api/v1/traces", headers={"Authorization": f"Bearer {token}"})
        try:
            return urllib.request.urlopen(request, timeout=30).status
        except urllib.error.HTTPError as refusal:
            return refusal.code

    def open_anew(self, fragment=""):
        self.open()
        self.browser.execute_script("sessionStorage.clear()")
        self.browser.get("about:blank")
        self.open(fragment)

    def test_asks_again_after_a_token_that_cannot_be_sent(self):
        self.open_anew()
        self.sign_in("t\u00f6k\u2026")
        self.assertTrue(self.all("#login"), "the token is still asked for")
        self.sign_in(f"  {self.token} ")
        self.until(lambda: len(self.texts(".trace-name")) == 4, "spaces around it do not matter")

    def test_asks_for_another_token_if_it_may_not_read(self):
        database = os.path.join(self.server.folder, "spans.db")
        command = [OPTIONS.collector, "tokens", "create", "--scope", "ingest", "--owner", "plugin", "--database", database]
        plugin = subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
        self.until(lambda: self.status_of(plugin) == 403, "the collector has noticed the token")
        self.open_anew()
        self.sign_in(plugin)
        self.until(lambda: any("may not read" in text for text in self.texts("#login-text")), "another one is asked for")
        self.sign_in(self.token)
        self.until(lambda: len(self.texts(".trace-name")) == 4, "four traces are listed")

    def test_escape_does_not_close_the_question(self):
        for page in ("", "fleet"):
            self.open_anew(page)
            self.until(lambda: self.all("#login"), "the token is asked for")
            self.press(Keys.ESCAPE, Keys.ESCAPE, Keys.ESCAPE)
            self.assertTrue(self.all("#login"), page)

    def test_works_where_pages_may_store_nothing(self):
        script = self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('Access is denied', 'SecurityError'); }});"""})
        self.addCleanup(self.browser.execute_cdp_cmd, "Page.removeScriptToEvaluateOnNewDocument", script)
        self.open()
        self.sign_in(self.token)
        self.until(lambda: len(self.texts(".trace-name")) == 4, "four traces are listed")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--collector", required=True)
    parser.add_argument("--picture")
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=[sys.argv[0], *rest], verbosity=2)
