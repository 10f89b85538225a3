"""What a next hop may look like, with a name server that has SRV records and null MX lists."""

import time

from harness import Fleet, Instance, NameServer, check, deliver, eventually, own_network, test

ZONE = """
_submission._tcp.srv.example.   SRV 20 1 1588 relay2.example.
_submission._tcp.srv.example.   SRV 10 1 1587 relay1.example.
_submission._tcp.none.example.  SRV 0 0 0 .
none.example.                   MX 10 relay3.example.
plain.example.                  MX 10 relay3.example.
relay1.example.                 A 127.0.1.1
relay2.example.                 A 127.0.1.2
relay3.example.                 A 127.0.1.3
ours.example.                   MX 10 us.example.
ours.example.                   A 127.0.1.3
us.example.                     A 127.0.0.1
"""
PLACES = {"relay1": ("127.0.1.1", 1587), "relay2": ("127.0.1.2", 1588), "relay3": ("127.0.1.3", 25)}


class World:
    """Three relays, a name server, one mail system that asks it."""

    def __init__(self):
        own_network()
        self.fleet = Fleet()
        self.servers = {name: self.fleet.open(*place, f"name={name}")
                        for name, place in PLACES.items()}
        self.names = NameServer(ZONE, address="127.0.0.53", port=53, ttl=1)
        self.instance = Instance(params={
            "minimal_backoff_time": "1s", "maximal_backoff_time": "1s", "queue_run_delay": "1s",
            "inet_interfaces": "127.0.0.1", "relayhost": "[relay1.example]:1587"})
        self.instance.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.instance.stop()
        self.names.stop()

    def set(self, *lines):
        self.instance.command("postconf", "-e", *lines)
        self.instance.reload()

    def arrives(self, at, recipient="user@example.org"):
        before = len(self.servers[at].mails)
        queue_id = deliver(self.instance, recipients=[recipient])
        eventually(lambda: len(self.servers[at].mails) > before, 20,
                   f"mail for {recipient} comes to {at}")
        return self.instance.wait_log(rf"{queue_id}: to=<.*status=sent .*$")[0]


@test(root=True, timeout=120)
def test_relay_forms():
    with World() as world:
        world.set("use_srv_lookup = submission", "relayhost = srv.example:submission")
        line = world.arrives("relay1")
        check("relay=relay1.example[127.0.1.1]:1587, " in line, line)
        # Priorities and weights come before the order of the list.
        for first in ("[relay1.example]:1587;priority=2, [relay2.example]:1588;priority=1",
                      "[relay1.example]:1587;weight=0, [relay2.example]:1588;weight=1"):
            world.set(f"relayhost = {first}", "failover_policy = weighted")
            world.arrives("relay2")
        world.set("relayhost = srv.example:submission", "failover_policy = failover")
        world.fleet.close(world.servers["relay1"])
        world.arrives("relay2")
        world.set("use_srv_lookup =", "smtp_srv_lookup = yes", "relayhost = srv.example")
        line = world.arrives("relay2")
        check("relay=relay2.example[127.0.1.2]:1588, " in line, line)
        for bare in ("none.example", "plain.example"):
            world.set(f"relayhost = {bare}")
            world.arrives("relay3")
        for joined in ("[relay1.example]:1587:[relay2.example]:1588",
                       "[relay1.example]:1587;weight=3, [relay2.example]:1588;weight=1"):
            world.set(f"relayhost = {joined}")
            world.arrives("relay2")
        world.set("relayhost =")
        world.set("smtp_try_null_mx_list = yes")
        line = world.arrives("relay3", "user@ours.example")
        check("relay=ours.example[127.0.1.3]:25, " in line, line)
        # DNS fails: the addresses of before are used, for a relay that somebody configured.
        world.set("relayhost = [relay2.example]:1588", "failover_stale_address_time = 1h")
        world.arrives("relay2")
        world.names.stop()
        time.sleep(1.5)  # until what was heard is too old
        world.arrives("relay2")


@test(root=True, timeout=60, counted=False)
def test_check_of_relays():
    own_network()
    with NameServer(ZONE, address="127.0.0.53", port=53):
        instance = Instance(params={
            "relayhost": "[relay1.example]:587, [rely2.example], relay3.example:smpt",
            "smtp_conect_timeout": "5s",
            "transport_maps": "inline:{ { a.example = smtp:[a]:[b];weigth=2 } }",
            "failover_policy_maps": "inline:{ { [r.example] = policy=round-robbin } }"})
        status, output = instance.attempt("postfix", "check")
        check(status == 0, output)
        for warning in (
                'relayhost: unknown service "smpt" in "relay3.example:smpt"; ',
                'relayhost: "[rely2.example]" leads to no host: Host or domain name not found. ',
                "unused parameter: smtp_conect_timeout=5s; did you mean smtp_connect_timeout?",
                'key a.example: unknown attribute "weigth=2" in "[a]:[b];weigth=2"; ',
                "key [r.example]: policy: expected one of failover, "):
            check(warning in output, warning, output)
        check("relay1.example" not in output, output)
