"""What the processes know of relays together, and what postrelay(1) shows and says of it."""

import json
import os
import re
import signal
import socket
import struct
import subprocess
import time

from harness import (HANG, FaultyRelay, Instance, Relay, Times, check, deliver, eventually, free_port,
                     loopback, test)

QUICK = {"minimal_backoff_time": "2s", "maximal_backoff_time": "4s", "queue_run_delay": "1s",
         "smtp_worker_processes": "2", "failover_snapshot_interval": "200ms"}


def dead():
    address = loopback()
    return f"[{address}]:{free_port(address)}"


def objects(instance, *words):
    """What it prints, warnings apart."""
    status, out = instance.attempt("postrelay", *words, "-j")
    check(status in (0, 1), status, out)
    return [json.loads(line) for line in out.splitlines() if not line.startswith("postrelay: ")]


def shown(instance, relay):
    """The record of the relay's address, when there is one."""
    found = [each for each in objects(instance, "show", relay)
             if each["scope"] == "endpoint"]
    return found[0] if found else None


def state(instance, relay):
    record = shown(instance, relay)
    return record and record.get("admin", record["state"])


@test()
def test_a_breaker_is_seen_and_survives_reload_and_restart():
    first, second = dead(), Relay()
    with Instance(f"{first}, {second.nexthop}", QUICK) as instance:
        check("Nothing is known" in instance.command("postrelay", "show"))
        deliver(instance)
        second.wait(1)
        record = eventually(lambda: shown(instance, first))
        check(record["state"] in ("OPEN", "HALF_OPEN"), record)
        check(record["reason"] == "refused" and record["configured"], record)
        check(record["service"] == "smtp", record)
        instance.wait_log(r"postfix/smtp\[\d+\]: relay-health: \S+ CLOSED->OPEN reason=refused "
                          r"fails=1 retry_in=[\d.]+s$")
        text = instance.command("postrelay", "show")
        check(text.startswith("RELAY") and " refused " in text, text)
        since = record["since"]
        instance.reload()
        check(shown(instance, first)["since"] >= since, "known after a reload")
        instance.stop()
        text = instance.command("postrelay", "show")
        check(text.startswith("The mail system is down; this is what it knew at "), text)
        check(shown(instance, first)["reason"] == "refused", "known while it is down")
        instance.start()
        check(shown(instance, first)["reason"] == "refused", "known after a restart")
        deliver(instance)
        second.wait(2)


@test()
def test_a_damaged_snapshot_is_ignored_and_an_old_one_too():
    first, second = dead(), Relay()
    with Instance(f"{first}, {second.nexthop}", QUICK) as instance:
        deliver(instance)
        second.wait(1)
        eventually(lambda: shown(instance, first))
        instance.stop()
        snapshot = instance.data / "relay-health"
        good = snapshot.read_text()
        snapshot.write_text(good.replace("refused", "refusal"))
        instance.command("postrelay", "show", status=69)
        instance.start()
        instance.wait_log(r"postfix/master\[\d+\]: warning: \S+/relay-health: what was known of "
                          r"relays is not used: it is cut short, was changed")
        check(shown(instance, first) is None, "nothing of it is used")
        deliver(instance)
        second.wait(2)
        instance.stop()
        instance.set(failover_snapshot_max_age="0s")
        instance.start()
        check(shown(instance, first) is None, "it is too old")


@test()
def test_an_administrator_moves_mail_and_takes_it_back():
    first, second = Relay(), Relay()
    one = first.nexthop
    with Instance(f"{one}, {second.nexthop}", QUICK) as instance:
        deliver(instance)
        first.wait(1)
        # Kept while the system is down, too, and for a relay of which nothing was known.
        said = objects(instance, "drain", "-t", "1h", "-m", "new disk", one)
        check(all(each["admin"] == "DRAIN" and each["admin_text"] == "new disk" for each in said),
              said)
        instance.wait_log(r"postfix/postrelay\[\d+\]: relay-health: \S+ CLOSED->DRAIN "
                          r"reason=\w+: new disk$")
        deliver(instance)
        second.wait(1)
        instance.stop()
        instance.start()
        deliver(instance)
        second.wait(2)
        order = objects(instance, "explain", "to@example.net")[0]
        check([each["port"] for each in order["order"]] == [second.port], order)
        check([each["port"] for each in order["barred"]] == [first.port], order)
        objects(instance, "reset", one)
        deliver(instance)
        first.wait(2)
        objects(instance, "down", second.nexthop)
        instance.stop()
        objects(instance, "reset", second.nexthop)
        instance.start()
        check(state(instance, second.nexthop) in (None, "CLOSED"), "taken back while it was down")
        instance.command("postrelay", "reset", "[nobody.example]:25", status=1)
        # May be meant for a relay to come; may be misspelt.
        status, out = instance.attempt("postrelay", "drain", "[nobody.example]:25")
        check(status == 0 and "nothing is known of it yet" in out, status, out)
        line = r"relay-health: \[nobody\.example\]:25 CLOSED->DRAIN"
        instance.wait_log(line)
        objects(instance, "reset", "[nobody.example]:25")
        instance.wait_log(r"relay-health: \[nobody\.example\]:25 DRAIN->CLOSED")
        lines = re.findall(line, instance.log())
        check(len(lines) == 1, lines)


@test()
def test_processes_that_die_leave_nothing_behind():
    relay = Relay()
    with Instance(f"{relay.nexthop}, {dead()}", QUICK) as instance:
        deliver(instance)
        relay.wait(1)
        relay.script.actions["mail"] = Times(1, HANG)
        deliver(instance)

        def sessions():
            return shown(instance, relay.nexthop)["in_flight"]

        eventually(lambda: sessions() >= 1, what="a session is counted")
        eventually(lambda: any("MAIL" in line for _, line in relay.log[1:]))
        for pid in instance.pids("smtp"):
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: sessions() == 0, what="it is forgotten with its process")
        relay.wait(2, seconds=40)


@test()
def test_what_is_explained_is_what_is_done():
    one, two, three = Relay(), Relay(), Relay()
    maps = f"inline:{{ {{ mapped.example = smtp:{two.nexthop} }} {{ .example = :{three.nexthop} }} }}"
    params = QUICK | {"transport_maps": maps}
    with Instance(one.nexthop, params) as instance:
        for domain, relay, source in (("example.net", one, "relayhost"),
                                      ("mapped.example", two, "transport_maps"),
                                      ("below.example", three, "transport_maps")):
            recipient = f"to@{domain}"
            told = objects(instance, "explain", "-f", "from@example.com", recipient)[0]
            check(told["order"][0]["port"] == relay.port, told)
            check(told["nexthop_from"] == source, told)
            text = instance.command("postrelay", "explain", recipient)
            check(f"1. [{relay.address}]:{relay.port}/{relay.address}" in text, text)
            deliver(instance, recipients=(recipient,))
            relay.wait(1)
        asked = [(each["parameter"], each["key"]) for each in told["asked"] if "key" in each]
        check(("transport_maps", "below.example") in asked and
              ("transport_maps", ".example") in asked, asked)
        instance.stop()
        again = objects(instance, "explain", "-f", "from@example.com", recipient)[0]
        check(again["order"][0]["port"] == three.port, again)


@test(counted=False)
def test_nobody_else_gets_the_table():
    with Instance(dead(), QUICK) as instance:
        path = instance.queue / "private" / "relay-health"
        check(path.stat().st_mode & 0o777 == 0o600, oct(path.stat().st_mode))
        client = socket.socket(socket.AF_UNIX)
        client.connect(str(path))
        data, ancillary, _, _ = client.recvmsg(1, socket.CMSG_SPACE(4))
        check(data == b"H" and len(ancillary) == 1, data, ancillary)
        os.close(struct.unpack("i", ancillary[0][2])[0])
        if os.geteuid() == 0:
            # Whoever gets as far as the socket is still asked who he is.
            path.chmod(0o666)
            for folder in (instance.folder, instance.queue, path.parent):
                folder.chmod(0o755)
            pid = os.fork()
            if pid == 0:
                os.setuid(65534)
                other = socket.socket(socket.AF_UNIX)
                other.connect(str(path))
                os._exit(len(other.recvmsg(1, socket.CMSG_SPACE(4))[0]))
            check(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0, "he gets nothing")


@test(counted=False)
def test_a_new_table_size_waits_for_the_next_start():
    with Instance(dead(), QUICK) as instance:
        instance.set(failover_table_size="100")
        instance.reload()
        instance.wait_log(r"warning: failover_table_size: 100 takes effect at the next start")


@test()
def test_deferred_mail_of_a_next_hop_goes_when_it_is_flushed():
    relay = Relay()
    relay.script.actions["rcpt"] = "450 4.2.0 later"
    slow = QUICK | {"minimal_backoff_time": "1000s", "maximal_backoff_time": "4000s"}
    with Instance(relay.nexthop, slow) as instance:
        queue_id = deliver(instance)
        instance.wait_log(f"{queue_id}: .*status=deferred")
        relay.script.actions.pop("rcpt")
        instance.command("postrelay", "flush", "[192.0.2.99]:25", status=1)
        flushed = objects(instance, "flush", relay.nexthop)
        check(flushed == [{"nexthop": relay.nexthop, "messages": 1}], flushed)
        relay.wait(1)


@test(counted=False)
def test_a_false_command_line_is_explained():
    with Instance(dead(), QUICK) as instance:
        for words in ((), ("dwon", "x"), ("down",), ("down", "-t", "soon", "x")):
            status, said = instance.attempt("postrelay", *words)
            check(status == 64 and said.startswith("postrelay: "), status, said)


@test()
def test_a_person_has_a_relay_probed():
    relay = Relay()
    with Instance(f"{relay.nexthop}, {dead()}", QUICK) as instance:
        deliver(instance)
        relay.wait(1)
        told = objects(instance, "probe", relay.nexthop)
        check([each["probe"] for each in told] == ["ok"], told)
        relay.stop()
        told = objects(instance, "probe", relay.nexthop)
        check([each["probe"] for each in told] == ["refused"], told)
        check(state(instance, relay.nexthop) == "OPEN", told)
        relay.start()
        told = objects(instance, "probe", relay.nexthop)
        check([each["probe"] for each in told] == ["ok"], told)
        check(state(instance, relay.nexthop) == "RAMP", told)


def probed(instance):
    """What explain finds at each address, by port."""
    told = objects(instance, "explain", "--probe", "to@example.net")[0]
    check([each["label"] for each in told["probes"]] == [each["label"] for each in told["order"]],
          told)
    return {each["port"]: each for each in told["probes"]}


@test(counted=False)
def test_explain_connects_whether_the_system_is_up_or_down():
    good, silent, refusing = Relay(), FaultyRelay("connect=hang"), FaultyRelay("connect=554 no")
    absent = dead()
    relays = f"{absent}, {silent.nexthop}, {refusing.nexthop}, {good.nexthop}"
    with Instance(relays, QUICK | {"failover_probe_banner_timeout": "1s"}) as instance:
        for running in (True, False):
            if not running:
                instance.stop()
            begun = time.monotonic()
            found = probed(instance)
            check(time.monotonic() - begun < 8, "all at the same time")
            check(found[good.port]["result"] == "ok" and found[good.port]["ehlo"], found)
            check("PIPELINING" in found[good.port]["extensions"], found)
            check(found[silent.port]["result"] == "banner_timeout", found)
            check(found[silent.port]["connected"] and not found[silent.port]["greeted"], found)
            check(0.9 < time.monotonic() - begun, "it waited for the greeting")
            check(found[refusing.port]["result"] == "banner_5xx", found)
            check(found[refusing.port]["said"] == "554 no", found)
            check([each["result"] for each in found.values()].count("refused") == 1, found)
            text = instance.command("postrelay", "explain", "--probe", "to@example.net")
            check(f"{good.port}/{good.address}: ok, ESMTP, connected in " in text, text)
            check("/" + silent.address + ": banner_timeout, connected in " in text, text)
            check(shown(instance, good.nexthop) is None, "nothing is known of it by that")
        check(not good.mails, "no mail was sent")


@test(counted=False)
def test_the_client_probes_by_hand():
    relay = Relay()
    with Instance(dead(), QUICK) as instance:
        instance.stop()
        words = [instance.daemons / "smtp", "-P", "-c", instance.config]

        def ask(places, *more):
            done = subprocess.run([*words, *more], input=places, capture_output=True, text=True,
                                  timeout=60)
            return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], \
                done.stderr

        status, told, said = ask(f"{relay.nexthop}\n\n{relay.nexthop}/{relay.address}\n")
        check(status == 0 and [each["result"] for each in told] == ["ok", "ok"], status, told, said)
        check(told[1]["place"] == f"{relay.nexthop}/{relay.address}", told)
        check({line for _, line in relay.log if line.startswith("EHLO")} ==
              {"EHLO mail.example.org"}, relay.log)
        status, told, _ = ask(f"{dead()}\n{relay.nexthop}\n", "-o", "smtp_helo_name=other.example")
        check(status == 1 and [each["result"] for each in told] == ["refused", "ok"], told)
        check(any("EHLO other.example" in line for _, line in relay.log), relay.log)
        status, told, said = ask("", "place")
        check(status == 64 and "standard input" in said, status, said)
        status, told, said = ask(relay.nexthop, "-o", "smtp_helo_timeout=soon")
        check(status == 69 and "smtp_helo_timeout" in said and not told, status, said)


@test()
def test_somebody_notices_the_return_of_a_relay_whoever_died():
    relay = Relay()
    relay.stop()
    slow = QUICK | {"minimal_backoff_time": "1000s", "maximal_backoff_time": "4000s"}
    with Instance(f"{relay.nexthop}, {dead()}", slow) as instance:
        queue_id = deliver(instance)
        instance.wait_log(f"{queue_id}: .*status=deferred")
        eventually(lambda: state(instance, relay.nexthop) in ("OPEN", "HALF_OPEN"))
        before = instance.pids("smtp")
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        eventually(lambda: set(instance.pids("smtp")) - set(before), what="another process")
        relay.start()
        relay.wait(1, seconds=25)


@test(counted=False)
def test_changes_are_watched():
    relay = dead()
    with Instance(relay, QUICK) as instance:
        with subprocess.Popen([instance.commands / "postrelay", "-c", instance.config, "watch",
                               "-t", "3s", relay], stdout=subprocess.PIPE, text=True) as watcher:
            time.sleep(1)
            objects(instance, "down", relay)
            out, _ = watcher.communicate(timeout=20)
        check(watcher.returncode == 0, watcher.returncode)
        check(f"{relay}  new -> DOWN" in out, out)
        instance.stop()
        status, said = instance.attempt("postrelay", "watch")
        check(status == 1 and "the mail system is down" in said, status, said)
