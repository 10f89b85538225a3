"""Which recipients are taken: classes of domains, who exists, who may relay; as Postfix says."""

from harness import Instance, check, test
from test_access import in_order, talk, verdicts

PARAMS = {
    "mynetworks": "127.0.0.5/32",
    "mydestination": "here.example, err.here.example, ret.here.example",
    "local_recipient_maps": "inline:{{known=x},{known@err.here.example=x}}",
    "relay_domains": "relay.example", "relay_recipient_maps": "inline:{{a@relay.example=x}}",
    "virtual_mailbox_domains": "box.example", "virtual_mailbox_maps": "inline:{{a@box.example=x}}",
    "relocated_maps": "inline:{{gone@here.example=new@x.y}}",
    "transport_maps": "inline:{{err.here.example=error:5.2.9 bad thing},"
                      "{ret.here.example=retry:4.2.9 wait}}",
    "smtpd_reject_unlisted_sender": "yes",
    "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
    "smtpd_recipient_restrictions": "check_recipient_access inline:{{other.example=OK}}",
    "smtpd_hard_error_limit": "100", "smtpd_error_sleep_time": "0", "recipient_delimiter": "+",
}

RECIPIENTS = [
    "known@here.example", "KNOWN@Here.Example", "known+ext@here.example", "no@here.example",
    "gone@here.example", "postmaster", "postmaster@here.example", "double-bounce@here.example",
    "mailer-daemon@here.example", "a@relay.example", "b@relay.example", "a@sub.relay.example",
    "a@box.example", "b@box.example", "x@other.example", "b@err.here.example",
    "known@err.here.example", "known@ret.here.example", "a%relay.example@here.example",
    "a%other.example@here.example", "a%other.example@relay.example", "other.example!a@here.example",
    "@here.example:known@here.example", "@other.example:known@here.example", '"a b"@here.example',
    '"a@other.example"@here.example', '"known"@here.example', "known@[127.0.0.1]",
    "known@127.0.0.1", "x@.example", "known@here.example."]
SENDERS = ["known@here.example", "no@here.example", "gone@here.example", "b@box.example",
           "b@relay.example", "x@other.example", ""]


def ask(peer):
    dialogue = ["EHLO a.example", "MAIL FROM:<>", *(f"RCPT TO:<{each}>" for each in RECIPIENTS)]
    with Instance("[127.0.0.1]:1", PARAMS, peer=peer) as instance:
        answers = [talk(instance, dialogue, source) for source in ("127.0.0.9", "127.0.0.5")]
        for sender in SENDERS:
            answers.append(talk(instance, ["EHLO a.example", f"MAIL FROM:<{sender}>",
                                           "RCPT TO:<known@here.example>"], "127.0.0.9"))
    return answers, verdicts(instance)


@test()
def test_recipients_are_judged_as_by_postfix():
    theirs, their_log = ask(True)
    ours, our_log = ask(False)
    for each, other in zip(ours, theirs):
        for got, expected in zip(each[1:], other[1:]):
            check(got == expected, "got", got, "but Postfix says", expected)
    check(in_order(our_log) == in_order(their_log), set(our_log) ^ set(their_log))
