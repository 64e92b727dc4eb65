"""samples/web_client in a real Chromium: python3 web_client_test.py --collector PATH --page FOLDER [unittest arguments].

FOLDER is what `npm run build` makes. Needs what page_test.py needs, and talks to loopback only.
"""

import argparse
import http.server
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest
import urllib.error
import urllib.request

import page_test
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

OPTIONS = argparse.Namespace(collector=None, page=None)
TRACE = "0af76519-16cd-43dd-8448-eb211c80319c"
TRACEPARENT = "00-0af7651916cd43dd8448eb211c80319c-00000000000000aa-01"
LOOPS = {"loops": [{"id": "1", "name": "<b>my loop</b>"}]}


class Backend(http.server.ThreadingHTTPServer):
    """Serves the page and a list of loops, and keeps what it was asked. Pages of another origin may send `allowed`."""

    def __init__(self, folder="/nowhere", allowed=""):
        backend = self
        self.asked = []

        class Handler(http.server.SimpleHTTPRequestHandler):
            def __init__(self, *arguments):
                super().__init__(*arguments, directory=folder)

            def end_headers(self):
                self.send_header("Access-Control-Allow-Origin", "*")
                self.send_header("Access-Control-Allow-Headers", allowed)
                super().end_headers()

            def do_OPTIONS(self):
                self.send_response(204)
                self.end_headers()

            def do_GET(self):
                if not self.path.startswith("/api/"):
                    return super().do_GET()
                backend.asked.append(self.headers)
                body = json.dumps(LOOPS).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def close(self):
        self.shutdown()
        self.server_close()


class Collector:
    def __init__(self, folder, origin):
        port_file = pathlib.Path(folder, "port")
        self.process = subprocess.Popen(
            [OPTIONS.collector, "--listen", "127.0.0.1:0", "--database", os.path.join(folder, "spans.db"),
             "--port-file", str(port_file), "--allow-origin", origin], stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()  # printed once it listens
        self.url = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def get(self, path):
        with urllib.request.urlopen(self.url + path) as answer:
            return json.load(answer)

    def spans(self, trace=TRACE):
        try:
            return self.get(f"/api/v1/traces/{trace}")["spans"]
        except urllib.error.HTTPError as error:
            if error.code == 404:
                return []
            raise

    def close(self):
        self.process.terminate()
        assert self.process.wait(timeout=20) == 0
        self.process.stdout.close()


class WebClientTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="sidespan-web-")
        self.addCleanup(shutil.rmtree, self.folder)
        site = os.path.join(self.folder, "site")
        shutil.copytree(OPTIONS.page, site)
        self.site = self.backend(site)
        self.known = self.backend(allowed="traceparent")
        self.stranger = self.backend()
        self.collector = Collector(self.folder, self.site.url)
        self.addCleanup(self.collector.close)
        pathlib.Path(site, "config.json").write_text(json.dumps(
            {"telemetry": self.collector.url, "backends": [self.known.url], "user": "ann"}))
        self.browser = page_test.new_browser()
        self.addCleanup(page_test.close_browser, self.browser)

    def backend(self, *arguments, **named):
        backend = Backend(*arguments, **named)
        self.addCleanup(backend.close)
        return backend

    def until(self, condition, what):
        return WebDriverWait(self.browser, 15, poll_frequency=0.05).until(lambda _: condition(), what)

    def run_script(self, script, *arguments):
        return self.browser.execute_async_script(
            f"const done = arguments[arguments.length - 1]; (async () => {{ {script} }})().then(done, e => done(String(e)))",
            *arguments)

    def is_ready(self):
        return self.browser.execute_script("return document.body?.dataset.state") == "ready"

    def open(self, consent=True):
        self.browser.get(f"{self.site.url}/#traceparent={TRACEPARENT}")
        self.until(self.is_ready, "the page is ready")
        if consent:
            self.browser.find_element(By.ID, "consent").click()
            self.until(lambda: self.named("page.load") and self.is_ready(), "the page's load is recorded")

    def named(self, name):
        return [span for span in self.collector.spans() if span["name"] == name]

    def refresh(self, times):
        """Reads the list so often, with timers that never fire: nothing but the page's end has the spans sent."""
        self.until(lambda: self.named("loops.show"), "the first list is recorded")
        asked = len(self.site.asked)
        self.browser.execute_script("window.setTimeout = () => 0;"
                                    "for (let i = 0; i < arguments[0]; ++i) document.querySelector('#refresh').click();", times)
        self.until(lambda: len(self.site.asked) == asked + times, "the lists are read")
        # The page handles the answers before it answers us.
        self.run_script("for (let i = 0; i < 20; ++i) await fetch('config.json');")

    def test_shows_what_the_server_has(self):
        self.open(consent=False)
        self.assertEqual(self.browser.find_element(By.ID, "loops").text, "<b>my loop</b>")

    def test_records_nothing_without_consent(self):
        self.open(consent=False)
        self.run_script("await fetch(arguments[0] + '/api/loops')", self.known.url)
        self.assertEqual(self.collector.get("/api/v1/traces")["traces"], [])
        for headers in self.site.asked + self.known.asked:
            self.assertNotIn("traceparent", headers)

    def test_its_spans_lie_in_the_trace_of_its_link(self):
        self.open()
        self.until(lambda: len(self.collector.spans()) == 3, "load, list and request are recorded")
        spans = {span["name"]: span for span in self.collector.spans()}
        show = spans["loops.show"]
        request = next(span for span in spans.values() if span["kind"] == "client")
        self.assertEqual(spans["page.load"]["parentSpanId"], "00000000000000aa")
        self.assertEqual(show["parentSpanId"], "00000000000000aa")
        self.assertEqual(request["parentSpanId"], show["spanId"])
        self.assertEqual(self.site.asked[-1]["traceparent"], f"00-{TRACEPARENT[3:35]}-{request['spanId']}-01")
        session = show["attributes"]["session.id"]
        self.assertRegex(session, "^[0-9a-f-]{36}$")
        for span in spans.values():
            self.assertEqual((span["clientType"], span["serviceName"], span["clientVersion"]), ("web", "loop_page", "0.1.0"))
            self.assertEqual((span["attributes"]["session.id"], span["attributes"]["user.id"]), (session, "ann"))
        self.assertGreater(spans["page.load"]["lengthMs"], 0)

    def test_records_where_the_browser_refuses_storage_to_a_page_that_is_not_secure(self):
        self.browser.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": """
            delete Crypto.prototype.randomUUID;
            Object.defineProperty(window, 'sessionStorage', {get() { throw new DOMException('Access is denied', 'SecurityError'); }});"""})
        self.open()
        self.until(lambda: self.named("loops.show"), "the list is recorded")
        self.assertEqual(len({span["attributes"]["session.id"] for span in self.collector.spans()}), 1)
        self.assertEqual(self.browser.find_element(By.ID, "loops").text, "<b>my loop</b>")

    def test_only_named_origins_are_told_of_the_trace(self):
        self.open()
        for backend in (self.known, self.stranger):
            self.assertEqual(self.run_script("return (await fetch(arguments[0] + '/api/loops')).status", backend.url), 200)
        self.assertIn("traceparent", self.known.asked[-1])
        self.assertNotIn("traceparent", self.stranger.asked[-1])

    def test_what_is_pending_when_the_page_is_left_arrives(self):
        self.open()
        self.refresh(40)
        self.assertEqual(len(self.named("loops.show")), 1, "nothing was sent before")
        self.browser.get("about:blank")
        self.until(lambda: len(self.named("loops.show")) == 41, "every span has arrived")

    def test_what_is_pending_when_the_tab_is_closed_arrives(self):
        self.browser.switch_to.new_window("tab")
        self.open()
        self.refresh(40)
        self.assertEqual(len(self.named("loops.show")), 1, "nothing was sent before")
        self.browser.close()
        self.browser.switch_to.window(self.browser.window_handles[0])
        self.until(lambda: len(self.named("loops.show")) == 41, "every span has arrived")

    def test_what_is_pending_when_consent_is_withdrawn_is_forgotten(self):
        self.open()
        self.refresh(5)
        asked = len(self.site.asked)
        self.browser.find_element(By.ID, "consent").click()
        self.until(lambda: len(self.site.asked) == asked + 1 and self.is_ready(), "the page is loaded anew")
        self.assertNotIn("traceparent", self.site.asked[-1])
        self.browser.get("about:blank")
        self.assertEqual(len(self.named("loops.show")), 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--collector", required=True)
    parser.add_argument("--page", required=True)
    arguments, rest = parser.parse_known_args(namespace=OPTIONS)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
