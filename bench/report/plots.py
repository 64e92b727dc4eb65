"""The charts of a run."""

from svg import Bar, bar_chart


def _bar(label, samples, series=""):
    return Bar(label, samples.median, series, samples.least, samples.most)


def _times(run, file, names):
    return [_bar(name, found.time) for name in names if (found := run.find(file, name))]


# Ones that read the clock twice, as the line across them does.
def _spans(run, clock):
    names = [f"LaneSpan/{clock}/attrs:0", f"LaneSpan/{clock}/attrs:2", f"LaneBlockRewound/{clock}"]
    bars = _times(run, "recording", names)
    for how in ("RecordSpan", "RecordById"):
        for sink in ("memory", "file"):
            for name, found in sorted((run.files.get("combinations", {}) | run.files.get("recording", {})).items()):
                if name.startswith(f"{how}/{clock}/{sink}/") and name.endswith(("threads:1", "threads:2")):
                    bars.append(_bar(name, found.time))
    return bars


# Ones of three spans.
def _blocks(run, clock):
    return _times(run, "recording", [f"LaneBlockRewound/{clock}/children:2", f"LaneBlockKept/{clock}"])


def _latency(run):
    bars = []
    for name, found in sorted(run.files.get("delivery", {}).items()):
        if not name.startswith("Latency/"):
            continue
        for percentile in ("p50", "p99", "p99.9", "max"):
            label = f"{name.removeprefix('Latency/')} {percentile}"
            bars.append(_bar(label, found.counters[f"span_{percentile}"], "recording call"))
            bars.append(_bar("", found.counters[f"clock_{percentile}"], "bare clock pair"))
    return bars


def write_plots(run):
    """Writes each chart that there are measurements for; returns (file name, title)."""
    charts = []
    for clock in ("steady", "tsc"):
        floor = run.find("recording", f"ClockPair/{clock}")
        for name, title, bars, pairs in (("recording", "Time per recording", _spans(run, clock), 1),
                                         ("blocks", "Time per audio block of three spans", _blocks(run, clock), 3)):
            line = (floor.time.median * pairs, f"{2 * pairs} clock reads") if floor else None
            charts.append((f"{name}_{clock}.svg", f"{title}, {clock} clock", bars, "ns", line, False))
    peers = [_bar(name, found.time) for name, found in sorted(run.files.get("peers", {}).items())]
    charts.append(("peers.svg", "Time per span, beside peers", peers, "ns", None, True))
    charts.append(("latency.svg", "Latency of one recording call, delivery at work", _latency(run), "ns", None, True))
    written = []
    for file, title, bars, unit, line, is_log in charts:
        if bars:
            (run.folder / file).write_text(bar_chart(title, bars, unit, line, is_log))
            written.append((file, title))
    return written
