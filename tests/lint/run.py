#!/usr/bin/env python3
"""Runs every executable file beside this one; each is one lint. Ends with `N passed, N failed`."""

import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent


def main():
    passed = failed = 0
    for path in sorted(HERE.iterdir()):
        if path == Path(__file__).resolve() or path.is_dir() or not os.access(path, os.X_OK):
            continue
        done = subprocess.run([str(path)], cwd=HERE.parents[1], text=True, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        good = done.returncode == 0
        passed, failed = passed + good, failed + (not good)
        print(f"{'ok  ' if good else 'FAIL'} lint {path.stem}", flush=True)
        for line in done.stdout.splitlines():
            print("     " + line, flush=True)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
