"""Only CRLF.CRLF ends a message: no other form is taken for it, none is ever sent.

Each form is followed by a whole transaction; a server that took the form for the end of data would
accept that as a second message.
"""

from harness import Client, Instance, Relay, check, deliver, test

INBOUND = [b"\n.\n", b"\n.\r", b"\r.\n", b"\r.\r", b"\n.\r\n", b"\r.\r\n", b"\r\n\0.\r\n",
           b"\r\n.\n", b"\r\n.\r", b"\r\n.\0\r\n", b"\r\r\n.\n", b"\r\n.\r\r\n", b"\r\r\n.\r\r\n",
           b"\n\n.\n\n", b"\r\n.\n\r\n", b"\r\n. \r\n", b"\r\n \r\n.\n"]
SECOND = (b"MAIL FROM:<smuggler@example.com>\r\nRCPT TO:<smuggled@example.net>\r\nDATA\r\n"
          b"Subject: smuggled\r\n\r\nsecond\r\n")


def strict_messages(form):
    """How many messages a server that knows only CRLF.CRLF sees in form + SECOND + end."""
    return (b"x" + form + SECOND + b".\r\n").count(b"\r\n.\r\n")


def exchange(instance, form):
    """Sends text, the form, a smuggled transaction and an end of data; gives the replies."""
    with Client(instance.address, instance.port) as client:
        client.open()
        client.envelope()
        client.expect("DATA", 354)
        client.send(b"Subject: outer\r\n\r\nfirst" + form + SECOND + b".\r\n")
        code, text = client.reply()
        client.send(b"QUIT\r\n")
        rest = []
        while True:
            last, _ = client.reply()
            if last in (0, 221):
                return code, text, rest
            rest.append(last)


@test(timeout=120)
def test_no_other_form_ends_a_message():
    relay = Relay()
    accepted = 0
    with Instance(relay.nexthop) as instance:
        for form in INBOUND:
            check(strict_messages(form) == 1, form)
            code, text, rest = exchange(instance, form)
            check(not rest, form, "was taken for the end: later replies", rest)
            check(code == 250 or 500 <= code < 600, form, code, text)
            accepted += code == 250
        relay.wait(accepted)
        log = instance.log()
    check(not any("smuggled@example.net" in mail.recipients for mail in relay.dots),
          "a smuggled message went out")
    check("smuggler@example.com" not in log, "a smuggled sender in the log")


@test(timeout=120)
def test_nothing_smuggled_is_sent_by_data():
    outbound(("PIPELINING", "8BITMIME"))


@test(timeout=120)
def test_nothing_smuggled_is_sent_by_bdat():
    outbound(("PIPELINING", "8BITMIME", "CHUNKING"))


def outbound(capabilities):
    relay = Relay()
    relay.script.capabilities = capabilities
    accepted = 0
    with Instance(relay.nexthop) as instance:
        for form in INBOUND:
            accepted += exchange(instance, form)[0] == 250
        mails = relay.wait(accepted)
    check(accepted > 0, "nothing was accepted")
    for mail in mails:
        sent = mail.wire or mail.content
        stray = sent.replace(b"\r\n", b"")
        check(b"\n" not in stray and b"\r" not in stray, "a bare CR or LF was sent:", sent)
        check(b"second" in mail.content and b"smuggled" in mail.content, "content was cut")


@test()
def test_forms_by_bdat_stay_inside():
    relay = Relay()
    with Instance(relay.nexthop) as instance:
        accepted = 0
        for form in INBOUND:
            content = b"Subject: chunk\r\n\r\nfirst" + form + SECOND + b".\r\nlast\r\n"
            with Client(instance.address, instance.port) as client:
                client.open()
                client.envelope()
                client.send(b"BDAT %d LAST\r\n" % len(content) + content)
                code, text = client.reply()
                check(code == 250 or 500 <= code < 600, form, code, text)
                accepted += code == 250
                client.expect("QUIT", 221)
        mails = relay.wait(accepted)
    check(not any("smuggled@example.net" in mail.recipients for mail in relay.dots), "smuggled")
    for mail in mails:
        check(b"last" in mail.content, "content was cut:", mail.content)


@test()
def test_end_of_data_split_everywhere():
    relay = Relay()
    content = b"Subject: split\r\n\r\n..stuffed\r\nlast"
    end = b"\r\n.\r\n"
    with Instance(relay.nexthop) as instance:
        for cut in range(1, len(end)):
            with Client(instance.address, instance.port) as client:
                client.open()
                client.envelope()
                client.expect("DATA", 354)
                client.send(content + end[:cut])
                client.socket.settimeout(0.15)
                try:
                    early = client.line()
                except TimeoutError:
                    early = None
                check(early is None, "a reply after", end[:cut], early)
                client.socket.settimeout(10)
                client.send(end[cut:])
                client.expect(None, 250)
        mails = relay.wait(len(end) - 1)
    for mail in mails:
        check(mail.body == b".stuffed\r\nlast\r\n", mail.body)


@test(peer=True)
def test_dots_at_every_place():
    lines = [b".", b"..", b"...", b".x", b"x.", b"", b". ", b".\t"]
    content = b"Subject: dots\r\n\r\n" + b"\r\n".join(lines * 3) + b"\r\n"
    for capabilities in (("PIPELINING",), ("PIPELINING", "CHUNKING")):
        relay = Relay()
        relay.script.capabilities = capabilities
        with Instance(relay.nexthop) as instance:
            deliver(instance, content)
            mail, = relay.wait(1)
        check(mail.body == content.partition(b"\r\n\r\n")[2], mail.body)


@test(peer=True)
def test_dots_around_buffer_borders():
    """Lines of dots whose starts fall on every offset near the sizes that buffers have."""
    relay = Relay()
    wanted = []
    with Instance(relay.nexthop) as instance:
        for shift in range(0, 8):
            body = b"y" * shift + b"\r\n" + b".dot\r\n" * 12000
            wanted.append(body)
            deliver(instance, b"Subject: border\r\n\r\n" + body)
        mails = relay.wait(8, 40)
    check(sorted(mail.body for mail in mails) == sorted(wanted), "a dot was lost or doubled")
