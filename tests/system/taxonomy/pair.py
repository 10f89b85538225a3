"""Two relays of a list and an instance that sends through them, the first with a fault."""

import re
import time

from harness import FaultyRelay, Fleet, Instance, deliver, eventually

RETRY_SOON = {"minimal_backoff_time": "1s", "maximal_backoff_time": "1s", "queue_run_delay": "1s"}
RETRY_LATE = {"minimal_backoff_time": "1000s", "maximal_backoff_time": "1000s",
              "queue_run_delay": "1000s"}
# Whatever is open stays so.
STAYS_OPEN = {"failover_open_time": "1000s", "failover_open_time_limit": "1000s",
              "failover_probe_interval": "1000s"}


class Pair:
    """`second` is the fault of the second relay, None: there is no second one. `params` go to
    main.cf; the back-off is so long that no retry is seen unless they say otherwise."""

    def __init__(self, first="", second="", params=None, extra="", start=True):
        fleet = Fleet()
        self.first = FaultyRelay(first, fleet=fleet)
        self.second = None if second is None else FaultyRelay(second, fleet=fleet)
        self.instance = Instance(", ".join(relay.nexthop for relay in self.relays),
                                 {**RETRY_LATE, **(params or {})}, extra=extra)
        if start:
            self.instance.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for relay in self.relays:
            if relay.fault not in ("refuse", "unreachable"):
                relay.become("refuse")  # so that nothing holds up the stop
        self.instance.stop()

    @property
    def relays(self):
        return [self.first, *([self.second] if self.second else [])]

    def send(self, **more):
        """One message; gives its queue ID."""
        return deliver(self.instance, **more)

    def outcome(self, queue_id, seconds=20):
        """"first", "second", or status and code, of the first line on a message."""
        pattern = rf"{queue_id}: to=<\S+, relay=(\S+?), .*dsn=(\S+), status=(\w+) "
        relay, code, status = eventually(lambda: re.search(pattern, self.instance.log()), seconds,
                                         f"an outcome of {queue_id}").groups()
        if status != "sent":
            return f"{status} {code}"
        return "first" if relay == self.first.peer else "second"

    def goes(self, **more):
        return self.outcome(self.send(**more))

    def attempts(self, queue_id=r"\w+"):
        """[(endpoint, result)] of servers that did not take a message."""
        return re.findall(rf"{queue_id}: relay-attempt: (\S+) by=address result=(\w+) after=", self.instance.log())

    def changes(self, relay=None):
        """[(from, to, reason)] of the first relay, or of that one."""
        relay = relay or self.first
        return re.findall(rf"relay-health: \S*{re.escape(relay.nexthop)}\S* (\w+)->(\w+) reason=(\S+)",
                          self.instance.log())

    def is_open(self, relay=None):
        changes = self.changes(relay)
        return bool(changes) and changes[-1][1] == "OPEN"

    def until_open(self, most=3):
        """Sends until the first relay is OPEN; gives the number of messages that took."""
        for number in range(1, most + 1):
            self.outcome(self.send())
            if self.is_open():
                return number
        raise AssertionError(f"not OPEN after {most} messages: {self.changes()}")


def timed(work, *arguments):
    """(seconds, what it gave)."""
    started = time.monotonic()
    result = work(*arguments)
    return time.monotonic() - started, result
