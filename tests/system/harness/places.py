"""Where things are: the build, scratch folders, loopback addresses and ports of a test."""

import itertools
import os
import socket
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BIN = Path(os.environ.get("POSTHASTE_BIN", ROOT / "build" / "bin"))
LIBEXEC = Path(os.environ.get("POSTHASTE_LIBEXEC", ROOT / "build" / "libexec"))
TOOLS = ROOT / "build" / "tests"

_numbers = itertools.count(1)

made = []  # the scratch folders of this test, for the runner to remove


def loopback():
    """A loopback address that no other test uses now: made of our pid and a counter."""
    pid = os.getpid()
    return f"127.{64 + (pid >> 8) % 128}.{pid & 255}.{next(_numbers) % 250 + 1}"


def free_port(address):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def scratch():
    """A new folder, readable for the mail owner too. The runner removes it after the test."""
    folder = Path(tempfile.mkdtemp(prefix="posthaste-", dir=os.environ.get("SYSTEM_SCRATCH")))
    folder.chmod(0o755)
    made.append(folder)
    return folder
