"""Slow, failing and full disks: no 250 before the data is safe, no half-written message."""

import os
import subprocess
import time

from harness import (Client, Instance, Ledger, Relay, check, deliver, eventually, loopback, need,
                     run, strace, test)


def seconds_to_reply(client):
    client.envelope()
    client.expect("DATA", 354)
    client.send(b"Subject: x\r\n\r\nx\r\n.\r\n")
    started = time.monotonic()
    code, text = client.reply()
    return time.monotonic() - started, code, text


def last_code(instance, sender):
    """The reply that ended a transaction: to its dot, or an earlier refusal."""
    with Client(instance.address, instance.port, timeout=40) as client:
        client.open()
        for line in (f"MAIL FROM:<{sender}@example.com>", "RCPT TO:<to@example.net>", "DATA",
                     "Subject: x\r\n\r\nx\r\n."):
            code, _ = client.say(line)
            if code >= 400:
                break
        return code


@test(timeout=90)
def test_no_250_before_the_flush():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        deliver(instance)
        tracer = strace(instance.pids("smtpd"), "-e", "trace=fdatasync,fsync",
                        "-e", "inject=fdatasync,fsync:delay_enter=1000000")
        for _ in range(3):
            with Client(instance.address, instance.port) as client:
                client.open()
                took, code, text = seconds_to_reply(client)
                check(code == 250, code, text)
                check(took >= 1, f"250 came {took:.3f} s after the dot")
        tracer.terminate()
        tracer.wait()
        relay.wait(4)


@test(timeout=90)
def test_flush_that_fails():
    """451 for all while it lasts; afterwards service goes on, with nothing of the refused mail."""
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        deliver(instance, sender="before@example.com")
        tracer = strace(instance.pids("smtpd"), "-e", "trace=fdatasync,fsync",
                        "-e", "inject=fdatasync,fsync:error=EIO")
        codes = [last_code(instance, "during") for _ in range(3)]
        tracer.terminate()
        tracer.wait()
        check(codes == [451] * 3, "replies while the disk failed:", codes)
        eventually(lambda: last_code(instance, "after") == 250, 15, "service after the fault")
        relay.wait(2)
        time.sleep(3)  # every worker notes durably what of its old segment counts
        instance.kill_all()
        instance.start()
        instance.wait_empty()
        time.sleep(1)
    senders = sorted(mail.sender for mail in relay.mails)
    check(senders == ["after@example.com", "before@example.com"], senders)


@test(timeout=120, counted=False)
def test_flush_that_fails_once_under_load():
    """Of messages under way when one flush fails, those with a 250 arrive, the others do not."""
    instance = Instance()
    ledger = Ledger(instance.folder, loopback())
    instance.set(relayhost=ledger.nexthop)
    with instance:
        load = ledger.start_load(instance, "--seconds", 4, "--sessions", 10, "--per-session", 5)
        time.sleep(1)
        tracer = strace(instance.pids("smtpd"), "-e", "trace=fdatasync",
                        "-e", "inject=fdatasync:error=EIO:when=20+40")
        time.sleep(1.5)
        tracer.terminate()
        tracer.wait()
        figures = ledger.finish_load(load)
        check(figures["refused"] > 0, "no flush failed", figures)
        check(figures["accepted"] > 0, figures)
        ledger.wait_all(25)
        instance.kill_all()
        instance.start()
        ledger.wait_all(25)
        instance.wait_empty()
        time.sleep(1)
        strangers = set(ledger.deliveries()[0]) - ledger.accepted
        check(len(strangers) <= figures["lost"], "refused mail was delivered:",
              sorted(strangers)[:5], figures)


@test(peer=True)
def test_less_room_than_queue_minfree():
    free = os.statvfs("/tmp")
    room = free.f_bavail * free.f_frsize
    with Instance(params={"queue_minfree": str(room * 2)}) as instance, \
            Client(instance.address, instance.port) as client:
        client.open()
        code, text = client.say("MAIL FROM:<a@example.com> SIZE=1000")
        check(code == 452, code, text)


@test(timeout=120, root=True, counted=False)
def test_full_disk():
    """452 when the file system is full; what was accepted arrives, service goes on once there is
    room."""
    instance = Instance(params={"message_size_limit": "20000000"})
    run(need("mount"), "-t", "tmpfs", "-o", "size=200m,mode=755", "none", instance.queue)
    ledger = Ledger(instance.folder, loopback())
    instance.set(relayhost=ledger.nexthop)
    try:
        with instance:
            ledger.load(instance, "--messages", 50, "--sessions", 5)
            ledger.wait_all(25)
            filler = instance.queue / "filler"
            subprocess.run(["dd", "if=/dev/zero", f"of={filler}", "bs=1M"], check=False,
                           stderr=subprocess.DEVNULL)
            figures = ledger.load(instance, "--messages", 60, "--sessions", 5, "--size", 5000000)
            check(figures["refused"] > 0, "a full disk took it all:", figures)
            with Client(instance.address, instance.port) as client:
                client.open()
                code, text = client.say("MAIL FROM:<a@example.com> SIZE=15000000")
                check(code == 452, code, text)
            filler.unlink()
            figures = eventually(lambda: none_refused(ledger, instance), 15, "service with room")
            ledger.wait_all(25)
            instance.wait_empty()
            ledger.check_once()
    finally:
        run(need("umount"), "-l", instance.queue)


def none_refused(ledger, instance):
    figures = ledger.load(instance, "--messages", 20, "--sessions", 5, "--size", 100000)
    return figures if figures["refused"] == 0 else None
