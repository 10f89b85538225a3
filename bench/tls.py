"""Mail through a relay behind TLS, Debian's Postfix and Posthaste in turn from the same main.cf.

smtp-source sends to each, which sends under TLS to stunnel, behind which a smtp-sink takes all: over
connections that are kept (smtp_tls_connection_reuse = yes, the best that Postfix's manual offers), and
over one new connection for each message, with a session cache. There TLS begins with the connection,
as stunnel lets 200 ms pass before it offers STARTTLS. BENCH_TLS_MESSAGES (10000; a quarter of it over
new connections). So that the receiver is not what is measured, its share of the machine's CPU is shown
beside that of the mail system.
"""

import os
import shutil
import statistics
import time

from harness import Instance, SmtpSink, Stunnel, free_port, loopback, smtp_source
from harness.processes import cpu_seconds, descendants

TLSPROXY = "tlsproxy unix - - n - 0 tlsproxy\n"  # Postfix keeps connections under TLS there
RUNS = int(os.environ.get("BENCH_RUNS", "3"))
MESSAGES = int(os.environ.get("BENCH_TLS_MESSAGES", "10000"))
GOAL = {True: 5, False: None}


class TlsSink:
    """A smtp-sink behind stunnel."""

    def __init__(self, folder, wrapper):
        address = loopback()
        behind = free_port(address)
        self.sink = SmtpSink(folder, address, behind, "-m", 1000)
        self.stunnel = Stunnel(folder, address, behind, wrapper)
        self.nexthop = self.stunnel.nexthop

    def cpu(self):
        return cpu_seconds(self.sink.process.pid) + cpu_seconds(self.stunnel.process.pid)

    def stop(self):
        self.stunnel.stop()
        self.sink.process.kill()
        self.sink.process.wait()


def params(reuse):
    return {
        "smtp_tls_security_level": "encrypt",
        "smtp_tls_wrappermode": "no" if reuse else "yes",
        "smtp_tls_connection_reuse": "yes" if reuse else "no",
        "smtp_tls_session_cache_database": "btree:$data_directory/smtp_scache",
        # Without it Postfix keeps a connection for a destination that mail piles up for.
        "smtp_connection_cache_on_demand": "yes" if reuse else "no",
    }


def cpu_of(instance):
    master = instance.master_pid()
    return cpu_seconds(master) + sum(cpu_seconds(each.pid) for each in descendants(master))


def measure(peer, reuse):
    """(messages a second, CPU microseconds a message) of one run."""
    messages = MESSAGES if reuse else MESSAGES // 4
    instance = Instance("", params(reuse), extra=TLSPROXY if peer else "", peer=peer)
    sink = TlsSink(instance.folder, wrapper=not reuse)
    instance.set(relayhost=sink.nexthop)
    with instance:
        before, taken, start = cpu_of(instance), sink.cpu(), time.monotonic()
        smtp_source(instance, "-s", "20", "-l", "4096", "-m", messages, seconds=300)
        sink.sink.wait(messages, 300)
        took = time.monotonic() - start
        taken = sink.cpu() - taken
        instance.wait_empty(60)
        cpu = cpu_of(instance) - before
        cores = took * os.cpu_count()
    sink.stop()
    shutil.rmtree(instance.folder, ignore_errors=True)
    print(f"{'Postfix' if peer else 'Posthaste':9}  {kind(reuse):15} {messages / took:6.0f} messages/s  "
          f"{cpu / messages * 1e6:6.0f} us CPU a message; of the machine it used {cpu / cores:.0%}, "
          f"the receiver {taken / cores:.0%}", flush=True)
    return messages / took, cpu / messages * 1e6


def kind(reuse):
    return "kept connections" if reuse else "new connections"


def compare(peers):
    """Measures the given systems in turn, RUNS times; prints medians and ratios."""
    print(f"under TLS: {RUNS} runs of {MESSAGES} messages of 4096 bytes over 20 sessions", flush=True)
    for reuse in (True, False):
        results = {peer: [] for peer in peers}
        for _ in range(RUNS):
            for peer in peers:
                results[peer].append(measure(peer, reuse))
        medians = {peer: [statistics.median(values) for values in zip(*runs)]
                   for peer, runs in results.items()}
        for peer, (rate, cpu) in medians.items():
            print(f"median {'Postfix' if peer else 'Posthaste'}, {kind(reuse)}: "
                  f"{rate:.0f} messages/s, {cpu:.0f} us CPU a message")
        if len(medians) == 2:
            rate, cpu = (medians[False][i] / medians[True][i] for i in (0, 1))
            goal = f" (goal: at least {GOAL[reuse]})" if GOAL[reuse] else ""
            print(f"ratio, {kind(reuse)}: {rate:.1f} times the messages a second{goal}, "
                  f"1/{1 / cpu:.1f} of the CPU a message", flush=True)
