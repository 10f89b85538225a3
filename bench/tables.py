#!/usr/bin/env python3
"""A transport table of BENCH_KEYS (1000000) keys, made and asked by Debian's postmap and by ours.

Each makes it BENCH_RUNS (3) times, alternating, and answers BENCH_QUESTIONS (300000) keys in random
order from each other's file; medians are compared. The second file of a program's answers must be
the same, byte for byte, as the first's.
"""

import hashlib
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = {"Postfix": Path("/usr/sbin/postmap"), "Posthaste": ROOT / "build/bin/postmap"}
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
KEYS = int(os.environ.get("BENCH_KEYS", "1000000"))
QUESTIONS = int(os.environ.get("BENCH_QUESTIONS", "300000"))


def prepare(folder):
    dice = random.Random(1)
    keys = [f"host{dice.randrange(10**9)}.domain{n}.example" for n in range(KEYS)]
    (folder / "main.cf").write_text("compatibility_level = 3.6\nmyhostname = bench.example\n")
    with open(folder / "t", "w") as source:
        for number, key in enumerate(keys):
            source.write(f"{key}\tsmtp:[relay{number % 50}.example.net]:587\n")
    with open(folder / "keys", "w") as questions:
        questions.write("\n".join(dice.choices(keys, k=QUESTIONS)) + "\n")


def seconds(folder, program, *arguments, keys=False):
    """(time taken, digest of standard output)"""
    with open(folder / "keys" if keys else os.devnull, "rb") as source:
        begin = time.monotonic()
        done = subprocess.run([program, "-c", folder, *arguments], cwd=folder, stdin=source,
                              stdout=subprocess.PIPE, check=True)
        return time.monotonic() - begin, hashlib.sha256(done.stdout).hexdigest()


def measure(folder, kind):
    times, answers = {}, set()
    for _ in range(RUNS):
        for maker, program in PROGRAMS.items():
            for old in folder.glob("t.*"):
                old.unlink()
            times.setdefault(("made", maker), []).append(
                seconds(folder, program, f"{kind}:t")[0])
            for asker, other in PROGRAMS.items():
                took, digest = seconds(folder, other, "-q", "-", f"{kind}:t", keys=True)
                times.setdefault(("asked", asker), []).append(took)
                answers.add(digest)
    if len(answers) != 1:
        sys.exit(f"{kind}: the answers differ")
    for what, unit in (("made", KEYS), ("asked", QUESTIONS)):
        ours, theirs = (statistics.median(times[what, name]) for name in ("Posthaste", "Postfix"))
        print(f"{kind:6} {what:6} Posthaste {ours:6.2f} s ({unit / ours / 1000:.0f}k/s)  "
              f"Postfix {theirs:6.2f} s ({unit / theirs / 1000:.0f}k/s)  ratio Posthaste/Postfix "
              f"{ours / theirs:.2f} (goal: at most 1)", flush=True)


def main():
    folder = Path(tempfile.mkdtemp(prefix="posthaste-bench-"))
    try:
        prepare(folder)
        print(f"{KEYS} keys, {QUESTIONS} questions, {RUNS} runs", flush=True)
        for kind in ("hash", "btree", "lmdb", "cdb"):
            measure(folder, kind)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    main()
