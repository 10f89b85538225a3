"""A large transport table is rebuilt again and again while mail is routed by it."""

import itertools
import random
import threading
import time

from harness import Client, Fleet, Instance, check, loopback, soaking, test

KEYS = 1_000_000 if soaking() else 100_000
SECONDS = 60 if soaking() else 6
PORT = 2525
NUMBERS = itertools.count()


def write(path, relays, turn):
    """Every key but d0's has the same value each time; that one says whose turn it is."""
    lines = [f"d{number}.example smtp:[{relays[number % 2]}]:{PORT}" for number in range(1, KEYS)]
    lines.append(f"d0.example smtp:[{relays[turn % 2]}]:{PORT}")
    lines.append("* error:5.9.9 the key was not found")
    path.write_text("\n".join(lines) + "\n")


class Rebuilding(threading.Thread):
    """Runs postmap over and over until told to stop."""

    def __init__(self, instance, table, relays):
        super().__init__()
        self.instance, self.table, self.relays = instance, table, relays
        self.over = threading.Event()
        self.turns, self.fault = 0, None

    def run(self):
        try:
            while not self.over.is_set():
                self.turns += 1
                write(self.table, self.relays, self.turns)
                self.instance.command("postmap", f"hash:{self.table}", seconds=120)
        except Exception as error:  # pylint: disable=broad-except
            self.fault = error


def send(instance, end, sent, faults, per_session=20):
    """Sessions of messages to random keys until the time is up; any loss of a session is a fault."""
    try:
        sessions(instance, end, sent, per_session)
    except (OSError, AssertionError) as fault:
        faults.append(fault)


def sessions(instance, end, sent, per_session):
    while time.monotonic() < end:
        with Client(instance.address, instance.port) as client:
            client.open()
            for _ in range(per_session):
                number, unique = random.randrange(1, KEYS), next(NUMBERS)
                client.envelope(recipients=[f"u{unique}@d{number}.example"])
                client.data(b"Subject: x\r\n\r\nx\r\n")
                sent.append((f"u{unique}@d{number}.example", number % 2))
            client.expect("QUIT", 221)


@test(peer=True, timeout=400 if soaking() else 90)
def test_rebuilt_under_load():
    relays = [loopback(), loopback()]
    fleet = Fleet()
    servers = [fleet.open(relay, PORT) for relay in relays]
    instance = Instance()
    table = instance.config / "transport"
    instance.params["transport_maps"] = f"hash:{table}"
    instance.params["smtp_destination_concurrency_limit"] = "20"
    instance.write_config()
    write(table, relays, 0)
    instance.command("postmap", f"hash:{table}", seconds=120)
    sent = []
    with instance:
        rebuilding = Rebuilding(instance, table, relays)
        waiting = Client(instance.address, instance.port)
        waiting.open()
        rebuilding.start()
        end, faults = time.monotonic() + SECONDS, []
        loads = [threading.Thread(target=send, args=(instance, end, sent, faults))
                 for _ in range(4)]
        for load in loads:
            load.start()
        for load in loads:
            load.join(SECONDS + 60)
        rebuilding.over.set()
        rebuilding.join(120)
        check(not faults, "lost sessions:", faults)
        check(rebuilding.fault is None, rebuilding.fault)
        check(rebuilding.turns >= 2, "the table was rebuilt", rebuilding.turns, "times only")
        time.sleep(2)  # programs look at their tables once a second
        waiting.envelope(recipients=["last@d0.example"])
        waiting.data(b"Subject: open all along\r\n\r\nx\r\n")
        waiting.expect("QUIT", 221)
        sent.append(("last@d0.example", rebuilding.turns % 2))
        instance.wait_empty(60)
        log = instance.log()
    took = [{recipient for mail in server.mails for recipient in mail.recipients}
            for server in servers]
    wrong = [recipient for recipient, which in sent if recipient not in took[which]]
    print(f"figure: {KEYS} keys rebuilt {rebuilding.turns} times under {len(sent)} messages")
    check(not wrong, len(wrong), "of", len(sent), "messages did not come to their relay:",
          wrong[:5])
    check("status=deferred" not in log and "status=bounced" not in log, "deferred or bounced mail")
