"""Start, stop, reload, status: what is refused, what is kept."""

import os
import re
import signal
import socket
import stat
import time

from harness import (Client, Instance, Relay, StartFailed, check, deliver, eventually, free_port,
                     test)


def refuses(instance, *patterns):
    """Start fails, or the listener never comes up, with a clear message; gives the text."""
    status, output = instance.attempt("postfix", "start")
    text = output + instance.log()
    if status == 0:
        text = eventually(lambda: all(re.search(p, instance.log()) for p in patterns) and
                          instance.log(), 10, f"{patterns} in the log")
    for pattern in patterns:
        check(re.search(pattern, text), pattern, "not in", text)
    return status, text


@test(peer=True)
def test_second_start_is_refused():
    with Instance() as instance:
        status, output = instance.attempt("postfix", "start")
        check(status != 0, "a second start succeeded")
        text = output + instance.log()
        check("already running" in text, text)
        instance.greeted()


@test(peer=True)
def test_status():
    instance = Instance()
    check(instance.attempt("postfix", "status")[0] == 1, "status says it runs")
    with instance:
        status, output = instance.attempt("postfix", "status")
        check(status == 0, status)
        check(f"is running: PID: {instance.master_pid()}" in output + instance.log(), output)
    check(instance.attempt("postfix", "status")[0] == 1, "status says it still runs")
    check(instance.attempt("postfix", "stop")[0] == 1, "a second stop succeeded")


@test(peer=True)
def test_unknown_command():
    instance = Instance()
    status, output = instance.attempt("postfix", "frobnicate")
    check(status == 1 and "frobnicate" in output + instance.log(), status, output)


@test(peer=True)
def test_start_is_logged():
    with Instance() as instance:
        instance.wait_log(r"postfix/master\[\d+\]: daemon started -- version \S+, configuration "
                          + re.escape(str(instance.config)))


@test(peer=True)
def test_port_in_use():
    instance = Instance()
    with socket.socket() as taken:
        taken.bind((instance.address, instance.port))
        taken.listen()
        refuses(instance, r"(?i)address already in use", str(instance.port))
    eventually(lambda: instance.master_pid() is None, 15, "master gone")


@test()
def test_missing_directories():
    """Those of the queue are made; what cannot be made, or is not ours to make, stops the start."""
    instance = Instance()
    instance.queue = instance.folder / "new" / "queue"
    instance.set(queue_directory=instance.queue)
    with instance:
        check((instance.queue / "deferred").is_dir(), "not made")
    file = instance.folder / "file"
    file.touch()
    for name, place in (("queue_directory", file / "queue"), ("daemon_directory", file / "none")):
        instance = Instance(params={name: place})
        status, text = refuses(instance, re.escape(str(place)))
        check(status != 0, "started with", name, place, text)


@test(root=True)
def test_wrong_owner():
    instance = Instance()
    os.chown(instance.data, 1, 1)
    status, text = refuses(instance, re.escape(str(instance.data)))
    check(status != 0 or "owned" in text, text)


@test()
def test_unwritable_queue():
    instance = Instance(user="nobody" if os.geteuid() == 0 else None)
    instance.queue.chmod(stat.S_IRUSR | stat.S_IXUSR)
    if os.geteuid() == 0:
        os.chown(instance.queue, 0, 0)
    status, text = refuses(instance, "queue")
    check(status != 0, "started with a queue that it cannot write:", text)


@test()
def test_runs_as_any_user():
    relay = Relay()
    with Instance(relay.nexthop, user="nobody" if os.geteuid() == 0 else None) as instance:
        deliver(instance)
        relay.wait(1)
        instance.wait_empty()
        owners = {os.stat(f"/proc/{process.pid}").st_uid for process in instance.processes()}
        check(0 not in owners, "a process runs as root")


@test(peer=True)
def test_queue_is_kept_over_a_stop():
    relay = Relay()
    relay.stop()
    with Instance(relay.nexthop) as instance:
        ids = [deliver(instance, b"Subject: kept\r\n\r\n%d\r\n" % n) for n in range(10)]
    with instance:
        text = instance.command("postqueue", "-p")
        check(all(queue_id in text for queue_id in ids), text)
        relay.start()
        instance.command("postqueue", "-f")
        mails = relay.wait(10)
        instance.wait_empty()
    check(len({mail.body for mail in mails}) == 10 == len(mails), len(mails))


@test()
def test_stop_right_after_acceptance():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        for _ in range(3):
            with Client(instance.address, instance.port) as client:
                client.open()
                for number in range(20):
                    client.envelope()
                    client.data(b"Subject: x\r\n\r\n%d\r\n" % number)
            instance.stop()
            instance.start()
        relay.wait(60, 40)
        instance.wait_empty()
    check(len(relay.mails) == 60, len(relay.mails), "mails of 60")


@test(timeout=90)
def test_reload_loses_no_session():
    relay = Relay()
    with Instance(relay.nexthop, {"smtpd_banner": "$myhostname ESMTP old"}) as instance:
        client = Client(instance.address, instance.port)
        client.open()
        client.envelope()
        client.expect("DATA", 354)
        client.send(b"Subject: over a reload\r\n\r\nfirst half\r\n")
        instance.set(smtpd_banner="$myhostname ESMTP new")
        instance.reload()

        def greeting():
            with Client(instance.address, instance.port) as other:
                return other.reply()[1]
        eventually(lambda: greeting().endswith("new"), 20, "the new banner")
        client.send(b"second half\r\n.\r\n")
        client.expect(None, 250)
        client.expect("QUIT", 221)
        relay.wait(1)
        instance.wait_log(r"postfix/master\[\d+\]: reload -- version")
    check(relay.mails[0].body == b"first half\r\nsecond half\r\n", relay.mails[0].body)


@test(timeout=90)
def test_reload_is_over_when_it_returns():
    """What comes after `postfix reload` meets the new settings and tables in every program."""
    relays = Relay(), Relay()
    instance = Instance(params={"maximal_backoff_time": "300s"})
    table = instance.config / "transport"

    def change(number):
        table.write_text(f"example.net smtp:{relays[number % 2].nexthop}\n")
        instance.command("postmap", table)
        instance.set(transport_maps=f"hash:{table}", smtp_helo_name=f"helo{number}.example",
                     smtpd_banner=f"$myhostname ESMTP banner{number}",
                     sender_canonical_maps=f"static:sender{number}@example.com")
    change(0)
    with instance:
        for number in range(1, 7):
            change(number)
            instance.reload()
            with Client(instance.address, instance.port) as client:
                check(client.reply()[1].endswith(f"banner{number}"), "an old smtpd greeted")
                client.expect("EHLO client.example", 250)
                client.envelope()
                client.data(b"Subject: smtp\r\n\r\nx\r\n")
            instance.sendmail("-f", "me@example.com", "to@example.net",
                              text="Subject: local\n\nx\n")
            relay = relays[number % 2]
            mails = relay.wait((number + 1) // 2 * 2 if number % 2 else number)[-2:]
            check({mail.sender for mail in mails} == {f"sender{number}@example.com"},
                  "old smtpd or pickup:", number, [mail.sender for mail in mails])
            hellos = [line for _, line in relay.log if line.startswith("EHLO")]
            check(hellos[-1] == f"EHLO helo{number}.example", "an old smtp:", number, hellos)


@test()
def test_reload_that_master_refuses_fails():
    with Instance() as instance, socket.socket() as taken:
        taken.bind((instance.address, 0))
        taken.listen()
        instance.master += f"{instance.address}:{taken.getsockname()[1]} inet n - n - - smtpd\n"
        instance.write_config()
        status, output = instance.attempt("postfix", "reload")
        check(status != 0 and "not reloaded" in output, status, output)
        instance.greeted()


@test()
def test_reload_tells_of_a_process_that_goes_on_as_before():
    """A stopped smtpd keeps its listener: the command does not wait for ever, and says so."""
    with Instance(params={"smtpd_worker_processes": "1"}) as instance:
        smtpd, = instance.pids("smtpd")
        os.kill(smtpd, signal.SIGSTOP)
        try:
            status, output = instance.attempt("postfix", "reload")
        finally:
            os.kill(smtpd, signal.SIGCONT)
        check(status == 0 and "some processes still work" in output, status, output)
        eventually(lambda: smtpd not in instance.pids("smtpd"), 10, "the old process gone")


@test(timeout=90)
def test_greeting_while_reloading():
    with Instance() as instance:
        slowest = 0
        for _ in range(3):
            instance.reload()
            until = time.monotonic() + 1
            while time.monotonic() < until:
                started = time.monotonic()
                instance.greeted()
                slowest = max(slowest, time.monotonic() - started)
        check(slowest < 1, f"a client waited {slowest:.1f} s for its greeting")


@test()
def test_bad_reload_keeps_the_old_generation():
    with Instance() as instance:
        before = instance.master_pid()
        (instance.config / "main.cf").write_text(
            (instance.config / "main.cf").read_text() + "this line is wrong\n")
        status, output = instance.attempt("postfix", "reload")
        eventually(lambda: "main.cf" in output + instance.log(), 10, "the fault's place")
        instance.greeted()
        check(instance.master_pid() == before, "master is gone; reload said", status, output)


@test()
def test_abort_ends_all_at_once():
    instance = Instance()
    instance.start()
    family = [process.pid for process in instance.processes()]
    instance.command("postfix", "abort")
    eventually(lambda: not any(instance.runs(pid) for pid in family), 10, "all gone")
    instance.start()
    instance.stop()


@test()
def test_dead_workers_are_replaced():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        for name in ("smtpd", "qmgr", "smtp"):
            deliver(instance)
            eventually(lambda: instance.pids(name), 10, f"a {name} process")
            for pid in instance.pids(name):
                os.kill(pid, 9)
            eventually(lambda: serves(instance), 10, f"service after {name} was killed")
        deliver(instance)
        eventually(lambda: len(relay.mails) >= 4, 20, "all mail")


def serves(instance):
    try:
        instance.greeted()
        return True
    except (OSError, AssertionError):
        return False


@test()
def test_port_of_another_service_is_free():
    """Two listeners in one instance, each served."""
    instance = Instance()
    other = free_port(instance.address)
    instance.master = f"{instance.address}:{other} inet n - n - - smtpd -o " \
                      "smtpd_banner=second\n" + instance.master
    instance.write_config()
    try:
        with instance, Client(instance.address, other) as client:
            check(client.expect(None, 220) == "second", "the second listener's banner")
    except StartFailed as error:
        raise AssertionError("two listeners do not start") from error
