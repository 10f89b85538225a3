"""Processes by /proc: children, CPU time, memory."""

import ctypes
import os
import signal
import time
from collections import namedtuple
from pathlib import Path

Process = namedtuple("Process", "pid parent name state cpu_ticks")

PR_SET_CHILD_SUBREAPER = 36


def become_subreaper():
    """From now on orphans among our descendants become our children, so that none is missed."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def read_process(pid):
    """None once it is gone."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    name = text[text.index("(") + 1:text.rindex(")")]
    fields = text[text.rindex(")") + 2:].split()
    return Process(int(pid), int(fields[1]), name, fields[0],
                   sum(int(field) for field in fields[11:15]))


def all_processes():
    found = (read_process(entry) for entry in os.listdir("/proc") if entry.isdigit())
    return [process for process in found if process]


def descendants(pid):
    """Living children of `pid` and theirs, without itself and without zombies."""
    processes = all_processes()
    known, found, grew = {pid}, [], True
    while grew:
        grew = False
        for process in processes:
            if process.parent in known and process.pid not in known:
                known.add(process.pid)
                found.append(process)
                grew = True
    return [process for process in found if process.state != "Z"]


def cpu_seconds(pid):
    """User and system time of a process and of its children that it has waited for."""
    process = read_process(pid)
    return process.cpu_ticks / os.sysconf("SC_CLK_TCK") if process else 0.0


def resident_bytes(pid):
    """Private memory of a process as the kernel counts it."""
    total = 0
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith(("Private_Clean:", "Private_Dirty:")):
            total += int(line.split()[1]) * 1024
    return total


def send(pid, signum):
    try:
        os.kill(pid, signum)
    except ProcessLookupError:
        pass


def end_all(pid):
    """Kills what is left below `pid` and waits until it is gone."""
    for _ in range(50):
        left = descendants(pid)
        if not left:
            break
        for process in left:
            send(process.pid, signal.SIGKILL)
        reap()
        time.sleep(0.02)
    reap()


def reap():
    while True:
        try:
            if os.waitpid(-1, os.WNOHANG)[0] == 0:
                return
        except ChildProcessError:
            return
