"""What smtpd refuses at MAIL and RCPT, with which words: relaying, unknown users, restrictions."""

from .case import Case, Group

T = "transport"
TAKEN = "127.9.6.1"


def rcpt(name, want, to="user@far.{d}", listener="strangers", **more):
    return Case(name, want, to=to, listener=listener, **more)


RELAYING = [
    rcpt("relay-denied", "refused 454 4.7.1"),
    rcpt("relay-denied-old", "refused 554 5.7.1", listener="classic"),
    rcpt("relay-denied-null-sender", "refused 454 4.7.1", sender=""),
    rcpt("relay-to-local", "sent 2.0.0", to="known@local.test"),
    rcpt("relay-to-relay-domain", "sent 2.0.0", to="known@relayed.test"),
    rcpt("relay-to-subdomain", "refused 454 4.7.1", to="known@sub.relayed.test"),
    rcpt("relay-to-sub-listed", "refused 550 5.1.1", to="known@x.dotted.test"),
    rcpt("relay-to-dotted-itself", "refused 454 4.7.1", to="known@dotted.test"),
    rcpt("relay-to-virtual", "sent 2.0.0", to="known@alias.test"),
    rcpt("relay-percent", "refused 454 4.7.1", to="user%far.{d}@local.test"),
    rcpt("relay-percent-relay-domain", "refused 454 4.7.1", to="user%far.{d}@relayed.test"),
    rcpt("relay-quoted", "refused 454 4.7.1", to='"user@far.{d}"@local.test'),
    rcpt("relay-bang", "refused 454 4.7.1", to="far.{d}!user@relayed.test"),
    rcpt("relay-two-ats", "refused 454 4.7.1", to="user@far.{d}@local.test"),
    rcpt("relay-source-route", "refused 454 4.7.1", to="@local.test:user@far.{d}"),
    rcpt("relay-mynetworks", "sent 2.0.0", listener="friends"),
    rcpt("relay-own-literal", "sent 2.0.0", to="known@[127.0.0.1]"),
    rcpt("relay-local-no-domain", "sent 2.0.0", to="known"),
    rcpt("relay-postmaster", "sent 2.0.0", to="postmaster"),
    rcpt("relay-postmaster-own-name", "refused 454 4.7.1", to="postmaster@mail.example.org"),
]

UNKNOWN = [
    rcpt("unknown-local", "refused 550 5.1.1", to="nobody-here@local.test"),
    rcpt("unknown-local-extension", "sent 2.0.0", to="known+x@local.test"),
    rcpt("unknown-local-upper", "sent 2.0.0", to="KNOWN@LOCAL.TEST"),
    rcpt("unknown-relay", "refused 550 5.1.1", to="nobody-here@relayed.test"),
    rcpt("unknown-alias", "refused 550 5.1.1", to="nobody-here@alias.test"),
    rcpt("unknown-from-friend", "refused 550 5.1.1", to="nobody-here@local.test",
         listener="friends"),
    rcpt("unknown-reply-codes", "refused 450 4.1.1", to="nobody-here@local.test", listener="codes"),
    rcpt("unknown-relay-code", "refused 451 4.1.1", to="nobody-here@relayed.test",
         listener="codes"),
    rcpt("unknown-alias-code", "refused 554 5.1.1", to="nobody-here@alias.test", listener="codes"),
    rcpt("unknown-sender-unlisted", "refused 550 5.1.0", to="known@local.test",
         sender="nobody-here@local.test",
         listener="senders"),
    rcpt("known-sender-listed", "sent 2.0.0", to="known@local.test", sender="known@local.test",
         listener="senders"),
    rcpt("relocated-user", "refused 550 5.1.6", to="gone@local.test"),
    rcpt("one-known-one-not", "refused 550 5.1.1, sent 2.0.0", to="known@local.test, "
         "nobody-here@local.test"),
]

RESTRICTIONS = [
    rcpt("reject-all", "refused 554 5.7.1", listener="closed"),
    rcpt("defer-all", "refused 450 4.3.2", listener="later"),
    rcpt("reject-code", "refused 551 5.7.1", listener="rejectcode"),
    rcpt("sender-not-full", "refused 504 5.5.2", sender="someone", listener="careful"),
    rcpt("sender-one-label", "refused 504 5.5.2", sender="someone@single", listener="careful"),
    rcpt("recipient-not-full", "refused 504 5.5.2", to="someone@single", listener="careful"),
    rcpt("sender-unknown-domain", "refused 450 4.1.8", sender="x@nothere.{d}", listener="careful"),
    rcpt("sender-null-mx", "refused 550 5.7.27", sender="x@null.{d}", listener="careful",
         dns="null MX 0 ."),
    rcpt("sender-known-domain", "sent 2.0.0", sender="x@is.{d}", listener="careful",
         dns="is MX 10 a|a A {1}"),
    rcpt("sender-broken-domain", "refused 450 4.1.8", sender="x@broken2.test", listener="careful"),
    rcpt("sender-a-only", "sent 2.0.0", sender="x@a.{d}", listener="careful", dns="a A {1}"),
    rcpt("recipient-unknown-domain", "refused 450 4.1.2", to="x@nothere.{d}", sender="",
         listener="careful-recipients"),
    rcpt("recipient-null-mx", "refused 556 5.1.10", to="x@null.{d}", sender="",
         listener="careful-recipients",
         dns="null MX 0 ."),
    rcpt("helo-restriction", "refused 554 5.7.1", listener="helo"),
    rcpt("access-reject", "refused 554 5.7.1", sender="bad@{d}", listener="access",
         maps={"access": "bad@{d} REJECT"}),
    rcpt("access-text", "refused 554 5.7.1", sender="bad@{d}", listener="access",
         maps={"access": "bad@{d} REJECT we know you"}),
    rcpt("access-code", "refused 554 5.7.7", sender="bad@{d}", listener="access",
         maps={"access": "bad@{d} 554 5.7.7 we know you"}),
    rcpt("access-4xx", "refused 450 4.7.7", sender="bad@{d}", listener="access",
         maps={"access": "bad@{d} 450 4.7.7 come back"}),
    rcpt("access-domain", "refused 554 5.7.1", sender="any@{d}", listener="access",
         maps={"access": "{d} REJECT"}),
    rcpt("access-ok", "sent 2.0.0", sender="good@{d}", listener="access",
         maps={"access": "good@{d} OK|||{d} REJECT"}),
    rcpt("access-dunno", "sent 2.0.0", sender="dunno@{d}", listener="access",
         maps={"access": "dunno@{d} DUNNO|||{d} REJECT"}),
]

SYNTAX = [
    rcpt("syntax-local-empty", "sent 2.0.0", to="@local.test"),
    rcpt("syntax-two-ats", "refused 454 4.7.1", to="a@b@local.test"),
    rcpt("syntax-space", "refused 501 5.1.3", to="a b@local.test"),
    rcpt("syntax-unbalanced", "refused 501 5.1.3", to='"a@local.test'),
    rcpt("syntax-minus", "refused 501 5.1.3", to="-a@local.test"),
    rcpt("syntax-sender", "refused 501 5.1.7", sender="a b@x", to="known@local.test"),
    rcpt("syntax-domain-only", "refused 501 5.1.3", to="@"),
    rcpt("too-many-recipients", "refused 452 4.5.3, sent 2.0.0, sent 2.0.0, sent 2.0.0",
         listener="three",
         to="known@local.test, known+1@local.test, known+2@local.test, known+3@local.test"),
]

GROUP = Group(
    "refusals",
    {
        "relayhost": f"[{TAKEN}]", "recipient_delimiter": "+", "myorigin": "local.test",
        "mydestination": "local.test", "local_transport": "smtp:[127.9.6.2]",
        "local_recipient_maps": "hash:{config}/users", "relay_domains": "relayed.test .dotted.test",
        "relay_recipient_maps": "hash:{config}/users", "virtual_alias_domains": "alias.test",
        "virtual_alias_maps": "inline:{ known@alias.test=known@far.test }",
        "relocated_maps": "inline:{ gone@local.test=gone@new.test }",
        "parent_domain_matches_subdomains": "", "transport_maps": "hash:{config}/transport",
    },
    RELAYING + UNKNOWN + RESTRICTIONS + SYNTAX,
    tables={"users": "known x\nknown@local.test x\nknown@relayed.test x\npostmaster x",
            "access": "", T: "home.test smtp:[127.9.6.3]"},
    indexed=("users", "access", T),
    listeners={
        "strangers": "-o mynetworks=192.0.2.0/24",
        "classic": "-o mynetworks=192.0.2.0/24 -o smtpd_relay_restrictions= "
                   "-o smtpd_recipient_restrictions=permit_mynetworks,reject_unauth_destination",
        "friends": "-o mynetworks=127.0.0.0/8",
        "codes": "-o mynetworks=127.0.0.0/8 -o unknown_local_recipient_reject_code=450 "
                 "-o unknown_relay_recipient_reject_code=451 "
                 "-o unknown_virtual_alias_reject_code=554",
        "senders": "-o smtpd_reject_unlisted_sender=yes",
        "closed": "-o smtpd_recipient_restrictions=reject",
        "later": "-o smtpd_recipient_restrictions=defer",
        "rejectcode": "-o smtpd_recipient_restrictions=reject -o reject_code=551",
        "careful": "-o { smtpd_sender_restrictions = reject_non_fqdn_sender, "
                   "reject_unknown_sender_domain } "
                   "-o smtpd_recipient_restrictions=reject_non_fqdn_recipient",
        "careful-recipients": "-o smtpd_recipient_restrictions=reject_unknown_recipient_domain",
        "helo": "-o { smtpd_helo_restrictions = check_helo_access "
                "inline:{client.home.test=REJECT} }",
        "access": "-o { smtpd_sender_restrictions = check_sender_access hash:$config_directory/access }",
        "three": "-o smtpd_recipient_limit=3",
    },
    servers={f"{TAKEN}:25": "", "127.9.6.2:25": "", "127.9.6.3:25": ""},
    broken=("broken2.test",),
)
