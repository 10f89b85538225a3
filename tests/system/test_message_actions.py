"""What access tables do with messages, and content filters: the same as Postfix does."""

import re

from harness import Client, Instance, OddNameServer, Relay, check, eventually, own_network, test
from test_submission import sendmail


def table(entries):
    return "inline:{" + ",".join(f"{{{key}={value}}}" for key, value in entries.items()) + "}"


def settings(filtered):
    return {
        "mynetworks": "127.0.0.0/8", "append_dot_mydomain": "no", "always_bcc": "",
        "smtpd_relay_restrictions": "permit_mynetworks, reject",
        "smtpd_recipient_restrictions": "check_recipient_access " + table({
            "hold@x.example": "HOLD", "review@x.example": "HOLD for review",
            "filter@x.example": f"FILTER smtp:{filtered}", "word@x.example": "FILTER word",
            "empty@x.example": "FILTER", "redirect@x.example": "REDIRECT boss@other.example",
            "user@x.example": "REDIRECT boss", "prepend@x.example": "PREPEND X-One: two three",
            "nothing@x.example": "PREPEND nothing", "copy@x.example": "BCC spy@other.example",
            "copyuser@x.example": "BCC spy", "discard@x.example": "DISCARD", "ok@x.example": "OK",
            "strict@x.example": "strict"}),
        "smtpd_restriction_classes": "strict",
        "strict": f"check_sender_access {table({'s@x.example': 'REJECT not you'})}",
        "virtual_alias_maps": "inline:{boss@other.example=never@other.example}",
    }


NAMES = ("hold review filter word empty redirect user prepend nothing copy copyuser discard ok strict "
         "hold,filter filter,redirect prepend,copy").split()
ACTION = re.compile(r"smtpd\[\d+\]: (?:\w+: )?((?:hold|filter|redirect|bcc|discard|reject): .*"
                    r"|warning: access table .*)$", re.MULTILINE)


def send(instance, recipients):
    with Client(instance.address, instance.port) as client:
        client.open("a.example")
        client.expect("MAIL FROM:<s@x.example>", 250)
        replies = [client.say(f"RCPT TO:<{each}@x.example>") for each in recipients.split(",")]
        client.expect("RCPT TO:<other@y.example>", 250)
        client.data(f"Subject: {recipients}\r\n\r\n".encode())
        return replies


def arrived(relay):
    """{subject: recipients and the headers above Received:}"""
    return {re.search(rb"Subject: (.*)\r", mail.content)[1]:
            (sorted(mail.recipients), mail.content.partition(b"Received:")[0])
            for mail in relay.mails}


def observe(peer):
    relay, scanner = Relay(), Relay()
    instance = Instance(relay.nexthop, peer=peer)
    instance.set(**settings(scanner.nexthop))
    with instance:
        replies = [send(instance, each) for each in NAMES]
        eventually(lambda: len(relay.mails) + len(scanner.mails) == 13, 15, "all mail but what is held")
        eventually(lambda: len(instance.queue_files("hold")) == 3, 10, "three messages on hold")
        listed = re.findall(r"^[0-9A-F]+!", instance.command("postqueue", "-p"), re.MULTILINE)
        check(len(listed) == 3, "shown as held", instance.command("postqueue", "-p"))
        log = sorted(re.sub(rf"inline:.*\}}|{re.escape(scanner.nexthop)}", "X", line)
                     for line in ACTION.findall(instance.log()))
        seen = replies, log, arrived(relay), arrived(scanner)
        instance.command("postsuper", "-H", "ALL")
        instance.command("postqueue", "-f")
        instance.wait_empty()
        return *seen, arrived(relay), arrived(scanner)


@test(timeout=90)
def test_messages_become_what_postfix_makes_of_them():
    theirs, ours = observe(True), observe(False)
    for what, got, expected in zip(("replies", "log", "relay", "filter", "relay, with what was held",
                                    "filter, with what was held"), ours, theirs):
        check(got == expected, what, "is", got, "but Postfix's", expected)


@test(timeout=60)
def test_all_mail_through_a_filter_and_back():
    """content_filter, and the listener that takes mail back: nothing is rewritten twice."""
    relay, scanner = Relay(), Relay()
    instance = Instance(relay.nexthop)
    back = f"{instance.address}:3999"
    instance.master += (f"{back} inet n - n - - smtpd -o content_filter= "
                        "-o receive_override_options=no_address_mappings,no_unknown_recipient_checks\n")
    instance.set(content_filter=f"smtp:{scanner.nexthop}",
                 transport_maps="static:discard:unasked",
                 virtual_alias_maps="inline:{list@x.example=a@x.example}",
                 always_bcc="archive@x.example")
    with instance:
        send(instance, "list")
        mail = scanner.wait(1)[0]
        check(sorted(mail.recipients) == ["a@x.example", "archive@x.example", "other@y.example"],
              mail.recipients)
        sendmail(instance, "-f", "me@x.example", "list@x.example", text="Subject: s\n\n")
        scanner.wait(2)
        instance.set(transport_maps="")
        instance.reload()
        with Client(*back.split(":")) as client:
            client.open()
            client.envelope(recipients=["list@x.example"])
            client.data(b"Subject: back\r\n\r\n")
        check(relay.wait(1)[0].recipients == ["list@x.example"], relay.mails[0].recipients)
        check(len(scanner.mails) == 2, "filtered twice")


ZONE = """
mx.test MX 10 mail.mx.test
mx.test MX 20 mail2.mx.test
mx.test NS ns1.dns.test
mail.mx.test A 127.8.0.1
mail2.mx.test A 127.8.0.2
nomx.test A 127.8.0.3
deep.sub.mx.test A 127.8.0.4
null.test MX 0 .
dangle.test MX 10 nowhere.test
"""
SENDERS = ("a@mx.test", "a@nomx.test", "a@deep.sub.mx.test", "a@null.test", "a@dangle.test",
           "a@[127.8.0.77]", "", "a@nowhere.test", "a@broken.test", "ok@mail.mx.test")


def ask_servers(peer):
    params = {
        "smtpd_sender_restrictions":
            "check_sender_mx_access " + table({"mail2.mx.test": "550 mx", "127.8.0.3": "550 a",
                                               "127.8.0.77": "550 literal", "127.8.0.1": "OK"}) +
            ", check_sender_ns_access " + table({"ns1.dns.test": "551 ns"}),
        "smtpd_relay_restrictions": "permit_mynetworks, reject", "smtpd_error_sleep_time": "0",
        "smtpd_hard_error_limit": "100", "notify_classes": "", "append_dot_mydomain": "no"}
    replies = []
    with Instance("[127.0.0.1]:1", params, peer=peer) as instance:
        with Client(instance.address, instance.port) as client:
            client.open("a.example")
            for sender in SENDERS:
                client.expect(f"MAIL FROM:<{sender}>", 250)
                replies.append((sender, *client.say("RCPT TO:<r@far.test>")))
                client.expect("RSET", 250)
    return replies, re.findall(r"smtpd\[\d+\]: (warning: .*)$", instance.log(), re.MULTILINE)


@test(timeout=60)
def test_hosts_of_names_are_looked_up_as_postfix_does():
    own_network("127.0.0.53", "timeout:1 attempts:1", "127.0.0.1 localhost\n")
    with OddNameServer(ZONE, {"broken.test": "servfail"}, "127.0.0.53", 53):
        theirs, ours = ask_servers(True), ask_servers(False)
    check(ours == theirs, "got", ours, "but Postfix says", theirs)
