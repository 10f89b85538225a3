"""Where mail goes that demands TLS on all its way, and mail that can do without (RFC 8689)."""

import re

from harness import FaultyRelay, Fleet, Instance, Tls, certificates, check, deliver, eventually, test
from taxonomy.pair import RETRY_LATE

NAME = "relay.example"
ABLE = "caps=PIPELINING,8BITMIME,REQUIRETLS"
DEMAND = b"Require-TLS-ESMTP: yes\r\n"
OPTIONAL = b"TLS-Required: no\r\n"
TEXT = b"Subject: %s\r\n\r\nhello\r\n"


class Relays:
    """Two relays of a list, the second of which can pass the demand on; and a third, with a wrong certificate, for
    mail to wrong.test."""

    def __init__(self):
        authority, fleet = certificates(NAME), Fleet()
        good, wrong = authority.good, authority.self_signed
        self.first, self.second, self.wrong = (
            FaultyRelay(fault, fleet=fleet, tls=Tls(shown.cert, shown.key))
            for fault, shown in (("", good), (ABLE, good), (ABLE, wrong)))
        self.instance = made = Instance(f"{self.first.nexthop}, {self.second.nexthop}", {
            **RETRY_LATE, "smtp_log_tls_feature_status": "yes", "smtp_tls_CAfile": authority.ca,
            "smtp_tls_security_level": "may", "smtp_requiretls_policy": "enforce", "failover_probe_interval": "1s",
            "smtp_connection_cache_time_limit": "1000s", "failover_policy": "failover"})
        table = made.config / "tls_policy"
        table.write_text("".join(f"{relay.nexthop} secure match={NAME}\n"
                                 for relay in (self.first, self.second, self.wrong)))
        transport = made.config / "transport"
        transport.write_text(f"wrong.test smtp:{self.wrong.nexthop}\n")
        made.set(smtp_tls_policy_maps=f"texthash:{table}", transport_maps=f"texthash:{transport}")
        made.start()

    def send(self, header, to="to@example.net"):
        """(relay, tls=, code, status, reason) of a message."""
        queue_id = deliver(self.instance, header + TEXT % b"test", recipients=[to])
        pattern = rf"{queue_id}: to=<\S+, relay=(\S+?), .*?(?:tls=(\S+), )?dsn=(\S+), status=(\w+) \((.*)\)$"
        return eventually(lambda: re.search(pattern, self.instance.log(), re.MULTILINE), 30, "an outcome").groups()

    def expect(self, header, *expected, to="to@example.net"):
        got = self.send(header, to)
        check(got[:len(expected)] == expected, got, expected)
        return got


@test(counted=False)
def test_the_demand():
    world = Relays()
    first, second, made = world.first, world.second, world.instance
    try:
        # Each goes where it may, over one connection to each relay.
        for _ in range(2):
            world.expect(b"", first.peer, "secure", "2.0.0", "sent")
            world.expect(DEMAND, second.peer, "secure/requiretls", "2.0.0", "sent")
        check([len(each.sessions) for each in (first, second)] == [1, 1], first.sessions, second.sessions)
        check(all("REQUIRETLS" in mail.parameters.split() for mail in second.mails), second.mails)
        check(not any("REQUIRETLS" in mail.parameters for mail in first.mails), first.mails)
        check(made.log().count("result=capability_missing") == 2, "not two attempts at the first relay")
        told = made.command("postrelay", "explain", "--probe", "to@example.net")
        for words in ("REQUIRETLS: not offered; policy: enforce", "REQUIRETLS: offered; policy: enforce"):
            check(words in told, words, told)
        check("relay-health" not in made.log(), "somebody was blamed for it")
        # The relay that could pass it on is down: mail waits for it.
        second.become("refuse")
        _, _, code, state, _ = world.send(DEMAND)
        check((code[:2], state) == ("4.", "deferred"), code, state)
        made.wait_log("relay-health: .*->OPEN reason=refused")
        world.expect(DEMAND, "none", "secure/!requiretls:none", "4.7.30", "deferred")
        world.expect(b"", first.peer, "secure", "2.0.0", "sent")
        # It is back, and cannot any more.
        second.become("")
        made.wait_log(r"OPEN->(RAMP|CLOSED)")
        _, _, code, state, reason = world.send(DEMAND)
        check((code, state) == ("5.7.30", "bounced") and "REQUIRETLS demands support of it" in reason, code, reason)
        report = eventually(lambda: [mail for relay in (first, second) for mail in relay.mails if mail.sender == ""], 20,
                            "a report")[0]
        check(b"\r\nStatus: 5.7.30\r\n" in report.content and "REQUIRETLS" not in report.parameters, report)
    finally:
        made.stop()


@test(counted=False)
def test_no_need_of_tls():
    world = Relays()
    to = "to@wrong.test"
    try:
        _, _, code, state, reason = world.send(b"", to)
        check((code, state, reason) == ("4.7.5", "deferred", "Server certificate not verified"), code, reason)
        world.expect(OPTIONAL, world.wrong.peer, "may", "2.0.0", "sent", to=to)
        # Its connection is there, but for no mail with a policy, and that has no reason to be tried again.
        check("OPEN->CLOSED" not in world.instance.log(), "the next hop is back")
        check(world.send(b"", to)[3] == "deferred", "sent over a connection to nobody knows whom")
        check([mail.tls is not None for mail in world.wrong.mails] == [True], world.wrong.mails)
        # Where a connection is good for more, it will do.
        world.expect(b"", world.first.peer, "secure", "2.0.0", "sent")
        world.expect(OPTIONAL, world.first.peer, "secure", "2.0.0", "sent")
        check(len(world.first.sessions) == 1, world.first.sessions)
    finally:
        world.instance.stop()


@test(counted=False)
def test_a_wrong_policy_is_found_before_the_start():
    made = Instance("[127.0.0.1]:1", {"smtp_requiretls_policy": "inline:{{a.example=perhaps}}, enforce"})
    told = made.attempt("postfix", "check")
    check("smtp_requiretls_policy: table inline:{{a.example=perhaps}}: key a.example: expected enforce" in str(told), told)
    made.set(smtp_requiretls_policy="cidr:{{0.0.0.0/0 opportunistic}}, sometimes")
    told = made.attempt("postfix", "check")
    check('a table as type:name, instead of "sometimes"' in str(told), told)
