"""The workflows can be read, and what they name exists: workflows_test.py <checkout>"""
import json
import os
import pathlib
import re
import sys

import yaml

root = pathlib.Path(sys.argv[1])
presets = {p["name"] for p in json.loads((root / "CMakePresets.json").read_text())["configurePresets"]}
steps = {line.split()[0] for line in (root / "scripts/packages.txt").read_text().splitlines() if line[:1] not in ("", "#")}
# Those that GitHub hosts and has not announced the end of, in November 2026: github.com/actions/runner-images.
machines = {"ubuntu-24.04", "ubuntu-24.04-arm", "windows-2022", "windows-2025", "macos-15", "macos-15-intel", "macos-26"}
# The first major versions that run on Node 24, the only one that machines still have.
actions = {"actions/checkout": 5, "actions/upload-artifact": 6, "actions/download-artifact": 7}
problems = []


def check_machine(job, runs_on, rows):
    """runs-on names a machine, or a key of the matrix whose values do."""
    key = re.fullmatch(r"\$\{\{ matrix\.(\w+) \}\}", runs_on)
    for machine in {row[key[1]] for row in rows} if key else {runs_on}:
        if machine not in machines:
            problems.append(f"{job}: {machine} is none of {', '.join(sorted(machines))}")


def check(job, step):
    if ("run" in step) == ("uses" in step):
        problems.append(f"{job}: a step must have either run or uses: {step}")
    action, _, version = step.get("uses", "@v0").partition("@v")
    if action and int(version) < actions.get(action, 1000):
        problems.append(f"{job}: {step['uses']} must be version {actions.get(action, 'unknown to this test')} or later")
    for program in re.findall(r"^((?:scripts|tests)/\S+)", step.get("run", ""), re.M):
        if not os.access(root / program, os.X_OK):
            problems.append(f"{job}: {program} is no program")
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
        rows = job.get("strategy", {}).get("matrix", {}).get("include", [])
        check_machine(name, job.get("runs-on", "nothing"), rows)
        if job.get("needs", name) not in workflow["jobs"]:
            problems.append(f"{name}: there is no job {job['needs']}")
        used = set(re.findall(r"matrix\.(\w+)", json.dumps(job)))
        for row in rows:
            problems.extend(f"{name}: {row} has no {key}" for key in used - set(row))
        for step in job["steps"]:
            check(name, step)
if not files:
    problems.append("there is no workflow")
if problems:
    sys.exit("\n".join(problems))
