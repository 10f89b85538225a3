"""Mail that goes to error, retry or discard, to a transport of its own, or nowhere yet."""

import time

from harness import Client, Instance, Relay, account, check, deliver, test

TRANSPORT = """\
bounced.example   error:5.7.1 we do not send there
plain.example     error:just no
nothing.example   error:
later.example     retry:4.7.5 not today
codeless.example  retry:soon
dropped.example   discard:into the sea
pass.example      smtp:{nexthop}
unknown.example   nosuch:somewhere
"""

# recipient, what its log line says behind relay=none and the delays
ANSWERS = [
    ("a@bounced.example", "error", "dsn=5.7.1, status=bounced (we do not send there)"),
    ("a@plain.example", "error", "dsn=5.0.0, status=bounced (just no)"),
    ("a@nothing.example", "error", "dsn=5.0.0, status=bounced (Address is undeliverable)"),
    ("a@later.example", "error", "dsn=4.7.5, status=deferred (not today)"),
    ("a@codeless.example", "error", "dsn=4.0.0, status=deferred (soon)"),
    ("a@dropped.example", "discard", "dsn=2.0.0, status=sent (into the sea)"),
    ("a@alias.example", "error",
     "dsn=5.1.1, status=bounced (User unknown in virtual alias table)"),
    ("a@unknown.example", "error", "dsn=4.3.0, status=deferred (mail transport unavailable)"),
]


def routing_instance(relay, **params):
    instance = Instance(relay.nexthop, {
        "virtual_alias_domains": "alias.example", "smtpd_reject_unlisted_recipient": "no",
        "smtpd_recipient_restrictions": "permit_mynetworks, reject", **params})
    (instance.config / "transport").write_text(TRANSPORT.format(nexthop=relay.nexthop))
    instance.set(transport_maps=f"texthash:{instance.config}/transport")
    return instance


def answered(instance, recipient, program, rest, queue_id=r"[0-9A-F]+"):
    import re
    instance.wait_log(rf"postfix/{program}\[\d+\]: {queue_id}: to=<{re.escape(recipient)}>, "
                      rf"relay=none, delay=[\d.]+, delays=[\d./]+, {re.escape(rest)}$")


@test(peer=True)
def test_answers_without_an_agent():
    relay = Relay()
    with routing_instance(relay) as instance:
        queue_id = deliver(instance, recipients=[row[0] for row in ANSWERS] + ["b@pass.example"])
        for recipient, program, rest in ANSWERS:
            answered(instance, recipient, program, rest, queue_id)
        instance.wait_log(rf"{queue_id}: sender non-delivery notification: [0-9A-F]+$")
        account.delivered_elsewhere(sum("into the sea" in row[2] for row in ANSWERS))
        mails = relay.wait(2)  # b's, and the report for the sender
        report, = [mail for mail in mails if not mail.sender.strip("<>")]
        text = report.content.decode(errors="replace")
        for recipient, _, rest in ANSWERS:
            check((recipient in text) == ("bounced" in rest), recipient, text)
        check("Status: 5.7.1" in text and "we do not send there" in text, text)


@test(peer=True)
def test_transport_comes_back_after_a_change():
    """What waits for a wrong transport goes when the table is put right."""
    relay = Relay()
    with routing_instance(relay) as instance:
        deliver(instance, recipients=["a@unknown.example"])
        answered(instance, "a@unknown.example", *ANSWERS[-1][1:])
        (instance.config / "transport").write_text(f"unknown.example smtp:{relay.nexthop}\n")
        instance.reload()
        time.sleep(1.5)
        instance.command("postqueue", "-f")
        relay.wait(1)


@test()
def test_local_mail_waits():
    relay = Relay()
    instance = routing_instance(relay, mydestination="here.example")
    status, output = instance.attempt("postfix", "start")
    check(status == 0 and output.count("local_transport") == 1, output)
    try:
        deliver(instance, recipients=["user@here.example"])
        answered(instance, "user@here.example", "error",
                 "dsn=4.3.0, status=deferred (mail transport unavailable)")
        check(not relay.mails, relay.mails)
    finally:
        instance.stop()
