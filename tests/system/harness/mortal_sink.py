"""A counting relay (tests/tools/ledger-sink) that is killed and started again."""

import signal
import subprocess
import time

from .ledger import IN_FLIGHT
from .places import TOOLS, free_port
from .tools import wait_port


class MortalSink:
    """Runs until `kill`, again from `start` on; each of its lives has a ledger of its own."""

    def __init__(self, folder, address):
        self.folder, self.address, self.port = folder, address, free_port(address)
        self.lives = []
        self.start()

    @property
    def nexthop(self):
        return f"[{self.address}]:{self.port}"

    def start(self):
        file = self.folder / f"mortal.{len(self.lives)}"
        process = subprocess.Popen([TOOLS / "ledger-sink", f"{self.address}:{self.port}", file])
        wait_port(self.address, self.port, process=process)
        self.lives.append((file, process))

    def kill(self):
        self.lives[-1][1].send_signal(signal.SIGKILL)
        self.lives[-1][1].wait()

    def stop(self):
        for _, process in self.lives:
            process.kill()
            process.wait()

    def deliveries(self):
        """[(ID, whether it was among the last of its connection, so that its 250 may have been cut)]"""
        found = []
        for file, process in self.lives:
            connections = {}
            for line in file.read_text().splitlines():
                words = line.split()
                if words[0] == "mail":
                    connections.setdefault(words[2], []).append(words[1])
            killed = process.returncode is not None
            found += [(name, killed and at >= len(names) - IN_FLIGHT)
                      for names in connections.values() for at, name in enumerate(names)]
        return found

    def in_use(self):
        """It has had mail in its present life."""
        return self.lives[-1][0].stat().st_size > 0

    def die_under(self, ledger, instance, deaths, messages, patience):
        """Dies in the middle of so many messages each time, and then is waited for to be in use
        again; gives the longest time that took."""
        longest = 0
        for _ in range(deaths):
            load = ledger.start_load(instance, "--messages", messages, "--sessions", 5)
            time.sleep(0.3)
            self.kill()
            time.sleep(0.5)
            self.start()
            started = time.monotonic()
            ledger.finish_load(load)
            while not self.in_use() and time.monotonic() < started + patience:
                ledger.load(instance, "--messages", 5, "--sessions", 1)
                time.sleep(0.1)
            longest = max(longest, time.monotonic() - started)
        return longest

    def settle(self, ledger, seconds):
        """Waits until all mail that `ledger` sent is here or there; gives the numbers of messages that
        are lost, that came twice, and those of the latter that a cut behind the dot explains."""
        end = time.monotonic() + seconds
        while True:
            first, second = self.deliveries(), ledger.deliveries()[0]
            lost = ledger.accepted - {name for name, _ in first} - set(second)
            if not lost or time.monotonic() > end:
                return (len(lost), *duplicates(first, second))
            time.sleep(0.3)


def duplicates(first, second):
    """(copies beyond the first of each message, those of them that a cut behind the dot explains)."""
    copies = {}
    for name, may_be_cut in first:
        copies.setdefault(name, []).append(may_be_cut)
    for name, places in second.items():
        copies.setdefault(name, []).extend([False] * len(places))
    twice = {name: cuts for name, cuts in copies.items() if len(cuts) > 1}
    extra = sum(len(cuts) - 1 for cuts in twice.values())
    return extra, sum(min(sum(cuts), len(cuts) - 1) for cuts in twice.values())
