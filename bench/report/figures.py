"""The figures that have a bound, and how each follows from the measurements of one run."""

from dataclasses import dataclass
from typing import Callable, Optional

from instructions import BOUNDS


@dataclass
class Figure:
    """`measure(run)` gives (value, note), or None where it was not measured."""

    what: str
    bound: float
    unit: str
    measure: Callable
    is_least: bool = False  # the bound is from below
    is_timed: bool = True  # what else runs on the machine changes it

    def met(self, value):
        return value >= self.bound if self.is_least else value <= self.bound

    def bound_text(self):
        if self.bound == 0 and not self.is_least:
            return "0"
        return f"{'≥' if self.is_least else '≤'} {number(self.bound)}{self.unit}"


def number(value):
    """Four digits are enough to compare by."""
    if value == 0:
        return "0"
    if abs(value) >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}" if abs(value) < 0.01 else f"{value:.4g}"


def _ratio(file, above, below, times=1):
    def measure(run):
        top, bottom = run.find(file, above), run.find(file, below)
        if not top or not bottom:
            return None
        floor = bottom.time.median * times
        spread = "/".join(number(value) for value in (top.time.least, top.time.median, top.time.most))
        best = top.time.least / (bottom.time.least * times)
        return top.time.median / floor, f"{spread} ns over {number(floor)}; of the minima {number(best)}"

    return measure


def _time(file, name):
    def measure(run):
        found = run.find(file, name)
        if not found:
            return None
        return found.time.median, f"{number(found.time.least)} to {number(found.time.most)}"

    return measure


def _counter(file, name, counter, pick="median", note: Optional[Callable] = None):
    def measure(run):
        found = run.find(file, name)
        if not found or counter not in found.counters:
            return None
        samples = found.counters[counter]
        text = f"{number(samples.least)} to {number(samples.most)}" + (f"; {note(found)}" if note else "")
        return getattr(samples, pick), text

    return measure


def _rates(above, below):
    def measure(run):
        top, bottom = run.find("delivery", above), run.find("delivery", below)
        if not top or not bottom:
            return None
        fast, slow = top.counters["spans/s"].median, bottom.counters["spans/s"].median
        return fast / slow, f"{number(fast)} over {number(slow)} spans/s"

    return measure


def _count(what, bound, unit, measure):
    """A figure that is the same however busy the machine is."""
    return Figure(what, bound, unit, measure, is_timed=False)


def _instructions(name):
    def measure(run):
        # A fraction is of the loop around what is counted.
        return (round(run.instructions[name]), "callgrind") if name in run.instructions else None

    return measure


def _most_allocations(file, prefixes):
    def measure(run):
        found = [(bench.counters["allocations"].most, name) for name, bench in run.files.get(file, {}).items()
                 if name.startswith(prefixes) and "allocations" in bench.counters]
        return (max(found)[0], f"the most of {len(found)} benchmarks") if found else None

    return measure


def _latency(name):
    def measure(run):
        found = run.find("delivery", name)
        if not found:
            return None
        pairs = zip(found.counters["span_p99.9"].values, found.counters["clock_p99.9"].values)
        ratios = sorted(span / clock for span, clock in pairs)
        spans, clocks = found.counters["span_p99.9"], found.counters["clock_p99.9"]
        note = (f"{number(spans.median)} ns over {number(clocks.median)}; of each repetition "
                f"{number(ratios[0])} to {number(ratios[-1])}")
        if preempted := found.counters.get("preempted"):
            note += f"; {number(preempted.median)} of 60,000 samples preempted"
        return ratios[len(ratios) // 2], note

    return measure


def _added_bytes(build, library="instrumented"):
    def measure(run):
        found = run.footprint.get(build)
        if not found:
            return None
        return (found[library] - found["plain"]) / 1000, "needs " + ", ".join(found["needs"])

    return measure


_LOCKS = (("spin", 1.35, 1.6), ("mutex", 1.45, 1.7))


def _batch(found):
    return f"batches of {found.counters['batch'].median:.0f} spans"


def _recording():
    for clock, bound in (("steady", 1.25), ("tsc", 1.45)):
        yield Figure(f"`LaneSpan/{clock}/attrs:2` ÷ `ClockPair/{clock}`", bound, "",
                     _ratio("recording", f"LaneSpan/{clock}/attrs:2", f"ClockPair/{clock}"))
    yield Figure("`LaneBlockRewound/steady` ÷ `ClockPair/steady`", 1.25, "",
                 _ratio("recording", "LaneBlockRewound/steady", "ClockPair/steady"))
    yield Figure("`LaneBlockKept/steady` ÷ 3 × `ClockPair/steady`", 1.2, "",
                 _ratio("recording", "LaneBlockKept/steady", "ClockPair/steady", 3))
    yield _count("instructions per lane span, 2 string attributes, tsc", BOUNDS["LaneSpan/tsc/attrs:2"], "",
                 _instructions("LaneSpan/tsc/attrs:2"))
    for lock, scoped, _ in _LOCKS:
        yield Figure(f"`RecordSpan/steady/memory/{lock}/threads:1` ÷ floor", scoped, "",
                     _ratio("recording", f"RecordSpan/steady/memory/{lock}/threads:1", "ClockPair/steady"))
    for lock, _, by_id in _LOCKS:
        yield Figure(f"`RecordById/steady/memory/{lock}/threads:1` ÷ floor", by_id, "",
                     _ratio("recording", f"RecordById/steady/memory/{lock}/threads:1", "ClockPair/steady"))
    for lock, _, _ in _LOCKS:
        name = f"RecordSpan/steady/memory/{lock}/threads:"
        yield Figure(f"`{name}2` ÷ `threads:1`, processor time per span", 1.25, "",
                     _ratio("recording", name + "2", name + "1"))
    yield _count("allocations per span, lane", 0, "", _most_allocations("recording", ("Lane",)))
    yield _count("allocations per span, general path", 0, "", _most_allocations("recording", ("Record",)))
    for clock in ("steady", "tsc"):
        yield Figure(f"`SynchronousDesign` ÷ `RecordSpan/{clock}` spin, 2 attributes + event", 40, "",
                     _ratio("peers", "SynchronousDesign/attrs:2/events:1", f"RecordSpan/{clock}/memory/spin/threads:1/events:1"),
                     is_least=True)
    yield Figure("`SpanNotGranted`", 3, " ns", _time("recording", "SpanNotGranted"))


def _delivering():
    yield Figure("`EncodeBoostDom` ÷ `EncodeNative`", 30, "", _ratio("encode", "EncodeBoostDom", "EncodeNative"),
                 is_least=True)
    yield Figure("`EncodeOtlp` ÷ `EncodeNative`", 0.6, "", _ratio("encode", "EncodeOtlp", "EncodeNative"))
    yield Figure("`EncodeOtlpJson` ÷ `EncodeNative`", 1.6, "", _ratio("encode", "EncodeOtlpJson", "EncodeNative"))
    yield _count("allocations per span, encodings", 0, "", _most_allocations("encode", ("EncodeNative", "EncodeOtlp")))
    yield Figure("`DecodeNative` ÷ `DecodeOtlp`", 3, "", _ratio("decode", "DecodeNative", "DecodeOtlp"), is_least=True)
    yield _count("`EncodeNative`, instructions per span", 800, "", _instructions("EncodeNative"))
    yield Figure("`Deliver/http`, spans/s sustained", 1e6, "",
                 _counter("delivery", "Deliver/http", "spans/s", note=_batch), is_least=True)
    yield Figure("`Deliver/http` ÷ `Deliver/otlp`", 1.3, "", _ratio("delivery", "Deliver/http", "Deliver/otlp"),
                 is_least=True)
    yield Figure("`Deliver/otlp` ÷ `Deliver/http`, spans/s", 1.3, "", _rates("Deliver/otlp", "Deliver/http"), is_least=True)
    yield Figure("`Deliver/http+outbox`, spans/s, every batch durable", 50e3, "",
                 _counter("delivery", "Deliver/http+outbox", "spans/s", note=_batch), is_least=True)
    yield Figure("`Deliver/http/rate:200000`, spans dropped", 0, "",
                 _counter("delivery", "Deliver/http/rate:200000", "dropped", "most", _batch))
    for name in ("Deliver/http", "Deliver/http/rate:200000"):
        yield Figure(f"`{name}`, processor time per span outside the producer", 1, " µs",
                     _counter("delivery", name, "cpu_us/span"))
    for name in ("LaneSpan/steady", "RecordSpan/steady/http/spin"):
        yield Figure(f"`Latency/{name}`, p99.9 ÷ that of a bare clock pair", 1.5, "", _latency(f"Latency/{name}"))


def _plugin_block(found):
    with_it, without = found.counters["traced_ns_p99"], found.counters["plain_ns_p99"]
    halves = found.counters["added_percent_p50"]
    priority = "" if found.counters["realtime"].least else "; without real-time priority"
    return f"{number(with_it.median)} ns over {number(without.median)} ns; at p50 {number(halves.median)} %{priority}"


def _in_a_plugin():
    yield Figure("`PluginBlock`, added to Loop Share's 64-sample blocks at 48 kHz by tracing, p99, of the block's time", 0.1,
                 " %", _counter("plugin", "PluginBlock/iterations:1", "added_percent_p99", note=_plugin_block))


def _taking():
    for path in ("RecordSpan", "LaneSpan"):
        yield _count(f"bytes per queued span, `{path}` with 2 attributes", 128, "",
                     _counter("delivery", f"QueuedBytes/{path}/attrs:2", "bytes/span"))
    added = "kB added to a stripped shared library"
    yield _count(f"{added}, -O2", 180, "", _added_bytes("Release"))
    yield _count(f"{added}, -O2, with SIDESPAN_TUNE_BUILD", 180, "", _added_bytes("Release+tuned"))
    yield _count(f"{added}, -Os", 180, "", _added_bytes("MinSizeRel"))
    yield _count(f"{added}, -O2 -flto, without the outbox directory", 130, "", _added_bytes("Release+lto", "memory_outbox"))
    yield Figure("`RecorderConstruct`", 5000, " ns", _time("recording", "RecorderConstruct"))
    for counter, what in (("threads_started", "threads started until it is gone"), ("descriptors", "descriptors open")):
        yield _count(f"`RecorderConstruct`, {what}", 0, "", _counter("recording", "RecorderConstruct", counter, "most"))


def all_figures():
    return [*_recording(), *_delivering(), *_in_a_plugin(), *_taking()]
