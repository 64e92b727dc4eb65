"""What others make of our spans, and we of theirs.

    peers_test.py cpp COLLECTOR PLUGIN CLIENT        a program on opentelemetry-cpp joins the plugin's trace
    peers_test.py go COLLECTOR PLUGIN SERVER         so does a server in Go
    peers_test.py go_sample COLLECTOR PLUGIN SERVER  so does samples/go_server, by each of its exporters
    peers_test.py read PLUGIN COUNT                  OpenTelemetry's description reads what is sent, strictly
"""

import base64
import gzip
import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import urllib.request
import uuid


class Collector:
    """Ours, as a program, with a database of its own."""

    def __init__(self, program, folder):
        port_file = pathlib.Path(folder, "port")
        self.process = subprocess.Popen(
            [program, "--listen", "127.0.0.1:0", "--database", str(pathlib.Path(folder, "spans.db")),
             "--port-file", str(port_file)], stdout=subprocess.PIPE, text=True)
        assert self.process.stdout.readline(), "the collector did not start"
        self.url = f"http://127.0.0.1:{port_file.read_text().strip()}"

    def spans(self, traceparent):
        """The trace's spans by name."""
        trace = uuid.UUID(traceparent.split("-")[1])
        with urllib.request.urlopen(f"{self.url}/api/v1/traces/{trace}") as answer:
            return {span["name"]: span for span in json.load(answer)["spans"]}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()


def run(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True, timeout=60).stdout.strip()


def joins(spans, name, parent, service):
    assert name in spans, f"the trace has no span {name}: {sorted(spans)}"
    assert spans[name]["parentSpanId"] == parent, f"{name} is no child of {parent}: {spans[name]}"
    assert spans[name]["serviceName"] == service, spans[name]


def test_cpp(collector_program, plugin, client):
    with tempfile.TemporaryDirectory() as folder, Collector(collector_program, folder) as collector:
        for encoding in ("protobuf", "json"):
            traceparent = run(plugin, collector.url)
            run(client, f"{collector.url}/v1/traces", encoding, traceparent)
            spans = collector.spans(traceparent)
            assert set(spans) == {"loop.share", "network.post", "POST /loops"}, spans
            joins(spans, "POST /loops", traceparent.split("-")[2], "backend-cpp")
            theirs = spans["POST /loops"]
            assert theirs["attributes"]["http.route"] == "/loops", theirs
            assert theirs["attributes"]["peaks"] == [0.5, 0.25], theirs
            assert theirs["status"] == "error" and theirs["statusMessage"] == "disk full", theirs
            assert [event["name"] for event in theirs["events"]] == ["stored"], theirs


def test_go(collector_program, plugin, server_program):
    with tempfile.TemporaryDirectory() as folder, Collector(collector_program, folder) as collector:
        traceparent = run(plugin, collector.url)
        server = subprocess.Popen([server_program, f"{collector.url}/v1/traces"], stdin=subprocess.PIPE,
                                  stdout=subprocess.PIPE, text=True)
        try:
            request = urllib.request.Request(server.stdout.readline().strip(), data=b"loop",
                                             headers={"traceparent": traceparent})
            with urllib.request.urlopen(request) as answer:
                assert answer.status == 201
            server.stdin.close()
            assert server.wait(timeout=60) == 0
        finally:
            server.kill()
        spans = collector.spans(traceparent)
        joins(spans, "POST /loops", traceparent.split("-")[2], "backend-go")
        joins(spans, "INSERT loop", spans["POST /loops"]["spanId"], "backend-go")
        assert spans["INSERT loop"]["attributes"]["tables"] == ["loops", "users"], spans["INSERT loop"]


def test_go_sample(collector_program, plugin, server_program):
    with tempfile.TemporaryDirectory() as folder, Collector(collector_program, folder) as collector:
        for form in ("otlp", "native"):
            traceparent = run(plugin, collector.url)
            server = subprocess.Popen([server_program, "-listen", "127.0.0.1:0", "-telemetry", collector.url,
                                       "-format", form], stdout=subprocess.PIPE, text=True)
            try:
                url = server.stdout.readline().split()[-1]
                request = urllib.request.Request(f"{url}/api/v1/audio/upload", data=b"loop",
                                                 headers={"traceparent": traceparent, "X-File-Name": "a%20loop"})
                with urllib.request.urlopen(request) as answer:
                    assert json.load(answer)["name"] == "a loop"
                    assert answer.headers["X-Trace-ID"] == str(uuid.UUID(traceparent.split("-")[1])), answer.headers
                server.terminate()
                assert server.wait(timeout=60) == 0
            finally:
                server.kill()
            spans = collector.spans(traceparent)
            joins(spans, "POST /api/v1/audio/upload", traceparent.split("-")[2], "go_server")
            route = spans["POST /api/v1/audio/upload"]
            assert route["kind"] == "server" and route["tier"] == "server", route
            assert route["clientVersion"] == "0.1.0" and route["clientType"] == "server", route
            joins(spans, "storage.write", route["spanId"], "go_server")
            assert spans["storage.write"]["attributes"]["audio.bytes"] == 4, spans["storage.write"]


def with_base64_ids(value):
    """OTLP writes ids as hex, where protobuf's own JSON has base64."""
    if isinstance(value, list):
        return [with_base64_ids(item) for item in value]
    if not isinstance(value, dict):
        return value
    changed = {}
    for key, member in value.items():
        if key in ("traceId", "spanId", "parentSpanId"):
            assert re.fullmatch("([0-9a-f]{16}){1,2}", member), f"an id is not lower-case hex: {member}"
            changed[key] = base64.b64encode(bytes.fromhex(member)).decode()
        else:
            changed[key] = with_base64_ids(member)
    return changed


def refuse_repeated(pairs):
    members = dict(pairs)
    assert len(members) == len(pairs), f"a member is repeated: {[key for key, _ in pairs]}"
    return members


def read_strictly(content_type, body):
    """The body of a request; a field that the description does not have fails."""
    from google.protobuf import json_format
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
    request = trace_service_pb2.ExportTraceServiceRequest()
    if content_type == "application/json":
        document = json.loads(body.decode("utf-8"), object_pairs_hook=refuse_repeated)
        return json_format.ParseDict(with_base64_ids(document), request, ignore_unknown_fields=False)
    assert content_type == "application/x-protobuf", content_type
    request.ParseFromString(body)
    size = request.ByteSize()
    request.DiscardUnknownFields()
    assert request.ByteSize() == size, "there are fields that the description does not have"
    return request


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    protocol_version = "HTTP/1.1"
    bodies = []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        content_type = self.headers["Content-Type"].split(";")[0]
        self.bodies.append((self.path, content_type, body))
        answer = b"{}" if content_type == "application/json" else b""
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def test_read(plugin, count):
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        subprocess.run([plugin, f"http://127.0.0.1:{server.server_port}", count], check=True, timeout=300)
        server.shutdown()
    spans = []
    for path, content_type, body in Receiver.bodies:
        assert path == "/v1/traces", path
        for resource in read_strictly(content_type, body).resource_spans:
            names = {item.key: item.value.string_value for item in resource.resource.attributes}
            assert names["service.name"] == "plugin", names
            for scope in resource.scope_spans:
                spans.extend(scope.spans)
    assert len(spans) == int(count), f"{len(spans)} of {count} spans arrived"
    for span in spans:
        assert len(span.trace_id) == 16 and len(span.span_id) == 8
        assert 0 < span.start_time_unix_nano <= span.end_time_unix_nano
        assert {item.key for item in span.attributes} >= {"text", "integer", "number", "bool"}, span


if __name__ == "__main__":
    {"cpp": test_cpp, "go": test_go, "go_sample": test_go_sample, "read": test_read}[sys.argv[1]](*sys.argv[2:])
