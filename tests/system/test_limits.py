"""How much one client may do, counted by anvil over all workers."""

import base64
import itertools
import os
import re
import signal

from harness import Client, Dovecot, Instance, Relay, check, eventually, test

HERE, THERE = "127.0.0.9", "127.0.0.10"


def limited(relay, **limits):
    params = {"mynetworks": "127.0.0.5/32", "smtpd_worker_processes": "2",
              "smtpd_relay_restrictions": "reject_unauth_destination", "relayhost": relay.nexthop,
              "smtpd_recipient_restrictions": "permit", "smtpd_hard_error_limit": "100",
              "smtpd_error_sleep_time": "0"}
    return Instance(relay.nexthop, {**params, **limits})


def connected(instance, source):
    """A client that was greeted, or the reply that turned it away."""
    client = Client(instance.address, instance.port, source=source)
    code, text = client.reply()
    if code == 220:
        return client
    client.close()
    return code, text


def wait_for_anvil(instance, most):
    """Workers find anvil within a moment of their start: until then nobody is counted."""
    def refused():
        clients = [connected(instance, "127.0.0.66") for _ in range(most + 2)]
        turned_away = [each for each in clients if isinstance(each, tuple)]
        for each in clients:
            if not isinstance(each, tuple):
                each.close()
        return turned_away
    eventually(refused, 10, "anvil counts")


@test()
def test_connections_are_counted_over_all_workers():
    with limited(Relay(), smtpd_client_connection_count_limit="3") as instance:
        wait_for_anvil(instance, 3)
        clients = [connected(instance, HERE) for _ in range(3)]
        check(all(isinstance(each, Client) for each in clients), clients)
        refused = connected(instance, HERE)
        check(refused == (421, "4.7.0 mail.example.org Error: too many connections from " + HERE),
              refused)
        instance.wait_log(r"smtpd\[\d+\]: warning: Connection concurrency limit exceeded: 4 from "
                          r"unknown\[127\.0\.0\.9\] for service 127[\d.]+:\d+$")
        check(isinstance(connected(instance, THERE), Client), "another client was refused")
        friends = [connected(instance, "127.0.0.5") for _ in range(5)]
        check(all(isinstance(each, Client) for each in friends), friends)
        clients[0].say("QUIT")
        clients[0].close()
        eventually(lambda: isinstance(connected(instance, HERE), Client), 5,
                   "a place is free again")
        for each in clients + friends:
            each.close()


@test()
def test_connections_of_a_dead_worker_are_given_back():
    with limited(Relay(), smtpd_client_connection_count_limit="2") as instance:
        wait_for_anvil(instance, 2)
        held = [connected(instance, HERE), connected(instance, HERE)]
        check(isinstance(connected(instance, HERE), tuple), "more than the limit")
        for pid in instance.pids("smtpd"):
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: isinstance(connected(instance, HERE), Client), 10, "counts given back")
        check(held, "")


@test()
def test_rates_of_connections_messages_and_recipients():
    relay = Relay()
    with limited(relay, smtpd_client_message_rate_limit="2",
                 smtpd_client_recipient_rate_limit="3", anvil_status_update_time="2s",
                 smtpd_client_connection_rate_limit="12") as instance:
        eventually(lambda: too_much_mail(instance), 10, "mail is counted")
        with Client(instance.address, instance.port, source=THERE) as client:
            client.open()
            client.expect("MAIL FROM:<a@b.example>", 250)
            for _ in range(3):
                client.expect("RCPT TO:<a@b.example>", 5)
            code, text = client.say("RCPT TO:<a@b.example>")
            check((code, text) == (450, "4.7.1 Error: too many recipients from " + THERE),
                  code, text)
        instance.wait_log(r"warning: Recipient address rate limit exceeded: 4 from "
                          r"unknown\[127\.0\.0\.10\] for service ")
        instance.wait_log(r"warning: Message delivery request rate limit exceeded: \d+ from "
                          r"unknown\[127\.0\.0\.9\] for service ")
        for _ in range(20):
            answer = connected(instance, "127.0.0.11")
            if isinstance(answer, tuple):
                break
        check(answer == (421, "4.7.0 mail.example.org Error: too many connections from "
                         "127.0.0.11"), answer)
        instance.wait_log(r"warning: Connection rate limit exceeded: 13 from "
                          r"unknown\[127\.0\.0\.11\] for service ")
        instance.wait_log(r"postfix/anvil\[\d+\]: statistics: max connection rate 13/60s for "
                          r"\(127[\d.:]+:127\.0\.0\.11\) at \w{3} [ \d]\d \d\d:\d\d:\d\d$")
        for what in (r"connection count \d+", r"message rate \d+/60s", r"recipient rate \d/60s"):
            instance.wait_log(r"statistics: max " + what + r" for \(127")
        instance.wait_log(r"statistics: max cache size \d at ")


def too_much_mail(instance):
    with Client(instance.address, instance.port, source=HERE) as client:
        client.open()
        for _ in range(4):
            code, text = client.say("MAIL FROM:<a@b.example>")
            client.say("RSET")
        return (code, text) == (450, "4.7.1 Error: too much mail from " + HERE)


def on_two_workers(instance, source):
    """Two greeted clients, each of another worker; and the others that it took to get them."""
    pattern = rf"smtpd\[(\d+)\]: connect from unknown\[{re.escape(source)}\]$"

    def pids(count):
        found = re.findall(pattern, instance.log(), re.MULTILINE)
        return found if len(found) == count else None
    clients = []
    for number in range(1, 60):
        clients.append(Client(instance.address, instance.port, source=source))
        clients[-1].open()
        served = eventually(lambda: pids(number), 10, "a client in the log")
        if served[-1] != served[0]:
            return clients[0], clients[-1], clients
    raise AssertionError("one worker got them all")


def login(client, password):
    words = base64.b64encode(f"\0bob\0{password}".encode()).decode()
    return client.say(f"AUTH PLAIN {words}")


@test(counted=False, timeout=120)
def test_rate_of_logins():
    """smtpd_client_auth_rate_limit counts all AUTH commands of a client, over all workers; who is in
    smtpd_client_event_limit_exceptions is not counted."""
    dovecot = Dovecot({"bob": "secret"})
    with limited(Relay(), smtpd_client_auth_rate_limit="3", smtpd_sasl_auth_enable="yes",
                 smtpd_sasl_type="dovecot", smtpd_sasl_path=dovecot.socket,
                 anvil_status_update_time="2s") as instance:
        sources = (f"127.0.0.{number}" for number in itertools.count(20))

        def outcome():
            """What a client was told that none has been before, and who that was."""
            source = next(sources)
            first, second, clients = on_two_workers(instance, source)
            told = [login(client, password)[0] for client, password in
                    ((first, "wrong"), (second, "wrong"), (first, "secret"))]
            told += [login(second, "secret"), login(second, "secret")]
            for client in clients:
                client.say("QUIT")
                client.close()
            refused = (450, "4.7.1 Error: too many AUTH commands from " + source)
            return source if told == [535, 535, 235, refused, refused] else None
        # Workers find anvil within a moment of their start.
        source = re.escape(eventually(outcome, 30, "logins are counted"))
        for count in (4, 5):
            instance.wait_log(rf"warning: AUTH command rate limit exceeded: {count} from "
                              rf"unknown\[{source}\] for service 127")
        instance.wait_log(rf"statistics: max auth rate 5/60s for \(127[\d.:]+:{source}\) at ")
        for friend, expected in (("127.0.0.5", 235), ("127.0.0.15", 450)):
            with Client(instance.address, instance.port, source=friend) as client:
                client.open()
                codes = [login(client, "wrong")[0] for _ in range(3)]
                codes.append(login(client, "secret")[0])
            check(codes[-1] == expected, friend, codes)
    dovecot.stop()


@test()
def test_mail_goes_on_without_anvil():
    relay = Relay()
    with limited(relay, smtpd_client_connection_count_limit="4") as instance:
        instance.stop()
        instance.master = re.sub(r"^anvil .*\n", "", instance.master, flags=re.MULTILINE)
        instance.write_config()
        instance.start()
        clients = [connected(instance, HERE) for _ in range(6)]
        check(all(isinstance(each, Client) for each in clients), clients)
        for each in clients:
            each.close()
        instance.wait_log(r"warning: connect to private/anvil: .*; clients are not limited")
