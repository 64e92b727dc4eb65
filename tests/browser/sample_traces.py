"""Traces for the page's tests: a real-looking upload, a hostile one, and a large one."""

import json
import time
import urllib.request

MS = 1_000_000

UPLOAD = "0af76519-16cd-43dd-8448-eb211c80319c"
HOSTILE = "7d444840-9dc0-41d1-b245-5ffdce74fad2"
LARGE = "5b8efff7-98b0-4e3a-9b0e-2f1d6c3a4e11"
SKEWED = "c5a1f3d2-8e07-4b6c-a1d9-3f2e1c0b9a87"

MARKUP = "<img src=x onerror=\"document.title='broken into'\"><script>document.title='broken into'</script>"


def span(trace, number, parent, name, start_ms, length_ms, base, **more):
    start = base + int(start_ms * MS)
    result = {
        "traceId": trace, "spanId": f"{number:016x}", "parentSpanId": f"{parent:016x}" if parent else "", "name": name,
        "startTimeUnixNano": str(start), "endTimeUnixNano": str(start + int(length_ms * MS)),
        "clientType": "plugin", "clientVersion": "1.2.0", "serviceName": "LoopShare"}
    result.update(more)
    return result


def event(base, at_ms, name, **attributes):
    at = base + int(at_ms * MS)
    return {"timestamp": at // MS, "timeUnixNano": str(at), "name": name, "attributes": attributes}


def upload(trace=UPLOAD, base=None, server_skew_ms=0):
    base = base or time.time_ns() - 60_000 * MS
    service = {"clientType": "server", "clientVersion": "0.1.0", "serviceName": "loop-service"}
    return [
        span(trace, 1, 0, "audio.upload", 0, 3500, base,
             attributes={"file.name": "my_loop.wav", "encoded_size_bytes": 720000},
             links=[{"traceId": LARGE, "spanId": "0000000000000001"}]),
        span(trace, 2, 1, "audio.read", 5, 120, base, attributes={"audio.sample_rate": 48000, "file.id": 2**53 + 1}),
        span(trace, 3, 1, "audio.encode", 130, 3200, base, attributes={"codec": "flac", "bitrate": 128, "lossless": True},
             events=[event(base, 140, "encoding_started"), event(base, 1800, "half_way", frames=96000),
                     event(base, 3320, "encoding_complete")]),
        span(trace, 4, 1, "network.post", 3340, 150, base, kind="client", attributes={"http.status": 200}),
        span(trace, 5, 4, "POST /api/v1/audio/upload", 3387 + server_skew_ms, 56, base, kind="server",
             attributes={"http.response.status_code": 200}, **service),
        span(trace, 6, 5, "audio.digest", 3390 + server_skew_ms, 12, base, **service),
        span(trace, 7, 5, "storage.write", 3404 + server_skew_ms, 30, base, **service),
    ]


def hostile(base):
    return [
        span(HOSTILE, 1, 0, MARKUP, 0, 40, base, status="error", statusMessage=MARKUP, attributes={MARKUP: MARKUP},
             events=[event(base, 10, MARKUP)]),
        span(HOSTILE, 2, 1, "javascript:alert(1) \u202e drow \x1b[31m", 5, 20, base, status="cancelled"),
    ]


def large(base, count=10_000):
    spans = [span(LARGE, 1, 0, "session.render", 0, count, base)]
    for number in range(2, count + 1):
        parent = 1 if number % 10 == 2 else number - (number - 2) % 10
        kind = "client" if number % 10 == 5 else "internal"
        status = "error" if number % 997 == 0 else "ok"
        length = 9 if parent == 1 else 1
        spans.append(span(LARGE, number, parent, f"block.{number}", number - 1, length, base, kind=kind, status=status))
    for each in spans:
        each["serviceName"] = "Renderer"
    return spans


def post_tour(url):
    """A day in a plugin's life."""
    now = time.time_ns()
    minutes = 60_000 * MS
    post(url, upload())

    def trace(number):
        return f"3d3f7a60-52b1-4c6e-9d4a-{number:012x}"

    base = now - 4 * minutes
    post(url, [span(trace(1), 1, 0, "feed.load", 0, 212, base), span(trace(1), 2, 1, "network.get", 4, 148, base, kind="client"),
               span(trace(1), 3, 1, "feed.parse", 155, 22, base), span(trace(1), 4, 1, "ui.update", 178, 31, base)])
    base = now - 9 * minutes
    post(url, [span(trace(2), 1, 0, "loop.play", 0, 5021, base, status="error", statusMessage="no answer in 5 s"),
               span(trace(2), 2, 1, "network.get", 6, 5010, base, kind="client", status="error", statusMessage="timeout")])
    base = now - 15 * minutes
    post(url, [span(trace(3), 1, 0, "auth.login", 0, 341, base), span(trace(3), 2, 1, "network.post", 8, 318, base, kind="client")])
    post(url, upload(trace(4), now - 21 * minutes))
    post(url, large(now - 50 * minutes))


def post(url, spans, token=None, headers=None):
    headers = {"Content-Type": "application/json"} | (headers or {})
    if token:
        headers["Authorization"] = f"Bearer {token}"
    request = urllib.request.Request(f"{url}/api/v1/telemetry/spans", json.dumps(spans).encode(), headers)
    with urllib.request.urlopen(request, timeout=30) as answer:
        receipt = json.load(answer)
    assert receipt["accepted"] == len(spans), receipt
    return receipt
