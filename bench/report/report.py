"""Writes report.md and its plots: report.py FOLDER [--compare EARLIER]"""

import argparse
import sys

from comparison import comparison
from figures import all_figures, number
from plots import write_plots
from results import load


# Of the load average to the number of processors. A bench of ours keeps one or two busy; beyond this, others did.
MOST_LOAD = 1.25


def _loads(run):
    return [found["load_avg"][0] for found in run.context.values() if found.get("load_avg")]


def _is_too_busy(run):
    processors = next(iter(run.context.values()))["num_cpus"]
    return max(_loads(run), default=0) > MOST_LOAD * processors


def _machine(run):
    context = next(iter(run.context.values()))
    loads = _loads(run)
    yield f"{context['processor']}, {context['num_cpus']} processors at {context['mhz_per_cpu']} MHz; {context['kernel']}."
    yield f"{context['compiler']}, `{context['flags'].strip()}`. {context['date']}."
    if loads:
        yield (f"Load average while measuring: {min(loads):.1f} to {max(loads):.1f}. Above {MOST_LOAD} a processor no figure "
               "of time is called met or not met.")
    if trip := run.find("recording", "LineRoundTrip"):
        yield (f"One cache line goes from the first processor to the last and back in {number(trip.time.least)} ns at best, "
               f"{number(trip.time.median)} in the middle.")


def _noise(run):
    yield "| two clock reads, ns | min | median | max |"
    yield "|---|---|---|---|"
    for clock in ("steady", "system", "tsc"):
        if found := run.find("recording", f"ClockPair/{clock}"):
            time = found.time
            yield f"| `ClockPair/{clock}` | {number(time.least)} | {number(time.median)} | {number(time.most)} |"


def _floors(run):
    """Each way to record beside the clock alone, and beside the clock and lines that another processor has read."""
    yield "| time | ns, min | ÷ `ClockPair` | ÷ `HandOver` |"
    yield "|---|---|---|---|"
    for name, found in sorted(run.files.get("recording", {}).items()):
        clock = name.split("/")[1] if "/" in name else ""
        floors = [run.find("recording", f"{floor}/{clock}") for floor in ("ClockPair", "HandOver")]
        if name.startswith(("LaneSpan", "LaneBlockRewound", "Record")) and all(floors):
            ratios = " | ".join(number(found.time.least / floor.time.least) for floor in floors)
            yield f"| `{name}` | {number(found.time.least)} | {ratios} |"


def _verdict(run, figure, value):
    if figure.is_timed and _is_too_busy(run):
        return "too busy to tell"
    return "yes" if figure.met(value) else "**no**"


def _figures(run):
    yield "| figure | must be | measured | met | from |"
    yield "|---|---|---|---|---|"
    for figure in all_figures():
        measured = figure.measure(run)
        if measured is None:
            yield f"| {figure.what} | {figure.bound_text()} | absent | – | not measured |"
            continue
        value, note = measured
        verdict = _verdict(run, figure, value)
        yield f"| {figure.what} | {figure.bound_text()} | {number(value)}{figure.unit} | {verdict} | {note} |"


def _peers(run):
    for key, state in sorted(run.context.get("peers", {}).items()):
        if key.startswith("peer "):
            yield f"- {key.removeprefix('peer ')}: {state}"


def _benchmarks(run, file):
    yield "| benchmark | ns, median | min | max | others |"
    yield "|---|---|---|---|---|"
    for name, found in sorted(run.files[file].items()):
        others = ", ".join(f"{key} {number(samples.median)}" for key, samples in found.counters.items())
        time = found.time
        yield f"| `{name}` | {number(time.median)} | {number(time.least)} | {number(time.most)} | {others} |"


def _instructions(run):
    yield "| case | instructions per span |"
    yield "|---|---|"
    for name, count in sorted(run.instructions.items()):
        yield f"| `{name}` | {number(count)} |"


def _bytes(run):
    yield "| kB added to a stripped shared library | everything | outbox in memory | OTLP | OTLP as JSON |"
    yield "|---|---|---|---|---|"
    for build, found in run.footprint.items():
        added = ((found[name] - found["plain"]) / 1000 for name in ("instrumented", "memory_outbox", "otlp", "otlp_json"))
        yield f"| {build} | {' | '.join(number(kilobytes) for kilobytes in added)} |"
    if parts := run.footprint.get("Release", {}).get("parts"):
        yield ""
        yield "Of everything, before the linker aligns it: " + ", ".join(
            f"{name} {number(size / 1000)}" for name, size in parts.items()) + ". The rest is the recorder's templates."


def _report(run, earlier):
    plots = write_plots(run)
    yield from ("# Sidespan: measurements", "", *_machine(run), "")
    yield from ("## What it must show", "", *_figures(run), "")
    yield from ("## Beside both floors", "", *_floors(run), "")
    yield from ("## Noise of this machine", "", *_noise(run), "")
    if run.failures:
        yield from ("## Not measured", "", *(f"- {failure}" for failure in sorted(set(run.failures))), "")
    yield from ("## Peers", "", *_peers(run), "")
    if earlier:
        yield from ("## Compared", "", *comparison(run, earlier), "")
    yield from (line for file, title in plots for line in (f"![{title}]({file})", ""))
    if run.instructions:
        yield from ("## Instructions", "", *_instructions(run), "")
    if run.footprint:
        yield from ("## Bytes", "", *_bytes(run), "")
    for file in run.files:
        yield from (f"## {file}", "", *_benchmarks(run, file), "")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--compare", metavar="EARLIER")
    arguments = parser.parse_args()
    run = load(arguments.folder)
    earlier = load(arguments.compare) if arguments.compare else None
    (run.folder / "report.md").write_text("\n".join(_report(run, earlier)))
    print("\n".join(_figures(run)))
    if run.failures:
        sys.exit("failed to measure:\n" + "\n".join(sorted(set(run.failures))))


if __name__ == "__main__":
    main()
