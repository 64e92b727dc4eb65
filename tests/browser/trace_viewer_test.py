"""Speedscope, a trace viewer, opens what ChromeTrace writes: trace_viewer_test.py --program PATH --viewer FOLDER.

FOLDER is speedscope's dist/release. Needs what page_test.py needs. Talks to loopback only.
"""

import argparse
import functools
import http.server
import pathlib
import subprocess
import tempfile
import threading
import unittest

from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.support.ui import WebDriverWait

from page_test import close_browser, new_browser

OPTIONS = argparse.Namespace(program=None, viewer=None)


class Files(http.server.SimpleHTTPRequestHandler):
    """The viewer's, and the trace as /trace.json."""

    trace = None

    def translate_path(self, path):
        return str(self.trace) if path.startswith("/trace.json") else super().translate_path(path)

    def log_message(self, *_):
        pass


class TraceViewerTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        Files.trace = pathlib.Path(folder.name, "trace.json")
        subprocess.run([OPTIONS.program, str(Files.trace)], check=True, timeout=60)
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=OPTIONS.viewer))
        cls.addClassCleanup(server.server_close)
        cls.addClassCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        cls.url = f"http://127.0.0.1:{server.server_port}/index.html#profileURL=/trace.json&title=ours"
        cls.browser = new_browser()
        cls.addClassCleanup(close_browser, cls.browser)

    def text(self):
        return self.browser.execute_script("return document.body.innerText")

    def rows(self):
        """Of the table of symbols: total time, self time, and the name with its arguments."""
        cells = [cell.strip() for cell in self.text().partition("Symbol Name")[2].split("\n") if cell.strip()]
        return list(zip(*[iter(cells)] * 3))

    def test_shows_the_lanes_blocks_with_what_is_in_them(self):
        self.browser.get(self.url)
        wait = WebDriverWait(self.browser, 30, poll_frequency=0.05)
        wait.until(lambda _: "ours" in self.text() or "wrong" in self.text(), "the trace is not opened")
        ActionChains(self.browser).send_keys("3").perform()  # the view that has a table
        wait.until(lambda _: len(self.rows()) >= 9, "the viewer lacks symbols")
        shown = sorted((name.split(" ")[0], total.split(" ")[0], own.split(" ")[0]) for total, own, name in self.rows())
        self.assertEqual(shown, 3 * [("audio.block", "5.00ms", "2.00ms")] + 3 * [("dsp.biquad", "2.00ms", "2.00ms")]
                         + 3 * [("dsp.filter", "3.00ms", "1.00ms")])
        self.assertIn('"preset":"a \\"bright\\" one"', self.text())


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--program", required=True)
    parser.add_argument("--viewer", required=True)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=["trace_viewer_test", *rest])
