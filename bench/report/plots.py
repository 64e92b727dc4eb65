"""The charts of a run."""

from svg import Bar, bar_chart


def _times(run, file, names):
    return [Bar(name, found.time.median) for name in names if (found := run.find(file, name))]


def _spans(run, clock):
    names = [f"LaneSpan/{clock}/attrs:0", f"LaneSpan/{clock}/attrs:2", f"LaneBlockRewound/{clock}",
             f"LaneBlockKept/{clock}"]
    names += [f"{how}/{clock}/memory/{lock}/threads:{threads}" for how in ("RecordSpan", "RecordById")
              for lock in ("null", "spin", "mutex") for threads in (1, 2)]
    return _times(run, "recording", names)


def _latency(run):
    bars = []
    for name, found in sorted(run.files.get("delivery", {}).items()):
        if not name.startswith("Latency/"):
            continue
        for percentile in ("p50", "p99", "p99.9", "max"):
            label = f"{name.removeprefix('Latency/')} {percentile}"
            bars.append(Bar(label, found.counters[f"span_{percentile}"].median, "recording call"))
            bars.append(Bar("", found.counters[f"clock_{percentile}"].median, "bare clock pair"))
    return bars


def write_plots(run):
    """Writes each chart that there are measurements for; returns (file name, title)."""
    charts = []
    for clock in ("steady", "tsc"):
        floor = run.find("recording", f"ClockPair/{clock}")
        line = (floor.time.median, "two clock reads") if floor else None
        charts.append((f"recording_{clock}.svg", f"Time per recording, {clock} clock", _spans(run, clock), "ns", line,
                       False))
    peers = [Bar(name, found.time.median) for name, found in sorted(run.files.get("peers", {}).items())]
    charts.append(("peers.svg", "Time per span, beside peers", peers, "ns", None, True))
    charts.append(("latency.svg", "Latency of one recording call, delivery at work", _latency(run), "ns", None, True))
    written = []
    for file, title, bars, unit, line, is_log in charts:
        if bars:
            (run.folder / file).write_text(bar_chart(title, bars, unit, line, is_log))
            written.append((file, title))
    return written
