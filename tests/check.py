#!/usr/bin/env python3
"""What `make check` runs, in order; the last line sums what passed and failed in all of it.

Tests under sanitizers follow the system tests, so that a broken program shows early. They are built
meanwhile with what the system tests leave of the processors, for those mostly wait.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MAKE = os.environ.get("MAKE", "make")
JOBS = f"-j{os.cpu_count()}"

SYSTEM = "system"

# name, command; each prints its own counts, or counts as one by its exit status.
STEPS = [
    ("lint", [MAKE, "-s", "lint"]),
    ("build", [MAKE, "-s", JOBS, "QUICK=yes", "programs", "tools"]),
    ("unit", [MAKE, "-s", JOBS, "QUICK=yes", "unit"]),
    (SYSTEM, [MAKE, "-s", "system"]),
    ("unit, address and undefined behaviour sanitizers", [MAKE, "-s", JOBS, "unit", "VARIANT=asan"]),
    ("unit, thread sanitizer", [MAKE, "-s", JOBS, "unit", "VARIANT=tsan"]),
]
MEANWHILE = ["sh", "-c", f"'{MAKE}' -s {JOBS} unit-binary VARIANT=asan && "
                         f"exec '{MAKE}' -s {JOBS} unit-binary VARIANT=tsan"]

COUNTS = re.compile(r"^(\d+) passed, (\d+) failed$")
UNIT_PASSED = re.compile(r"^\[  PASSED  \] (\d+) tests?")
UNIT_FAILED = re.compile(r"^ *(\d+) FAILED TESTS?$")
QUIET = re.compile(r"^\[ RUN      \]|^\[       OK \]|^\[-{10}\]|^$")


def counts(line):
    """(passed, failed) that a line of output tells, or None."""
    match = COUNTS.match(line)
    if match:
        return int(match[1]), int(match[2])
    match = UNIT_PASSED.match(line)
    if match:
        return int(match[1]), 0
    match = UNIT_FAILED.match(line)
    return (0, int(match[1])) if match else None


def step(name, command):
    print(f"== {name}", flush=True)
    started = time.monotonic()
    passed = failed = 0
    counted, last_test = False, ""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          text=True, errors="replace") as process:
        for line in process.stdout:
            line = line.rstrip("\n")
            if line.startswith("[ RUN      ]"):
                last_test = line
            if not QUIET.match(line):
                print(line, flush=True)
            found = counts(line)
            if found:
                counted = True
                passed, failed = passed + found[0], failed + found[1]
    if process.returncode != 0 and failed == 0:
        failed = 1
        if last_test and not counted:
            print(f"the last test begun: {last_test[12:].strip()}", flush=True)
    elif process.returncode == 0 and not counted:
        passed = 1
    print(f"== {name}: {passed} passed, {failed} failed ({time.monotonic() - started:.0f} s)",
          flush=True)
    return passed, failed


def step_beside_builds(name, command):
    """A step while the sanitizer builds go on at the lowest priority. What they say of an error is
    left to the step that needs them, which builds again."""
    with subprocess.Popen(MEANWHILE, cwd=ROOT, stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, preexec_fn=lambda: os.nice(19)) as builds:
        result = step(name, command)
        started = time.monotonic()
        builds.wait()
    print(f"== sanitizer builds: {time.monotonic() - started:.0f} s more", flush=True)
    return result


def main():
    results = [(step_beside_builds if name == SYSTEM else step)(name, command)
               for name, command in STEPS]
    passed = sum(result[0] for result in results)
    failed = sum(result[1] for result in results)
    for (name, _), result in zip(STEPS, results):
        print(f"{name}: {result[0]} passed, {result[1]} failed")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(main())
