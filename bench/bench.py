#!/usr/bin/env python3
"""Debian's Postfix and Posthaste in turn from the same main.cf: messages a second, CPU a message.

smtp-source -s 20 -l 4096 sends BENCH_MESSAGES (20000) through each to a smtp-sink; the clock runs
from the first connection until the sink has them all. CPU is what master and everything below it
used, without source and sink. BENCH_RUNS (3) runs each, alternating; medians are compared.
BENCH_ONLY=postfix or posthaste measures one alone. Postfix needs root. Then mail routed by a
transport table of a million keys: bench/routing.py, mail under TLS: bench/tls.py, and what mail feels
of dead relays: bench/failover.py. BENCH_WHAT=mail, routing, tls or failover measures one of them.
"""

import os
import shutil
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "tests" / "system"), str(ROOT)]

from harness import Instance, SmtpSink, free_port, loopback, smtp_source  # noqa: E402
import failover  # noqa: E402
import routing  # noqa: E402
import tls  # noqa: E402
from harness.places import made  # noqa: E402
from harness.processes import become_subreaper, cpu_seconds, descendants, end_all  # noqa: E402

RUNS = int(os.environ.get("BENCH_RUNS", "3"))
MESSAGES = int(os.environ.get("BENCH_MESSAGES", "20000"))
GOAL_RATE, GOAL_CPU = 5, 1 / 6


def cpu_of(instance):
    master = instance.master_pid()
    return cpu_seconds(master) + sum(cpu_seconds(each.pid) for each in descendants(master))


def measure(peer):
    """(messages a second, CPU microseconds a message) of one run."""
    address = loopback()
    port = free_port(address)
    instance = Instance(f"[{address}]:{port}", peer=peer)
    sink = SmtpSink(instance.folder, address, port, "-m", 1000)
    with instance:
        before = cpu_of(instance)
        start = time.monotonic()
        smtp_source(instance, "-s", "20", "-l", "4096", "-m", str(MESSAGES), seconds=900)
        accepted = time.monotonic() - start
        sink.wait(MESSAGES, 900)
        took = time.monotonic() - start
        instance.wait_empty(60)
        cpu = cpu_of(instance) - before
    sink.process.kill()
    sink.process.wait()
    shutil.rmtree(instance.folder, ignore_errors=True)
    name = "Postfix" if peer else "Posthaste"
    print(f"{name:9}  {MESSAGES / took:7.0f} messages/s ({MESSAGES / accepted:.0f}/s accepted)  "
          f"{cpu / MESSAGES * 1e6:7.0f} us CPU a message", flush=True)
    return MESSAGES / took, cpu / MESSAGES * 1e6


def main():
    only = os.environ.get("BENCH_ONLY", "")
    peers = [peer for peer, name in ((True, "postfix"), (False, "posthaste"))
             if only in ("", name)]
    if True in peers and os.geteuid() != 0:
        sys.exit("not run (needs root): Debian's Postfix starts as root only")
    become_subreaper()
    what = os.environ.get("BENCH_WHAT", "")
    try:
        if what in ("", "mail"):
            compare(peers)
        if what in ("", "routing"):
            routing.compare(peers)
        if what in ("", "tls"):
            tls.compare(peers)
        if what in ("", "failover"):
            failover.compare()
    finally:
        end_all(os.getpid())
        for folder in made:
            shutil.rmtree(folder, ignore_errors=True)


def compare(peers):
    """Measures the given systems in turn, RUNS times; prints medians and ratios."""
    print(f"{RUNS} runs of {MESSAGES} messages of 4096 bytes over 20 sessions, "
          f"{os.cpu_count()} cores", flush=True)
    results = {peer: [] for peer in peers}
    for _ in range(RUNS):
        for peer in peers:
            results[peer].append(measure(peer))
    medians = {peer: [statistics.median(values) for values in zip(*runs)]
               for peer, runs in results.items()}
    for peer, (rate, cpu) in medians.items():
        print(f"median {'Postfix' if peer else 'Posthaste'}: {rate:.0f} messages/s, "
              f"{cpu:.0f} us CPU a message")
    if len(medians) == 2:
        rate, cpu = (medians[False][i] / medians[True][i] for i in (0, 1))
        print(f"ratio: {rate:.1f} times the messages a second (goal: at least {GOAL_RATE}), "
              f"1/{1 / cpu:.1f} of the CPU a message (goal: at most 1/{1 / GOAL_CPU:.0f})")


if __name__ == "__main__":
    main()
