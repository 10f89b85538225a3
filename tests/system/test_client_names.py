"""The names of clients: what DNS and the hosts file say, what is believed, the same as Postfix does."""

import re

from harness import (Client, Instance, NameServer, OddNameServer, Relay, check, deliver, own_network,
                     test)


def reverse(address):
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa."


GOOD, FORGED, DANGLING, UNNAMED, ALIASED, LISTED, NUMERIC, ODD = (f"127.9.0.{n}" for n in range(1, 9))

ZONE = f"""
{reverse(GOOD)} PTR mail.example.net.
mail.example.net. A 127.9.0.99
mail.example.net. A {GOOD}
{reverse(FORGED)} PTR mail.example.net.
{reverse(DANGLING)} PTR nowhere.example.net.
{reverse(ALIASED)} CNAME 5.clients.example.net.
5.clients.example.net. PTR five.example.net.
five.example.net. CNAME real.example.net.
real.example.net. A {ALIASED}
{reverse(NUMERIC)} PTR 127.9.0.7.
{reverse(ODD)} PTR bad!name.example.net.
"""

HOSTS = f"127.0.0.1 localhost\n{LISTED} listed.example.net listed\n"

CASES = [  # address, name, warning
    (GOOD, "mail.example.net", None),
    (FORGED, "unknown", f"hostname mail.example.net does not resolve to address {FORGED}"),
    (DANGLING, "unknown", f"hostname nowhere.example.net does not resolve to address {DANGLING}: "
                          "Name or service not known"),
    (UNNAMED, "unknown", None),
    (ALIASED, "five.example.net", None),
    (NUMERIC, "unknown", None),
    (ODD, "unknown", None),
]


def visit(instance, address):
    with Client(instance.address, instance.port, source=address) as client:
        client.open()
        client.say("QUIT")


def check_cases(instance, cases):
    for address, name, warning in cases:
        visit(instance, address)
        instance.wait_log(rf"connect from {re.escape(name)}\[{re.escape(address)}\]$")
        lines = re.findall(r"warning: (hostname \S+ does not resolve to address .*)", instance.log())
        found = [line for line in lines if re.search(rf"\b{re.escape(address)}\b", line)]
        check(found == ([warning] if warning else []), address, "warnings:", found)


@test()
def test_names_of_clients():
    relay = Relay()
    with NameServer(ZONE) as names:
        with Instance(relay.nexthop, {"smtpd_peername_lookup": "yes",
                                      "resolver_nameservers": names.server}) as instance:
            check_cases(instance, CASES)
            with Client(instance.address, instance.port, source=GOOD) as client:
                client.open("hello.example")
                client.envelope()
                client.data(b"Subject: named\r\n\r\n")
            mail = relay.wait(1)[0]
            check(f"from hello.example (mail.example.net [{GOOD}])".encode() in mail.content,
                  mail.content)
            instance.wait_log(rf": client=mail\.example\.net\[{re.escape(GOOD)}\]$")


@test(root=True)
def test_the_same_names_as_postfix():
    own_network(hosts=HOSTS)
    with NameServer(ZONE, address="127.0.0.53", port=53):
        for peer in (False, True):
            with Instance("[127.0.0.1]:9", {"smtpd_peername_lookup": "yes"}, peer=peer) as instance:
                check_cases(instance, [*CASES, (LISTED, "listed.example.net", None)])


@test()
def test_trouble_with_names_does_not_keep_clients_away():
    """A name server that fails, and one that is silent: unknown, and served in time."""
    manners = {"4.9.127.in-addr.arpa": "servfail", "5.9.127.in-addr.arpa": "garbage"}
    with OddNameServer("", manners) as names:
        with Instance("[127.0.0.1]:9", {"smtpd_peername_lookup": "yes",
                                        "smtpd_client_port_logging": "yes",
                                        "resolver_nameservers": names.server}) as instance:
            for address in ("127.9.4.1", "127.9.5.1"):
                visit(instance, address)
                instance.wait_log(rf"connect from unknown\[{re.escape(address)}\]:\d+$")
            instance.set(smtpd_peername_lookup="no")
            instance.reload()
            deliver(instance)
