#!/usr/bin/env python3
"""Handshakes a second that the SMTP server makes, new ones and resumed ones, and the CPU they take:
Posthaste beside Debian's Postfix, on the same machine in one run. Also the memory of an idle session.

    bench/tls_server.py [--sessions N] [--idle N]
"""

import argparse
import concurrent.futures
import os
import socket
import ssl
import statistics
import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).resolve().parents[1] / "tests" / "system"),
                str(Path(__file__).resolve().parents[1])]

from harness import Instance, certificates, descendants, resident_bytes  # noqa: E402
from harness.processes import become_subreaper, cpu_seconds, end_all  # noqa: E402

ROUNDS = 3


def instance(peer):
    return Instance(peer=peer, params={
        "smtpd_tls_security_level": "may", "smtpd_tls_chain_files": certificates().good.chain,
        "smtpd_client_connection_count_limit": "0", "smtpd_client_connection_rate_limit": "0",
        "default_process_limit": "200" if peer else None,
        "smtpd_tls_session_cache_database": "btree:${data_directory}/smtpd_scache" if peer else None})


def session(place, context, earlier=None):
    """STARTTLS and QUIT; gives the TLS session, to be taken up again."""
    with socket.create_connection(place, 20) as plain:
        reader = plain.makefile("rb")
        reader.readline()
        plain.sendall(b"EHLO bench.example\r\n")
        while reader.readline()[3:4] == b"-":
            pass
        plain.sendall(b"STARTTLS\r\n")
        reader.readline()
        with context.wrap_socket(plain, session=earlier) as secure:
            secure.sendall(b"QUIT\r\n")
            while secure.recv(4096):
                pass
            return secure.session


def burst(place, count, resumed):
    """Seconds for so many sessions, from four threads."""
    def some(share):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        earlier = session(place, context) if resumed else None
        for _ in range(share):
            session(place, context, earlier)
    began = time.monotonic()
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        list(pool.map(some, [count // 4] * 4))
    return time.monotonic() - began


def all_cpu(running):
    pid = running.master_pid()
    return sum(cpu_seconds(each) for each in [pid, *(p.pid for p in descendants(pid))])


def measure(count, resumed):
    """name -> (sessions a second, milliseconds of CPU a session), medians."""
    found = {}
    for name, peer in (("posthaste", False), ("postfix", True)):
        with instance(peer) as running:
            place = running.address, running.port
            burst(place, 40, resumed)
            rates, costs = [], []
            for _ in range(ROUNDS):
                before = all_cpu(running)
                seconds = burst(place, count, resumed)
                rates.append(count / seconds)
                costs.append((all_cpu(running) - before) * 1000 / count)
            found[name] = statistics.median(rates), statistics.median(costs)
    return found


def idle_memory(count):
    """Bytes that an idle session under TLS takes in a worker of Posthaste."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with instance(False) as running:
        place = running.address, running.port

        def resident():
            return sum(resident_bytes(pid) for pid in running.pids("smtpd"))
        for _ in range(50):
            session(place, context)
        before, held = resident(), []
        for _ in range(count):
            plain = socket.create_connection(place, 20)
            plain.recv(4096)
            plain.sendall(b"EHLO bench.example\r\n")
            plain.recv(4096)
            plain.sendall(b"STARTTLS\r\n")
            plain.recv(4096)
            held.append(context.wrap_socket(plain))
        time.sleep(1)
        taken = (resident() - before) / count
        for each in held:
            each.close()
        return taken


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--sessions", type=int, default=400)
    parser.add_argument("--idle", type=int, default=5000)
    wanted = parser.parse_args()
    become_subreaper()
    for resumed in (False, True):
        what = "resumed" if resumed else "new"
        found = measure(wanted.sessions, resumed)
        for name, (rate, cost) in found.items():
            print(f"{name:9} {what} sessions: {rate:7.0f} a second, {cost:6.2f} ms CPU each")
        ours, theirs = found["posthaste"], found["postfix"]
        print(f"ratio     {what} sessions: {ours[0] / theirs[0]:.1f} times the rate, "
              f"{theirs[1] / ours[1]:.1f} times less CPU", flush=True)
    if wanted.idle:
        print(f"posthaste idle session under TLS: {idle_memory(wanted.idle) / 1024:.1f} KiB of "
              f"{wanted.idle}", flush=True)
    end_all(os.getpid())


main()
