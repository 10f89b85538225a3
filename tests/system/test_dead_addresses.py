"""Hosts of which one address is dead: their mail does not wait for it, over IPv6 and IPv4."""

import re
import socket
import time

from harness import (FaultyRelay, Fleet, Instance, NameServer, check, deliver, eventually, need,
                     own_network, run, test)

ALIVE, DEAD, ELSEWHERE = "127.0.1.1", "127.0.1.2", "127.0.1.3"
DEAD_6 = "fd00:1::2"

ZONE = f"""
domain.example.     MX 10 both.example.
domain.example.     MX 20 elsewhere.example.
both.example.       AAAA {DEAD_6}
both.example.       A {ALIVE}
silent.example.     MX 10 dead.example.
silent.example.     MX 20 elsewhere.example.
dead.example.       A {DEAD}
elsewhere.example.  A {ELSEWHERE}
"""

TRANSPORT = """
domain.example  smtp:
host.example    smtp:[both.example]
list.example    smtp:[both.example], [elsewhere.example]
silent.example  quick:
"""

# Exchangers of somebody else's domain are never tried side by side, so this one waits.
EXTRA = """
quick     unix  -       -       n       -       -       smtp
  -o smtp_connect_timeout=2s
"""

VIA_ALIVE, VIA_ELSEWHERE = rf"both\.example\[{ALIVE}\]:25", rf"elsewhere\.example\[{ELSEWHERE}\]:25"

# domain: (relay, from and to which second it is to be sent)
CASES = {
    "domain.example": (VIA_ALIVE, 0.2, 1.5),
    "host.example": (VIA_ALIVE, 0, 1.5),
    "list.example": (VIA_ALIVE, 0, 1.5),
    "silent.example": (VIA_ELSEWHERE, 1.9, 10),
}


def is_reachable(address):
    """Whether there is a route to it; no packet is sent."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        return probe.connect_ex((address, 9)) == 0


def never_accepts(address, port):
    """Whoever connects there gets no answer: the queue of the listener is full."""
    listener = socket.socket(socket.AF_INET6)
    listener.bind((address, port))
    listener.listen(0)
    return listener, socket.create_connection((address, port), 5)


def instance():
    params = {"transport_maps": "texthash:${config_directory}/transport",
              "inet_interfaces": "127.0.0.1", "inet_protocols": "all",
              "smtp_address_preference": "ipv6", "smtp_host_lookup": "dns",
              "smtp_connection_cache_on_demand": "no", "smtp_worker_processes": "1"}
    made = Instance("", params, extra=EXTRA)
    (made.config / "transport").write_text(TRANSPORT)
    return made


@test(root=True, timeout=60)
def test_mail_does_not_wait_for_a_dead_address():
    own_network()
    run(need("ip"), "-6", "address", "add", f"{DEAD_6}/128", "dev", "lo", "nodad")
    eventually(lambda: is_reachable(DEAD_6), what="a route to the address")  # a moment later
    unaccepted = never_accepts(DEAD_6, 25)
    fleet = Fleet()
    alive, dead, elsewhere = (FaultyRelay(fault, address, 25, fleet) for fault, address in (
        ("", ALIVE), ("drop-syn", DEAD), ("", ELSEWHERE)))
    with NameServer(ZONE, address="127.0.0.53", port=53), instance() as mail:
        for domain, (where, least, most) in CASES.items():
            began = time.monotonic()
            queue_id = deliver(mail, recipients=[f"to@{domain}"])
            line = mail.wait_log(rf"{queue_id}: to=<to@{domain}>, .*$", most + 5)[0]
            took = time.monotonic() - began
            check(re.search(rf"relay={where}, .*status=sent", line), domain, line)
            check(least <= took <= most, domain, "took", took, "seconds")
        check(f"connect to both.example[{DEAD_6}]" not in mail.log(), "nobody waited for its end")
        check(f"connect to dead.example[{DEAD}]:25: Connection timed out" in mail.log(), "silence")
    check((len(alive.mails), len(dead.mails), len(elsewhere.mails)) == (3, 0, 1), "mails")
    for each in unaccepted:
        each.close()
