"""Mail by DNS whose servers misbehave: what is delivered, what waits, what comes back; the same as
Postfix does where it uses the same answers."""

import re

from harness import (Instance, NameServer, OddNameServer, Relay, Unbound, check, deliver,
                     eventually, own_network, test)

RELAY, WRONG = "127.0.0.9", "192.0.2.66"

TRY_AGAIN = (r"dsn=4\.4\.3, status=deferred \(Host or domain name not found\. Name service error for "
             r"name={} type=MX: Host not found, try again\)")

# domain, how its name server behaves, what the log says of mail to it
CASES = [
    ("good.example", "", "sent"),
    ("late.example", "slow:0.5", "sent"),
    ("long.example", "truncate", "sent"),
    ("cut.example", "truncate-only", TRY_AGAIN),
    ("failing.example", "servfail", TRY_AGAIN),
    ("refusing.example", "refused", TRY_AGAIN),
    ("lacking.example", "notimp", TRY_AGAIN),
    ("silent.example", "drop", TRY_AGAIN),
    ("odd.example", "formerr",
     r"dsn=5\.4\.3, status=bounced \(Host or domain name not found\. Name service error for "
     r"name={} type=MX: Non-recoverable error\)"),
    ("five.example", "chain:5", "sent"),
    ("nine.example", "chain:9", "sent"),
    ("ten.example", "chain:10", r"dsn=5\.4\.4, status=bounced \(Name server loop for 1?0?\.?{}\)"),
    ("number.example", "wrong-id", "sent"),
    ("question.example", "wrong-name", "sent"),
    ("port.example", "wrong-port", "sent"),
    ("none.example", "", r"dsn=5\.4\.4, status=bounced \(Host or domain name not found\. Name "
     r"service error for name={} type=A: Host not found\)"),
    ("nothing.example", "", r"dsn=5\.4\.4, status=bounced \(Host or domain name not found\. Name "
     r"service error for name={} type=A: Host found but no data record of requested type\)"),
    ("null.example", "", r"dsn=5\.1\.0, status=bounced \(Domain {} does not accept mail "
     r"\(nullMX\)\)"),
    ("broken.example", "", r"dsn=5\.4\.4, status=bounced \(Name service error for name={} type=MX: "
     r"Malformed or unexpected name server reply\)"),
    ("mixed.example", "", "sent"),
    ("host.example", "", "sent"),
    # Only those who use EDNS meet the first; Postfix's resolver takes the others differently.
    ("old.example", "formerr-edns", "sent"),
]
OURS = [
    ("lame.example", "lame", TRY_AGAIN),
    ("garbage.example", "garbage",
     r"dsn=4\.4\.3, status=deferred \(Name service error for name={} type=MX: Malformed or "
     r"unexpected name server reply\)"),
]

RECORDS = f"mx.good.example.net. A {RELAY}\n" + "".join(
    f"{domain}. MX 10 mx.good.example.net.\n" for domain, _, _ in CASES + OURS
    if domain not in ("none.example", "nothing.example", "null.example", "broken.example",
                      "host.example")) + f"""
nothing.example. TXT here
null.example. MX 0 .
broken.example. MX 10 bad!name.example.net.
mixed.example. MX 5 bad!name.example.net.
host.example. A {RELAY}
"""


def outcome(instance, domain):
    pattern = rf"to=<user@{re.escape(domain)}>, .*"
    return eventually(lambda: re.search(pattern, instance.log()), 40, f"an attempt for {domain}")[0]


def check_cases(instance, cases):
    for domain, _, _ in cases:
        deliver(instance, recipients=[f"user@{domain}"])
    wrong = []
    for domain, _, expected in cases:
        line = outcome(instance, domain)
        pattern = r"status=sent" if expected == "sent" else expected.format(re.escape(domain))
        if not re.search(pattern, line):
            wrong.append(f"\n{domain}: {line}")
    check(not wrong, *wrong)


@test(root=True, timeout=120)
def test_servers_that_misbehave():
    own_network(options="timeout:1 attempts:2")
    manners = {domain: manner for domain, manner, _ in CASES + OURS if manner}
    with OddNameServer(RECORDS, manners, address="127.0.0.53", port=53):
        relay = Relay(address=RELAY, port=25)
        with Instance(peer=False) as instance:
            check_cases(instance, CASES + OURS)
            relay.wait(sum(expected == "sent" for _, _, expected in CASES))
        with Instance(peer=True) as instance:
            check_cases(instance, CASES)
        relay.close()


@test(root=True)
def test_resolv_conf_is_read_again_when_it_changes():
    folder = own_network(name_server="127.0.0.51", options="timeout:1 attempts:1")
    relay = Relay(address=RELAY, port=25)
    record = f"a.example. A {RELAY}\nb.example. A {RELAY}"
    with OddNameServer(record, {"example": "servfail"}, address="127.0.0.51", port=53) as first, \
            OddNameServer(record, address="127.0.0.52", port=53) as second:
        with Instance() as instance:
            deliver(instance, recipients=["user@a.example"])
            check("status=deferred" in outcome(instance, "a.example"), "not deferred")
            check(first.asked and not second.asked, first.asked, second.asked)
            (folder / "resolv.conf").write_text("nameserver 127.0.0.52\n")
            instance.wait_log("status=deferred")
            eventually(lambda: resent(instance, relay), 15, "mail by the new server", every=1.1)
    relay.close()


@test(root=True)
def test_a_chroot_needs_no_copy_of_resolv_conf():
    own_network(name_server="127.0.0.51", options="timeout:1 attempts:1")
    relay = Relay(address=RELAY, port=25)
    with OddNameServer(f"a.example. A {RELAY}", address="127.0.0.51", port=53):
        instance = Instance(peer=False)
        plain = "smtp      unix  -       -       n"
        check(plain in instance.master, instance.master)
        instance.master = instance.master.replace(plain, plain[:-1] + "y")
        instance.write_config()
        with instance:
            deliver(instance, recipients=["user@a.example"])
            check("status=sent" in outcome(instance, "a.example"), outcome(instance, "a.example"))
    relay.close()


def resent(instance, relay):
    instance.command("postqueue", "-f")
    return len(relay.mails) == 1


@test(root=True)
def test_a_large_answer_of_nsd_and_a_caching_server():
    """Sixty exchangers do not fit a datagram; what Unbound passes on is asked for once."""
    own_network()
    zone = f"a.b.example.net. A {RELAY}\n" + "".join(
        f"big.example. MX {n} a-rather-long-name-of-a-mail-exchanger-{n}.b.example.net.\n"
        f"a-rather-long-name-of-a-mail-exchanger-{n}.b.example.net. CNAME a.b.example.net.\n"
        for n in range(60))
    relay = Relay(address=RELAY, port=25)
    with NameServer(zone) as names, Unbound(names) as cache:
        for server in (names.server, cache.server):
            with Instance(params={"resolver_nameservers": server}) as instance:
                deliver(instance, recipients=["user@big.example"])
                check("status=sent" in outcome(instance, "big.example"), outcome(instance,
                                                                                "big.example"))
    relay.close()


@test(root=True)
def test_the_next_server_answers_for_a_dead_one():
    own_network()
    relay = Relay(address=RELAY, port=25)
    records = "".join(f"n{n}.example. A {RELAY}\n" for n in range(5))
    with OddNameServer(records, {"example": "drop"}) as dead, OddNameServer(records) as good:
        servers = f"{dead.server}, 127.0.0.50:53, {good.server}"
        with Instance(params={"resolver_nameservers": servers}) as instance:
            for n in range(5):
                deliver(instance, recipients=[f"user@n{n}.example"])
                check("status=sent" in outcome(instance, f"n{n}.example"), n)
            # Known to be dead, it is asked after the others for a while.
            check(len(dead.asked) <= 3, dead.asked)
            check(len(good.asked) == 10, good.asked)
    relay.close()
