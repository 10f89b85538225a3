"""The faults that tests of failover rest on, seen by a plain client."""

import errno
import socket
import time

from harness import Client, FaultyRelay, check, own_network, test

BODY = b"Subject: x\r\n\r\nx\r\n"
STEPS = ("connect", "ehlo", "mail", "rcpt", "data", "dot")


def connect_error(relay):
    """What an attempt to connect fails with; 0 when it does not."""
    with socket.socket() as client:
        client.settimeout(0.4)
        try:
            client.connect((relay.address, relay.port))
            return 0
        except TimeoutError:
            return errno.ETIMEDOUT
        except OSError as error:
            return error.errno


PATIENCE, SILENCE = 10, 0.4


def stopped_at(relay, silent=""):
    """(step, code) where a session that sends one message gets no 2xx or 3xx; the code is 0 when the
    relay hung up and None when it said nothing, which at the step `silent` shows soon."""
    with Client(relay.address, relay.port, timeout=PATIENCE) as client:
        for step, line in zip(STEPS, (None, "EHLO a", "MAIL FROM:<a@a>", "RCPT TO:<b@b>", "DATA",
                                      "Subject: x\r\n\r\nx\r\n.")):
            client.socket.settimeout(SILENCE if step == silent else PATIENCE)
            try:
                code = (client.reply() if line is None else client.say(line))[0]
            except TimeoutError:
                code = None
            except ConnectionError:
                code = 0
            if code is None or code >= 400 or code == 0:
                return step, code
        return "", code


def check_stop(relay, fault, step, code, stored):
    """Under `fault` a session ends so, and the relay has so many mails more."""
    relay.become(fault)
    before = len(relay.mails)
    got = stopped_at(relay, silent=step if code is None else "")
    check(got == (step, code), fault, got, "not", (step, code))
    check(len(relay.mails) - before == stored, fault, "not", stored, "mails")


@test(root=True, counted=False)
def test_network_faults_and_their_end():
    own_network()
    relay = FaultyRelay()
    wanted = 0
    for fault, error in (("refuse", errno.ECONNREFUSED), ("drop-syn", errno.ETIMEDOUT),
                         ("unreachable", errno.EHOSTUNREACH)):
        relay.become(fault)
        got = connect_error(relay)
        check(got == error, fault, got)
        check_stop(relay, "", "", 250, 1)
        wanted += {"refuse": 2, "drop-syn": 3, "unreachable": 1}[fault]  # drop-syn: its filler too
    check(relay.connections() == wanted, relay.connections(), "connections, not", wanted)


@test(root=True, counted=False)
def test_faults_of_the_dialogue():
    relay = FaultyRelay()
    for step in STEPS:
        for fault, code in (("drop", 0), ("hang", None), ("421 4.3.2 busy", 421), ("554 5.7.1 no", 554)):
            check_stop(relay, f"{step}={fault}", step, code, 0)
    for fault, step, code, stored in (
            ("content=drop", "dot", 0, 0), ("content=hang", "dot", None, 0),
            ("content=421 4.3.2 busy", "dot", 421, 0), ("dot=stored drop", "dot", 0, 1),
            ("dot=stored hang", "dot", None, 1), ("dot=stored 451 4.3.0 ?", "dot", 451, 1),
            ("mail=slow 0.1", "", 250, 1)):
        check_stop(relay, fault, step, code, stored)
    relay.become("caps=SIZE 10")
    with Client(relay.address, relay.port) as client:
        check(client.open().splitlines()[1:] == ["SIZE 10"], "capabilities")


@test(counted=False)
def test_open_sessions_follow_a_new_fault():
    relay = FaultyRelay()
    with Client(relay.address, relay.port, timeout=2) as client:
        client.open()
        relay.become("mail=451 4.3.0 not now")
        check(client.say("MAIL FROM:<a@a>")[0] == 451, "the old script")
        relay.become("refuse")
        started = time.monotonic()
        check(client.hung_up() and time.monotonic() - started < 1, "still connected")
