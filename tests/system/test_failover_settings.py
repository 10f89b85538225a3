"""Settings of failover that hold for one transport, one list or one sender, on a real instance."""

from taxonomy.pair import Pair

from harness import FaultyRelay, Fleet, Instance, check, deliver, eventually, test


def relay_of(instance, queue_id):
    return instance.wait_log(rf"{queue_id}: to=<\S+, relay=(\S+?), .*status=sent ")[1]


@test(timeout=60, counted=False)
def test_a_senders_mail_stays_with_one_relay():
    """The value of failover_policy looks like a table; it is none."""
    with Pair(params={"failover_policy": "hash:sender"}) as pair:
        homes = {}
        for _ in range(3):
            for number in range(8):
                sender = f"s{number}@example.com"
                where = pair.goes(sender=sender)
                check(homes.setdefault(sender, where) == where, sender, where, homes)
        check(set(homes.values()) == {"first", "second"}, homes)


@test(timeout=60, counted=False)
def test_one_list_takes_turns_beside_another_in_order():
    """A list's own entry goes before its transport's setting, and that before the general one."""
    fleet = Fleet()
    relays = [FaultyRelay(fleet=fleet) for _ in range(2)]
    one, other = (",".join(relay.nexthop for relay in some) for some in (relays, relays[::-1]))
    instance = Instance(params={"failover_policy": "sticky", "smtp_failover_policy": "failover"})
    instance.set(transport_maps=f"inline:{{ {{turns.example = smtp:{one}}}, "
                                f"{{order.example = smtp:{other}}} }}")
    (instance.config / "policies").write_text(f"{one} policy=round-robin\n")
    instance.set(failover_policy_maps=f"texthash:{instance.config}/policies")
    with instance:
        found = {}
        for domain in ("turns.example", "order.example") * 6:
            found.setdefault(domain, []).append(
                relay_of(instance, deliver(instance, recipients=[f"user@{domain}"])))
        check(all(found["turns.example"].count(relay.peer) == 3 for relay in relays), found)
        check(set(found["order.example"]) == {relays[1].peer}, found)


@test(timeout=60, counted=False)
def test_a_senders_relays_return_no_mail():
    """Whatever is wrong with the relays of one sender: the mail waits, or another of them has it."""
    fleet = Fleet()
    good, denies = FaultyRelay(fleet=fleet), FaultyRelay("rcpt=554 5.7.1 Relay access denied",
                                                         fleet=fleet)
    greets_5xx = FaultyRelay("connect=554 5.3.2 go away", fleet=fleet)
    relays = {"gone": "[none.invalid]:587", "typed": "[127.0.0.1]:99999", "denies": denies.nexthop,
              "greets": greets_5xx.nexthop}
    instance = Instance(good.nexthop)
    (instance.config / "relays").write_text(
        "".join(f"{name}@alone.example {relay}\n{name}@list.example {relay}, {good.nexthop}\n"
                for name, relay in relays.items()))
    instance.set(sender_dependent_relayhost_maps=f"texthash:{instance.config}/relays")
    with instance:
        for name in relays:
            queue_id = deliver(instance, sender=f"{name}@list.example")
            check(relay_of(instance, queue_id) == good.peer, name)
            queue_id = deliver(instance, sender=f"{name}@alone.example")
            instance.wait_log(rf"{queue_id}: to=<.*dsn=4\.\d+\.\d+, status=deferred ")
        check("status=bounced" not in instance.log(), "a bounce")
        eventually(lambda: len(good.mails) == len(relays), 5, "one of each list")
