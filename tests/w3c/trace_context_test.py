"""W3C's Trace Context by real requests: a client outside asks the service, and the service asks back.

    trace_context_test.py repeats SERVICE API        headers that come twice reach the SDK as two
    trace_context_test.py suite SERVICE API SUITE    W3C's suite at its highest levels; SUITE is a checkout of
                                                     github.com/w3c/trace-context
"""

import contextlib
import http.client
import http.server
import json
import os
import re
import socket
import subprocess
import sys
import threading
import urllib.parse

RULES = 41  # of the suite with SPEC_LEVEL=2 and STRICT_LEVEL=2
SKIPPED = 77  # ctest takes this exit code for a test that is left out


@contextlib.contextmanager
def service(program, api):
    """Its url, while it runs."""
    process = subprocess.Popen([program, api], stdout=subprocess.PIPE, text=True)
    try:
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        assert process.wait() == 0, "the service failed"


class Callback(http.server.BaseHTTPRequestHandler):
    """Keeps the headers of what is posted to it."""

    received = []

    def do_POST(self):
        self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append([(name.lower(), value) for name, value in self.headers.items()])
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def forwarded(url, callback, headers):
    """The trace context that the service sends when it gets these headers: one traceparent, and the trace states."""
    target = urllib.parse.urlsplit(url)
    body = json.dumps([{"url": callback, "arguments": []}])
    connection = http.client.HTTPConnection(target.netloc, timeout=20)
    connection.putrequest("POST", target.path)
    for name, value in [*headers, ("Content-Type", "application/json"), ("Content-Length", str(len(body)))]:
        connection.putheader(name, value)
    connection.endheaders(body.encode())
    answer = connection.getresponse()
    assert answer.status == 200, answer.read()
    connection.close()
    received = Callback.received.pop()
    [traceparent] = [value for name, value in received if name == "traceparent"]
    return traceparent, [value for name, value in received if name == "tracestate"]


def test_repeats(program, api):
    trace = "12345678901234567890123456789012"
    parent = ("traceparent", f"00-{trace}-1234567890123456-01")
    states = [("tracestate", "foo=1,bar=2"), ("tracestate", "rojo=1")]
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Callback) as server, service(program, api) as url:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        callback = f"http://127.0.0.1:{server.server_port}/"
        continued, kept = forwarded(url, callback, [parent, *states])
        assert trace in continued and kept == ["foo=1,bar=2,rojo=1"], (continued, kept)
        restarted, kept = forwarded(url, callback, [parent, parent, *states])
        assert trace not in restarted and not kept, (restarted, kept)
        server.shutdown()


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def test_suite(program, api, suite=""):
    if not suite:
        print("LEFT OUT: W3C's Trace Context suite. It is run by scripts/test --w3c DIR, or by cmake with "
              "-DSIDESPAN_W3C_SUITE=DIR; DIR is a checkout of github.com/w3c/trace-context")
        sys.exit(SKIPPED)
    levels = {"SPEC_LEVEL": "2", "STRICT_LEVEL": "2", "HARNESS_PORT": str(free_port())}
    with service(program, api) as url:
        done = subprocess.run([sys.executable, "-B", "test.py", url], cwd=os.path.join(suite, "test"),
                              env={**os.environ, **levels}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, timeout=240)
    print(done.stdout)
    ran = re.search(r"^Ran (\d+) tests", done.stdout, re.MULTILINE)
    assert done.returncode == 0 and ran, f"the suite ended with {done.returncode}"
    assert int(ran[1]) >= RULES, f"the suite has {ran[1]} tests; it must have {RULES}, so it knows SPEC_LEVEL"
    assert done.stdout.rstrip().endswith("\nOK"), "some of the suite's tests were skipped"


if __name__ == "__main__":
    {"repeats": test_repeats, "suite": test_suite}[sys.argv[1]](*sys.argv[2:])
