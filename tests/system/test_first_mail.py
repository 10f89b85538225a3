"""A message from a client's connection to a relay, and what the log says of it."""

import re

from harness import Client, Instance, Relay, check, deliver, test

CONTENT = (b"From: Sender <sender@example.com>\r\n"
           b"To: to@example.net\r\n"
           b"Subject: first\r\n"
           b"Message-ID: <first.1@example.com>\r\n"
           b"Date: Mon, 1 Jan 2024 00:00:00 +0000\r\n"
           b"\r\n"
           b"one\r\n.\r\n..two\r\n.three\r\n\r\n" + bytes(range(0x80, 0xff)) + b"\r\n")


@test(peer=True)
def test_bytes_intact():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        queue_id = deliver(instance, CONTENT)
        mail, = relay.wait(1)
    check(mail.sender == "sender@example.com", mail.sender)
    check(mail.recipients == ["to@example.net"], mail.recipients)
    trace, _, rest = mail.content.partition(b"From: ")
    check(b"From: " + rest == CONTENT, "content changed:", mail.content)
    check(re.fullmatch(
        rb"Received: from client\.example \(unknown \[127\.[0-9.]+\]\)\r\n"
        rb"\tby mail\.example\.org \(P[a-z]+\) with ESMTP id " + queue_id.encode() +
        rb"\r\n\tfor <to@example\.net>; \w{3}, [ 0-9]\d \w{3} \d{4} \d\d:\d\d:\d\d [-+]\d{4} "
        rb"\(\w+\)\r\n", trace), "Received:", trace)


@test(peer=True)
def test_log_lines():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        queue_id = deliver(instance, CONTENT)
        relay.wait(1)
        instance.wait_log(queue_id + ": removed")
        log = instance.log()
    when = r"^\w{3} [ \d]\d \d\d:\d\d:\d\d \S+ "
    for line in (
            r"postfix/smtpd\[\d+\]: connect from unknown\[127[0-9.]+\]$",
            r"postfix/smtpd\[\d+\]: " + queue_id + r": client=unknown\[127[0-9.]+\]$",
            r"postfix/cleanup\[\d+\]: " + queue_id + r": message-id=<first\.1@example\.com>$",
            r"postfix/qmgr\[\d+\]: " + queue_id +
            r": from=<sender@example\.com>, size=\d+, nrcpt=1 \(queue active\)$",
            r"postfix/smtpd\[\d+\]: disconnect from unknown\[127[0-9.]+\] "
            r"ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5$",
            r"postfix/smtp\[\d+\]: " + queue_id + r": to=<to@example\.net>, relay=127\.[0-9.]+"
            r"\[127\.[0-9.]+\]:\d+, delay=[\d.]+, delays=[\d.]+/[\d.]+/[\d.]+/[\d.]+, "
            r"dsn=2\.0\.0, status=sent \(250 2\.0\.0 taken\)$",
            r"postfix/qmgr\[\d+\]: " + queue_id + r": removed$"):
        check(re.search(when + line, log, re.MULTILINE), "no such line:", line)


@test(peer=True)
def test_several_recipients_in_one_transaction():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        deliver(instance, recipients=[f"r{i}@example.net" for i in range(30)])
        mails = relay.wait(1)
        everyone = sorted(r for mail in mails for r in mail.recipients)
        check(everyone == sorted(f"r{i}@example.net" for i in range(30)), everyone)
        check(len(mails) == 1, len(mails), "transactions")


@test(peer=True)
def test_two_messages_in_one_session():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        with Client(instance.address, instance.port) as client:
            client.open()
            for number in (1, 2):
                client.envelope(f"s{number}@example.com")
                client.data(b"Subject: %d\r\n\r\nx\r\n" % number)
            client.expect("QUIT", 221)
        mails = relay.wait(2)
    check({mail.sender for mail in mails} == {"s1@example.com", "s2@example.com"}, mails)


@test(peer=True)
def test_missing_headers_are_added_for_local_clients():
    relay = Relay()
    with Instance(relay.nexthop, {"always_add_missing_headers": "no"}) as instance:
        deliver(instance, b"\r\nonly a body\r\n")
        mail, = relay.wait(1)
    for name in ("From", "Date", "Message-Id"):
        check(mail.header(name), f"no {name}: in", mail.content)
    check(mail.body == b"only a body\r\n", mail.body)
    check("sender@example.com" in mail.header("From"), mail.header("From"))
