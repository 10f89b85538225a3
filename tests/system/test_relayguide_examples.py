"""The examples of relayguide(7), as an administrator types them, while relays go and come."""

import json
import re
import shlex
from collections import Counter

import guide

from harness import check, deliver, eventually, test

FIRST, SECOND = "[relay1.isp.example]:587", "[relay2.isp.example]:587"
BOTH = f"relayhost = {FIRST}, {SECOND}"
LATE = {"minimal_backoff_time": "1000s", "maximal_backoff_time": "1000s", "queue_run_delay": "1000s"}


class World(guide.World):
    def __init__(self, **params):
        super().__init__("relayguide.7", **params)

    def types(self, line, status=0):
        """A command of the guide; gives what it prints."""
        self.shown(line)
        words = shlex.split(line)
        if words[:2] == ["postconf", "-e"]:
            self.set(words[2])
            return ""
        return self.instance.command(words[0], *words[1:], status=status)

    def set(self, line):
        """A line for main.cf that is not in the guide as it stands."""
        self.instance.command("postconf", "-e", self.local(line))
        self.reload()

    def main_cf(self, line):
        self.shown(line)
        self.set(line)

    def where(self, count, **more):
        """{relay: messages} of so many messages, sent one after the other."""
        before = {name: len(server.mails) for name, server in self.servers.items()}
        for _ in range(count):
            queue_id = deliver(self.instance, sender="me@shop.example",
                               recipients=["user@example.org"], **more)
            self.instance.wait_log(rf"{queue_id}: to=<.*status=sent ")
        return Counter({name: len(server.mails) - before[name]
                        for name, server in self.servers.items() if len(server.mails) > before[name]})

    def deferred(self):
        """Sends a message that must be kept; gives the reason."""
        queue_id = deliver(self.instance, recipients=["user@example.org"])
        return self.instance.wait_log(rf"{queue_id}: to=<.*status=deferred \((.*)\)$", 30)[1]

    def state(self, relay):
        """The state of a relay as it was logged last."""
        changes = re.findall(rf"relay-health: {re.escape(relay)}\S* \w+->(\w+)", self.instance.log())
        return changes[-1] if changes else "CLOSED"


@test(root=True, timeout=90, counted=False)
def test_a_second_relay():
    with World() as world:
        world.types(f"postconf -e '{BOTH}'")
        world.types("postfix check")
        world.types("postfix reload")
        world.arrives("relay1")
        world.down("relay1")
        check(world.where(3) == {"relay2": 3}, "not at the second")
        check(world.state(FIRST) == "OPEN", world.state(FIRST))
        check(len(re.findall(r"relay-attempt: \[relay1", world.instance.log())) == 1, "attempts")
        shown = world.types("postrelay show")
        check(re.search(r"relay1\.isp\.example.*OPEN", shown), shown)
        world.up("relay1")
        eventually(lambda: world.state(FIRST) == "RAMP", 15, "the first relay back in use")
        world.arrives("relay1")


@test(root=True, timeout=90, counted=False)
def test_lists_elsewhere():
    with World() as world:
        world.table("transport", f"example.com smtp:{FIRST}, {SECOND}", reload=False)
        world.table("by_sender", "@club.example [relay3.isp.example]:587, [relay2.isp.example]:587",
                    reload=False)
        world.set("transport_maps = hash:/etc/postfix/transport")
        world.set("sender_dependent_relayhost_maps = hash:/etc/postfix/by_sender")
        world.down("relay1", "relay3")
        world.arrives("relay2", "user@example.com")
        world.arrives("relay2", sender="us@club.example")
        world.main_cf("smtp_fallback_relay = [relay2.isp.example]:587")
        world.set("relayhost = [relay3.isp.example]:587")
        world.arrives("relay2")


@test(root=True, timeout=90, counted=False)
def test_sharing():
    with World(smtp_connection_cache_on_demand="no") as world:
        world.main_cf("failover_policy = round-robin")
        world.set(BOTH)
        found = world.where(8)
        check(abs(found["relay1"] - found["relay2"]) <= 2, found)
        world.main_cf(f"relayhost = {FIRST}, {SECOND}, [relay3.isp.example]:587;priority=9")
        found = world.where(8)
        check(set(found) == {"relay1", "relay2"}, found)
        world.down("relay1", "relay2")
        check(world.where(2) == {"relay3": 2}, "the last resort")


@test(root=True, timeout=90, counted=False)
def test_sharing_by_weight():
    with World(smtp_connection_cache_on_demand="no") as world:
        world.main_cf("failover_policy = weighted")
        world.main_cf(f"relayhost = {FIRST};weight=3, {SECOND}")
        found = world.where(60)
        check(30 < found["relay1"] < 58 and found["relay2"] == 60 - found["relay1"], found)


@test(root=True, timeout=90, counted=False)
def test_sharing_for_one_next_hop():
    with World(smtp_connection_cache_on_demand="no") as world:
        world.table("failover_policy",
                    "[relay1.isp.example]:587,[relay2.isp.example]:587 policy=round-robin", reload=False)
        world.main_cf("failover_policy_maps = hash:/etc/postfix/failover_policy")
        world.set(BOTH)
        found = world.where(8)
        check(abs(found["relay1"] - found["relay2"]) <= 2, found)


@test(root=True, timeout=90, counted=False)
def test_what_5xx_means():
    with World(failover_score_threshold="1000") as world:
        rules = ("/^554 .*account suspended/    failover", "/^550 .*quota exceeded/       failover",
                 "/^552 .*try tomorrow/         defer")
        for rule in rules:
            world.shown(rule)
        (world.instance.config / "relay_replies").write_text("\n".join(rules) + "\n")
        world.set(BOTH)
        world.main_cf("failover_reply_filter = pcre:/etc/postfix/relay_replies")
        for reply, status in (("554 5.7.1 account suspended", "sent"), ("530 5.7.0 who?", "sent"),
                              ("550 5.7.1 quota exceeded", "sent"),
                              ("552 5.2.2 try tomorrow", "deferred"), ("550 5.1.8 no", "bounced")):
            world.servers["relay1"].script.actions["mail"] = reply
            queue_id = deliver(world.instance, recipients=["user@example.org"])
            got = world.instance.wait_log(rf"{queue_id}: to=<.*status=(\w+) ")[1]
            check(got == status, reply, got)


@test(root=True, timeout=90, counted=False)
def test_all_relays_are_down():
    with World(**LATE) as world:
        world.set(BOTH)
        world.down("relay1", "relay2")
        world.deferred()
        reason = world.deferred()
        check(re.search("^(all relays unavailable|delivery temporarily suspended)", reason), reason)
        world.up("relay2")
        eventually(lambda: len(world.servers["relay2"].mails) == 2, 10, "what waited")


@test(root=True, timeout=90, counted=False)
def test_waiting_mail_by_command():
    with World(**LATE) as world:
        world.set(BOTH)
        for relay in ("relay1", "relay2"):
            world.servers[relay].script.actions["rcpt"] = "450 4.2.0 greylisted"
        world.deferred()
        for relay in ("relay1", "relay2"):
            world.servers[relay].script.actions.clear()
        world.types(f"postrelay flush '{FIRST}, {SECOND}'")
        check(world.came("relay1", 0), "after a flush")


@test(root=True, timeout=90, counted=False)
def test_queued_mail_takes_the_relay_of_its_next_attempt():
    with World(**LATE) as world:
        world.set(f"relayhost = {FIRST}")
        world.down("relay1")
        world.deferred()
        world.set(f"relayhost = {SECOND}")
        world.types("postqueue -f")
        world.came("relay2", 0)


@test(root=True, timeout=90, counted=False)
def test_after_the_dot():
    with World() as world:
        world.set(BOTH)
        world.main_cf("failover_after_dot = next")
        world.servers["relay1"].script.actions["dot"] = "\0drop"
        check(world.where(1) == {"relay2": 1}, "not at the next one")


@test(root=True, timeout=90, counted=False)
def test_maintenance():
    with World() as world:
        world.set(BOTH)
        world.arrives("relay1")
        world.types("postrelay drain -t 2h -m 'new disks' '[relay1.isp.example]:587'")
        check(world.where(2) == {"relay2": 2}, "a drained relay was used")
        world.types("postrelay reset '[relay1.isp.example]:587'")
        world.arrives("relay1")
        world.types("postrelay down -m 'contract ended' '[relay1.isp.example]:587'")
        check(world.where(2) == {"relay2": 2}, "a relay that is down was used")
        check("contract ended" in world.types("postrelay show"), "the reason is not shown")
        world.types("postrelay up '[relay1.isp.example]:587'")
        world.arrives("relay1")
        world.types("postrelay probe '[relay1.isp.example]:587'")


@test(root=True, timeout=90, counted=False)
def test_looking():
    with World() as world:
        world.set(BOTH)
        world.down("relay1")
        world.where(1)
        said = world.types("postrelay explain user@example.org")
        check(said.index("127.0.1.2") >= 0 and "OPEN" in said, said)
        records = [json.loads(line) for line in world.types("postrelay show -j").splitlines()]
        check(any("relay1" in str(record) for record in records), records)
        world.types("postqueue -j")
        said = world.types("postrelay explain --probe user@example.org")
        check("relay2.isp.example" in said, said)


@test(root=True, timeout=90, counted=False)
def test_a_machine_that_only_sends():
    with World() as world:
        for line in ("inet_interfaces = loopback-only", "mydestination =", BOTH):
            world.shown(line)
            world.set(line)
        world.arrives("relay1")


@test(root=True, timeout=90, counted=False)
def test_switched_off():
    with World(smtp_connection_cache_on_demand="no") as world:
        world.set(BOTH)
        world.main_cf("failover_health = no")
        world.down("relay1")
        world.where(3)
        refused = world.instance.log().count("]:587: Connection refused")
        check(refused == 3, refused, "attempts")
        check("relay-health" not in world.instance.log(), "something was remembered")
