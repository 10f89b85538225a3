"""Relays that die and return while mail flows, and relays whose name does not exist."""

import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from harness import (FaultyRelay, Instance, Ledger, MortalSink, NameServer, check, deliver,
                     loopback)

DEATHS = 5
MESSAGES = int(os.environ.get("BENCH_FAILOVER_MESSAGES", "10000"))


def show(name, figure, good):
    print(f"{name}: {figure}  {'ok' if good else 'MISSED'}", flush=True)


def killed_five_times():
    """Mail in flight while the first relay is killed and started again."""
    instance = Instance()
    ledger = Ledger(instance.folder, loopback())
    mortal = MortalSink(instance.folder, loopback())
    instance.set(relayhost=f"{mortal.nexthop}, {ledger.nexthop}")
    with instance:
        longest = mortal.die_under(ledger, instance, DEATHS, MESSAGES // DEATHS, 20)
        lost, twice, cut = mortal.settle(ledger, 60)
        bounced = instance.log().count("status=bounced")
    mortal.stop()
    show(f"{len(ledger.accepted)} messages, the first relay killed {DEATHS} times",
         f"{lost} lost, {bounced} bounced, {twice} twice of which {cut} were cut after the dot; "
         f"{len(mortal.deliveries())} taken by the first relay, in use again after {longest:.1f} s at most",
         lost == 0 and bounced == 0 and twice == cut)


def dead_under_load(fault, seconds=60, sessions=5):
    """Connections made to a relay that stays dead."""
    dead = FaultyRelay(fault)
    before = dead.connections()
    instance = Instance()
    ledger = Ledger(instance.folder, loopback())
    instance.set(relayhost=f"{dead.nexthop}, {ledger.nexthop}")
    with instance:
        started = time.monotonic()
        messages = 0
        while time.monotonic() < started + seconds:
            messages += int(ledger.load(instance, "--seconds", 1, "--sessions", sessions,
                                        "--per-session", 5)["accepted"])
        made = dead.connections() - before
        ledger.wait_all(120)
        dead.become("refuse")
    ledger.sink.kill()
    ledger.sink.wait()
    show(f"a relay that is dead for {seconds} s under load ({fault})",
         f"{made} connections to it for {messages} messages (goal: at most {12 + sessions})",
         made <= 12 + sessions)


class Trickle:
    """A message now and then, until left."""

    def __init__(self, instance, every):
        self.sent = 0
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._send, args=(instance, every))

    def _send(self, instance, every):
        while not self._over.wait(every):
            deliver(instance)
            self.sent += 1

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


def returns(outage=10):
    """When the first relay has mail again after an outage."""
    first, second = FaultyRelay("refuse"), FaultyRelay()
    with Instance(f"{first.nexthop}, {second.nexthop}") as instance, Trickle(instance, 0.1):
        time.sleep(outage)
        check(second.mails, "no mail at the second relay")
        first.become("")
        took = until(lambda: first.mails, 30)
    show(f"a relay returns after {outage} s", f"in use again after {took:.1f} s (goal: 10)", took <= 10)


def all_down(outage=10, messages=200):
    """When the mail that waited has arrived, once a relay is back."""
    first, second = FaultyRelay("refuse"), FaultyRelay("refuse")
    with Instance(f"{first.nexthop}, {second.nexthop}") as instance:
        for _ in range(messages):
            deliver(instance)
        time.sleep(outage)
        first.become("")
        took = until(lambda: len(first.mails) >= messages, 60)
    show(f"both relays down for {outage} s, {messages} messages waiting",
         f"{len(first.mails)} arrived {took:.1f} s after the first returned (goal: 10)",
         took <= 10 and len(first.mails) == messages)


def until(question, seconds):
    """The seconds until it holds, or more than `seconds`."""
    started = time.monotonic()
    while not question() and time.monotonic() - started <= seconds:
        time.sleep(0.05)
    return time.monotonic() - started


def misspelt(beside_dead):
    """A relay whose name does not exist: mail waits, and `postfix check` names it."""
    with NameServer("good.example. A 127.0.0.9") as names:
        relays = ["[relay1.exmaple]:587"]
        if beside_dead:
            relays.append(FaultyRelay("refuse").nexthop)
        instance = Instance(", ".join(relays), {"resolver_nameservers": names.server})
        with instance:
            queue_id = deliver(instance)
            status = instance.wait_log(rf"{queue_id}: to=.*status=(\w+)", 60)[1]
            _, said = instance.attempt("postfix", "check")
    show(f"a misspelt relay {'beside a dead one' if beside_dead else 'alone'}",
         f"mail is {status}, postfix check {'names it' if 'relay1.exmaple' in said else 'is silent'}",
         status == "deferred" and "relay1.exmaple" in said)


def show_all():
    killed_five_times()
    with ThreadPoolExecutor(4) as pool:
        waits = [pool.submit(work, *arguments) for work, arguments in
                 ((returns, ()), (all_down, ()), (misspelt, (False,)), (misspelt, (True,)))]
        for each in waits:
            each.result()
    for fault in ("drop-syn", "refuse"):
        dead_under_load(fault)
