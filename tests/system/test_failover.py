"""What failover is to do beyond one relay with one fault: races, crowds, doubt, slowness."""

import pwd
import time

from taxonomy.pair import RETRY_SOON, STAYS_OPEN, Pair, timed

from harness import NameServer, check, eventually, need, run, test


@test(timeout=60, counted=False)
def test_a_race_is_lost_by_who_does_not_connect():
    with Pair("drop-syn", params=STAYS_OPEN) as pair:
        took, where = timed(pair.goes)
        check(where == "second" and 0.8 < took < 3, where, took)
        check(pair.until_open() <= 2, pair.changes())
        check(pair.changes() == [("CLOSED", "OPEN", "lost_race")], pair.changes())
        took, where = timed(pair.goes)
        check(where == "second" and took < 0.8, "past the open relay:", where, took)


@test(timeout=60, counted=False)
def test_a_race_is_lost_by_who_does_not_greet():
    params = {**STAYS_OPEN, "failover_banner_hedge_delay": "1s"}
    with Pair("connect=hang", params=params) as pair:
        took, where = timed(pair.goes)
        check(where == "second" and 0.8 < took < 3, where, took)
        check(pair.until_open() <= 2, pair.changes())
        check(pair.changes()[0][2] == "lost_race", pair.changes())


@test(timeout=60, counted=False)
def test_the_loser_of_a_race_is_never_spoken_to():
    params = {**STAYS_OPEN, "failover_banner_hedge_delay": "1s"}
    with Pair("connect=slow 1.6", "connect=slow 0.4", params) as pair:
        check(pair.goes() == "second", "the first to greet takes the mail")
        time.sleep(1)
        check(not pair.first.commands("EHLO"), pair.first.commands(""))
        check(len(pair.first.sessions) == 1, len(pair.first.sessions))


@test(timeout=60, counted=False)
def test_exchangers_of_a_domain_are_not_raced():
    """The second of two MX hosts is left alone while the first has not failed."""
    pair = on_one_port(Pair("connect=slow 2.5", start=False,
                            params={"failover_banner_hedge_delay": "1s"}))
    zone = "".join(f"isp.example. MX {number}0 mx{number}.isp.example.\n"
                   f"mx{number}.isp.example. A {relay.address}\n"
                   for number, relay in enumerate(pair.relays))
    with NameServer(zone) as names:
        pair.instance.set(relayhost=f"isp.example:{pair.first.port}",
                          resolver_nameservers=names.server)
        pair.instance.start()
        with pair:
            queue_id = pair.send()
            line = pair.instance.wait_log(rf"{queue_id}: to=.*status=sent")[0]
            check("relay=mx0.isp.example[" in line, line)
            check(not pair.second.sessions, "the second was connected to")


@test(timeout=60, counted=False)
def test_a_crowded_relay_is_not_broken():
    """It refuses one session more than the one it works on."""
    def only_one(session, _):
        alone = not any(each is not session and not each.writer.is_closing()
                        for each in pair.first.sessions)
        return None if alone else "421 4.3.2 one at a time"
    params = {**STAYS_OPEN, "smtp_worker_processes": "1"}
    with Pair("dot=slow 2", params=params) as pair:
        pair.first.script.actions["connect"] = only_one
        first = pair.send()
        eventually(lambda: pair.first.commands("DATA"), 10, "the first message under way")
        others = [pair.send() for _ in range(4)]
        check({pair.outcome(each) for each in others} <= {"first", "second"}, "deferred")
        check(pair.outcome(others[0]) == "second", pair.outcome(others[0]))
        check(pair.outcome(first) == "first", "the first message")
        check(not pair.changes(), pair.changes())
        results = {result for _, result in pair.attempts()}
        check(results <= {"crowded"}, results)


@test(timeout=60, counted=False)
def test_a_reused_connection_that_is_over_says_nothing_of_the_relay():
    def after_one(session, _):
        return "421 4.3.2 enough" if session.taken else None
    for stage in ("mail", "rset"):
        with Pair(params=STAYS_OPEN) as pair:
            pair.first.script.actions[stage] = after_one
            for _ in range(5):
                check(pair.goes() == "first", stage, "went elsewhere")
            check(not pair.changes() and not pair.attempts(), pair.changes(), pair.attempts())


@test(root=True, timeout=60, counted=False)
def test_no_descriptors_left_is_nobody_elses_fault():
    """Mail waits until there are, and then goes to the first relay."""
    with Pair(params={**STAYS_OPEN, **RETRY_SOON, "smtp_worker_processes": "1"}) as pair:
        check(pair.goes() == "first", "before")
        pair.instance.wait_log(": removed")
        pids = pair.instance.pids("smtp")
        pair.first.become("connect=421 4.3.2 again")  # ends the session that is kept
        pair.first.become("refuse")
        pair.first.become("")
        descriptors(pair.instance, pids, 3)
        queue_id = pair.send()
        check(pair.outcome(queue_id).startswith("deferred 4."), pair.outcome(queue_id))
        check(not pair.changes() and not pair.second.sessions, pair.changes())
        descriptors(pair.instance, pids, 1024)
        eventually(lambda: len(pair.first.mails) == 2, 20, "the mail that waited")


def descriptors(instance, pids, number):
    """Limits the processes to so many."""
    owner = pwd.getpwnam(instance.params["mail_owner"])
    for pid in pids:
        run(need("setpriv"), "--reuid", owner.pw_uid, "--regid", owner.pw_gid, "--clear-groups",
            need("prlimit"), "--pid", pid, f"--nofile={number}:")


@test(timeout=60, counted=False)
def test_only_recipients_refused_for_now_go_to_the_next():
    with Pair() as pair:
        pair.first.script.actions["rcpt"] = \
            lambda _, path: "450 4.2.0 later" if path == "b@example.net" else None
        pair.send(recipients=["a@example.net", "b@example.net", "c@example.net"])
        eventually(lambda: pair.first.mails and pair.second.mails, 15, "both parts")
        check(pair.first.mails[0].recipients == ["a@example.net", "c@example.net"], pair.first.mails)
        check(pair.second.mails[0].recipients == ["b@example.net"], pair.second.mails)


@test(timeout=60, counted=False)
def test_a_size_that_no_relay_takes_bounces_after_all_were_asked():
    with Pair("caps=SIZE 10", "caps=SIZE 20") as pair:
        check(pair.goes() == "bounced 5.3.4", "outcome")
        check(pair.first.sessions and pair.second.sessions, "one was not asked")


AFTER_DOT = {**RETRY_SOON, "failover_after_dot_delay": "2s"}


@test(timeout=60, counted=False)
def test_after_the_dot_the_same_relay_is_asked_again():
    """It may have the message already; another would take it a second time."""
    with Pair("dot=stored drop", params=AFTER_DOT) as pair:
        queue_id = pair.send()
        check(pair.outcome(queue_id) == "deferred 4.4.2", pair.outcome(queue_id))
        pair.first.become("")
        took, _ = timed(lambda: eventually(lambda: len(pair.first.mails) == 2, 15, "the retry"))
        check(1 < took < 8, "after", took)
        pair.instance.wait_log(f"{queue_id}: removed")
        check(not pair.second.mails, "a copy at the second relay")
        check([result for _, result in pair.attempts(queue_id)] == ["after_dot"], pair.attempts())


@test(timeout=60, counted=False)
def test_after_the_dot_a_relay_that_swallows_all_is_asked_twice():
    with Pair("dot=stored drop", params={**AFTER_DOT, **STAYS_OPEN}) as pair:
        queue_id = pair.send()
        pair.instance.wait_log(f"{queue_id}: removed", 15)
        check(len(pair.first.mails) == 2 and len(pair.second.mails) == 1,
              (pair.first.mails, pair.second.mails))


@test(timeout=60, counted=False)
def test_after_the_dot_the_next_relay_when_the_first_is_gone():
    with Pair("dot=drop", params={**AFTER_DOT, **STAYS_OPEN}) as pair:
        queue_id = pair.send()
        check(pair.outcome(queue_id) == "deferred 4.4.2", pair.outcome(queue_id))
        pair.first.become("refuse")
        eventually(lambda: pair.second.mails, 15, "the retry at the second relay")


@test(timeout=60, counted=False)
def test_after_the_dot_the_next_relay_where_that_is_wanted():
    with Pair("dot=stored drop", params={**AFTER_DOT, "failover_after_dot": "next"}) as pair:
        check(pair.goes() == "second", "it is not asked")
        check(len(pair.first.mails) == 1, pair.first.mails)


@test(timeout=90, counted=False)
def test_a_slow_relay_is_passed_over():
    """One of two addresses of a name, which otherwise share the mail, is slow to answer EHLO."""
    params = {"failover_slow_time": "300ms", "smtp_connection_cache_on_demand": "no"}
    pair = on_one_port(Pair("ehlo=slow 0.6", params=params, start=False))
    zone = "".join(f"pool.example. A {relay.address}\n" for relay in pair.relays)
    with NameServer(zone) as names:
        pair.instance.set(relayhost=f"[pool.example]:{pair.first.port}",
                          resolver_nameservers=names.server)
        pair.instance.start()
        with pair:
            end = time.monotonic() + 60
            while "->SLOW reason=slow" not in pair.instance.log():
                check(time.monotonic() < end, "never SLOW")
                pair.outcome(pair.send())
            before = len(pair.second.mails)
            for _ in range(6):
                pair.outcome(pair.send())
            check(len(pair.second.mails) == before + 6, "the slow one was used")
            pair.second.become("refuse")
            before = len(pair.first.mails)
            pair.outcome(pair.send())
            check(len(pair.first.mails) == before + 1, "slow is better than nothing")


@test(timeout=60, counted=False)
def test_a_slow_relay_of_a_list_is_passed_over():
    """Of two that take turns, one is slow to answer the final dot, over connections that are kept."""
    params = {"failover_slow_time": "300ms", "failover_policy": "round-robin"}
    with Pair("dot=slow 0.5", params=params) as pair:
        end = time.monotonic() + 40
        while "->SLOW reason=slow" not in pair.instance.log():
            check(time.monotonic() < end, "never SLOW")
            pair.goes()
        check([where for where in (pair.goes() for _ in range(6)) if where != "second"] == [],
              "the slow one was used")


def on_one_port(pair):
    """So that both can be addresses of one name."""
    pair.second.become("refuse")
    pair.second.port = pair.first.port
    pair.second.become("")
    return pair


@test(timeout=60, counted=False)
def test_a_lone_slow_relay_is_used():
    params = {"failover_slow_time": "200ms", "smtp_connection_cache_on_demand": "no"}
    with Pair("ehlo=slow 0.4", None, params=params) as pair:
        check(all(pair.goes() == "first" for _ in range(6)), "not used")
        check(not pair.changes(), pair.changes())


FILTER = r"""
/^554 .*relay access denied/  failover
/^550 5\.7\.1 quota/          defer
/^451 4\.7\.1 never/          bounce
"""


@test(timeout=60, counted=False)
def test_replies_mean_what_the_filter_says():
    params = {"failover_score_threshold": "1000"}
    with Pair(start=False, params=params) as pair:
        (pair.instance.config / "replies").write_text(FILTER)
        pair.instance.set(failover_reply_filter=f"regexp:{pair.instance.config}/replies")
        pair.instance.start()
        for fault, outcome in (("mail=554 5.7.1 relay access denied", "second"),
                               ("rcpt=554 5.7.1 relay access denied", "second"),
                               ("mail=550 5.7.1 quota exceeded", "deferred 4.7.1"),
                               ("mail=451 4.7.1 never", "bounced 5.7.1"),
                               ("mail=554 5.7.1 spam", "bounced 5.7.1")):
            pair.first.become(fault)
            got = pair.goes()
            check(got == outcome, fault, got)


@test(timeout=60, counted=False)
def test_without_health_each_delivery_tries_the_first_again():
    params = {"failover_health": "no", "smtp_connection_cache_on_demand": "no"}
    with Pair("refuse", params=params) as pair:
        for _ in range(4):
            check(pair.goes() == "second", "outcome")
        refused = pair.instance.log().count(f"connect to {pair.first.peer}: Connection refused")
        check(refused == 4, refused, "attempts")
        check(not pair.attempts() and not pair.changes(), pair.attempts(), pair.changes())
