"""A made fleet for the page's tests: spans of many clients over a day, with what was planted in them."""

import json
import random
import time
import urllib.error
import urllib.request

MS = 1_000_000
HOUR = 3_600_000 * MS

# Median in milliseconds, spread of the logarithm, share of errors.
OPERATIONS = {
    "feed.load": (180, 0.5, 0.004), "loop.play": (42, 0.45, 0.001), "loop.upload": (900, 0.4, 0.02), "loop.search": (75, 0.6, 0.002),
    "audio.encode": (620, 0.35, 0.0), "auth.login": (240, 0.4, 0.012), "preset.load": (9, 0.5, 0.0), "ui.paint": (2.4, 0.55, 0.0),
    "storage.write": (31, 0.5, 0.001), "waveform.render": (14, 0.4, 0.0)}
SLOWER = "loop.upload"   # by 20 %, in the new version
OLD, NEW = "1.2.0", "1.3.0"

# Blocks and those over budget, of a host application, version, buffer size and sample rate.
AUDIO = [("Ableton Live", OLD, 64, 48000, 400_000, 4_800), ("Ableton Live", NEW, 256, 48000, 300_000, 300),
         ("Cubase", NEW, 128, 44100, 250_000, 1_000), ("Logic Pro", NEW, 512, 96000, 200_000, 100),
         ("REAPER", OLD, 128, 48000, 150_000, 0)]


class Maker:
    """Makes spans with random ids and times, the same ones for the same seed."""

    def __init__(self, seed=1, now=None):
        self.random = random.Random(seed)
        self.now = now or time.time_ns()

    def start(self, hours):
        """Any time in the last hours, mostly in the middle of them."""
        return self.now - int(self.random.triangular(0.02, hours - 1.1, hours / 3) * HOUR)

    def span(self, name, start, length_ms, version, **more):
        return {"traceId": f"{self.random.getrandbits(128) | 1:032x}", "spanId": f"{self.random.getrandbits(64) | 1:016x}",
                "parentSpanId": "", "name": name, "startTimeUnixNano": str(start), "endTimeUnixNano": str(start + int(length_ms * MS)),
                "clientType": "plugin", "clientVersion": version, "serviceName": "LoopShare"} | more

    def spans(self, name, count, version, median, spread, errors=0.0, hours=24):
        return [self.span(name, self.start(hours), median * self.random.lognormvariate(0, spread), version,
                          status="error" if self.random.random() < errors else "ok") for _ in range(count)]


def post(url, spans, token=None, resource=None, headers=None):
    body = {"spans": spans} | ({"resource": resource} if resource else {})
    headers = {"Content-Type": "application/json"} | (headers or {}) | ({"Authorization": f"Bearer {token}"} if token else {})
    request = urllib.request.Request(f"{url}/api/v1/telemetry/spans", json.dumps(body).encode(), headers)
    with urllib.request.urlopen(request, timeout=60) as answer:
        receipt = json.load(answer)
    assert receipt["accepted"] == len(spans), receipt


def post_operations(url, token=None, each=700, seed=1):
    """Ten operations in two versions, one of them slower in the new one."""
    maker = Maker(seed)
    spans = []
    for name, (median, spread, errors) in OPERATIONS.items():
        spans += maker.spans(name, each, OLD, median, spread, errors)
        spans += maker.spans(name, each, NEW, median * (1.2 if name == SLOWER else 1), spread, errors)
    post(url, spans, token)


def post_many(url, count=500, each=30):
    maker = Maker(2)
    parts = ["library", "mixer", "session", "browser", "sampler", "cloud", "export", "midi", "tuner", "meter"]
    actions = ["load", "store", "render", "search", "analyse", "scan", "sync", "decode", "preview", "import"]
    for part in range(0, count, 100):
        spans = []
        for number in range(part, min(count, part + 100)):
            name = f"{parts[number % 10]}.{actions[number // 10 % 10]}.{number // 100 + 1}"
            spans += maker.spans(name, maker.random.randint(each // 2, each * 3 // 2), NEW, 3 * 1.015 ** number, 0.5, 0.01)
        post(url, spans)


def post_audio(url):
    maker = Maker(3)
    for host, version, samples, rate, blocks, overruns in AUDIO:
        parts = 10
        spans = [maker.span("audio.load", maker.start(24), 10_000, version, attributes={
            "audio.sample_rate": rate, "audio.block.max_samples": samples, "audio.load.blocks": blocks // parts,
            "audio.load.overruns": overruns // parts}) for _ in range(parts)]
        post(url, spans, resource={"daw.name": host, "os.type": "darwin"})


def post_clients(url):
    maker = Maker(4)
    for number, lost in enumerate(["", "outbox-full=1200, expired=3", "", "expired=40", "queue-full=7, outbox-full=150", ""]):
        span = maker.span("ui.paint", maker.start(24), 2, NEW)
        post(url, [span], headers={"X-Client-Instance": f"{number:08x}-made", "X-Client-Installation": f"installation-{number}",
                                   **({"X-Client-Lost": lost} if lost else {})})
