#!/usr/bin/env python3
"""Runs the system tests: `run.py [--soak] [--peer] [--jobs N] [--list] [NAME ...]`.

A NAME is part of `module.function`. Each test runs in a process of its own, with its output kept and
shown when it fails. The last line is `N passed, N failed`; exit status 1 unless all passed. A test
that needs root and has none is `not run`, which counts as failed.
"""

import argparse
import importlib
import os
import re
import shutil
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from harness.processes import become_subreaper, end_all  # noqa: E402

LOG_LINES = 60


def collect(options):
    found = []
    for path in sorted(HERE.glob("test_*.py")):
        module = importlib.import_module(path.stem)
        for name, function in vars(module).items():
            if name.startswith("test_") and callable(function):
                if not hasattr(function, "trial"):
                    sys.exit(f"{path.stem}.{name} lacks @test()")
                found.append((f"{path.stem[5:]}.{name[5:]}", function))
    return [(name, function) for name, function in found
            if (not options.names or any(part in name for part in options.names))
            and (options.soak or not function.trial["soak_only"])
            and (not options.peer or function.trial["peer"])]


class Run:
    """One test under way: a forked child that leads its own process family."""

    def __init__(self, name, function, accounts):
        self.name = name
        self.accounts = accounts
        self.function = function
        self.output = tempfile.TemporaryFile()
        self.started = time.monotonic()
        sys.stdout.flush()
        self.pid = os.fork()
        if self.pid == 0:
            os._exit(self.child())

    def child(self):
        become_subreaper()
        os.setpgid(0, 0)
        os.dup2(self.output.fileno(), 1)
        os.dup2(self.output.fileno(), 2)
        signal.signal(signal.SIGALRM, self.too_long)
        signal.alarm(self.function.trial["timeout"])
        status = 0
        try:
            self.function()
        except BaseException:  # pylint: disable=broad-except
            traceback.print_exc()
            status = 1
        signal.alarm(0)
        if status == 0 and self.accounts and self.function.trial["counted"]:
            self.close_account()
        self.tidy(show=status != 0)
        sys.stdout.flush()
        return status

    def close_account(self):
        from harness import account, instance
        account.close(self.accounts, self.name, [each.log() for each in instance.alive])

    @staticmethod
    def too_long(*_):
        raise TimeoutError("the test took longer than its time limit")

    @staticmethod
    def tidy(show):
        from harness import instance, places
        end_all(os.getpid())
        for each in instance.alive:
            if show:
                lines = each.log().splitlines()
                print(f"--- maillog of {each.folder} ({len(lines)} lines)")
                loud = [line for line in lines[:-LOG_LINES]
                        if re.search(r"(warning|error|fatal|panic): ", line)]
                print("\n".join(loud[-LOG_LINES:] + lines[-LOG_LINES:]))
        for folder in places.made:
            if not (show and os.environ.get("SYSTEM_KEEP")):
                shutil.rmtree(folder, ignore_errors=True)

    def text(self):
        self.output.seek(0)
        return self.output.read().decode(errors="replace")


def report(run, status):
    took = time.monotonic() - run.started
    good = os.waitstatus_to_exitcode(status) == 0
    text = run.text()
    print(f"{'ok  ' if good else 'FAIL'} {run.name} ({took:.1f} s)", flush=True)
    for line in text.splitlines():
        if not good or line.startswith("figure: "):
            print("     " + line, flush=True)
    return good


def run_all(tests, jobs, accounts):
    """(passed, failed), those marked alone after the others."""
    passed = failed = 0
    for batch, width in (([t for t in tests if not t[1].trial["alone"]], jobs),
                         ([t for t in tests if t[1].trial["alone"]], 1)):
        waiting, under_way = list(batch), {}
        while waiting or under_way:
            while waiting and len(under_way) < width:
                name, function = waiting.pop(0)
                if function.trial["root"] and os.geteuid() != 0:
                    print(f"not run (needs root): {name}", flush=True)
                    failed += 1
                    continue
                run = Run(name, function, accounts)
                under_way[run.pid] = run
            if under_way:
                pid, status = os.wait()
                if pid in under_way:
                    if report(under_way.pop(pid), status):
                        passed += 1
                    else:
                        failed += 1
    return passed, failed


def balance(folder):
    """Whether pflogsumm finds in the log of the whole run what its clients and relays saw."""
    from harness import account
    try:
        print(f"ok   totals of the whole run\n     {account.balance(folder)}", flush=True)
        return True
    except AssertionError as error:
        print(f"FAIL totals of the whole run\n     {error}", flush=True)
        return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*")
    parser.add_argument("--soak", action="store_true", help="full lengths and counts")
    parser.add_argument("--peer", action="store_true", help="against Debian's Postfix")
    parser.add_argument("--jobs", type=int, default=3)
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.soak:
        os.environ["SYSTEM_SOAK"] = "1"
    if options.peer:
        os.environ["SYSTEM_PEER"] = "postfix"
    tests = collect(options)
    if options.list:
        print("\n".join(name for name, _ in tests))
        return 0
    with tempfile.TemporaryDirectory(prefix="posthaste-accounts-") as folder:
        passed, failed = run_all(tests, options.jobs, Path(folder))
        if failed == 0 and not options.names:
            good = balance(folder)
            passed, failed = passed + good, failed + (not good)
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
