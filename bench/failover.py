"""What mail feels of a dead relay: `relayhost = [dead], [good]`, 200 messages over 5 sessions.

For each fault of the first relay: when the first and the last message arrived, counted from the first
connection to the mail system, the connections made to the dead relay, mails that came twice; beside
the goal and what Debian's Postfix 3.7 took when it was measured. BENCH_FULL=1 measures Postfix anew,
whose slow cases take a quarter of an hour. Needs root. bench/outages.py has
what happens while relays go and come.
"""

import os
import shutil
import time
from collections import namedtuple
from concurrent.futures import ThreadPoolExecutor

from harness import FaultyRelay, Instance, own_network, small_buffers, smtp_source
import outages

MESSAGES, SESSIONS = 200, 5

# `fault` as in harness/faulty_relay.py; `first` and `last` are the goals in seconds, `postfix` what
# was recorded of Debian's Postfix 3.7; `patience` is how long to wait for all mail. Those that wait
# for time limits by design are measured beside each other.
Case = namedtuple("Case", "name fault first last postfix patience size waits",
                  defaults=(1024, False))
LONG = 60
Result = namedtuple("Result", "arrived first last connections twice")


def quick(name, fault, postfix):
    # A message cut in its middle must be larger than what the buffers between the two hold.
    return Case(name, fault, 3, 3, postfix, 20, 192 << 10 if fault.startswith("content") else 1024)


CASES = [
    Case("drops SYNs", "drop-syn", 1.5, 3, "31 s / 94 s", LONG),
    Case("accepts, never greets", "connect=hang", 6, 8, "302 s / 904 s", LONG),
    quick("refuses connections", "refuse", "1.5 s / 6.2 s"),
    quick("no route to it", "unreachable", "0.9 s / 4.2 s"),
    quick("greets 421", "connect=421 4.3.2 busy", "1.1 s / 4.2 s"),
    quick("greets 554", "connect=554 5.3.2 go away", "1.1 s / 4.6 s"),
    *(quick(f"421 at {stage.upper()}", f"{stage}=421 4.3.2 busy", postfix) for stage, postfix in
      (("ehlo", "0.9 s / 4.1 s"), ("mail", "1.0 s / 3.8 s"), ("rcpt", "0.8 s / 3.6 s"),
       ("data", "0.7 s / 4.5 s"), ("dot", "0.9 s / 5.2 s"))),
    *(quick(f"closes after {what}", f"{stage}=drop", postfix) for stage, what, postfix in
      (("connect", "the connection", "0.8 s / 3.6 s"), ("ehlo", "EHLO", "0.5 s / 3.1 s"),
       ("mail", "MAIL", "0.6 s / 3.1 s"), ("rcpt", "RCPT", "0.8 s / 3.5 s"),
       ("data", "DATA", "0.9 s / 3.4 s"), ("content", "some content", "1.0 s / 22.7 s"))),
    # It has the mail, and nobody knows: it is asked again before the others are.
    Case("takes the mail, then closes", "dot=stored drop", None, None, "", LONG),
    *(Case(f"silent after {stage.upper()}", f"{stage}=hang", None, 60, postfix, 90, waits=True)
      for stage, postfix in (("ehlo", "301 s / 903 s"), ("mail", "301 s / 903 s"),
                             ("rcpt", "302 s / 904 s"), ("data", "122 s / 364 s"))),
]


def measure(case, peer=False):
    """One run of a case."""
    dead, good = FaultyRelay(case.fault), FaultyRelay()
    before = dead.connections()
    instance = Instance(f"{dead.nexthop}, {good.nexthop}", peer=peer)
    with instance:
        started = time.time()
        smtp_source(instance, "-s", SESSIONS, "-l", case.size, "-m", MESSAGES, seconds=120)
        end = time.monotonic() + (1500 if peer else case.patience)
        while distinct(dead, good) < MESSAGES and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(0.3)
        if case.fault.startswith("dot=stored"):  # what it has already comes again
            instance.wait_empty(case.patience)
        times = sorted(mail.time - started for mail in [*dead.mails, *good.mails])
        result = Result(distinct(dead, good), times[0] if times else None,
                        times[-1] if times else None, dead.connections() - before,
                        len(times) - distinct(dead, good))
        dead.become("refuse")
    shutil.rmtree(instance.folder, ignore_errors=True)
    return result


def distinct(*relays):
    """Different messages among those that the relays took."""
    return len({mail.header("Message-ID") for relay in relays for mail in relay.mails})


def seconds(value):
    return "-" if value is None else f"{value:.1f}"


def verdict(case, result):
    """What of the goal was missed, or "ok"."""
    missed = []
    if result.arrived < MESSAGES:
        missed.append(f"{MESSAGES - result.arrived} NOT ARRIVED")
    for name, goal in (("first", case.first), ("last", case.last)):
        value = getattr(result, name)
        if goal is not None and (value is None or value > goal):
            missed.append(f"{name} > {goal:g} s")
    if result.twice and case.fault.partition("=")[0] != "dot":
        missed.append("TWICE")
    return ", ".join(missed) or "ok"


def show(case, result, who):
    print(f"{case.name:28} {who:9} {seconds(result.first):>6} {seconds(result.last):>6} "
          f"{result.connections:>6} {result.twice:>5}  "
          f"{verdict(case, result):24} {case.postfix}", flush=True)


def run_cases(peer):
    """Those in which it mostly waits run beside each other."""
    who = "Postfix" if peer else "Posthaste"
    waiting = [case for case in CASES if case.waits or (peer and case.patience == LONG)]
    for case in CASES:
        if case not in waiting:
            show(case, measure(case, peer), who)
    with ThreadPoolExecutor(len(waiting)) as pool:
        for case, result in zip(waiting, pool.map(lambda case: measure(case, peer), waiting)):
            show(case, result, who)


def compare():
    if os.geteuid() != 0:
        print("failover: not run (needs root)")
        return
    own_network()
    small_buffers()
    print(f"the first of two relays fails; {MESSAGES} messages, {SESSIONS} sessions\n"
          f"{'it':28} {'':9} {'first':>6} {'last':>6} {'conns':>6} {'twice':>5}  "
          f"{'goal':24} Postfix 3.7, recorded", flush=True)
    run_cases(peer=False)
    if os.environ.get("BENCH_FULL") == "1":
        run_cases(peer=True)
    outages.show_all()
