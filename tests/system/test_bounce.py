"""What a relay refuses for good comes back to the sender as an RFC 3464 report."""

import email
import email.policy
import re

from harness import Client, Instance, Relay, check, deliver, eventually, test

CONTENT = (b"From: sender@example.com\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n"
           b"Message-ID: <b1@example.com>\r\n\r\nthe body\r\n.dot\r\n")


def report_of(mail):
    return email.message_from_bytes(mail.content, policy=email.policy.default)


def refused(stage, reply, recipients=("bad@example.net",), refuse="bad"):
    """(instance's queue ID, log, mail that is the report, other mails)."""
    relay = Relay()

    def answer(session, argument):
        if session.sender == "" or (stage == "mail" and argument == ""):
            return None
        return reply if stage != "rcpt" or refuse in argument else None
    relay.script.actions[stage] = answer
    with Instance(relay.nexthop) as instance:
        queue_id = deliver(instance, CONTENT, recipients=recipients)
        eventually(lambda: any(mail.sender == "" for mail in relay.mails), 20, "a report")
        instance.wait_log(f"{queue_id}: removed")
        log = instance.log()
    reports = [mail for mail in relay.mails if mail.sender == ""]
    check(len(reports) == 1, len(reports), "reports")
    return queue_id, log, reports[0], [mail for mail in relay.mails if mail.sender]


@test(peer=True)
def test_refused_recipient_is_reported():
    queue_id, log, report, others = refused("rcpt", "550 5.1.1 <bad@example.net> unknown user",
                                            ["good@example.net", "bad@example.net"])
    check(report.recipients == ["sender@example.com"], report.recipients)
    check(others[0].recipients == ["good@example.net"], others[0].recipients)
    message = report_of(report)
    check(message.get_content_type() == "multipart/report", message.get_content_type())
    check(message.get_param("report-type") == "delivery-status", message["Content-Type"])
    check("MAILER-DAEMON" in message["From"] and message["Auto-Submitted"] == "auto-replied",
          message.items())
    human, status, original = message.iter_parts()
    check(human.get_content_type() == "text/plain", human.get_content_type())
    check("bad@example.net" in human.get_content() and
          "unknown user" in human.get_content(), human.get_content())
    check(status.get_content_type() == "message/delivery-status", status.get_content_type())
    whole, recipient = status.get_payload()
    check(whole["Reporting-MTA"] == "dns; mail.example.org", whole.items())
    check(whole["Arrival-Date"], whole.items())
    check(recipient["Final-Recipient"] == "rfc822; bad@example.net", recipient.items())
    check(recipient["Action"] == "failed" and recipient["Status"] == "5.1.1", recipient.items())
    check(re.sub(r"\s+", " ", recipient["Diagnostic-Code"]) ==
          "smtp; 550 5.1.1 <bad@example.net> unknown user", recipient.items())
    check(recipient["Remote-MTA"].startswith("dns; "), recipient.items())
    check(original.get_content_type() in ("message/rfc822", "text/rfc822-headers"),
          original.get_content_type())
    check(b"the body\r\n.dot\r\n" in report.content, "the original is not in the report")
    check(re.search(rf"postfix/smtp\[\d+\]: {queue_id}: to=<bad@example\.net>, relay=\S+, "
                    r"delay=\S+, delays=\S+, dsn=5\.1\.1, status=bounced \(host \S+ said: 550 "
                    r"5\.1\.1 <bad@example\.net> unknown user \(in reply to RCPT TO command\)\)",
                    log), "no bounced line")
    check(re.search(rf"postfix/bounce\[\d+\]: {queue_id}: sender non-delivery notification: \w+",
                    log), "no notification line")


@test(peer=True)
def test_refused_sender_is_reported():
    _, _, report, _ = refused("mail", "553 5.1.8 no such domain")
    status = list(report_of(report).iter_parts())[1].get_payload()
    check(status[1]["Status"] == "5.1.8", status[1].items())


@test(peer=True)
def test_refused_content_is_reported_for_all():
    recipients = [f"bad{n}@example.net" for n in range(3)]
    _, _, report, _ = refused("dot", "554 5.6.0 content rejected", recipients)
    status = list(report_of(report).iter_parts())[1].get_payload()
    check(sorted(part["Final-Recipient"] for part in status[1:]) ==
          [f"rfc822; {recipient}" for recipient in recipients], status)


@test(peer=True)
def test_report_that_fails_is_dropped():
    relay = Relay()
    relay.script.actions["rcpt"] = "550 5.1.1 nobody here"
    with Instance(relay.nexthop, {"notify_classes": ""}) as instance:
        queue_id = deliver(instance, CONTENT)
        instance.wait_log(f"{queue_id}: removed")
        report_id = instance.wait_log(rf"{queue_id}: sender non-delivery notification: (\w+)")[1]
        instance.wait_log(f"{report_id}: removed")
        instance.wait_empty()
    check(not relay.mails, relay.mails)


@test(peer=True)
def test_expired_mail_is_reported():
    relay = Relay()

    def later(session, path):
        return None if session.sender == "" else "450 4.2.0 not today"
    relay.script.actions["rcpt"] = later
    with Instance(relay.nexthop, {"maximal_queue_lifetime": "2s", "minimal_backoff_time": "1s",
                                  "maximal_backoff_time": "1s", "queue_run_delay": "1s"}
                  ) as instance:
        queue_id = deliver(instance, CONTENT)
        mail, = relay.wait(1, 30)
        instance.wait_log(rf"{queue_id}: from=<sender@example\.com>, status=expired, "
                          "returned to sender")
    recipient = list(report_of(mail).iter_parts())[1].get_payload()[1]
    check(recipient["Status"] == "4.2.0" and recipient["Action"] == "failed", recipient.items())


@test(counted=False)
def test_report_survives_a_kill():
    relay = Relay()
    relay.script.actions["rcpt"] = lambda session, path: \
        None if session.sender == "" else "550 5.1.1 no"
    with Instance(relay.nexthop) as instance:
        with Client(instance.address, instance.port) as client:
            client.open()
            for number in range(20):
                client.envelope(recipients=[f"bad{number}@example.net"])
                client.data(b"Subject: kill\r\n\r\nx\r\n")
        instance.kill_all()
        instance.start()
        relay.wait(20, 40)
        instance.wait_empty()
    owed = [re.search(rb"Final-Recipient: rfc822; (\S+)", mail.content)[1] for mail in relay.mails]
    check(len(set(owed)) == 20, len(set(owed)), "of 20 reports")
