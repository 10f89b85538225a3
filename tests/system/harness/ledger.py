"""Accounts of unique messages: which got their 250, which arrived, how often and where."""

import os
import re
import subprocess
from collections import defaultdict

from . import account
from .places import TOOLS, free_port
from .tools import wait_port
from .trial import check, eventually


# How many messages a connection of the delivery agent can have under way: qmgr_lane_depth.
IN_FLIGHT = 3


class Ledger:
    """A counting relay (tests/tools/ledger-sink) and loads sent towards it."""

    def __init__(self, folder, address, delay_ms=0):
        for tool in ("ledger-sink", "ledger-load"):
            check((TOOLS / tool).exists(), f"{TOOLS / tool} is not built (make tools)")
        self.folder = folder
        self.address = address
        self.port = free_port(address)
        self.file = folder / "ledger.sink"
        self.sink = subprocess.Popen([TOOLS / "ledger-sink", f"{address}:{self.port}", self.file,
                                      *(["--delay-ms", str(delay_ms)] if delay_ms else [])])
        wait_port(address, self.port, process=self.sink)
        self.accepted = set()
        self._loads = 0
        account.taker(lambda: sum(len(places) for places in self.deliveries()[0].values()))

    @property
    def nexthop(self):
        return f"[{self.address}]:{self.port}"

    def start_load(self, instance, *options):
        """Starts a load; `finish_load` waits for it."""
        self._loads += 1
        file = self.folder / f"ledger.load{self._loads}"
        process = subprocess.Popen(
            [TOOLS / "ledger-load", f"{instance.address}:{instance.port}", file, "--prefix",
             f"m{os.getpid()}.{self._loads}", *map(str, options)],
            stdout=subprocess.PIPE, text=True)
        return process, file

    def finish_load(self, load, seconds=300):
        """Figures of a load as a dict, with `each` = messages accepted in each second."""
        process, file = load
        output = process.communicate(timeout=seconds)[0]
        check(process.returncode == 0, "ledger-load failed:", output)
        ids = file.read_text().split()
        check(len(ids) == len(set(ids)), "the loader's own IDs are not unique")
        self.accepted.update(ids)
        account.sent(len(ids))
        words = output.strip().splitlines()[-1].split()
        figures = {name: float(value) for name, value in zip(words[::2], words[1::2])}
        figures["each"] = [int(n) for n in re.findall(r"second \d+ accepted (\d+)", output)]
        return figures

    def load(self, instance, *options, seconds=300):
        return self.finish_load(self.start_load(instance, *options), seconds)

    def deliveries(self):
        """({id: [(connection, position), ...]}, {connection: (count, how it ended)})."""
        arrived, counts, ends = defaultdict(list), defaultdict(int), {}
        for line in self.file.read_text().splitlines():
            words = line.split()
            if words[0] == "mail":
                counts[words[2]] += 1
                arrived[words[1]].append((words[2], counts[words[2]]))
            else:
                ends[words[1]] = words[2]
        return arrived, {name: (counts[name], ends.get(name)) for name in counts}

    def missing(self):
        return self.accepted - set(self.deliveries()[0])

    def wait_all(self, seconds):
        """Waits until every message that got its 250 has arrived."""
        try:
            eventually(lambda: not self.missing(), seconds, "all accepted mail arrived", every=0.3)
        except AssertionError:
            gone = self.missing()
            raise AssertionError(f"{len(gone)} of {len(self.accepted)} accepted messages have not "
                                 f"arrived after {seconds} s, e.g. {sorted(gone)[:5]}") from None

    def duplicates(self):
        """{id: deliveries} of messages that came more than once."""
        return {name: places for name, places in self.deliveries()[0].items() if len(places) > 1}

    def check_once(self):
        twice = self.duplicates()
        check(not twice, f"{len(twice)} messages came more than once, e.g.", list(twice.items())[:5])

    def check_duplicates_in_flight(self):
        """Each earlier copy of a duplicate must be among the last IN_FLIGHT messages of a connection
        that was cut: only there can the client have died before it noted the 250. Gives their
        number."""
        twice, connections = self.duplicates(), self.deliveries()[1]
        for name, places in twice.items():
            for connection, position in places[:-1]:
                count, end = connections[connection]
                check(position > count - IN_FLIGHT and end == "cut",
                      f"{name} came again though its delivery {position} of {count} on connection "
                      f"{connection} ({end}) had been acknowledged: {places}")
        return len(twice)
