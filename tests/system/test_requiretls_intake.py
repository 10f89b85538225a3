"""What senders ask of the TLS of the way (RFC 8689): taken in by every way, kept, and reported on."""

import email
import email.policy
import os
import re
import subprocess

from harness import (Client, Instance, Relay, account, certificates, check, eventually, free_port,
                     loopback, test)

DEMAND = b"Require-TLS-ESMTP: yes\r\n"
OPTIONAL = b"TLS-Required: no\r\n"
BODY = b"\r\nthe body\r\n"

# Subject, words behind MAIL, headers of its own: by SMTP under TLS. And what Postfix's attribute
# sendopts then is, "" for none.
BY_SMTP = [
    ("plain", "", b"", ""),
    ("demand", " REQUIRETLS", b"", "32"),
    ("stronger", " SIZE=1000 requiretls", OPTIONAL, "32"),
    ("optional", "", b"TLS-REQUIRED:\r\n\tNo\r\n", "16"),
    ("header", "", b"require-tls-esmtp : YES\r\n", "32"),
    ("wrong", "", b"TLS-Required: maybe\r\nRequire-TLS-ESMTP: no\r\n", ""),
]
# Subject, options of sendmail, headers.
BY_SENDMAIL = [
    ("by user", ["-O", "RequireTLS=Yes"], "", "32"),
    ("by header of user", ["-ODeliveryMode=b", "-Orequiretls=no"], OPTIONAL.decode(), "16"),
]


def server(relay, extra="", **params):
    return Instance(relay.nexthop, {
        "smtpd_tls_security_level": "may", "smtpd_tls_chain_files": certificates().good.chain,
        "minimal_backoff_time": "300s", **params}, extra=extra)


def hand_in(instance, rows, notify=""):
    """Subject -> queue ID."""
    ids = {}
    with Client(instance.address, instance.port) as client:
        check("\nREQUIRETLS" in "\n" + client.starttls(), "REQUIRETLS is not offered")
        for subject, words, headers, _ in rows:
            client.expect(f"MAIL FROM:<sender@example.com>{words}", 250)
            client.expect(f"RCPT TO:<to@example.net>{notify}", 250)
            text = client.data(b"Subject: " + subject.encode() + b"\r\n" + headers + BODY)
            ids[subject] = text.rpartition(" queued as ")[2].strip()
        client.expect("QUIT", 221)
    return ids


def post(instance, rows):
    ids = {}
    for subject, options, headers, _ in rows:
        instance.sendmail(*options, "-f", "sender@example.com", "to@example.net",
                          text=f"Subject: {subject}\nMessage-Id: <{subject.replace(' ', '.')}@x>\n"
                               f"{headers.replace(chr(13), '')}{BODY.decode()}".replace("\r", ""))
        ids[subject] = instance.wait_log(
            rf"cleanup\[\d+\]: (\w+): message-id=<{subject.replace(' ', '.')}@x>")[1]
    return ids


def options_of(instance, queue_id):
    """The attribute as postcat shows it, and the headers."""
    text = instance.command("postcat", "-q", queue_id)
    found = re.findall(r"^named_attribute: sendopts=(\d+)$", text, re.MULTILINE)
    return "".join(found), text


def report_on(relay, subject):
    """(the report's headers, type of what is attached, text of that) once it has come."""
    def found():
        return [mail for mail in relay.mails
                if mail.sender == "" and f"Subject: {subject}\r\n".encode() in mail.content]
    mail = eventually(found, 30, f"a report on {subject}")[0]
    message = email.message_from_bytes(mail.content, policy=email.policy.default)
    attached = list(message.iter_parts())[2]
    head = mail.content[:mail.content.index(b"\r\n\r\n") + 2]
    return head, attached.get_content_type(), mail.content[mail.content.rindex(b"Content-Type"):]


@test()
def test_taken_under_tls_alone():
    """Where REQUIRETLS is offered, what is refused, and where it is switched off."""
    relay = Relay()
    syntax = (501, "5.5.4 Bad REQUIRETLS parameter syntax")
    unknown = (555, "5.5.4 Unsupported option: REQUIRETLS")
    mail = "MAIL FROM:<sender@example.com> "
    with server(relay) as instance:
        with Client(instance.address, instance.port) as client:
            check("REQUIRETLS" not in client.open(), "offered in plain text")
            got = client.say(mail + "REQUIRETLS")
            check(got == (530, "5.7.0 Must issue a STARTTLS command first"), got)
            client.expect("RCPT TO:<to@example.net>", 503)
        with Client(instance.address, instance.port) as client:
            client.starttls()
            for word in ("REQUIRETLS=yes", "REQUIRETLS="):
                got = client.say(mail + word)
                check(got == syntax, word, got)
            client.expect(mail + "REQUIRETLS", 250)
            client.expect("QUIT", 221)
        for off in ({"requiretls_enable": "no"}, {"requiretls_enable": "yes",
                                                  "smtpd_discard_ehlo_keywords": "requiretls"}):
            instance.stop()
            instance.set(**off)
            instance.start()
            with Client(instance.address, instance.port) as client:
                check("REQUIRETLS" not in client.starttls(), "offered though off", off)
                got = client.say(mail + "REQUIRETLS")
                check(got == unknown, off, got)
    check(not relay.mails, relay.mails)


def told_by_sendmail(instance, status, *words):
    done = subprocess.run([instance.commands / "sendmail", *words], input="Subject: x\n\nx\n", text=True,
                          capture_output=True, timeout=60,
                          env={**os.environ, "MAIL_CONFIG": str(instance.config)})
    check(done.returncode == status, words, "exit", done.returncode, "not", status, done.stderr)
    return done.stderr


@test()
def test_refused_by_sendmail():
    """What sendmail refuses of -O requiretls; of smtputf8 it says that it does nothing."""
    rows = [(["-O", "requiretls=maybe"], "-O requiretls needs yes or no: requiretls=maybe"),
            (["-Orequiretls"], "-O requiretls needs yes or no: requiretls"),
            (["-O", "smtputf8=1"], "-O smtputf8 needs yes or no: smtputf8=1"),
            (["-O", "requiretls=yes", "-bs"], "-O requiretls can be used only in delivery mode")]
    relay = Relay()
    with server(relay) as instance:
        for options, words in rows:
            said = told_by_sendmail(instance, 75, *options,
                                    *([] if "-bs" in options else ["to@example.net"]))
            check(said == f"sendmail: fatal: {words}\n", options, said)
        said = told_by_sendmail(instance, 0, "-OsmtpUTF8=Yes", "to@example.net")
        check(said == "sendmail: warning: -O smtputf8=yes is not built yet -- ignored\n", said)
        account.sent()
        check(b"Require-TLS" not in relay.wait(1)[0].content, "a demand")


@test(timeout=120)
def test_kept_and_redacted():
    """By all ways in, through the log, deferred/ and a restart, into reports."""
    relay = Relay()
    answer = ["450 4.2.0 later"]
    relay.script.actions["rcpt"] = lambda session, path: answer[0] if session.sender else None
    rows = BY_SMTP + BY_SENDMAIL
    with server(relay) as instance:
        ids = hand_in(instance, BY_SMTP) | post(instance, BY_SENDMAIL)
        for subject, _, _, bits in rows:
            got, text = options_of(instance, ids[subject])
            check(got == bits, subject, "is in the log with", got, "not", bits)
            check(len(re.findall("^Require-TLS-ESMTP: yes$", text, re.I | re.MULTILINE)) ==
                  (bits == "32" and subject != "header"), subject, text)
        for queue_id in ids.values():
            instance.wait_log(rf"{queue_id}: to=<to@example\.net>.* status=deferred ")
        instance.stop()
        files = {path.name: path for path in instance.queue_files("deferred")}
        check(set(files) == set(ids.values()), "deferred/ has", list(files), "not", ids)
        for subject, _, _, bits in rows:
            written = re.findall(rb"sendopts=(\d+)", files[ids[subject]].read_bytes())
            check(b"".join(written).decode() == bits, subject, "is filed with", written)
        answer[0] = "550 5.7.1 no"
        instance.start()
        instance.command("postqueue", "-f")
        for subject, _, _, bits in rows:
            head, kind, attached = report_on(relay, subject)
            check((OPTIONAL in head) == (bits == "16"), subject, head)
            check(DEMAND not in head, subject, head)
            whole = bits != "32"
            check(kind == ("message/rfc822" if whole else "text/rfc822-headers"), subject, kind)
            check((b"the body" in attached) == whole, subject, attached)
        instance.wait_empty()


@test()
def test_passes_a_content_filter():
    """What a filter hands back without REQUIRETLS demands TLS by its header."""
    sieve, relay = Relay(), Relay()
    relay.script.actions["rcpt"] = "450 4.2.0 later"
    address = loopback()
    port = free_port(address)
    extra = f"{address}:{port} inet n - n - - smtpd\n  -o content_filter=\n"
    with server(relay, extra=extra, content_filter=f"smtp:{sieve.nexthop}") as instance:
        hand_in(instance, [("filtered", " REQUIRETLS", b"", "32"), ("not", "", b"", "")])
        mails = {b"Subject: filtered" in mail.content: mail.content for mail in sieve.wait(2)}
        for demands, content in mails.items():
            with Client(address, port) as client:
                client.open()
                client.envelope()
                queue_id = client.data(content).rpartition(" ")[2].strip()
            instance.wait_log(rf"{queue_id}: to=<to@example\.net>.* status=deferred ")
            check(options_of(instance, queue_id)[0] == "32" * demands, demands, queue_id)
        instance.command("postsuper", "-d", "ALL")


@test()
def test_reports_that_demand_tls_too():
    """requiretls_redact_dsn = no: failures come back whole, successes as headers, both with the
    demand; and requiretls_esmtp_header, tls_required_enable = no: headers say nothing."""
    relay = Relay()

    def answer(session, path):
        if not session.sender:
            return "450 4.2.0 later"
        return "550 5.7.1 no" if "never" in session.sender else None
    relay.script.actions["rcpt"] = answer
    with server(relay, requiretls_redact_dsn="no") as instance:
        rows = [("told", " REQUIRETLS", b"", ""), ("told of optional", "", OPTIONAL, "")]
        told = hand_in(instance, rows, " NOTIFY=SUCCESS")
        with Client(instance.address, instance.port) as client:
            client.starttls()
            client.expect("MAIL FROM:<never@example.com> REQUIRETLS", 250)
            client.expect("RCPT TO:<to@example.net>", 250)
            failed = client.data(b"Subject: failed\r\n" + BODY).rpartition(" ")[2].strip()
        for queue_id, what, bits, header, body in (
                (told["told"], "delivery status", "32", DEMAND, False),
                (told["told of optional"], "delivery status", "16", OPTIONAL, False),
                (failed, "non-delivery", "32", DEMAND, True)):
            report = instance.wait_log(rf"{queue_id}: sender {what} notification: (\w+)")[1]
            instance.wait_log(rf"{report}: to=<\S+>.* status=deferred ")
            got, text = options_of(instance, report)
            head = text[:text.index("This is a report")]
            check(got == bits, what, got, bits)
            check(header.strip().decode() + "\n" in head, what, head)
            check(("the body" in text) == body, what, text)
        instance.command("postsuper", "-d", "ALL")
        instance.stop()
        instance.set(requiretls_esmtp_header="no", tls_required_enable="no")
        instance.start()
        rows = [("demand alone", " REQUIRETLS", b"", "32"), ("no demand", "", DEMAND, ""),
                ("not optional", "", OPTIONAL, "")]
        relay.script.actions["rcpt"] = "450 4.2.0 later"
        ids = hand_in(instance, rows)
        for subject, _, headers, bits in rows:
            got, text = options_of(instance, ids[subject])
            check(got == bits, subject, got)
            check(("Require-TLS-ESMTP" in text) == (headers == DEMAND), subject, text)
        instance.command("postsuper", "-d", "ALL")
