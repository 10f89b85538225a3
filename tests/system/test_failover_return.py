"""What is known of relays is shared by all workers, lasts, and is given up when a relay returns."""

import time

from taxonomy.pair import STAYS_OPEN, Pair, timed

from harness import (FaultyRelay, Instance, Ledger, MortalSink, NameServer, OddNameServer, check,
                     eventually, loopback, soaking, test)

TWO_WORKERS = {**STAYS_OPEN, "smtp_worker_processes": "2"}


def passed_over(pair, count, **more):
    """Sends so many messages at once, none of which may try the first relay; gives the processes that
    delivered them."""
    sent = [pair.send(**more) for _ in range(count)]
    workers = {pair.instance.wait_log(rf"(\w+)\[(\d+)\]: {queue_id}: to=<.*status=sent")[2]
               for queue_id in sent}
    tried = [each for queue_id in sent for each in pair.attempts(queue_id)]
    check(not tried, "tried:", tried)
    return workers


@test(timeout=90, counted=False)
def test_one_worker_learns_for_all():
    """Another transport has workers of its own, and its mail meets the same relays."""
    with Pair("refuse", params=TWO_WORKERS, start=False) as pair:
        pair.instance.set(
            default_transport="smtp", transport_maps="inline:{ { other.example = relay:"
            f"{pair.first.nexthop},{pair.second.nexthop} }} }}")
        pair.instance.start()
        check(pair.until_open() == 1, pair.changes())
        workers = passed_over(pair, 4)
        others = passed_over(pair, 4, recipients=["user@other.example"])
        check(not workers & others, "the same process:", workers, others)
        check(len(pair.changes()) == 1, pair.changes())


@test(root=True, timeout=90, counted=False)
def test_it_lasts_over_a_reload_and_a_restart():
    with Pair("refuse", params={**TWO_WORKERS, "failover_snapshot_interval": "1s"}) as pair:
        check(pair.until_open() == 1, pair.changes())
        made = pair.first.connections()
        pair.instance.reload()
        passed_over(pair, 4)
        pair.instance.stop()
        pair.instance.start()
        passed_over(pair, 4)
        check(pair.first.connections() == made, pair.first.connections() - made, "connections")


@test(root=True, timeout=90, counted=False)
def test_it_lasts_when_all_are_killed():
    with Pair("refuse", params={**TWO_WORKERS, "failover_snapshot_interval": "1s"}) as pair:
        check(pair.until_open() == 1, pair.changes())
        made = pair.first.connections()
        time.sleep(2)
        pair.instance.kill_all()
        pair.instance.start()
        passed_over(pair, 4)
        check(pair.first.connections() == made, pair.first.connections() - made, "connections")


@test(timeout=90, counted=False)
def test_a_relay_that_returns_is_used_again():
    with Pair("refuse") as pair:
        check(pair.until_open() == 1, pair.changes())
        time.sleep(2)
        pair.first.become("")

        def used():
            pair.outcome(pair.send())
            return pair.first.mails
        took, _ = timed(lambda: eventually(used, 15, "mail at the first relay", every=0.2))
        check(took < 10, took)
        check(any(to == "RAMP" for _, to, _ in pair.changes()), pair.changes())
        check(pair.goes() == "first", "not back to the first")


@test(timeout=90, counted=False)
def test_a_return_is_seen_without_mail():
    with Pair("refuse") as pair:
        check(pair.until_open() == 1, pair.changes())
        pair.first.become("")
        eventually(lambda: any(to in ("RAMP", "CLOSED") for _, to, _ in pair.changes()), 10, "a probe")
        check(pair.first.commands("QUIT") and not pair.first.commands("MAIL"), "no probe")
        check(pair.goes() == "first", "not back to the first")


@test(timeout=90, counted=False)
def test_mail_that_waited_goes_out_when_a_relay_returns():
    """No retry is due for a quarter of an hour."""
    with Pair("refuse", "refuse") as pair:
        sent = [pair.send() for _ in range(30)]
        for queue_id in sent:
            check(pair.outcome(queue_id).startswith("deferred 4.4"), pair.outcome(queue_id))
        time.sleep(2)
        pair.second.become("")
        took, _ = timed(lambda: eventually(lambda: len(pair.second.mails) == 30, 20, "all mail"))
        check(took < 10, took)


@test(timeout=90, counted=False)
def test_mail_that_waited_goes_out_after_a_restart():
    with Pair("refuse", None) as pair:
        for _ in range(10):
            check(pair.goes().startswith("deferred 4.4"), "outcome")
        pair.instance.stop()
        pair.instance.start()
        pair.first.become("")
        took, _ = timed(lambda: eventually(lambda: len(pair.first.mails) == 10, 20, "all mail"))
        check(took < 10, took)


@test(root=True, timeout=90, counted=False)
def test_all_down_is_told_and_tried_seldom():
    with Pair("refuse", "refuse") as pair:
        for _ in range(3):
            pair.goes()
        before = pair.first.connections() + pair.second.connections()
        sent = [pair.send() for _ in range(20)]
        for queue_id in sent:
            check(pair.outcome(queue_id).startswith("deferred 4.4.1"), pair.outcome(queue_id))
        pair.instance.wait_log(r"status=deferred \((all relays unavailable, next probe in \d+s|delivery "
                               r"temporarily suspended: )")
        made = pair.first.connections() + pair.second.connections() - before
        check(made <= 10, made, "connections for 20 messages")


@test(timeout=60, counted=False)
def test_a_misspelt_relay_keeps_mail_and_is_named():
    dead = FaultyRelay("refuse")
    with NameServer("good.example. A 127.0.0.9") as names:
        for value in ("[relay1.exmaple]:587", f"[relay1.exmaple]:587, {dead.nexthop}",
                      f"{dead.nexthop}, [relay1.exmaple]:587"):
            pair = Pair(start=False, params={"resolver_nameservers": names.server})
            pair.instance.set(relayhost=value)
            pair.instance.start()
            with pair:
                got = pair.goes()
                check(got.startswith("deferred 4."), value, got)
                status, said = pair.instance.attempt("postfix", "check")
                check("relay1.exmaple" in said, value, "exit", status, said)


@test(timeout=60, counted=False)
def test_an_address_outlives_its_name_server_for_a_while():
    pair = Pair("", None, start=False)
    manners = {}
    with OddNameServer(f"r1.example. A {pair.first.address}", manners, ttl=1) as names:
        pair.instance.set(relayhost=f"[r1.example]:{pair.first.port}", smtp_worker_processes="1",
                          resolver_nameservers=names.server, smtp_connection_cache_on_demand="no")
        pair.instance.start()
        with pair:
            queue_id = pair.send()
            pair.instance.wait_log(f"{queue_id}: removed")
            manners["r1.example"] = "servfail"
            time.sleep(1.5)
            asked = len(names.asked)
            pair.send()
            eventually(lambda: len(pair.first.mails) == 2, 15, "mail by the old address")
            check(len(names.asked) > asked, "the name server was not asked")


@test(timeout=120, alone=True, counted=False)
def test_a_relay_that_dies_again_and_again_loses_nothing():
    """Nothing is bounced, and only what was cut behind the final dot comes twice."""
    count, deaths = (10000, 5) if soaking() else (3000, 3)
    instance = Instance()
    ledger = Ledger(instance.folder, loopback())
    mortal = MortalSink(instance.folder, loopback())
    instance.set(relayhost=f"{mortal.nexthop}, {ledger.nexthop}", failover_after_dot_delay="2s",
                 failover_open_time="500ms", failover_probe_interval="500ms")
    with instance:
        longest = mortal.die_under(ledger, instance, deaths, count // deaths, 10)
        lost, twice, cut = mortal.settle(ledger, 30)
        bounced = instance.log().count("status=bounced")
    print(f"figure: {count} messages, the first relay killed {deaths} times: {lost} lost, {bounced} "
          f"bounced, {twice} twice, {len(mortal.deliveries())} by the first relay, which was in use again "
          f"after {longest:.1f} s at most")
    mortal.stop()
    check(lost == 0 and bounced == 0 and twice == cut, lost, bounced, twice, cut)
    check(longest < 10, longest)
