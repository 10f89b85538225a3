"""Addresses on their way in: canonical tables, masquerading, copies, aliases, headers."""

import getpass
import re

from harness import Client, Instance, Relay, check, eventually, test
from test_submission import sendmail

USER = getpass.getuser()

TABLES = {
    "canonical": "old@example.net new@example.net\n"
                 "c1@example.net c2@example.net\nc2@example.net c3@example.net\n"
                 "nick fullname@example.net\n"
                 "@before.example @after.example\n"
                 "cext@example.net ctarget@example.net\n",
    "sender": "s1@example.com s2@example.com\n",
    "recipient": "r1@example.net r2@example.net\n",
    "virtual": "list@example.net a@example.net, b@example.net  c\n"
               "self@example.net self@example.net, other@example.net\n"
               "nest@example.net list@example.net\n"
               "circle1@example.net circle2@example.net\n"
               "circle2@example.net circle1@example.net\n"
               "@virtual.example @real.example\n"
               "here there@example.net\n"
               "vext@example.net target@example.net\n"
               "vext+own@example.net owned@example.net\n"
               "\"odd name\"@example.net odd@example.net\n"
               "copy1@example.net same@example.net\ncopy2@example.net same@example.net\n",
    "sbcc": "watched@example.com scopy@example.net\n",
    "rbcc": "watched@example.net rcopy@example.net\n",
}


def params(folder):
    """main.cf lines that use all tables."""
    maps = {name: f"texthash:{folder / name}" for name in TABLES}
    return {"canonical_maps": maps["canonical"], "sender_canonical_maps": maps["sender"],
            "recipient_canonical_maps": maps["recipient"], "virtual_alias_maps": maps["virtual"],
            "sender_bcc_maps": maps["sbcc"],
            "recipient_bcc_maps": maps["rbcc"], "always_bcc": "always@example.net",
            "masquerade_domains": "!keep.masq.example masq.example",
            "masquerade_exceptions": "root", "recipient_delimiter": "+"}


def instance_with_tables(relay):
    instance = Instance(relay.nexthop)
    for name, text in TABLES.items():
        (instance.config / name).write_text(text)
    instance.set(**params(instance.config))
    return instance


@test(peer=True)
def test_envelopes():
    """Sender and recipients of mail by SMTP, and what they become."""
    rows = [  # sender, recipients, sender then, recipients then (always@ is added)
        ("s@example.com", "x@example.net", "s@example.com", "x@example.net"),
        ("s1@example.com", "old@example.net", "s2@example.com", "new@example.net"),
        ("old@example.net", "r1@example.net", "new@example.net", "r2@example.net"),
        ("s@example.com", "c1@example.net", "s@example.com", "c3@example.net"),
        ("nick", "nick", "fullname@example.net", "fullname@example.net"),
        ("me@before.example", "me+x@before.example", "me@after.example", "me+x@after.example"),
        ("s@example.com", "cext+tag@example.net", "s@example.com", "ctarget+tag@example.net"),
        ("me@host.masq.example", "me@host.masq.example", "me@masq.example",
         "me@host.masq.example"),
        ("me@a.keep.masq.example", "x@example.net", "me@a.keep.masq.example", "x@example.net"),
        ("root@host.masq.example", "x@example.net", "root@host.masq.example", "x@example.net"),
        ("watched@example.com", "x@example.net", "watched@example.com",
         "x@example.net scopy@example.net"),
        ("s@example.com", "watched@example.net", "s@example.com",
         "watched@example.net rcopy@example.net"),
        ("", "x@example.net", "", "x@example.net"),
        ("s@example.com", "list@example.net", "s@example.com",
         "a@example.net b@example.net c@mail.example.org"),
        ("s@example.com", "nest@example.net", "s@example.com",
         "a@example.net b@example.net c@mail.example.org"),
        ("s@example.com", "self@example.net", "s@example.com", "self@example.net other@example.net"),
        ("s@example.com", "any@virtual.example", "s@example.com", "any@real.example"),
        ("s@example.com", "any+ext@virtual.example", "s@example.com", "any+ext@real.example"),
        ("s@example.com", "here", "s@example.com", "there@example.net"),
        ("s@example.com", "here+ext", "s@example.com", "there+ext@example.net"),
        ("s@example.com", "vext+tag@example.net", "s@example.com", "target+tag@example.net"),
        ("s@example.com", "vext+own@example.net", "s@example.com", "owned@example.net"),
        ("s@example.com", '"odd name"@example.net', "s@example.com", "odd@example.net"),
        ("s@example.com", "LIST@Example.NET", "s@example.com",
         "a@example.net b@example.net c@mail.example.org"),
        ("s@example.com", "x@example.net x@example.net X@EXAMPLE.net", "s@example.com",
         "x@example.net"),
    ]
    relay = Relay()
    with instance_with_tables(relay) as instance:
        for number, (sender, recipients, sender_then, recipients_then) in enumerate(rows, 1):
            with Client(instance.address, instance.port) as client:
                client.open()
                client.envelope(sender, words(recipients))
                client.data(b"Subject: x\r\n\r\nx\r\n")
            mail = relay.wait(number)[number - 1]
            check(mail.sender == sender_then, sender, "became", mail.sender)
            expected = sorted(recipients_then.split() + ["always@example.net"])
            check(sorted(mail.recipients) == expected, recipients, "became", mail.recipients)
        instance.wait_log(r"to=<a@example\.net>, orig_to=<list@example\.net>, relay=")
        instance.wait_log(r"to=<there@example\.net>, orig_to=<here>, relay=")
        instance.wait_log(r"from=<s2@example\.com>, size=\d+, nrcpt=2 \(queue active\)")


def words(recipients):
    return re.findall(r'"[^"]*"\S*|\S+', recipients)


@test(peer=True)
def test_circle_of_aliases():
    relay = Relay()
    with instance_with_tables(relay) as instance:
        with Client(instance.address, instance.port) as client:
            client.open()
            client.envelope("s@example.com", ["circle1@example.net"])
            client.expect("DATA", 354)
            client.send("Subject: x\r\n\r\nx\r\n.\r\n")
            text = client.expect(None, 451)
            check("4.6.0 Alias expansion error" in text, text)
        instance.wait_log(r"unreasonable virtual_alias_maps map nesting for circle1@example\.net "
                          r"-- message not accepted, try again later")


HEADERS = """From: Nick <nick>
Sender: old@example.net (Old)
Reply-To: me@before.example
Errors-To: old@example.net
Return-Receipt-To: old@example.net
Disposition-Notification-To: old@example.net
Mail-Followup-To: old@example.net
To: grp: old@example.net, "O. Ld" <old@example.net>;, plain
Cc: a@host.masq.example,
\tr1@example.net (folded), s1@example.com
X-Other: old@example.net
Resent-From: s1@example.com
Resent-To: old@example.net
Message-Id: <old@example.net>
Date: Mon, 1 Jan 2024 00:00:00 +0000
Subject: old@example.net

old@example.net
"""

EXPECTED = {
    "From": "Nick <fullname@example.net>", "Sender": "new@example.net (Old)",
    "Reply-To": "me@after.example", "Errors-To": "new@example.net",
    "Return-Receipt-To": "new@example.net", "Disposition-Notification-To": "new@example.net",
    "To": 'grp:new@example.net,"O. Ld"<new@example.net>;,plain@mail.example.org',
    "Cc": "a@masq.example,r2@example.net(folded),s1@example.com",
    "X-Other": "old@example.net", "Resent-From": "s2@example.com",
    "Resent-To": "new@example.net", "Message-Id": "<old@example.net>",
    "Subject": "old@example.net", "Mail-Followup-To": "new@example.net",
}


def bare(text):
    return re.sub(r"\s+", "", text)


@test(peer=True)
def test_headers():
    """Addresses in headers of our own mail are rewritten; those of other people's mail stay."""
    relay = Relay()
    with instance_with_tables(relay) as instance:
        sendmail(instance, "-i", "-f", "s@example.com", "x@example.net", text=HEADERS)
        mail = relay.wait(1)[0]
        for name, value in EXPECTED.items():
            check(bare(mail.header(name)) == bare(value), name, "is", mail.header(name))
        check(b"(folded)" in mail.content and mail.body == b"old@example.net\r\n", mail.content)
        instance.set(local_header_rewrite_clients="")
        instance.reload()
        sendmail(instance, "-G", "-i", "-f", "s@example.com", "x@example.net", text=HEADERS)
        mail = relay.wait(2)[1]
        check(HEADERS.replace("\n", "\r\n").encode() in mail.content, mail.content)
        instance.set(remote_header_rewrite_domain="domain.invalid")
        instance.reload()
        eventually(lambda: instance.log().count(": reload -- ") == 2, 10, "two reloads")
        sendmail(instance, "-G", "-i", "-f", "s@example.com", "x@example.net", text=HEADERS)
        mail = relay.wait(3)[2]
        check(mail.header("From") in ("Nick <fullname@example.net>", "Nick <nick@domain.invalid>"),
              mail.header("From"))


@test(peer=True)
def test_table_in_trouble():
    """Mail is not taken while an alias table does not answer; nothing is lost or misrouted."""
    relay = Relay()
    with Instance(relay.nexthop, {"virtual_alias_maps": "fail:trouble",
                                  "virtual_alias_domains": "",
                                  "smtpd_reject_unlisted_recipient": "no"}) as instance:
        with Client(instance.address, instance.port) as client:
            client.open()
            client.envelope("s@example.com", ["x@example.net"])
            client.expect("DATA", 354)
            client.send("Subject: x\r\n\r\nx\r\n.\r\n")
            text = client.expect(None, 451)
            check("4.3.0 Error: queue file write error" in text, text)
        sendmail(instance, "x@example.net", text="Subject: waits\n\nx\n")
        instance.wait_log(r"postfix/cleanup\[\d+\]: warning: \w+: virtual_alias_maps map lookup "
                          r"problem for x@example\.net.*-- message not accepted, try again later")
        check(len(instance.queue_files("maildrop")) == 1, "the message waits in maildrop/")
        check(not relay.mails, relay.mails)
