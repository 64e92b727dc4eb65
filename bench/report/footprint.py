"""What the SDK adds to a shared library: footprint.py NAME=FOLDER... prints it as JSON. FOLDER is a build of bench/footprint."""

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

LIBRARIES = ("plain", "instrumented", "memory_outbox", "otlp", "otlp_json")

# A section of an object in a static library of ours, and its size, in the linker's map; long names stand on their own line.
_SECTION = re.compile(r"^ \.(\w+)\S*\n? +0x[0-9a-f]+ +0x([0-9a-f]+) \S*?libsidespan_(\w+)\.a\(([^)]+)\)", re.MULTILINE)
_NEEDED = re.compile(r"\(NEEDED\).*\[(.*)\]")
_SAMPLERS = ("open_traces", "threshold_writer", "head_sampler", "sampler_rule", "ot_member")
_NOT_LOADED = ("comment", "debug", "bss")


def _part(library, file):
    """What a user would call it; a user's own object holds the recorder's templates."""
    name = file.split(".")[0]
    if name in _SAMPLERS:
        return "samplers"
    return "gzip" if name == "gzip" else library


def _parts(path):
    """Bytes of each part, in what the linker kept."""
    bytes_of = Counter()
    text = path.read_text()
    for section, size, library, file in _SECTION.findall(text[text.index("Linker script and memory map"):]):
        if not section.startswith(_NOT_LOADED):
            bytes_of[_part(library, file)] += int(size, 16)
    return dict(bytes_of.most_common())


def _weigh(folder):
    result = {name: (folder / f"lib{name}.so").stat().st_size for name in LIBRARIES}
    dynamic = subprocess.run(["readelf", "-d", folder / "libinstrumented.so"], check=True, capture_output=True, text=True)
    result["needs"] = _NEEDED.findall(dynamic.stdout)
    result["parts"] = _parts(folder / "instrumented.map")
    return result


def main(arguments):
    weighed = {name: _weigh(Path(folder)) for name, folder in (argument.split("=", 1) for argument in arguments)}
    json.dump(weighed, sys.stdout, indent=1)
    print()


if __name__ == "__main__":
    main(sys.argv[1:])
