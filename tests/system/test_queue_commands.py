"""postqueue, postcat and postsuper on mail in the log and in files; Debian's tools read our files."""

import json
import re
import subprocess
import time

from harness import Instance, Relay, check, deliver, eventually, need, test

CONTENT = b"From: s@example.com\r\nSubject: queued\r\n\r\nbody line\r\n.dot line\r\n"


def stopped_relay():
    relay = Relay()
    relay.stop()
    return relay


def queued(instance, count=1):
    """IDs of so many messages that have been tried once and wait."""
    ids = [deliver(instance, CONTENT) for _ in range(count)]
    for queue_id in ids:
        instance.wait_log(f"{queue_id}: to=.*status=deferred")
    eventually(lambda: set(ids) <= {entry["queue_id"] for entry in entries(instance)
                                    if entry["queue_name"] == "deferred"}, 10, "deferred mail")
    return ids


def entries(instance):
    return [json.loads(line) for line in instance.command("postqueue", "-j").splitlines()]


@test(peer=True)
def test_postqueue_lists():
    with Instance(stopped_relay().nexthop) as instance:
        check(instance.command("postqueue", "-p") == "Mail queue is empty\n", "not empty")
        first, second = queued(instance, 2)
        text = eventually(lambda: "Request" in instance.command("postqueue", "-p") and
                          instance.command("postqueue", "-p"), 10)
        head, *rest = text.splitlines()
        check(re.match(r"-Queue ID-\s+--Size-- ----Arrival Time---- -Sender/Recipient-------", head),
              head)
        check(re.search(rf"^{first}\s+\d+ \w{{3}} \w{{3}} [ \d]\d \d\d:\d\d:\d\d  "
                        r"sender@example\.com$", text, re.MULTILINE), text)
        check(re.search(r"^ *\(connect to 127\S+: Connection refused\)$", text, re.MULTILINE), text)
        check(re.search(r"^ {41}to@example\.net$", text, re.MULTILINE), text)
        check(re.match(r"-- \d+ Kbytes in 2 Requests\.$", rest[-1]), rest[-1])
        check(second in text, text)


@test(peer=True)
def test_postqueue_json():
    with Instance(stopped_relay().nexthop) as instance:
        queue_id, = queued(instance)

        def deferred():
            found = entries(instance)
            return found if found and "delay_reason" in found[0]["recipients"][0] else None
        entry, = eventually(deferred, 10, "an entry with its reason")
    check(entry["queue_id"] == queue_id and entry["sender"] == "sender@example.com", entry)
    check(entry["queue_name"] in ("deferred", "active", "incoming"), entry)
    check(abs(entry["arrival_time"] - time.time()) < 60 and entry["message_size"] > 0, entry)
    check(entry["forced_expire"] is False, entry)
    check(entry["recipients"][0]["address"] == "to@example.net", entry)
    check("Connection refused" in entry["recipients"][0]["delay_reason"], entry)


@test(peer=True)
def test_flush_tries_at_once():
    relay = stopped_relay()
    with Instance(relay.nexthop) as instance:
        queued(instance, 3)
        relay.start()
        time.sleep(0.5)
        check(not relay.mails, "tried before its time")
        instance.command("postqueue", "-f")
        relay.wait(3)
        instance.wait_empty()


@test()
def test_flush_of_a_site():
    """postqueue -s tries the mail for one destination, which fast_flush_domains must have."""
    relay = Relay()  # one that is up: no return of a relay is mixed up with the command
    relay.script.actions["rcpt"] = "450 4.2.0 later"
    with Instance(relay.nexthop, {"fast_flush_domains": "one.example, two.example"}) as it:
        for domain in ("one.example", "other.example"):
            queue_id = deliver(it, CONTENT, recipients=[f"r@{domain}"])
            it.wait_log(f"{queue_id}: to=<r@{domain}>.*status=deferred")
        it.command("postqueue", "-s", "one.example")
        eventually(lambda: it.log().count("to=<r@one.example>") == 2, 10, "a second attempt")
        it.command("postqueue", "-s", "x.two.example")
        for site, words in (("other.example", "Flush service is not configured for destination"),
                            ("no domain", "invalid destination")):
            status, output = it.attempt("postqueue", "-s", site)
            check(status == 69 and words in output, status, output)
        check(it.log().count("to=<r@other.example>") == 1, "tried what nobody asked for")
    status, output = it.attempt("postqueue", "-s", "one.example")
    check(status == 69 and "mail system is down" in output, status, output)


@test(peer=True)
def test_postcat_shows_a_message():
    with Instance(stopped_relay().nexthop) as instance:
        queue_id, = queued(instance)
        text = instance.command("postcat", "-q", queue_id)
        check(re.search(r"^\*\*\* ENVELOPE RECORDS \S+ \*\*\*$", text, re.MULTILINE), text)
        for line in ("sender: sender@example.com", "recipient: to@example.net"):
            check(re.search(rf"^{line}$", text, re.MULTILINE), line, "not in", text)
        check(re.search(r"^\*\*\* MESSAGE CONTENTS \S+ \*\*\*$", text, re.MULTILINE), text)
        check("\nSubject: queued\n" in text and "\n\nbody line\n.dot line\n" in text, text)
        status, output = instance.attempt("postcat", "-q", "DEADBEEF00")
        check(status == 1 and "DEADBEEF00" in output, status, output)


@test(peer=True)
def test_postsuper_deletes():
    relay = stopped_relay()
    with Instance(relay.nexthop) as instance:
        first, second, third = queued(instance, 3)
        status, output = instance.attempt("postsuper", "-d", first)
        check(status == 0 and "Deleted: 1 message" in output, status, output)
        instance.wait_log(rf"postfix/postsuper\[\d+\]: {first}: removed")
        text = instance.command("postqueue", "-p")
        check(first not in text and second in text and third in text, text)
        relay.start()
        instance.command("postqueue", "-f")
        relay.wait(2)
        instance.wait_empty()
        check(len(relay.mails) == 2, "a deleted message was delivered")
        check(instance.attempt("postsuper", "-d", "ALL")[0] == 0, "postsuper -d ALL")


@test(peer=True)
def test_delete_all():
    with Instance(stopped_relay().nexthop) as instance:
        queued(instance, 5)
        status, output = instance.attempt("postsuper", "-d", "ALL")
        check(status == 0 and "Deleted: 5 messages" in output, status, output)
        instance.wait_empty(5)


@test(timeout=90)
def test_stop_leaves_postfix_files():
    """After a stop all mail is in Postfix's queue-file format, which Debian's commands read."""
    relay = stopped_relay()
    with Instance(relay.nexthop) as instance:
        ids = queued(instance, 3)
        instance.stop()
        files = {path.name: path for path in instance.queue_files("deferred")}
        check(set(ids) == set(files), "deferred/ has", list(files), "not", ids)
        queue_id = ids[0]
        text = subprocess.run([need("postcat"), "-c", instance.config, files[queue_id]],
                              capture_output=True, text=True, check=True).stdout
        for line in ("sender: sender@example.com", "recipient: to@example.net", "Subject: queued",
                     "body line", ".dot line"):
            check(re.search(rf"^{re.escape(line)}$", text, re.MULTILINE), line, "not in", text)
        logs = {path.name: path.read_text() for path in instance.queue_files("defer")}
        check("Connection refused" in logs.get(queue_id, ""), logs)


@test(timeout=90, root=True)
def test_switch_to_postfix_and_back():
    """Debian's Postfix delivers what our deferred/ holds; we deliver what Postfix left."""
    relay = stopped_relay()
    ours = Instance(relay.nexthop, peer=False)
    with ours:
        queued(ours, 3)
    theirs = Instance(relay.nexthop, {"queue_directory": ours.queue}, peer=True)
    theirs.queue = ours.queue
    with theirs:
        check(len(entries(theirs)) == 3, "Postfix lists", entries(theirs))
        relay.start()
        theirs.command("postqueue", "-f")
        relay.wait(3)
        theirs.wait_empty()
        relay.stop()
        queued(theirs, 2)
    with ours:
        relay.start()
        ours.command("postqueue", "-f")
        mails = relay.wait(5)
        ours.wait_empty()
    for mail in mails:
        check(mail.body == b"body line\r\n.dot line\r\n", mail.content)




@test(timeout=60)
def test_commands_work_beside_settings_that_stop_a_start():
    """What the start refuses, or no value fits, stops no command that does not ask for it."""
    relay = stopped_relay()
    with Instance(relay.nexthop) as instance:
        first, = queued(instance)
        with open(instance.config / "main.cf", "a", encoding="ascii") as file:
            file.write("content_filter = smtp:[127.0.0.1]:10025\nsmtpd_milters = inet:[::1]:1\n"
                       "smtpd_recipient_limit = many\nsmtpd_timeout = ${broken\n")
        check(instance.attempt("postfix", "check")[0] == 1, "check finds nothing")
        check(instance.attempt("postfix", "reload")[0] == 1, "reloaded")
        check(instance.attempt("postfix", "status")[0] == 0, "status")
        check(first in instance.command("postqueue", "-p"), "postqueue -p")
        check(first in instance.sendmail("-bp"), "sendmail -bp")
        check([entry["queue_id"] for entry in entries(instance)] == [first], "postqueue -j")
        check("body line" in instance.command("postcat", "-q", first), "postcat")
        instance.command("postlog", "a line of the test")
        instance.wait_log("a line of the test")
        table = instance.config / "table"
        table.write_text("key value\n")
        instance.command("postmap", table)
        check(instance.command("postmap", "-q", "key", table) == "value\n", "postmap -q")
        check("content_filter = " in instance.command("postconf", "-n"), "postconf -n")
        instance.sendmail("-f", "s@example.com", "to@example.net", text="\nx\n")
        instance.wait_log(r"postfix/pickup.*uid=")
        instance.command("postqueue", "-f")
        instance.command("postkick", "public", "pickup", "W")
        eventually(lambda: len(entries(instance)) == 2, 10, "both in the queue")
        instance.command("postsuper", "-h", first)
        check([entry["queue_id"] for entry in entries(instance)
               if entry["queue_name"] == "hold"] == [first], "postsuper -h")
        instance.command("postsuper", "-d", first)
        eventually(lambda: first not in instance.command("postqueue", "-p"), 10, "postsuper -d")
        status, output = instance.attempt("postfix", "stop")
        check(status == 0, "stop", output)
        status, output = instance.attempt("postfix", "start")
        check(status != 0 and re.search("main.cf, line .*smtpd_milters", output), output)
