"""`make run` shows what the README promises, as any user, and cleans up."""

import glob
import os
import signal
import subprocess
import sys

from harness import ROOT, check, eventually, need, test


def heed_interrupts():
    """A shell starts what runs in its background with interrupts ignored."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def show(*prefix, **more):
    return subprocess.Popen([*prefix, sys.executable, "-m", "tests.run.show"], cwd=ROOT, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                            env={**os.environ, "RUN_PORT": "0", "PYTHONDONTWRITEBYTECODE": "1"},
                            preexec_fn=heed_interrupts, **more)


def as_anybody():
    return [need("setpriv"), "--reuid", "nobody", "--regid", "nogroup", "--clear-groups"] \
        if os.geteuid() == 0 else []


@test(timeout=90)
def test_once_as_any_user():
    process = show(*as_anybody(), stdin=subprocess.DEVNULL)
    output = process.communicate(timeout=80)[0]
    check(process.returncode == 0, "exit", process.returncode, output)
    for wanted in ("relay1.example took:", "relay2.example took:", "status=sent", "swaks --server",
                   "relay-attempt: ", "CLOSED->OPEN reason=refused", "message 6"):
        check(wanted in output, wanted, "not in", output)
    folder = output.split("instance in ")[1].split(",")[0]
    check(not os.path.exists(folder), folder, "was left behind")


@test(timeout=90)
def test_ends_cleanly_on_interrupt():
    master, slave = os.openpty()
    process = show(*as_anybody(), stdin=slave)
    lines = []

    def ready():
        lines.append(process.stdout.readline())
        check(lines[-1] != "", "ended early:", "".join(lines))
        return "Press ^C" in lines[-1]
    eventually(ready, 60, "the end of the show", every=0)
    process.send_signal(signal.SIGINT)
    rest = process.communicate(timeout=30)[0]
    os.close(master)
    check(process.returncode == 0, "exit", process.returncode, rest)
    folder = "".join(lines).split("instance in ")[1].split(",")[0]
    check(not os.path.exists(folder), folder, "was left behind")
    for path in glob.glob("/proc/[0-9]*/cmdline"):
        try:
            with open(path, "rb") as file:
                check(folder.encode() not in file.read(), "a process was left:", path)
        except FileNotFoundError:
            pass
