"""Debian's programs that tests run: smtp-source, smtp-sink, swaks, strace."""

import os
import re
import shutil
import socket
import subprocess
import time

from . import account
from .trial import eventually


def need(program):
    """The program's path; a test without its component fails."""
    path = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not path:
        raise AssertionError(f"{program} is not installed (make deps)")
    return path


def run(*arguments, seconds=60, input=None, status=0, **more):
    """Runs a program; gives its standard output. Fails unless it exits with `status` (None: any)."""
    done = subprocess.run([str(word) for word in arguments], input=input, capture_output=True,
                          text=True, timeout=seconds, **more)
    if status is not None and done.returncode != status:
        raise AssertionError(f"{' '.join(map(str, arguments))}: exit {done.returncode}\n"
                             f"{done.stdout}{done.stderr}")
    return done.stdout


def wait_port(address, port, seconds=15, process=None):
    def answers():
        if process is not None and process.poll() is not None:
            raise AssertionError(f"{process.args[0]} ended with {process.returncode}")
        try:
            socket.create_connection((address, port), 2).close()
            return True
        except OSError:
            return False
    eventually(answers, seconds, f"a listener on {address}:{port}")


def smtp_source(instance, *options, seconds=300):
    """Runs smtp-source against an instance; gives the seconds it took."""
    start = time.monotonic()
    run(need("smtp-source"), *options, "-f", "sender@example.com", "-t", "to@example.net",
        f"{instance.address}:{instance.port}", seconds=seconds)
    words = [str(word) for word in options]
    account.sent(int(words[words.index("-m") + 1]) if "-m" in words else 1)
    return time.monotonic() - start


class SmtpSink:
    """A running smtp-sink; `count()` is what its own counter shows."""

    def __init__(self, folder, address, port, *options, backlog=1024):
        words = [need("smtp-sink"), "-c", *map(str, options)]
        if os.geteuid() == 0:
            words += ["-u", "nobody"]
        self._counter = folder / f"sink.{port}"
        with open(self._counter, "wb") as output:
            self.process = subprocess.Popen([*words, f"{address}:{port}", str(backlog)],
                                            stdout=output)
        eventually(lambda: listening(address, port), 10, f"smtp-sink on {address}:{port}")
        account.taker(self.count)

    def count(self):
        with open(self._counter, "rb") as counter:
            counter.seek(max(0, os.path.getsize(self._counter) - 200))
            seen = re.findall(rb"mesg=(\d+)\s", counter.read())
        return int(seen[-1]) if seen else 0

    def wait(self, count, seconds):
        """Returns as soon as it has so many messages."""
        eventually(lambda: self.count() >= count, seconds, f"{count} messages in smtp-sink",
                   every=0.01)


def listening(address, port):
    wanted = f"{socket.inet_aton(address)[::-1].hex().upper()}:{port:04X}"
    with open("/proc/net/tcp", encoding="ascii") as table:
        return any(line.split()[1] == wanted and line.split()[3] == "0A" for line in table
                   if ":" in line.split()[1])


def swaks(instance, *options, status=0):
    told = run(need("swaks"), "--server", instance.address, "--port", instance.port, *options,
               status=status)
    account.sent("250 2.1.5 Ok" in told)
    return told


def strace(pids, *options):
    """Attaches to processes and all their threads; ready when this returns. `terminate()` detaches."""
    words = [need("strace"), "-f", "-qq", "-o", "/dev/null", *options]
    for pid in pids:
        words += ["-p", str(pid)]
    process = subprocess.Popen(words)

    def attached():
        if process.poll() is not None:
            raise AssertionError(f"strace ended with {process.returncode}")
        return all(traced(pid) for pid in pids)
    eventually(attached, 10, "strace attached")
    return process


def traced(pid):
    tasks = os.listdir(f"/proc/{pid}/task")
    return all(tracer(pid, task) != 0 for task in tasks)


def tracer(pid, task):
    with open(f"/proc/{pid}/task/{task}/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("TracerPid:"))


def grand_totals(report):
    """The totals by name that pflogsumm's report begins with."""
    head = report.partition("Grand Totals")[2].partition("Per-")[0]
    found = {name: int(number) * {"": 1, "k": 1024, "m": 1 << 20}[unit] for number, unit, name in
             re.findall(r"^ *(\d+)([km]?) +([a-z/ ]+?)(?: {2,}.*| *\(.*)?$", head, re.MULTILINE)}
    if len(found) < 14:
        raise AssertionError(f"not a report of pflogsumm: {report[:2000]}")
    return found
