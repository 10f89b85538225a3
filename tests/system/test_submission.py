"""Mail from users of this machine: sendmail, postdrop and pickup, at work and with everything down."""

import getpass
import gzip
import os
import pwd
import re
import shutil
import signal
import subprocess
from pathlib import Path

from harness import Instance, Relay, account, check, eventually, need, test

USER = getpass.getuser()


def sendmail(instance, *options, text="", status=0, commands=None, environment=None, user=None):
    """Runs sendmail; gives what it printed."""
    words = [commands or instance.commands / "sendmail", *options]
    if user:
        words = [need("setpriv"), "--reuid", user, "--regid", "nogroup", "--clear-groups", *words]
    done = subprocess.run([str(word) for word in words], input=text.encode(), timeout=60,
                          capture_output=True, env={**os.environ, "MAIL_CONFIG": instance.config,
                                                    **(environment or {})})
    output = (done.stdout + done.stderr).decode()
    check(done.returncode == status, words, "exit", done.returncode, "not", status, output)
    if commands is None and not {"-bp", "-bs", "-q", "-q5m"} & set(options):
        account.sent(status == 0)
    return output


def got(relay, number):
    mail = relay.wait(number)[number - 1]
    return mail


@test(peer=True)
def test_forms():
    """What programs ask of sendmail, each with the envelope and content that come of it."""
    me = f"{USER}@mail.example.org"
    rows = [  # options, text, sender, recipients, part of the content
        (["user@example.net"], "", me, ["user@example.net"], b"From: "),
        (["-i", "a@example.net"], "Subject: x\n\none\n.\ntwo\n", me, ["a@example.net"],
         b"\r\n\r\none\r\n.\r\ntwo\r\n"),
        (["a@example.net"], "Subject: x\n\none\n.\ntwo\n", me, ["a@example.net"],
         b"\r\n\r\none\r\n"),
        (["-oi", "-f", "s@example.com", "a@example.net", "b@example.net"], "Subject: x\n\n.\n",
         "s@example.com", ["a@example.net", "b@example.net"], b"\r\n\r\n.\r\n"),
        (["-t"], "To: A <a@example.net>,\n b@example.net (B)\nCc: grp: c@example.net;\n"
         "Bcc: hidden@example.net\nSubject: t\n\nx\n", me,
         ["a@example.net", "b@example.net", "c@example.net", "hidden@example.net"],
         b"Subject: t"),
        (["-t"], "To: a@example.net\nResent-To: again@example.net\n\nx\n", me,
         ["again@example.net"], b"To: a@example.net"),
        (["-t", "-oi", "extra@example.net"], "To: a@example.net\n\nx\n", me,
         ["extra@example.net", "a@example.net"], b"To: a@example.net"),
        (["-F", "Ful Name", "-f", "s@example.com", "a@example.net"], "\nx\n", "s@example.com",
         ["a@example.net"], b"From: Ful Name <s@example.com>\r\n"),
        (["-F", "N. Ame", "-f", "s@example.com", "a@example.net"], "\nx\n", "s@example.com",
         ["a@example.net"], b'From: "N. Ame" <s@example.com>\r\n'),
        (["-f", "<>", "a@example.net"], "Subject: x\n\nx\n", "", ["a@example.net"], b"x"),
        (["-f", "", "a@example.net"], "Subject: x\n\nx\n", "", ["a@example.net"], b"x"),
        (["a@example.net, B <b@example.net>"], "Subject: x\r\n\r\ncr\r\n", me,
         ["a@example.net", "b@example.net"], b"\r\n\r\ncr\r\n"),
        (["a@example.net"], "From me@x Mon Jan 1\nSubject: x\n\n>From y\n", me,
         ["a@example.net"], b"\r\n\r\n>From y\r\n"),
        (["-Am", "-L", "label", "-odi", "-oem", "-om", "-o7", "-o8", "-m", "-U", "-h", "7",
          "-O", "DeliveryMode=b", "-N", "never", "-R", "hdrs", "-V", "ident", "-bm", "-B", "8BITMIME",
          "-r", "s@example.com", "a@example.net"], "Subject: x\n\n\xe4\n", "s@example.com",
         ["a@example.net"], "\xe4".encode()),
        (["a@example.net"], "Subject: x\n\n" + "y" * 9000, me, ["a@example.net"],
         b"y" * 9000 + b"\r\n"),
        (["-i", "--", '"odd name"@example.net'], "Subject: x\n\nx\n", me,
         ['"odd name"@example.net'], b"x"),
    ]
    relay = Relay()
    # Lines are not cut on the way out, so that long ones can be compared.
    with Instance(relay.nexthop, {"smtp_line_length_limit": "0"}) as it:
        for number, (options, text, sender, recipients, part) in enumerate(rows, 1):
            sendmail(it, *options, text=text)
            mail = got(relay, number)
            check(mail.sender == sender, options, "sender", mail.sender)
            check(sorted(mail.recipients) == sorted(recipients), options, mail.recipients)
            check(part in mail.content, options, "not in the content:", part, mail.content)
            for name in ("From", "Date", "Message-Id"):
                check(mail.header(name) or mail.header("Resent-" + name), options, f"no {name}:", mail.content)
            check(b"hidden" not in mail.content, "a blind copy shows", mail.content)
        queue_id = re.search(rb"\(P[a-z]+, from userid \d+\)\r\n\tid (\w+);", mail.content)[1]
        queue_id = queue_id.decode()
        it.wait_log(rf"postfix/pickup\[\d+\]: {queue_id}: uid={os.getuid()} from=<{USER}>$")
        it.wait_log(rf"postfix/cleanup\[\d+\]: {queue_id}: message-id=<[^>]+@mail\.example\.org>$")
        it.wait_log(rf"postfix/qmgr\[\d+\]: {queue_id}: removed$")


@test(peer=True)
def test_refusals():
    """What sendmail refuses, with the words and exit codes of Postfix."""
    rows = [
        ([], "", 75, "Recipient addresses must be specified on the command line or via the -t"),
        (["-t"], "Subject: x\n\nx\n", 75, "No recipient addresses found in message header"),
        (["-B", "bogus", "x@y"], "", 75, "-B option needs 8BITMIME or 7BIT"),
        (["-bX", "x@y"], "", 75, "unsupported: -bX"),
        (["-bp", "x@y"], "", 75, "display queue mode requires no recipient"),
        (["-bs", "x@y"], "", 75, "stand-alone mode requires no recipient"),
        (["-t", "-bp"], "", 75, "-t can be used only in delivery mode"),
        (["-I", "x"], "", 75, "alias initialization mode requires no recipient"),
        (["-qSx"], "", 75, "-qS is not implemented"),
        (["-Z"], "", 75, "usage: sendmail [options]"),
        (["-n", "x@y"], "", 75, "-n option not supported"),
        (["-qRsite", "x@y"], "", 75, "flush site requires no recipient"),
        (["-v", "-bv", "x@y"], "", 75, "-v option cannot be used with -bv"),
    ]
    with Instance() as instance:
        for options, text, status, words in rows:
            output = sendmail(instance, *options, text=text, status=status)
            check(words in output, options, output)
        check(sendmail(instance, "-q5m") == "", "an interval alone does nothing")
        check("queue is empty" in sendmail(instance, "-bp"), "mail was queued")
        mailq = instance.commands / "mailq"
        if mailq.exists():
            check("queue is empty" in sendmail(instance, commands=mailq), "mailq")


@test(peer=True)
def test_reports_asked_for():
    """-v, -bv and -N: what the sender is told, and what is delivered for it."""
    relay = Relay()
    sender = ["-f", "s@example.com"]
    said = "Mail Delivery Status Report will be mailed to <s@example.com>."
    with Instance(relay.nexthop) as instance:
        check(said in sendmail(instance, "-v", *sender, "a@example.net", text="Subject: v\n\nx\n"))
        parts = [b"Subject: Mail Delivery Status Report", b"Action: relayed", b"Status: 2.0.0",
                 b"Remote-MTA: dns; 127.0.0.1", b"Subject: v"]
        report_of(relay, 2, ["a@example.net"], parts)
        check(said in sendmail(instance, "-bv", *sender, "b@example.net", "c@example.net"))
        parts = [b"Subject: Mail Delivery Status Report", b"Action: deliverable",
                 b"Final-Recipient: rfc822; c@example.net", b"Subject: probe"]
        report_of(relay, 3, [], parts)
        instance.wait_log(r"smtp\[\d+\]: \w+: to=<c@example.net>, relay=.*, status=deliverable \(250 ")
        instance.wait_log(r"bounce\[\d+\]: \w+: sender delivery status notification: \w+$")
        sendmail(instance, "-N", "success", *sender, "d@example.net", text="Subject: n\n\nx\n")
        parts = [b"Subject: Successful Mail Delivery Report", b"Action: relayed"]
        report_of(relay, 5, ["d@example.net"], parts)
        instance.set(transport_maps="inline:{e.example=error:5.7.0_no}")
        instance.reload()
        sendmail(instance, "-N", "never", *sender, "x@e.example", text="Subject: n\n\nx\n")
        line = instance.wait_log(r": (\w+): to=<x@e.example>, relay=none, .*, status=bounced \(")
        instance.wait_log(rf"qmgr\[\d+\]: {line[1]}: removed$")
        instance.wait_empty()
        check(len(relay.mails) == 5, "a report that nobody wants", relay.mails)


def report_of(relay, number, recipients, parts):
    """Waits for that many mails; the last of them is a report, and `recipients` got what is behind it."""
    mails = relay.wait(number)
    reports = [mail for mail in mails[-2:] if mail.sender == ""]
    check(len(reports) >= 1, [mail.sender for mail in mails])
    report = next(mail for mail in reversed(mails) if mail.sender == "")
    for part in parts:
        check(part in report.content, part, "not in", report.content)
    check(not recipients or any(mail.recipients == recipients for mail in mails), recipients)


@test()
def test_while_down_and_at_start():
    """sendmail works while nothing runs; what it left is delivered at the next start."""
    relay = Relay()
    instance = Instance(relay.nexthop)
    instance.command("postfix", "check")
    for number in range(5):
        output = sendmail(instance, f"r{number}@example.net", text=f"Subject: {number}\n\nx\n")
        check("public/pickup: No such file" in output, output)
    files = instance.queue_files("maildrop")
    check(len(files) == 5 and all(path.stat().st_mode & 0o777 == 0o744 for path in files), files)
    (instance.queue / "maildrop" / "00000DEAD").write_bytes(b"N\x00garbage")
    (instance.queue / "maildrop" / "00000DEAD").chmod(0o744)
    (instance.queue / "maildrop" / "00000BEEF").write_bytes(b"not ready")
    with instance:
        mails = relay.wait(5)
        instance.wait_log(r"pickup\[\d+\]: warning: \S+/00000DEAD: put into corrupt/: ")
        check([path.name for path in instance.queue_files("corrupt")] == ["00000DEAD"], "corrupt/")
        eventually(lambda: [path.name for path in instance.queue_files("maildrop")]
                   == ["00000BEEF"], 10, "an empty maildrop/ but for what is not ready")
    check({mail.recipients[0] for mail in mails} == {f"r{n}@example.net" for n in range(5)}, mails)


@test(timeout=120, counted=False)
def test_killed_pickup_loses_nothing():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        for number in range(60):
            sendmail(instance, f"r{number}@example.net", text=f"Subject: {number}\n\nx\n")
            if number % 5 == 0:
                for pid in instance.pids("pickup"):
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
        sendmail(instance, "last@example.net")  # rings once more
        eventually(lambda: len({mail.recipients[0] for mail in relay.mails}) == 61, 60,
                   "all mail delivered")
        instance.wait_empty()
        check(not instance.queue_files("maildrop"), "maildrop/ is empty")
        check(len(relay.mails) == 61, len(relay.mails), "mails of 61")


@test(peer=True)
def test_loops_go_back():
    """Mail that has passed too many hosts is returned to its sender; that of nobody is dropped."""
    relay = Relay()
    loop = "Received: by a; x\n" * 6 + "Subject: loop\n\nx\n"
    with Instance(relay.nexthop, {"hopcount_limit": "5"}) as instance:
        sendmail(instance, "-f", "<>", "a@example.net", text=loop)
        sendmail(instance, "-f", "s@example.com", "a@example.net", "b@example.net", text=loop)
        mail = got(relay, 1)
        check(mail.sender == "" and mail.recipients == ["s@example.com"], mail.recipients)
        for part in (b"Subject: Undelivered Mail", b"Status: 5.4.0", b"too many hops",
                     b"Subject: loop", b"Final-Recipient: rfc822; b@example.net"):
            check(part in mail.content, part, mail.content)
        line = instance.wait_log(r"cleanup\[\d+\]: (\w+): to=<b@example.net>, relay=none, delay=\S+, "
                                 r"delays=\S+, dsn=5.4.0, status=bounced \(too many hops\)$")
        instance.wait_log(rf"bounce\[\d+\]: {line[1]}: sender non-delivery notification: ")
        instance.wait_empty()
        check(not instance.queue_files("maildrop") + instance.queue_files("corrupt"), "files left")
        check(len(relay.mails) == 1, relay.mails)


@test(root=True, counted=False)
def test_interchange_with_debian():
    """Debian's sendmail and postdrop drop into our maildrop/, ours into theirs."""
    relay = Relay()
    theirs = need("sendmail")
    with Instance(relay.nexthop, {"message_size_limit": "20000"}) as instance:
        sendmail(instance, "-f", "s@example.com", "-N", "never", "a@example.net",
                 text="Subject: theirs\n\nx\n", commands=theirs)  # with our postdrop
        check(got(relay, 1).sender == "s@example.com", relay.mails)
        words = [need("postdrop"), "-r", "-c", instance.config]
        records = b"S\x01sR\x0da@example.net" + b"M\x00N\x01xX\x00E\x00"
        done = subprocess.run(words, input=records, capture_output=True, timeout=20)
        check(done.returncode == 0, done)
        check(got(relay, 2).sender == "s@mail.example.org", relay.mails)
        output = sendmail(instance, "a@example.net", text="z" * 30000, status=75)
        check("message file too big" in output, output)
    peer = Instance(relay.nexthop, peer=True)
    with peer:
        sendmail(peer, "-t", text="To: b@example.net\nSubject: ours\n\nx\n",
                 commands=instance.commands / "sendmail")  # with their postdrop
        check(got(relay, 3).recipients == ["b@example.net"], relay.mails)
        records = records.replace(b"S\x01s", b"T\x031 1S\x01s")
        ours = [instance.commands / "postdrop", "-r", "-c", peer.config]
        done = subprocess.run(ours, input=records, capture_output=True, timeout=20)
        check(done.returncode == 1 and b"unexpected record type: 84" in done.stderr, done)
        check(not peer.queue_files("maildrop"), "a refused message stays")
        text = subprocess.run([ours[0], "-r", "-c", peer.config], timeout=20, capture_output=True,
                              input=records.replace(b"T\x031 1", b"A\x06foo=22"), check=True)
        check(re.fullmatch(rb"protocol\0postdrop_protocol\0queue_id\0\w+\0\0"
                           rb"status\x000\0reason\0\0\0", text.stdout), text)
        check(got(relay, 4).sender == "s@mail.example.org", relay.mails)


@test()
def test_authorized_users():
    """Each list lets this user do what it is about, or not."""
    with Instance() as instance:
        for parameter, words, options in (
                ("authorized_submit_users", "submit mail", ["a@example.net"]),
                ("authorized_mailq_users", "view the mail queue", ["-bp"]),
                ("authorized_flush_users", "flush the mail queue", ["-q"])):
            for value, allowed in (("static:all", True), (f"!{USER}, static:all", False),
                                   ("", False), (f"nobody, {USER}", True)):
                instance.set(**{parameter: value})
                status = 0 if allowed else 69 if options[0].startswith("-") else 75
                output = sendmail(instance, *options, status=status)
                check(allowed or f"is not allowed to {words}" in output, parameter, value, output)
            instance.set(**{parameter: "static:all"})
        instance.set(authorized_submit_users="daemon")
        done = subprocess.run([instance.commands / "postdrop", "-c", instance.config],
                              input=b"", capture_output=True, timeout=20)
        check(done.returncode == 1 and b"is not allowed to submit mail" in done.stderr, done)


@test()
def test_postlog_and_logrotate():
    instance = Instance()
    instance.command("postlog", "one", "line")
    with instance:
        instance.command("postlog", "-t", "my/tag", "-p", "warn", "two  words")
        instance.command("postlog", input="l1\nl2\n")
        instance.command("postlog", "-p", "fatal", "x")
        check(instance.attempt("postlog", "-p", "bogus", "x")[0] == 1, "a bad priority")
        for line in (r"postfix/postlog\[\d+\]: one line", r" my/tag\[\d+\]: warning: two  words",
                     r"postfix/postlog\[\d+\]: l2", r"postfix/postlog\[\d+\]: fatal: x"):
            instance.wait_log(line + "$")
        instance.set(maillog_file_rotate_suffix="old")
        instance.command("postfix", "logrotate")
        old = instance.maillog.with_name("maillog.old.gz")
        check(b"two  words" in gzip.decompress(old.read_bytes()), "the old log")
        instance.command("postlog", "after")
        instance.wait_log(r"postfix/postlog\[\d+\]: after$")
        check("two  words" not in instance.log(), "the log is a new one")
        sendmail(instance, "-f", "s@example.com", "a@example.net")
        instance.wait_log("from=<s@example.com>, size=")
        instance.command("postkick", "public", "pickup", "W")
    check(instance.attempt("postkick", "public", "pickup", "W")[0] == 1, "nobody listens")


@test(root=True)
def test_rights_of_the_group():
    """Installed with its rights, postdrop serves users, who cannot lend them to a queue of theirs."""
    relay = Relay()
    installed = Path("/tmp") / f"posthaste-rights-{os.getpid()}"
    try:
        with Instance(relay.nexthop) as instance:
            installed.mkdir(mode=0o755)
            tool = installed / "postdrop"
            shutil.copy(instance.commands / "postdrop", tool)
            shutil.chown(tool, group="postdrop")
            tool.chmod(0o2555)
            words = [need("setpriv"), "--reuid", "nobody", "--regid", "nogroup", "--clear-groups",
                     tool, "-r", "-c", instance.config]
            records = b"S\x01sR\x0da@example.net" + b"M\x00N\x01xX\x00E\x00"
            done = subprocess.run(words, input=records, capture_output=True, timeout=20)
            check(done.returncode == 1 and not instance.queue_files("maildrop"), done)
            check(b"/etc/postfix" in done.stderr, "a directory of the user's own:", done.stderr)
            # With the group as its own, a user has no more rights than the group.
            words = [need("setpriv"), "--reuid", "nobody", "--regid", "postdrop", "--clear-groups",
                     instance.commands / "postdrop", "-r", "-c", instance.config]
            done = subprocess.run(words, input=records, capture_output=True, timeout=20)
            check(done.returncode == 0 and not done.stderr, done)
            account.sent()
            relay.wait(1)
            nobody = pwd.getpwnam("nobody").pw_uid
            instance.wait_log(rf"postfix/pickup\[\d+\]: \w+: uid={nobody} from=<s>$")
    finally:
        shutil.rmtree(installed, ignore_errors=True)


@test()
def test_smtp_on_standard_input():
    relay = Relay()
    talk = ("EHLO x\r\nRCPT TO:<a@example.net>\r\nMAIL FROM:<s@example.com> BODY=8BITMIME\r\n"
            "RCPT TO:<a@example.net>\r\nRCPT TO:<bad\r\nRCPT TO:<b@example.net>\r\nDATA\r\n"
            "Subject: bs\r\n\r\n..dot\r\n.\r\nMAIL FROM:<x@y> FOO=1\r\nVRFY x\r\nBAR\r\nRSET\r\n"
            "MAIL FROM:<>\r\nDATA\r\nQUIT\r\n")
    codes = ["220", "250", "503", "250", "250", "501", "250", "354", "250", "555", "252", "500",
             "250", "250", "554", "221"]
    with Instance(relay.nexthop) as instance:
        for number, text in enumerate((talk, talk.replace("\r\n", "\n")), 1):
            output = sendmail(instance, "-bs", text=text)
            replies = [line[:3] for line in output.splitlines() if line[3:4] == " "]
            check(replies == codes, output)
            account.sent()
            mail = relay.wait(number)[number - 1]
            check(mail.sender == "s@example.com" and mail.body == b".dot\r\n" and
                  mail.recipients == ["a@example.net", "b@example.net"], mail.content)
        output = sendmail(
            instance, "-bs", text="MAIL FROM:<s@example.com> RET=x\nMAIL FROM:<s@example.com> RET=HDRS "
            "ENVID=i+2Bd\nRCPT TO:<c@example.net> NOTIFY=never,delay\nRCPT TO:<c@example.net> "
            "NOTIFY=SUCCESS ORCPT=rfc822;o@example.net\nDATA\n\nx\n.\nQUIT\n")
        check([line[:3] for line in output.splitlines()] ==
              ["220", "501", "250", "501", "250", "354", "250", "221"], output)
        account.sent()
        report_of(relay, 4, ["c@example.net"], [
            b"Original-Envelope-Id: i+2Bd", b"Original-Recipient: rfc822;o@example.net",
            b"Action: relayed"])
        output = sendmail(instance, "-bs", text=talk[:talk.index("..dot")])
        check("queued" not in output and not instance.queue_files("maildrop"), output)
