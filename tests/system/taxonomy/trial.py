"""Runs rows of the taxonomy over one instance, each with relays of its own, side by side."""

import re
from concurrent.futures import ThreadPoolExecutor

from harness import FaultyRelay, Fleet, Instance, OddNameServer, deliver, eventually

PATIENCE = 30
ZONE = """
text.example. TXT "no address here"
a.broken.example. A 127.0.0.9
"""
# What would change by itself while a row looks at it does not; what would take minutes takes seconds.
PARAMS = {
    "smtp_connect_timeout": "2s", "smtp_helo_timeout": "2s", "smtp_mail_timeout": "2s",
    "smtp_rcpt_timeout": "2s", "smtp_data_init_timeout": "2s", "smtp_data_xfer_timeout": "2s",
    "smtp_data_done_timeout": "2s", "smtp_host_lookup": "dns", "message_size_limit": "0",
    "failover_open_time": "1000s", "failover_open_time_limit": "1000s",
    "failover_probe_interval": "1000s", "failover_all_down_probe_interval": "1s",
    "patient_failover_connect_hedge_delay": "100s", "patient_failover_banner_hedge_delay": "100s",
    "minimal_backoff_time": "1000s", "maximal_backoff_time": "1000s", "queue_run_delay": "1000s",
    "notify_classes": "", "default_process_limit": "200", "bounce_queue_lifetime": "0",
}
# As -o takes for smtp what patient_… cannot say of it.
SERVICES = "patient unix - - n - - smtp\n"
SMALL = b"Subject: x\r\n\r\nhello\r\n"
BIG = SMALL + (b"x" * 70 + b"\r\n") * 6000


def label(nexthop, address):
    """An endpoint as log lines name it."""
    return f"{nexthop}/{address}"


class World:
    """An instance with a pair of relays for each row; the second ones are one relay, which is good."""

    def __init__(self, rows, alone=False, params=None):
        self.names = OddNameServer(ZONE, {"broken.example": "servfail"})
        self.fleet = Fleet()
        self.good = FaultyRelay(fleet=self.fleet)
        self.bad = {row.name: self.relay(row) for row in rows}
        self.alone = alone
        self.instance = Instance(params={**PARAMS, "resolver_nameservers": self.names.server,
                                         **(params or {})}, extra=SERVICES)
        self.table("transport_maps",
                   (f"{row.name}.test {row.service}:{self.nexthop(row)}" for row in rows))
        self.more_tables(rows)
        self.instance.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for relay in self.bad.values():
            if relay.fault != "refuse":
                relay.become("refuse")
        self.instance.stop()
        self.names.stop()

    def relay(self, row):
        return FaultyRelay(row.fault, fleet=self.fleet)

    def more_tables(self, rows):
        """For worlds in which the relays want more."""

    def table(self, parameter, lines):
        file = self.instance.config / parameter
        file.write_text("".join(f"{line}\n" for line in lines))
        self.instance.set(**{parameter: f"texthash:{file}"})

    def first(self, row):
        return row.first or self.bad[row.name].nexthop

    def nexthop(self, row):
        return self.first(row) if self.alone else f"{self.first(row)}, {self.good.nexthop}"

    def send(self, row, number):
        return deliver(self.instance, BIG if row.big else SMALL,
                       recipients=[f"user{number}@{row.name}.test"])

    def status(self, queue_id):
        """(relay, code, status, reason) of a message of one recipient."""
        pattern = rf"{queue_id}: to=<\S+, relay=(\S+?), .*dsn=(\S+), status=(\w+) \((.*)\)$"
        found = eventually(lambda: re.search(pattern, self.instance.log(), re.MULTILINE), PATIENCE,
                           f"an outcome of {queue_id}")
        return found.groups()

    def outcome(self, row, queue_id):
        relay, code, status, _ = self.status(queue_id)
        if status != "sent":
            return f"{status} {code}"
        return {self.good.peer: "next", self.bad[row.name].peer: "first"}.get(relay, relay)

    def attempts(self, queue_id):
        """{relay: result} of the servers that did not take the message."""
        return dict(re.findall(rf"{queue_id}: relay-attempt: (\S+) by=address result=(\w+) after=[\d.]+m?s$",
                               self.instance.log(), re.MULTILINE))

    def openings(self, row):
        """The reasons for which the first relay of a row was opened."""
        found = re.findall(rf"relay-health: \S*{re.escape(self.first(row))}\S*(?: as \S+)? "
                           r"CLOSED->OPEN reason=(\w+) ", self.instance.log())
        return [reason for reason in found if reason != "all_relays_down"]  # that is the list


def run_row(world, row):
    """What is wrong with the row; "" for nothing."""
    least, most = row.opens
    for number in range(1, (most or 5) + 1):
        queue_id = world.send(row, number)
        got = world.outcome(row, queue_id)
        if got != row.outcome:
            return f"message {number}: {got}, not {row.outcome}"
        results = set(world.attempts(queue_id).values())
        attempted = row.result and row.result not in ("name_not_found", "dns_trouble")
        if results - set(row.result.split("|")) or (attempted and not results):
            return f"message {number}: relay-attempt {results}, not {row.result}"
        if opened := world.openings(row):
            break
    if most is None:
        return f"OPEN by {opened}" if opened else ""
    if not opened:
        return f"not OPEN after {number} messages"
    if number < least:
        return f"OPEN after {number} messages already"
    if not set(opened) <= set(row.result.split("|")):
        return f"OPEN by {opened}"
    return "" if world.alone else honoured(world, row)


def honoured(world, row):
    """One message more goes past the open relay."""
    queue_id = world.send(row, 0)
    got = world.outcome(row, queue_id)
    if got != "next":
        return f"with the relay open: {got}"
    tried = world.attempts(queue_id)
    return f"with the relay open: {tried}" if tried else ""


def run_rows(world, rows):
    with ThreadPoolExecutor(24) as pool:
        return [f"\n{row.name}: {wrong}" for row, wrong in
                zip(rows, pool.map(lambda row: said(world, row), rows)) if wrong]


def said(world, row):
    try:
        return run_row(world, row)
    except AssertionError as error:
        return str(error)
