"""The measurements of one run: what scripts/bench leaves in its folder, read back."""

import json
import statistics
from dataclasses import dataclass, field
from pathlib import Path

_NANOS = {"ns": 1.0, "us": 1e3, "ms": 1e6, "s": 1e9}
_OWN_FIELDS = {"family_index", "per_family_instance_index", "repetitions", "repetition_index", "threads", "iterations",
               "real_time", "cpu_time"}


@dataclass
class Samples:
    """One value for each repetition."""

    values: list

    @property
    def median(self):
        return statistics.median(self.values)

    @property
    def least(self):
        return min(self.values)

    @property
    def most(self):
        return max(self.values)


@dataclass
class Benchmark:
    """One benchmark: processor time of each thread in ns per iteration, and its counters."""

    time: Samples
    counters: dict


@dataclass
class Run:
    """Benchmarks by file and name, so that a ratio is always of figures measured together."""

    folder: Path
    context: dict = field(default_factory=dict)
    files: dict = field(default_factory=dict)
    failures: list = field(default_factory=list)
    instructions: dict = field(default_factory=dict)
    footprint: dict = field(default_factory=dict)

    def find(self, file, name):
        return self.files.get(file, {}).get(name)


def _benchmarks(entries, failures):
    times, counters = {}, {}
    for entry in entries:
        if entry.get("run_type") != "iteration":
            continue
        name = entry["name"]
        if entry.get("error_occurred"):
            failures.append(f"{name}: {entry.get('error_message', 'failed')}")
            continue
        times.setdefault(name, []).append(entry["cpu_time"] * _NANOS[entry["time_unit"]])
        for key, value in entry.items():
            if key not in _OWN_FIELDS and isinstance(value, (int, float)) and not isinstance(value, bool):
                counters.setdefault(name, {}).setdefault(key, []).append(value)
    return {name: Benchmark(Samples(values), {key: Samples(found) for key, found in counters.get(name, {}).items()})
            for name, values in times.items()}


def load(folder):
    """Reads a folder; a file that is not there was not measured."""
    run = Run(Path(folder))
    for path in sorted(run.folder.glob("*.json")):
        content = json.loads(path.read_text())
        if path.stem in ("instructions", "footprint"):
            setattr(run, path.stem, content)
        elif "benchmarks" in content:
            run.files[path.stem] = _benchmarks(content["benchmarks"], run.failures)
            run.context[path.stem] = content["context"]
    if not run.files:
        raise SystemExit(f"{folder} holds no benchmark results")
    return run
