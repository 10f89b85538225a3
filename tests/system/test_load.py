"""Many messages at once: each arrives, each once; many sessions at once: little memory, no waiting."""

import resource
import time

from harness import (Client, Instance, Ledger, SmtpSink, check, eventually, free_port, loopback,
                     resident_bytes, smtp_source, soaking, test)


@test(timeout=600, alone=True, peer=True)
def test_source_to_sink():
    """Debian's smtp-source through to its smtp-sink."""
    count = 20000 if soaking() else 4000
    address = loopback()
    port = free_port(address)
    instance = Instance(f"[{address}]:{port}")
    sink = SmtpSink(instance.folder, address, port, "-m", "1000")
    with instance:
        started = time.monotonic()
        smtp_source(instance, "-s", "20", "-l", "4096", "-m", str(count))
        sink.wait(count, 120)
        took = time.monotonic() - started
        instance.wait_empty()
        time.sleep(0.5)
        check(sink.count() == count, sink.count(), "messages in the sink, not", count)
    print(f"figure: {count} messages from smtp-source to smtp-sink in {took:.1f} s, "
          f"{count / took:.0f} a second")


@test(timeout=600, alone=True, peer=True)
def test_each_message_once():
    count = 20000 if soaking() else 4000
    instance = Instance()
    ledger = Ledger(instance.folder, loopback())
    instance.set(relayhost=ledger.nexthop)
    with instance:
        figures = ledger.load(instance, "--messages", count, "--sessions", 20)
        check(figures["accepted"] == count and not figures["refused"] + figures["lost"], figures)
        ledger.wait_all(60)
        instance.wait_empty()
        ledger.check_once()
    print(f"figure: {count} messages accepted at {count / figures['seconds']:.0f} a second, "
          f"slowest {figures['slowest']:.3f} s")


@test(timeout=300, alone=True, peer=True)
def test_messages_of_many_sizes():
    """Inline in the log, in files of their own, and around the border between the two."""
    instance = Instance()
    ledger = Ledger(instance.folder, loopback())
    instance.set(relayhost=ledger.nexthop)
    with instance:
        for size in (0, 3000, 4096, 16384, 60000, 65536, 70000, 300000, 3000000):
            ledger.load(instance, "--messages", 20, "--sessions", 4, "--size", size)
        ledger.wait_all(60)
        instance.wait_empty()
        ledger.check_once()


@test(timeout=300, alone=True)
def test_five_thousand_idle_sessions():
    count = 5000
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    check(hard >= count + 500, f"the limit of open files is {hard}")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    no_limits = {"smtpd_client_connection_count_limit": "0", "smtpd_client_connection_rate_limit": "0"}
    with Instance(params=no_limits) as instance:
        before = sum(resident_bytes(pid) for pid in instance.pids("smtpd"))
        idle = [Client(instance.address, instance.port, timeout=60) for _ in range(count)]
        for client in idle:
            client.open()
        after = sum(resident_bytes(pid) for pid in instance.pids("smtpd"))
        started = time.monotonic()
        instance.greeted()
        took = time.monotonic() - started
        each = (after - before) / count
        print(f"figure: {count} idle sessions in {len(instance.pids('smtpd'))} smtpd processes, "
              f"{each / 1024:.1f} KiB a session, a new client greeted in {took * 1000:.1f} ms")
        check(took < 0.5, f"a new client waited {took:.2f} s")
        check(each < 64 * 1024, f"{each:.0f} bytes a session")
        for client in idle[::100]:
            client.expect("NOOP", 250)
        for client in idle:
            client.close()
        eventually(lambda: "disconnect" in instance.log(), 10)
        instance.greeted()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@test(timeout=60)
def test_session_limit():
    """The maxproc column limits sessions; one more client gets its turn when one leaves."""
    instance = Instance()
    instance.master = instance.master.replace("inet n - n - - smtpd", "inet n - n - 5 smtpd", 1)
    instance.write_config()
    with instance:
        clients = [Client(instance.address, instance.port, timeout=3) for _ in range(5)]
        for client in clients:
            client.open()
        with Client(instance.address, instance.port, timeout=0.7) as extra:
            try:
                code, text = extra.reply()
                check(code == 421, "a sixth session was opened:", code, text)
            except TimeoutError:
                pass
        for client in clients[1:]:
            client.expect("NOOP", 250)
        clients[0].close()
        eventually(lambda: greeted(instance), 10, "a session after another left")


def greeted(instance):
    try:
        instance.greeted()
        return True
    except (OSError, AssertionError):
        return False
