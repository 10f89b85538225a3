"""Relays that are dead, refuse or break off: the mail goes to the next one or waits."""

import re
import time

from harness import (DROP, Client, Instance, Relay, Slow, Times, check, deliver, eventually,
                     free_port, loopback, test)

QUICK = {"minimal_backoff_time": "1s", "maximal_backoff_time": "2s", "queue_run_delay": "1s"}


def dead_nexthop():
    address = loopback()
    return f"[{address}]:{free_port(address)}"


def status_line(instance, queue_id, status):
    return instance.wait_log(rf"{queue_id}: to=<to@example\.net>.* status={status} .*$")[0]


@test(peer=True)
def test_first_of_two_is_dead():
    relay = Relay()
    with Instance(f"{dead_nexthop()}, {relay.nexthop}") as instance:
        queue_id = deliver(instance)
        relay.wait(1)
        line = status_line(instance, queue_id, "sent")
        check(f":{relay.port}, " in line, line)
        instance.wait_log(r"postfix/smtp\[\d+\]: connect to 127[0-9.]+\[127[0-9.]+\]:\d+: "
                          r"Connection refused$")


@test(peer=True)
def test_first_of_two_dies_while_mail_flows():
    first, second = Relay(name="one.example"), Relay(name="two.example")
    with Instance(f"{first.nexthop} {second.nexthop}") as instance:
        deliver(instance)
        first.wait(1)
        first.stop()
        for _ in range(5):
            deliver(instance)
        second.wait(5, seconds=20)


@test(peer=True)
def test_dead_relay_defers_then_retries():
    relay = Relay()
    relay.stop()
    with Instance(relay.nexthop, QUICK) as instance:
        queue_id = deliver(instance)
        line = status_line(instance, queue_id, "deferred")
        check(re.search(r"relay=none, delay=[\d.]+, delays=[\d./]+, dsn=4\.4\.1, status=deferred "
                        r"\(connect to 127[0-9.]+\[127[0-9.]+\]:\d+: Connection refused\)", line),
              line)
        relay.start()
        relay.wait(1)
        instance.wait_log(f"{queue_id}: removed")


def refused_once(stage, reply, code):
    relay = Relay()
    relay.script.actions[stage] = Times(1, reply)
    with Instance(relay.nexthop, QUICK) as instance:
        queue_id = deliver(instance)
        line = status_line(instance, queue_id, "deferred")
        check(f"dsn={code}" in line, line)
        relay.wait(1)
        check(len(relay.mails) == 1, len(relay.mails), "copies")
    return line


@test(peer=True)
def test_mail_refused_for_now():
    line = refused_once("mail", "450 4.3.2 not now", "4.3.2")
    check("said: 450 4.3.2 not now (in reply to MAIL FROM command)" in line, line)


@test(peer=True)
def test_recipient_refused_for_now():
    line = refused_once("rcpt", "451 4.2.1 greylisted", "4.2.1")
    check("said: 451 4.2.1 greylisted (in reply to RCPT TO command)" in line, line)


@test(peer=True)
def test_content_refused_for_now():
    line = refused_once("dot", "452 4.3.1 full", "4.3.1")
    check("said: 452 4.3.1 full (in reply to " in line, line)


@test(peer=True)
def test_greeting_refused():
    line = refused_once("connect", "554 5.3.2 go away", "4.3.2")
    check("refused to talk to me: 554 5.3.2 go away" in line, line)


def broken_off(stage):
    relay = Relay()
    relay.script.capabilities = ("PIPELINING",)
    relay.script.actions[stage] = Times(1, DROP)
    with Instance(relay.nexthop, QUICK) as instance:
        queue_id = deliver(instance)
        line = status_line(instance, queue_id, "deferred")
        check("dsn=4.4.2" in line and "lost connection with" in line, line)
        relay.wait(1)
        instance.wait_log(f"{queue_id}: removed")


@test(peer=True)
def test_lost_at_greeting():
    broken_off("connect")


@test(peer=True)
def test_lost_at_mail():
    broken_off("mail")


@test(peer=True)
def test_lost_at_data():
    broken_off("data")


@test(peer=True)
def test_lost_after_dot():
    broken_off("dot")


@test(peer=True)
def test_only_refused_recipients_are_tried_again():
    relay = Relay()
    tried = []

    def once(session, path):
        tried.append(path)
        return "450 4.2.0 later" if path == "b@example.net" and tried.count(path) == 1 else None
    relay.script.actions["rcpt"] = once
    with Instance(relay.nexthop, QUICK) as instance:
        deliver(instance, recipients=["a@example.net", "b@example.net", "c@example.net"])
        mails = relay.wait(2)
    check(sorted(mails[0].recipients) == ["a@example.net", "c@example.net"], mails[0].recipients)
    check(mails[1].recipients == ["b@example.net"], mails[1].recipients)


@test()
def test_connection_is_used_again():
    relay = Relay()
    relay.script.actions["rcpt"] = Slow(0.05)
    with Instance(relay.nexthop, {"default_destination_concurrency_limit": "1"}) as instance:
        with Client(instance.address, instance.port) as client:
            client.open()
            for _ in range(20):
                client.envelope()
                client.data(b"Subject: x\r\n\r\nx\r\n")
        relay.wait(20)
        instance.wait_log(r"conn_use=\d+, delay=")
    connections = {mail.connection for mail in relay.mails}
    check(len(connections) < 10, len(connections), "connections for 20 messages")


@test(peer=True)
def test_capabilities_are_honoured():
    relay = Relay()
    relay.script.capabilities = ()
    with Instance(relay.nexthop) as instance:
        deliver(instance, b"Subject: plain\r\n\r\n.x\r\n..\r\n")
        mail, = relay.wait(1)
    check(mail.how == "DATA" and mail.parameters == "", mail.how, mail.parameters)
    check(mail.content.endswith(b"\r\n\r\n.x\r\n..\r\n"), mail.content)


@test(peer=True)
def test_old_server_gets_helo():
    relay = Relay()
    relay.script.actions["ehlo"] = "500 5.5.1 what"
    with Instance(relay.nexthop) as instance:
        deliver(instance)
        relay.wait(1)
    check(any(line.startswith("HELO ") for _, line in relay.log), relay.log)


@test(timeout=90)
def test_slow_relay_does_not_hold_the_rest():
    relay = Relay()
    slow_until = time.monotonic() + 6

    def slow(session, path):
        return Slow(6) if "slow" in path and time.monotonic() < slow_until else None
    relay.script.actions["rcpt"] = slow
    with Instance(relay.nexthop) as instance:
        for number in range(3):
            deliver(instance, recipients=[f"slow{number}@example.net"])
        started = time.monotonic()
        for number in range(10):
            deliver(instance, recipients=[f"quick{number}@example.net"])
        eventually(lambda: sum("quick" in r for m in relay.mails for r in m.recipients) >= 7, 5,
                   "most quick mail delivered beside the slow one")
        check(time.monotonic() - started < 5, "the slow deliveries held the rest")
        relay.wait(13)
