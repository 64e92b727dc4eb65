"""Writes report.md and its plots: report.py FOLDER [--compare EARLIER]"""

import argparse
import sys

from comparison import comparison
from figures import all_figures, number
from plots import write_plots
from results import load


def _machine(run):
    context = next(iter(run.context.values()))
    loads = [load for found in run.context.values() for load in found["load_avg"][:1]]
    yield f"{context['processor']}, {context['num_cpus']} processors at {context['mhz_per_cpu']} MHz; {context['kernel']}."
    yield f"{context['compiler']}, `{context['flags'].strip()}`. {context['date']}."
    if loads:
        yield f"Load average while measuring: {min(loads):.1f} to {max(loads):.1f}."


def _noise(run):
    yield "| two clock reads, ns | min | median | max |"
    yield "|---|---|---|---|"
    for clock in ("steady", "system", "tsc"):
        if found := run.find("recording", f"ClockPair/{clock}"):
            time = found.time
            yield f"| `ClockPair/{clock}` | {number(time.least)} | {number(time.median)} | {number(time.most)} |"


def _figures(run):
    yield "| figure | must be | measured | met | from |"
    yield "|---|---|---|---|---|"
    for figure in all_figures():
        measured = figure.measure(run)
        if measured is None:
            yield f"| {figure.what} | {figure.bound_text()} | absent | – | not measured |"
            continue
        value, note = measured
        verdict = "yes" if figure.met(value) else "**no**"
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


def _report(run, earlier):
    plots = write_plots(run)
    yield from ("# Sidespan: measurements", "", *_machine(run), "")
    yield from ("## What it must show", "", *_figures(run), "")
    yield from ("## Noise of this machine", "", *_noise(run), "")
    if run.failures:
        yield from ("## Not measured", "", *(f"- {failure}" for failure in sorted(set(run.failures))), "")
    yield from ("## Peers", "", *_peers(run), "")
    if earlier:
        yield from ("## Compared", "", *comparison(run, earlier), "")
    yield from (line for file, title in plots for line in (f"![{title}]({file})", ""))
    if run.instructions:
        yield from ("## Instructions", "", *_instructions(run), "")
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
