"""Malformed SMTP of every kind: the right reply, and no process dies of it."""

import random
import time

from harness import Client, Instance, Relay, check, deliver, eventually, soaking, test


def died(instance):
    log = instance.log()
    return [line for line in log.splitlines()
            if "killed by signal" in line or "panic:" in line or "fatal:" in line]


def still_serves(instance, relay):
    before = len(relay.mails)
    deliver(instance)
    relay.wait(before + 1)
    check(not died(instance), died(instance))


# (what is said in turn, the code of the last reply)
DIALOGUES = [
    (["NONSENSE"], 5), (["EHLO"], 501), (["HELO"], 501),
    (["EHLO a.example", "MAIL FROM:<a@b.example"], 5),
    (["EHLO a.example", "MAIL FROM:a b c"], 5),
    (["EHLO a.example", "MAIL FROM:<" + "x" * 3000 + "@b.example>"], 5),
    (["EHLO a.example", "MAIL"], 501), (["EHLO a.example", "MAIL TO:<a@b.example>"], 501),
    (["EHLO a.example", "MAIL FROM:<a@b.example> NOSUCH=1"], 555),
    (["EHLO a.example", "MAIL FROM:<a@b.example> SIZE=abc"], 501),
    (["EHLO a.example", "MAIL FROM:<a@b.example> SIZE=99999999999999"], 552),
    (["EHLO a.example", "MAIL FROM:<a@b.example> BODY=9BIT"], 5),
    (["EHLO a.example", "RCPT TO:<a@b.example>"], 503),
    (["EHLO a.example", "DATA"], 503), (["EHLO a.example", "MAIL FROM:<>", "DATA"], 5),
    (["EHLO a.example", "MAIL FROM:<>", "MAIL FROM:<>"], 503),
    (["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<>"], 5),
    (["EHLO a.example", "MAIL FROM:<>", "RCPT"], 501),
    (["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<a@b.example> X=Y"], 555),
    (["EHLO a.example", "MAIL FROM:<>", "RSET", "DATA"], 503),
    (["EHLO a.example", "MAIL FROM:<>", "EHLO a.example", "RCPT TO:<a@b.example>"], 503),
    (["EHLO a.example", "RSET x"], 501), (["EHLO a.example", "DATA x"], 5),
    (["EHLO a.example", "NOOP"], 250), (["EHLO a.example", "RSET"], 250),
    (["EHLO a.example", "VRFY"], 501), (["EHLO a.example", "BDAT x"], 5),
    (["ehlo a.example", "mail from:<>", "rcpt to:<a@b.example>"], 250),
    (["EHLO a.example", "MAIL FROM: <a@b.example>"], 250),
    (["QUIT"], 221),
]


@test(peer=True)
def test_wrong_commands_get_the_right_reply():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        for lines, code in DIALOGUES:
            with Client(instance.address, instance.port) as client:
                client.expect(None, 220)
                for line in lines[:-1]:
                    client.say(line)
                got, text = client.say(lines[-1])
                check(str(got).startswith(str(code)), lines, "got", got, text, "not", code)
        still_serves(instance, relay)


@test(peer=True)
def test_capabilities():
    with Instance() as instance, Client(instance.address, instance.port) as client:
        offered = client.open().split("\n")
    check(offered[0].startswith("mail.example.org"), offered)
    for name in ("PIPELINING", "SIZE 10240000", "8BITMIME", "ENHANCEDSTATUSCODES", "CHUNKING"):
        check(name in offered, "not offered:", name, offered)


@test(peer=True)
def test_pipelined_transaction_in_one_packet():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        with Client(instance.address, instance.port) as client:
            client.open()
            client.send("MAIL FROM:<a@example.com>\r\nRCPT TO:<b@example.net>\r\nDATA\r\n")
            codes = [client.reply()[0] for _ in range(3)]
            check(codes == [250, 250, 354], codes)
            client.send("Subject: x\r\n\r\nx\r\n.\r\nMAIL FROM:<c@example.com>\r\n"
                        "RCPT TO:<d@example.net>\r\nRSET\r\nQUIT\r\n")
            codes = [client.reply()[0] for _ in range(5)]
            check(codes == [250, 250, 250, 250, 221], codes)
        relay.wait(1)


@test(peer=True)
def test_chunks():
    relay = Relay()
    parts = [b"Subject: chunks\r\n", b"\r\n.\r\n", b".x\r", b"\nend\r\n"]
    with Instance(relay.nexthop) as instance:
        with Client(instance.address, instance.port) as client:
            client.open()
            client.envelope()
            for part in parts:
                client.send(b"BDAT %d\r\n" % len(part) + part)
                client.expect(None, 250)
            client.expect("BDAT 0 LAST", 250)
            client.expect("QUIT", 221)
        mail, = relay.wait(1)
    check(mail.header("Subject") == "chunks", mail.content)
    check(mail.body == b".\r\n.x\r\nend\r\n", mail.content)


@test(peer=True)
def test_chunk_without_transaction_is_swallowed():
    with Instance() as instance, Client(instance.address, instance.port) as client:
        client.open()
        client.send(b"BDAT 20 LAST\r\n" + b"QUIT\r\n" + b"x" * 14)
        client.expect(None, 503)
        client.expect("NOOP", 250)


@test(peer=True)
def test_relaying_is_refused_to_strangers():
    relay = Relay()
    with Instance(relay.nexthop, {"mynetworks": "127.255.255.0/24"}) as instance:
        with Client(instance.address, instance.port) as client:
            client.open()
            client.expect("MAIL FROM:<a@example.com>", 250)
            code, text = client.say("RCPT TO:<b@example.net>")
            check(code in (454, 554) and "Relay access denied" in text, code, text)
            code, _ = client.say("DATA")
            check(code in (503, 554), code)
        instance.wait_log(r"postfix/smtpd\[\d+\]: NOQUEUE: reject: RCPT from unknown\[127[0-9.]+\]: "
                          r"(454 4|554 5)\.7\.1 <b@example\.net>: Relay access denied; "
                          r"from=<a@example\.com> to=<b@example\.net> proto=ESMTP "
                          r"helo=<client\.example>$")


@test(peer=True)
def test_message_over_the_size_limit():
    relay = Relay()
    with Instance(relay.nexthop, {"message_size_limit": "20000"}) as instance:
        with Client(instance.address, instance.port) as client:
            check("SIZE 20000" in client.open(), "SIZE not offered")
            client.expect("MAIL FROM:<a@example.com> SIZE=30000", 552)
            client.expect("RSET", 250)
            client.envelope()
            client.expect("DATA", 354)
            client.send(b"Subject: big\r\n\r\n" + (b"x" * 70 + b"\r\n") * 500 + b".\r\n")
            client.expect(None, 552)
            client.expect("QUIT", 221)
        still_serves(instance, relay)
        instance.wait_empty()
    check(len(relay.mails) == 1, relay.mails)


@test(peer=True)
def test_big_message_goes_through():
    relay = Relay()
    body = b"".join(b"%07d" % n + b"z" * 63 + b"\r\n" for n in range(100000))
    with Instance(relay.nexthop) as instance:
        deliver(instance, b"Subject: big\r\n\r\n" + body)
        mail, = relay.wait(1, 40)
    check(mail.body == body, "content changed")


@test(peer=True)
def test_long_lines():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        with Client(instance.address, instance.port) as client:
            client.open()
            client.send(b"NOOP " + b"x" * 100000 + b"\r\n")
            code, _ = client.reply()
            check(code in (0, 250, 421) or 500 <= code < 600, code)
        deliver(instance, b"Subject: long\r\n\r\n" + b"x" * 900000 + b"\r\n")
        mail, = relay.wait(1, 40)
        body = mail.body.replace(b"\r\n ", b"").replace(b"\r\n", b"")
        check(body == b"x" * 900000, "a long line changed:", len(body))
        still_serves(instance, relay)


@test(peer=True)
def test_errors_end_the_session():
    with Instance(params={"smtpd_error_sleep_time": "0", "smtpd_hard_error_limit": "5"}
                  ) as instance, Client(instance.address, instance.port) as client:
        client.open()
        codes = [client.say("BOGUS")[0] for _ in range(5)]
        check(codes[-1] == 421 or client.hung_up(), codes)
        instance.wait_log("too many errors after .* from unknown")


@test(peer=True)
def test_recipient_limit():
    with Instance(params={"smtpd_recipient_limit": "3"}) as instance, \
            Client(instance.address, instance.port) as client:
        client.open()
        client.envelope(recipients=[f"r{n}@example.net" for n in range(3)])
        client.expect("RCPT TO:<r4@example.net>", 452)


@test(peer=True)
def test_too_many_hops():
    relay = Relay()
    with Instance(relay.nexthop, {"hopcount_limit": "10"}) as instance:
        with Client(instance.address, instance.port) as client:
            client.open()
            client.envelope()
            client.expect("DATA", 354)
            client.send(b"Received: x\r\n" * 12 + b"Subject: loop\r\n\r\nx\r\n.\r\n")
            code, text = client.reply()
            check(code == 554, code, text)
    check(not relay.mails, relay.mails)


@test(peer=True)
def test_http_is_turned_away():
    with Instance() as instance, Client(instance.address, instance.port) as client:
        client.expect(None, 220)
        client.send("GET / HTTP/1.0\r\nHost: x\r\n\r\n")
        client.reply()
        check(client.hung_up(), "the session went on")


@test(peer=True)
def test_clients_that_stop_in_the_middle():
    relay = Relay()
    begun = ["EHLO x", "MAIL FROM:<a@b.example>", "RCPT TO:<c@d.example>", "DATA"]
    stops = [([], b""), ([], b"EH"), (begun[:1], b""), (begun[:2], b""), (begun[:3], b"DA"),
             (begun, b""), (begun, b"Subject: h"), (begun, b"x\r\n\r\nx\r\n."),
             (begun[:3], b"BDAT 100\r\nSubject")]
    with Instance(relay.nexthop) as instance:
        for commands, last in stops:
            with Client(instance.address, instance.port) as client:
                client.expect(None, 220)
                for line in commands:
                    client.say(line)
                client.send(last)
                time.sleep(0.05)
        instance.wait_log(r"lost connection after (DATA|END-OF-MESSAGE)( \(\d+ bytes\))? from unknown")
        still_serves(instance, relay)
        instance.wait_empty()
    check(len(relay.mails) == 1, "a message without its end was taken")


@test(peer=True)
def test_silent_client_is_timed_out():
    with Instance(params={"smtpd_timeout": "1s"}) as instance, \
            Client(instance.address, instance.port) as client:
        client.open()
        text = client.expect(None, 421)
        check("timeout" in text.lower(), text)
        check(client.hung_up(), "still connected")
        instance.wait_log(r"timeout after EHLO from unknown\[")


@test(timeout=120)
def test_random_bytes():
    relay = Relay()
    seed = random.randrange(1 << 32)
    source = random.Random(seed)
    words = [b"EHLO x", b"MAIL FROM:<a@b.example>", b"RCPT TO:<c@d.example>", b"DATA", b"BDAT 5",
             b"BDAT 5 LAST", b".", b"RSET", b"QUIT", b"\0", b"<", b">", b":", b" ", b"SIZE=", b"\xff",
             b"BDAT 99999999999999999999", b"NOOP", b"@", b"\"", b"\\", b"VRFY x", b"HELO x"]
    ends = [b"\r\n", b"\r\n", b"\r\n", b"\n", b"\r", b"", b"\0\r\n"]
    print(f"figure: seed {seed}")
    with Instance(relay.nexthop, {"smtpd_error_sleep_time": "0"}) as instance:
        for _ in range(2000 if soaking() else 150):
            stream = b"".join(source.choice(words) + source.choice(ends)
                              for _ in range(source.randrange(1, 40)))
            client = Client(instance.address, instance.port)
            try:
                client.send(stream)
                client.socket.settimeout(0.01)
                client.socket.recv(65536)
            except (OSError, TimeoutError):
                pass
            client.close()
        check(not died(instance), died(instance))
        deliver(instance, sender="last@example.com")
        eventually(lambda: any(mail.sender == "last@example.com" for mail in relay.mails), 30)
