"""pflogsumm adds up a mixed log to what the test did; filters like fail2ban's match its lines."""

import re

from harness import Client, Instance, Relay, account, check, deliver, eventually, grand_totals, need, run, test

SENT, LATER, NEVER, DENIED, UNKNOWN, THROWN, SPLIT = 60, 9, 7, 11, 5, 4, 6

# As fail2ban's filter for Postfix has them, in our words: what each kind of line must match.
FILTERS = {
    "relay denied": (DENIED, r"postfix/smtpd\[\d+\]: NOQUEUE: reject: RCPT from \S+\[[\d.]+\]: "
                             r"454 4\.7\.1 <[^>]+>: Relay access denied; from=<\S*> to=<\S+> "
                             r"proto=E?SMTP helo=<\S+>$"),
    "user unknown": (UNKNOWN, r"postfix/smtpd\[\d+\]: NOQUEUE: reject: RCPT from \S+\[[\d.]+\]: "
                              r"550 5\.1\.1 <[^>]+>: Recipient address rejected: User unknown in "
                              r"\w+ recipient table; from=<\S*> to=<\S+> proto=E?SMTP helo=<\S+>$"),
    "connect": (1, r"postfix/smtpd\[\d+\]: connect from \S+\[[\d.]+\]$"),
    "disconnect": (1,
                   r"postfix/smtpd\[\d+\]: disconnect from \S+\[[\d.]+\](?: \w+=\d+(?:/\d+)?)+$"),
    "lost": (1, r"postfix/smtpd\[\d+\]: (?:\w+: )?lost connection after \S+ from \S+\[[\d.]+\]$"),
}


def answer(session, path):
    return ("450 4.2.0 later" if path.endswith("@later.example") else
            "550 5.1.1 no such user" if path.endswith("@never.example") else None)


def section(text, title):
    """{last column: first column} of the lines below a title of the report."""
    body = text.partition(title)[2].partition("\n\n")[0]
    return {line.split()[-1]: line.split()[0] for line in body.splitlines()[1:]
            if re.match(r"^\s*\d", line)}


def refused(instance, recipient, count, code):
    with Client(instance.address, instance.port) as client:
        client.open("stranger.example")
        for number in range(count):
            client.expect("MAIL FROM:<s@out.example>", 250)
            client.expect(f"RCPT TO:<u{number}@{recipient}>", code)
            client.expect("RSET", 250)


@test(peer=True, timeout=90)
def test_totals():
    relay = Relay()
    relay.script.actions["rcpt"] = answer
    domains = [f"{name}.example" for name in ("friend", "later", "never", "thrown", "split", "in")]
    with Instance(relay.nexthop, {
            "minimal_backoff_time": "1000s", "queue_run_delay": "1000s",
            "mynetworks": "192.0.2.0/24", "relay_domains": ", ".join(["out.example", *domains]),
            "relay_recipient_maps": "inline:{ " + ", ".join(f"{{@{name} = x}}" for name in domains)
            + " }", "smtpd_hard_error_limit": "100", "smtpd_soft_error_limit": "100",
            "virtual_alias_maps":
            "inline:{ {both@split.example = a@split.example, b@split.example} }",
            "transport_maps": "inline:{ thrown.example=discard: }"}) as instance:
        for count, recipient in ((SENT, "u@friend.example"), (LATER, "u@later.example"),
                                 (NEVER, "u@never.example"), (THROWN, "u@thrown.example"),
                                 (SPLIT, "both@split.example")):
            for _ in range(count):
                deliver(instance, sender="s@in.example", recipients=[recipient])
        account.delivered_elsewhere(THROWN)
        refused(instance, "elsewhere.example", DENIED, 454)
        refused(instance, "out.example", UNKNOWN, 550)
        Client(instance.address, instance.port).close()
        relay.wait(SENT + SPLIT + NEVER)  # the bounces too
        instance.wait_log("lost connection after")
        eventually(lambda: instance.log().count("status=deferred") >= LATER, 20, "deferred")
        removed = SENT + 2 * NEVER + THROWN + SPLIT
        eventually(lambda: instance.log().count(": removed\n") >= removed, 20, "removed")
        eventually(lambda: instance.log().count(": reject: RCPT") >= DENIED + UNKNOWN, 20, "rejects")
        log = instance.log()
        report = run(need("pflogsumm"), instance.maillog)
    found = grand_totals(report)
    want = {
        "received": SENT + LATER + NEVER + THROWN + SPLIT,  # of clients, not of ourselves
        "delivered": SENT + THROWN + 2 * SPLIT + NEVER,
        "deferred": LATER, "bounced": NEVER, "rejected": DENIED + UNKNOWN,
        "held": 0, "forwarded": 0, "reject warnings": 0,
    }
    different = {name: (found[name], number) for name, number in want.items()
                 if found[name] != number}
    check(not different, "totals (pflogsumm, the test):", different, report)
    sent = section(report, "Host/Domain Summary: Message Delivery")
    for domain, count in (("friend.example", SENT), ("split.example", 2 * SPLIT),
                          ("thrown.example", THROWN), ("in.example", NEVER)):
        check(sent.get(domain) == str(count), domain, count, sent)
    check("Relay access denied" in report and "User unknown in relay recipient table" in report,
          "the reasons of rejects:", report)
    for name, (least, pattern) in FILTERS.items():
        matches = re.findall(pattern, log, re.MULTILINE)
        check(len(matches) >= least, name, len(matches), "lines of", least, log[-3000:])
