"""The workflows can be read, and what they name exists: workflows_test.py <checkout>"""
import json
import pathlib
import re
import sys

import yaml

root = pathlib.Path(sys.argv[1])
presets = {p["name"] for p in json.loads((root / "CMakePresets.json").read_text())["configurePresets"]}
steps = {line.split()[0] for line in (root / "scripts/packages.txt").read_text().splitlines() if line[:1] not in ("", "#")}
problems = []


def check(job, step):
    if ("run" in step) == ("uses" in step):
        problems.append(f"{job}: a step must have either run or uses: {step}")
    for preset in re.findall(r"--preset (\w+)", step.get("run", "")):
        if preset not in presets:
            problems.append(f"{job}: there is no preset {preset}")
    for names in re.findall(r"scripts/setup ([a-z0-9 ]+)$", step.get("run", ""), re.M):
        problems.extend(f"{job}: scripts/setup knows no {name}" for name in names.split() if name not in steps)
    for folder in re.findall(r"-S (\S+)", step.get("run", "")):
        if not (root / folder / "CMakeLists.txt").exists():
            problems.append(f"{job}: there is no project in {folder}")


files = sorted((root / ".github/workflows").glob("*.yml"))
for file in files:
    workflow = yaml.safe_load(file.read_text())
    for name, job in workflow["jobs"].items():
        if "runs-on" not in job:
            problems.append(f"{name}: runs-on is missing")
        used = set(re.findall(r"matrix\.(\w+)", json.dumps(job)))
        for row in job.get("strategy", {}).get("matrix", {}).get("include", []):
            problems.extend(f"{name}: {row} has no {key}" for key in used - set(row))
        for step in job["steps"]:
            check(name, step)
if not files:
    problems.append("there is no workflow")
if problems:
    sys.exit("\n".join(problems))
