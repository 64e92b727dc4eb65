"""Counts the instructions of one span, or one encoded span, with callgrind, which makes them the same on every run.

instructions.py PROGRAM          prints them as JSON
instructions.py --check PROGRAM  fails when one of them is above its bound
"""

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path

# As g++ 12 compiles them for x86-64, -O3. A change that needs more says in its message why it is worth it.
BOUNDS = {
    "LaneSpan/tsc/attrs:2": 148,
    "LaneBlockRewound/tsc": 121,
    "LaneBlockKept/tsc": 177,
    "RecordSpan/tsc/memory/spin/threads:1": 278,
    "RecordSpan/tsc/memory/mutex/threads:1": 344,
    "RecordById/tsc/memory/spin/threads:1": 422,
    "RecordById/tsc/memory/mutex/threads:1": 507,
    "SpanNotGranted": 66,
    "EncodeNative": 610,
    "EncodeOtlp": 452,
    "EncodeOtlpJson": 1072,
}

_LABEL = re.compile(r"^desc: Trigger: Client Request: (\S+) (\d+)$", re.MULTILINE)
_TOTAL = re.compile(r"^summary: (\d+)$", re.MULTILINE)


def _read(folder):
    counts = {}
    for path in sorted(Path(folder).glob("callgrind.*")):
        text = path.read_text()
        label, total = _LABEL.search(text), _TOTAL.search(text)
        if label and total:
            counts[label[1]] = int(total[1]) / int(label[2])
    return counts


def count(program):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["valgrind", "-q", "--tool=callgrind", "--instr-atstart=no",
                        f"--callgrind-out-file={folder}/callgrind", program], check=True)
        counts = _read(folder)
    if not counts:
        sys.exit("callgrind left no counts")
    return counts


def above_bounds(counts):
    """What is wrong with the counts, a line each; half an instruction is a rounding of the loop around them."""
    for name, bound in BOUNDS.items():
        if name not in counts:
            yield f"{name} was not counted"
        elif counts[name] >= bound + 0.5:
            yield f"{name} takes {counts[name]:.1f} instructions; its bound is {bound}"


def main(arguments):
    is_check = arguments[:1] == ["--check"]
    counts = count(arguments[-1])
    json.dump(counts, sys.stdout, indent=1)
    print()
    if is_check and (wrong := list(above_bounds(counts))):
        sys.exit("\n".join(wrong))


if __name__ == "__main__":
    main(sys.argv[1:])
