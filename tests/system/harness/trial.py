"""How a test is declared, and how it says what it found."""

import os
import time


def test(timeout=60, alone=False, root=False, soak_only=False, peer=False,
         counted=True):
    """Marks a test function. alone: nothing else runs beside it. root: needs root. soak_only: left
    to `make soak`. peer: what it checks is true of Debian's Postfix too (run.py --peer). counted: its
    clients and relays know all mail that its log tells of (account.py)."""
    def mark(function):
        function.trial = {"timeout": timeout, "alone": alone, "root": root,
                          "soak_only": soak_only, "peer": peer, "counted": counted}
        return function
    return mark


def soaking():
    """True in `make soak`: full lengths and counts; `make check` takes samples."""
    return os.environ.get("SYSTEM_SOAK") == "1"


def check(condition, *what):
    if not condition:
        raise AssertionError(" ".join(str(item) for item in what) or "check failed")


def eventually(question, seconds=15, what="", every=0.05):
    """The first true answer of `question()`; fails when none comes in time."""
    end = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what or question.__name__}")
        time.sleep(every)
