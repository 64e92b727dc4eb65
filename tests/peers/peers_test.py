"""What others make of our spans, and we of theirs.

    peers_test.py cpp COLLECTOR PLUGIN CLIENT        a program on opentelemetry-cpp joins the plugin's trace
    peers_test.py go COLLECTOR PLUGIN SERVER         so does a server in Go
    peers_test.py go_sample COLLECTOR PLUGIN SERVER  so does samples/go_server, by each of its exporters
    peers_test.py read PLUGIN COUNT                  OpenTelemetry's description reads what is sent, strictly
    peers_test.py receive PLUGIN RECEIVER...         a server on another's messages reads what is sent without a loss
    peers_test.py parse PLUGIN READER                so does a program that reads the body of a request
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
                                                 headers={"traceparent": traceparent, "X-File-Name": "a%20loop",
                                                          "Content-Type": "audio/flac"})
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


def plain(value):
    """What is in an AnyValue, as protobuf's JSON has it."""
    [(kind, content)] = value.items()
    return [plain(item) for item in content["values"]] if kind == "arrayValue" else content


def attributes_of(message):
    values = {item["key"]: plain(item["value"]) for item in message["attributes"]}
    assert len(values) == len(message["attributes"]), message
    return values


def base64_of(id_in_hex):
    return base64.b64encode(bytes.fromhex(id_in_hex)).decode()


def check_rich(request):
    """A request with what plugin.cpp records for "rich", in protobuf's JSON: nothing is lost, nothing is added."""
    [resource_spans] = request["resourceSpans"]
    resource = attributes_of(resource_spans["resource"])
    assert resource["service.name"] == "plugin" and resource["service.version"] == "1.2.0", resource
    assert resource["deployment.zones"] == ["a", "b"] and resource["seats"] == "42", resource
    assert resource["telemetry.sdk.name"] == "sidespan" and resource["telemetry.sdk.language"] == "cpp", resource
    [scope_spans] = resource_spans["scopeSpans"]
    assert scope_spans["scope"] == {"name": "sidespan", "version": resource["telemetry.sdk.version"]}, scope_spans
    child, span = scope_spans["spans"]
    assert span.keys() == {"traceId", "spanId", "parentSpanId", "name", "kind", "startTimeUnixNano", "endTimeUnixNano",
                           "attributes", "events", "links", "status", "flags", "traceState"}, span
    assert span["traceId"] == base64_of("0102030405060708090a0b0c0d0e0f10"), span
    assert span["parentSpanId"] == base64_of("1112131415161718"), span
    assert span["name"] == "audio.upload" and span["kind"] == "SPAN_KIND_CLIENT", span
    assert span["flags"] == 0x301, span
    assert span["traceState"] == child["traceState"] == 'rojo="1",ot=th:8', span
    assert span["startTimeUnixNano"] == "1700000000000123000", span
    assert span["endTimeUnixNano"] == "1700000000002123000", span
    assert attributes_of(span) == {
        "text": 'a "loop" \u2713', "empty": "", "integer": "-9007199254740993", "number": 0.1, "bool": False,
        "texts": ["", "b\n"], "integers": ["1", "-2"], "numbers": [0.5, -0.25], "bools": [True, False]}, span
    [event] = span["events"]
    assert event["name"] == "retry" and event["timeUnixNano"] == "1700000000001123000", event
    assert attributes_of(event) == {"attempt": "2", "reason": "timeout"}, event
    [link] = span["links"]
    assert link["traceId"] == base64_of("0000000000000001" "0000000000000002"), link
    assert link["spanId"] == base64_of("0000000000000003") and link["flags"] == 0x101, link
    assert attributes_of(link) == {"why": "same file"}, link
    assert span["status"] == {"code": "STATUS_CODE_ERROR", "message": 'disk is "full"'}, span
    assert child["name"] == "network.post" and child["kind"] == "SPAN_KIND_PRODUCER", child
    assert child["traceId"] == span["traceId"] and child["parentSpanId"] == span["spanId"], child
    assert child["flags"] == 0x101 and "status" not in child and "attributes" not in child, child


def check_answered(said):
    """What the plugin says of an answer that rejects one of its two spans."""
    assert said.startswith("1 1 ") and "one is too many" in said, said


def test_receive(plugin, *receiver):
    server = subprocess.Popen(receiver, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        said = run(plugin, server.stdout.readline().strip(), "rich")
        line = server.stdout.readline()
        assert line.startswith("{"), line
        check_rich(json.loads(line))
        check_answered(said)
    finally:
        server.kill()


class Receiver(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    protocol_version = "HTTP/1.1"
    bodies = []
    reader = None

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        content_type = self.headers["Content-Type"].split(";")[0]
        self.bodies.append((self.path, content_type, body))
        answer = self.reader(content_type, body) if self.reader else b"{}" if content_type == "application/json" else b""
        self.send_response(200)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_):
        pass


def receive_with(reader, plugin):
    """Posts "rich" to a server that asks `reader` for its answers."""
    Receiver.reader = staticmethod(reader)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        check_answered(run(plugin, f"http://127.0.0.1:{server.server_port}", "rich"))
        server.shutdown()
    Receiver.reader = None
    [(path, _, _)] = Receiver.bodies
    assert path == "/v1/traces", path
    Receiver.bodies.clear()


def test_parse(plugin, program):
    read = []

    def reader(content_type, body):
        assert content_type == "application/x-protobuf", content_type
        done = subprocess.run([program], input=body, stdout=subprocess.PIPE, timeout=60)
        assert done.returncode == 0, f"the reader ended with {done.returncode}"
        request, answer = done.stdout.splitlines()
        read.append(json.loads(request))
        return bytes.fromhex(answer.decode())

    receive_with(reader, plugin)
    [request] = read
    check_rich(request)


def read_rich(plugin):
    from google.protobuf import json_format
    from opentelemetry.proto.collector.trace.v1 import trace_service_pb2
    read = []

    def reader(content_type, body):
        read.append(json_format.MessageToDict(read_strictly(content_type, body)))
        answer = trace_service_pb2.ExportTraceServiceResponse()
        answer.partial_success.rejected_spans = 1
        answer.partial_success.error_message = "one is too many"
        if content_type == "application/json":
            return json_format.MessageToJson(answer).encode()
        return answer.SerializeToString()

    receive_with(reader, plugin)
    [request] = read
    check_rich(request)


def test_read(plugin, count):
    read_rich(plugin)
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
    tests = {"cpp": test_cpp, "go": test_go, "go_sample": test_go_sample, "read": test_read, "receive": test_receive,
             "parse": test_parse}
    tests[sys.argv[1]](*sys.argv[2:])
