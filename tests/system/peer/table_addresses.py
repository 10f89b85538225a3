"""Addresses old and odd: routes, percent and bang paths, quotes, rewriting and what is appended."""

from .case import Case, Group

T = "transport"
SHOWN = "127.9.5.1"  # the relay that shows what the envelope became


def rcpt(name, to, want="sent 2.0.0", **more):
    return Case(name, want, to=to, **more)


def sender(name, sent_from, want="sent 2.0.0 1", **more):
    return Case(name, want, sender=sent_from, servers={1: ""}, maps={T: "{d} smtp:[{1}]"}, **more)


def there(name, to, want="sent 2.0.0 1", **more):
    """The same where the domain's server is the case's own, so that the test sees what it got."""
    return Case(name, want, to=to, servers={1: ""},
                maps={T: "{d} smtp:[{1}]", **more.pop("maps", {})},
                **more)


ROUTES = [
    there("source-route", "@a.example,@b.example:user@{d}"),
    there("source-route-one", "@a.example:user@{d}"),
    there("percent-through-us", "user%{d}@local.test"),
    there("percent-twice", "user%{d}%other.test@local.test", "sent 2.0.0"),
    there("percent-elsewhere", "user%x.example@{d}"),
    there("percent-no-domain", "user%{d}"),
    there("bang-no-domain", "{d}!user"),
    there("bang-path", "hub.example!{d}!user", "sent 2.0.0"),
    there("bang-through-us", "{d}!user@local.test"),
    there("bang-elsewhere", "hosta!user@{d}"),
    there("bang-and-percent", "hosta!user%{d}", "sent 2.0.0"),
    there("percent-and-at", "a%b@{d}"),
    there("quoted-at-through-us", '"user@{d}"@local.test'),
    there("quoted-at-elsewhere", '"user@x.example"@{d}'),
    there("quoted-percent", '"user%x.example"@{d}'),
    there("two-ats", "user@x.example@{d}"),
    there("two-ats-through-us", "user@{d}@local.test"),
]

LOCALS = [
    there("quoted-space", '"two words"@{d}'),
    there("quoted-needless", '"plain"@{d}'),
    there("quoted-backslash", '"a\\\\b"@{d}'),
    there("quoted-quote", '"a\\"b"@{d}'),
    there("quoted-empty", '""@{d}', "sent 2.0.0 1"),
    there("backslash", "a\\b@{d}", "sent 2.0.0 1"),
    there("comment", "user(comment)@{d}", "sent 2.0.0 1"),
    there("dots-inside", "a..b@{d}"),
    there("dot-first", ".a@{d}"),
    there("dot-last", "a.@{d}"),
    there("plus-only", "+@{d}"),
    there("slash", "/etc/x@{d}"),
    there("minus-first", "-user@{d}", "refused 501 5.1.3"),
    there("pipe", "|cmd@{d}"),
    there("equals", "a=b@{d}"),
    there("upper-local", "User.Name@{d}"),
    there("long-local", "x" * 64 + "@{d}"),
    there("longer-local", "x" * 200 + "@{d}"),
    there("digit-local", "12345@{d}"),
    there("eight-bit", "caf\xe9@{d}", "sent 2.0.0 1"),
]

DOMAINS = [
    there("domain-dot-end", "user@{d}."),
    there("domain-two-dots-end", "user@{d}..", "refused 501 5.1.3"),
    there("domain-empty-label", "user@a..{d}", "refused 501 5.1.3"),
    there("domain-dot-first", "user@.{d}", "refused 501 5.1.3"),
    there("domain-hyphen", "user@-x.{d}", "refused 501 5.1.3"),
    there("domain-underscore", "user@_x.{d}", "sent 2.0.0 1", maps={T: ".{d} smtp:[{1}]"}),
    there("domain-space", "user@a b.{d}", "refused 501 5.1.3"),
    there("domain-long-label", "user@" + "l" * 63 + ".{d}", maps={T: ".{d} smtp:[{1}]"}),
    there("domain-longer-label", "user@" + "l" * 64 + ".{d}", "refused 501 5.1.3",
          maps={T: ".{d} smtp:[{1}]"}),
    rcpt("domain-single", "user@single", "sent 2.0.0"),
    rcpt("domain-none", "user"),
    rcpt("domain-empty", "user@", "refused 501 5.1.3"),
    rcpt("local-empty", "@{d}", "sent 2.0.0"),
    rcpt("empty", "", "refused 501 5.1.3"),
    rcpt("postmaster-alone", "postmaster"),
    rcpt("literal-own", "user@[127.0.0.1]", "sent 2.0.0"),
    rcpt("literal-bad", "user@[300.1.1.1]", "refused 501 5.1.3"),
    rcpt("literal-empty", "user@[]", "refused 501 5.1.3"),
    rcpt("literal-open", "user@[127.0.0.1", "sent 2.0.0"),
    rcpt("literal-name", "user@[name]", "refused 501 5.1.3"),
    rcpt("number-domain", "user@1.2.3.4", "refused 501 5.1.3"),
    rcpt("number-alone", "user@1234", "refused 501 5.1.3"),
]

SENDERS = [
    sender("sender-no-domain", "someone"),
    sender("sender-single", "someone@host"),
    sender("sender-dot-end", "someone@x.example."),
    sender("sender-quoted", '"some one"@x.example'),
    sender("sender-route", "@a.example:someone@x.example"),
    sender("sender-upper", "Some.One@X.Example"),
    sender("sender-literal", "someone@[127.0.0.1]", "sent 2.0.0 1"),
    sender("sender-percent", "someone%x.example", "sent 2.0.0 1"),
    sender("sender-bang", "x.example!someone", "sent 2.0.0 1"),
    sender("sender-empty", ""),
    sender("sender-bad", "some one@x.example", "refused 501 5.1.7"),
    sender("sender-at", "@", "refused 501 5.1.7"),
    sender("sender-number", "someone@1.2.3.4", "refused 501 5.1.7"),
]

CANONICAL = [
    there("canonical-recipient", "nick@{d}", maps={"canonical": "nick@{d} Full.Name@{d}"}),
    there("canonical-domain", "joe@old.{d}", maps={"canonical": "@old.{d} @{d}"}),
    there("canonical-extension", "nick+x@{d}", maps={"canonical": "nick@{d} full@{d}"}),
    there("canonical-bare", "barenick@local.test", maps={"canonical": "barenick real@{d}"}),
    there("canonical-twice", "c1@{d}", maps={"canonical": "c1@{d} c2@{d}|||c2@{d} c3@{d}"}),
    there("canonical-sender", "user@{d}", sender="nick2@x.test",
          maps={"canonical": "nick2@x.test shown@y.test"}),
    there("recipient-canonical", "rc@{d}", maps={"recipients": "rc@{d} rc2@{d}"}),
    there("sender-canonical", "user@{d}", sender="sc@x.test",
          maps={"senders": "sc@x.test sc2@y.test"}),
    there("sender-canonical-not-recipient", "sn@{d}", maps={"senders": "sn@{d} no@{d}"}),
    there("canonical-to-no-domain", "cl@{d}", "sent 2.0.0", maps={"canonical": "cl@{d} justme"}),
    there("virtual-and-canonical", "cv@{d}",
          maps={"canonical": "cv@{d} v@{d}", "virtual": "v@{d} w@{d}"}),
]

GROUP = Group(
    "addresses",
    {
        "relayhost": f"[{SHOWN}]", "transport_maps": "hash:{config}/transport",
        "mydestination": "local.test, localhost.test", "local_transport": "smtp:[127.9.5.2]",
        "local_recipient_maps": "", "myorigin": "local.test", "mydomain": "home.test",
        "recipient_delimiter": "+", "canonical_maps": "hash:{config}/canonical",
        "recipient_canonical_maps": "hash:{config}/recipients",
        "sender_canonical_maps": "hash:{config}/senders",
        "virtual_alias_maps": "hash:{config}/virtual", "smtputf8_enable": "no",
        "smtpd_relay_restrictions": "permit_mynetworks, reject",
    },
    ROUTES + LOCALS + DOMAINS + SENDERS + CANONICAL,
    tables={T: "home.test smtp:[127.9.5.3]", "canonical": "", "recipients": "", "senders": "",
            "virtual": ""},
    indexed=(T, "canonical", "recipients", "senders", "virtual"),
    servers={f"{SHOWN}:25": "", "127.9.5.2:25": "", "127.9.5.3:25": ""},
)
