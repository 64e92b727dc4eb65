"""Turns callgrind's dumps into instructions per span: instructions.py FOLDER > instructions.json"""

import json
import re
import sys
from pathlib import Path

_LABEL = re.compile(r"^desc: Trigger: Client Request: (\S+) (\d+)$", re.MULTILINE)
_TOTAL = re.compile(r"^summary: (\d+)$", re.MULTILINE)


def per_span(folder):
    counts = {}
    for path in sorted(Path(folder).glob("callgrind.*")):
        text = path.read_text()
        label, total = _LABEL.search(text), _TOTAL.search(text)
        if label and total:
            counts[label[1]] = int(total[1]) / int(label[2])
    return counts


if __name__ == "__main__":
    found = per_span(sys.argv[1])
    if not found:
        sys.exit("callgrind left no counts")
    json.dump(found, sys.stdout, indent=1)
