"""Addresses of mail that leaves: smtp_generic_maps in envelope and headers, ORCPT, quotes."""

from harness import Instance, Relay, Script, check, deliver, eventually, test

GENERIC = """
root@box.example      ann@provider.example
user                  full@provider.example
@inside.example       @outside.example
joe@inside.example    joe@provider.example
"odd name"@example.com  even@provider.example
chain@example.com     root@box.example
"""

MESSAGE = (b"From: Root <root@box.example>\r\n"
           b"To: x@inside.example (in), Joe <joe+tag@inside.example>,\r\n\tuser@mail.example.org\r\n"
           b"Reply-To: chain@example.com\r\nX-From: root@box.example\r\nSubject: root@box.example\r\n"
           b"Date: Thu, 1 Jan 2026 00:00:00 +0000\r\nMessage-Id: <m@example.com>\r\n"
           b"\r\nFrom: root@box.example\r\n")

SENT = ["From: Root <ann@provider.example>",
        "To: x@outside.example (in), Joe <joe@provider.example>, user",
        "Reply-To: root@box.example", "X-From: root@box.example", "Subject: root@box.example",
        "Date: Thu, 1 Jan 2026 00:00:00 +0000", "Message-Id: <m@example.com>", "",
        "From: root@box.example"]


def headers(content):
    """Lines, unfolded, from the first From: on; Postfix folds anew what it rewrites."""
    text = content.decode().replace("\r\n\t", " ").replace("\r\n ", " ")
    return text[text.index("From: "):].split("\r\n")


def commands(relay, start):
    return [line for _, line in relay.log if line.startswith(start)]


@test(peer=True)
def test_generic_maps():
    """Envelope and headers are those of the table; log and reports keep what is in the queue."""
    relay = Relay(script=Script(capabilities=["DSN"]))
    instance = Instance(relay.nexthop, {"recipient_delimiter": "+"})
    (instance.config / "generic").write_text(GENERIC)
    instance.set(smtp_generic_maps=f"hash:{instance.config}/generic")
    instance.command("postmap", f"hash:{instance.config}/generic")
    with instance:
        deliver(instance, MESSAGE, "root@box.example",
                ["joe+tag@inside.example", "x@inside.example", '"odd name"@example.com'])
        mail = relay.wait(1)[0]
        check(commands(relay, "MAIL") == ["MAIL FROM:<ann@provider.example>"], relay.log)
        check(sorted(commands(relay, "RCPT")) == [
            'RCPT TO:<even@provider.example> ORCPT=rfc822;"odd+20name"@example.com',
            "RCPT TO:<joe@provider.example> ORCPT=rfc822;joe+2Btag@inside.example",
            "RCPT TO:<x@outside.example> ORCPT=rfc822;x@inside.example"], relay.log)
        want = [line.replace(", user", ", full@provider.example") for line in SENT]
        check(headers(mail.content)[:len(want)] == want, headers(mail.content))
        log = instance.wait_log(r"to=<joe\+tag@inside.example>.*status=sent")
        check("provider.example" not in instance.log(), log)


@test(peer=True)
def test_without_quotes():
    """smtp_quote_rfc821_envelope = no: servers see local parts as they are."""
    relay = Relay(script=Script(actions={"rcpt": "450 4.2.0 seen"}))
    instance = Instance(relay.nexthop, {"smtp_quote_rfc821_envelope": "no"})
    with instance:
        deliver(instance, recipients=['"a b"@example.net', "c@example.net"])
        instance.wait_log("status=deferred")
        eventually(lambda: sorted(commands(relay, "RCPT")) ==
                   ["RCPT TO:<a b@example.net>", "RCPT TO:<c@example.net>"], 10, relay.log)
