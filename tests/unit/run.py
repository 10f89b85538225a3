#!/usr/bin/env python3
"""Runs a unit-test binary in shards side by side: most of the time it waits for the disk.

run.py BINARY [--gtest_filter=…]. Prints what a shard that failed printed; of the others its counts.
"""

import os
import re
import subprocess
import sys

SHARDS = 8
COUNTS = re.compile(r"^\[  PASSED  \]|^ *\d+ FAILED TESTS?$|^\[  FAILED  \]", re.MULTILINE)


def start(command, shard):
    environment = dict(os.environ, GTEST_TOTAL_SHARDS=str(SHARDS), GTEST_SHARD_INDEX=str(shard))
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, errors="replace")


def main():
    shards = [start(sys.argv[1:], shard) for shard in range(SHARDS)]
    failed = False
    for shard in shards:
        output = shard.communicate()[0]
        good = shard.returncode == 0
        failed = failed or not good
        for line in output.splitlines():
            if not good or COUNTS.match(line):
                print(line, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
