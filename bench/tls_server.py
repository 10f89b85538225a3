#!/usr/bin/env python3
"""Handshakes a second that the SMTP server makes, new ones and resumed ones, and the CPU they take:
Posthaste beside Debian's Postfix, on the same machine in one run. Also the memory of an idle session.

    bench/tls_server.py [--idle N]
"""

import argparse
import os
import re
import resource
import socket
import ssl
import statistics
import subprocess
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "tests" / "system"),
                str(Path(__file__).resolve().parents[1])]

from harness import (Instance, certificates, descendants, free_port, loopback, need,  # noqa: E402
                     resident_bytes)
from harness.processes import become_subreaper, cpu_seconds, end_all  # noqa: E402
from harness.tools import wait_port  # noqa: E402

ROUNDS, SECONDS, CLIENTS = 3, 3, 2


class Server:
    """An instance with one listener for STARTTLS, and `wrapped`, under TLS from the first byte."""

    def __init__(self, peer):
        address = loopback()
        self.wrapped = address, free_port(address)
        params = {"smtpd_tls_security_level": "may",
                  "smtpd_tls_chain_files": certificates().good.chain,
                  "smtpd_client_connection_count_limit": "0"}
        if peer:
            params["smtpd_tls_session_cache_database"] = "btree:${data_directory}/smtpd_scache"
        self.instance = Instance(peer=peer, params=params, extra=(
            "%s:%d inet n - n - - smtpd -o smtpd_tls_wrappermode=yes\n" % self.wrapped))

    def __enter__(self):
        self.instance.start()
        wait_port(*self.wrapped)
        return self

    def __exit__(self, *_):
        self.instance.stop()

    def cpu(self):
        pid = self.instance.master_pid()
        return sum(cpu_seconds(each) for each in [pid, *(p.pid for p in descendants(pid))])


def burst(place, resumed):
    """How many sessions a few clients begin in SECONDS: openssl s_time, which shakes hands and leaves."""
    clients = [subprocess.Popen([need("openssl"), "s_time", "-connect", "%s:%d" % place, "-time",
                                 str(SECONDS), "-tls1_2", "-reuse" if resumed else "-new"],
                                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
               for _ in range(CLIENTS)]
    told = [client.communicate()[0] for client in clients]
    return sum(int(re.findall(r"^(\d+) connections in \d+ real seconds", text, re.M)[-1])
               for text in told)


def measure(resumed):
    """name -> (sessions a second, milliseconds of CPU a session), medians."""
    found = {}
    for name, peer in (("posthaste", False), ("postfix", True)):
        with Server(peer) as server:
            burst(server.wrapped, resumed)
            rates, costs = [], []
            for _ in range(ROUNDS):
                before = server.cpu()
                count = burst(server.wrapped, resumed)
                rates.append(count / SECONDS)
                costs.append((server.cpu() - before) * 1000 / count)
            found[name] = statistics.median(rates), statistics.median(costs)
    return found


def idle_memory(count):
    """Bytes that an idle session under TLS takes in a worker of Posthaste."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with Server(False) as server:
        def resident():
            return sum(resident_bytes(pid) for pid in server.instance.pids("smtpd"))

        def greeted():
            client = context.wrap_socket(socket.create_connection(server.wrapped, 20))
            client.recv(4096)
            return client
        held = [greeted() for _ in range(50)]
        before = resident()
        held += [greeted() for _ in range(count)]
        time.sleep(1)
        taken = (resident() - before) / count
        for each in held:
            each.close()
        return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--idle", type=int, default=5000)
    wanted = parser.parse_args()
    become_subreaper()
    for resumed in (False, True):
        what = "resumed" if resumed else "new"
        found = measure(resumed)
        for name, (rate, cost) in found.items():
            print(f"TLS sessions, {what}: {name} {rate:.0f} a second, {cost:.2f} ms CPU each")
        ours, theirs = found["posthaste"], found["postfix"]
        print(f"TLS sessions, {what}: ratio {ours[0] / theirs[0]:.1f} times the rate, "
              f"{theirs[1] / ours[1]:.1f} times less CPU", flush=True)
    if wanted.idle:
        print(f"TLS sessions, idle: posthaste {idle_memory(wanted.idle) / 1024:.1f} KiB each, of "
              f"{wanted.idle}", flush=True)
    end_all(os.getpid())


main()
