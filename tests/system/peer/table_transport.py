"""transport(5): which key is found, and what its value does."""

from .case import Case, Group

RELAY = "127.9.0.1"
T = "transport"


def goes(name, value, want="sent 2.0.0 1", **more):
    """A case whose domain is a key with this value; the server {1} is there."""
    more.setdefault("servers", {1: ""})
    more.setdefault("maps", {T: "{d} " + value})
    return Case(name, want, **more)


VALUES = [
    goes("host", "smtp:[{1}]"),
    goes("host-port", "smtp:[{1}]:2525", servers={"1:2525": ""}),
    goes("host-service", "smtp:[{1}]:submission", servers={"1:587": ""}),
    goes("host-no-brackets", "smtp:{1}"),
    goes("no-brackets-port", "smtp:{1}:2525", servers={"1:2525": ""}),
    goes("list-comma", "smtp:[{1}], [{2}]", servers={1: "", 2: ""}),
    goes("list-space", "smtp:[{1}] [{2}]", servers={1: "", 2: ""}),
    goes("list-first-refused", "smtp:[{1}]:2526, [{2}]", "sent 2.0.0 2", servers={2: ""}),
    goes("list-of-three", "smtp:[{1}], [{2}], [{3}]:2525", "sent 2.0.0 3",
         servers={"3:2525": ""}),
    goes("list-odd-commas", "smtp:, [{1}] ,, [{2}],", "sent 2.0.0 2", servers={2: ""}),
    goes("list-of-names", "smtp:m1.{d}, m2.{d}", "sent 2.0.0 2", servers={2: ""},
         dns="m1 A {1}|m2 A {2}"),
    goes("list-mx-then-host", "smtp:list.{d}, [{2}]", "sent 2.0.0 2", servers={2: ""},
         dns="list MX 10 m|m A {1}"),
    goes("list-both-refused", "smtp:[{1}]:2526, [{2}]:2527", "deferred 4.4.1", servers={}),
    goes("list-first-unknown-name", "smtp:[no.{d}], [{2}]", "sent 2.0.0 2", servers={2: ""}),
    goes("list-last-unknown-name", "smtp:[{1}]:2526, [no.{d}]", "bounced 5.4.4", servers={}),
    goes("only-unknown-name", "smtp:[no.{d}]", "bounced 5.4.4"),
    goes("mx-of-nexthop", "smtp:hub.{d}", dns="hub MX 10 m|m A {1}"),
    goes("mx-of-nexthop-port", "smtp:hub.{d}:2525", dns="hub MX 10 m|m A {1}",
         servers={"1:2525": ""}),
    goes("brackets-without-mx", "smtp:[hub.{d}]", "sent 2.0.0 2",
         dns="hub MX 10 m|m A {1}|hub A {2}", servers={1: "", 2: ""}),
    goes("colon-only", ":", "sent 2.0.0"),
    goes("nexthop-only", ":[{1}]"),
    goes("nexthop-only-port", ":[{1}]:2525", servers={"1:2525": ""}),
    goes("transport-only", "smtp:", dns="@ MX 10 m|m A {1}"),
    goes("transport-no-colon", "smtp", dns="@ MX 10 m|m A {1}"),
    goes("transport-only-no-mx", "smtp:", "bounced 5.4.4"),
    goes("relay-transport", "relay:[{1}]"),
    goes("service-with-options", "special:[{1}]"),
    goes("lmtp", "lmtp:inet:{1}:2424", servers={"1:2424": ""}),
    goes("lmtp-no-inet", "lmtp:[{1}]:2424", servers={"1:2424": ""}),
    goes("lmtp-list", "lmtp:[{1}]:2425, [{2}]:2424", "sent 2.0.0 2",
         servers={"2:2424": ""}),
    goes("unknown-transport", "nosuch:[{1}]", "deferred 4.3.0", servers={}),
    goes("error", "error:mail to this domain is not wanted", "refused 550 5.1.1"),
    goes("error-code", "error:5.7.2 not wanted here", "refused 550 5.7.2"),
    goes("error-4xx", "error:4.7.2 not wanted now", "refused 550 5.7.2"),
    goes("error-no-text", "error:", "refused 550 5.1.1"),
    goes("retry", "retry:4.7.9 wait a day", "refused 450 4.7.9"),
    goes("retry-no-code", "retry:wait a day", "refused 450 4.1.1"),
    goes("later-error", "error:mail to this domain is not wanted", "bounced 5.0.0",
         listener="open"),
    goes("later-error-code", "error:5.7.2 not wanted here", "bounced 5.7.2", listener="open"),
    goes("later-error-4xx", "error:4.7.2 not wanted now", "bounced 5.0.0", listener="open"),
    goes("later-error-no-text", "error:", "bounced 5.0.0", listener="open"),
    goes("later-retry", "retry:4.7.9 wait a day", "deferred 4.7.9", listener="open"),
    goes("later-retry-no-code", "retry:wait a day", "deferred 4.0.0", listener="open"),
    goes("later-retry-5xx", "retry:5.7.9 wait a day", "deferred 4.0.0", listener="open"),
    goes("discard", "discard:", "sent 2.0.0"),
    goes("discard-text", "discard:silently gone", "sent 2.0.0"),
    goes("upper-case-value", "smtp:[M1.{d}]", dns="m1 A {1}"),
]

KEYS = [
    goes("key-user", "", to="joe@{d}", maps={T: "joe@{d} smtp:[{1}]|||{d} smtp:[{2}]:2526"}),
    goes("key-other-user", "", to="jim@{d}", maps={T: "joe@{d} smtp:[{2}]:2526|||{d} smtp:[{1}]"}),
    goes("key-user-extension", "", to="joe+x@{d}",
         maps={T: "joe+x@{d} smtp:[{1}]|||joe@{d} smtp:[{2}]:2526"}),
    goes("key-without-extension", "", to="joe+y@{d}",
         maps={T: "joe+x@{d} smtp:[{2}]:2526|||joe@{d} smtp:[{1}]"}),
    goes("key-two-extensions", "", to="joe+a+b@{d}", maps={T: "joe@{d} smtp:[{1}]"}),
    goes("key-upper-case", "", to="JOE@KEY-UPPER-CASE.Test", maps={T: "Joe@{d} smtp:[{1}]"}),
    goes("key-parent-dot", "", to="u@a.{d}", maps={T: ".{d} smtp:[{1}]"}),
    goes("key-grandparent-dot", "", to="u@a.b.{d}", maps={T: ".{d} smtp:[{1}]"}),
    goes("key-nearest-parent", "", to="u@a.b.{d}",
         maps={T: ".{d} smtp:[{2}]:2526|||.b.{d} smtp:[{1}]"}),
    goes("key-domain-not-dot", "", to="u@{d}", maps={T: ".{d} smtp:[{2}]:2526|||{d} smtp:[{1}]"}),
    goes("key-no-dot-no-parent", "", "sent 2.0.0", to="u@a.{d}", maps={T: "{d} smtp:[{2}]:2526"}),
    goes("key-dot-not-itself", "", "sent 2.0.0", to="u@{d}", maps={T: ".{d} smtp:[{2}]:2526"}),
    goes("key-bare-user", "", "sent 2.0.0", to="onlyme@{d}", maps={T: "onlyme smtp:[{2}]:2526"}),
    goes("key-at-domain", "", "sent 2.0.0", maps={T: "@{d} smtp:[{2}]:2526"}),
    goes("key-quoted", "", to='"a b"@{d}', maps={T: '"a b"@{d} smtp:[{1}]'}),
    goes("key-literal", "", to="u@[192.0.2.7]", maps={T: "[192.0.2.7] smtp:[{1}]"}),
    goes("key-trailing-dot", "", to="u@{d}.", maps={T: "{d} smtp:[{1}]"}),
    goes("two-recipients", "", "sent 2.0.0, sent 2.0.0 1", to="a@{d}, b@{d}",
         maps={T: "{d} smtp:[{1}]"}, unordered=True),
    goes("two-places", "", "sent 2.0.0, sent 2.0.0 1>2", to="a@{d}, b@{d}", unordered=True,
         maps={T: "a@{d} smtp:[{1}]|||b@{d} smtp:[{2}]"}, servers={1: "", 2: ""}),
    goes("no-key", "", "sent 2.0.0", maps={}),
    goes("regexp", "", to="list-admin@{d}", maps={"transport.re": "/^list-.*@{d}$/ smtp:[{1}]"}),
    goes("regexp-not-domain", "", "sent 2.0.0", maps={"transport.re": "/^{d}$/ smtp:[{2}]:2526"}),
    goes("regexp-case", "", to="ABC@{d}", maps={"transport.re": "/^abc@{d}$/ smtp:[{1}]"}),
    goes("whole-address-before-domain", "", servers={2: ""}, want="sent 2.0.0 2", maps={
        T: "{d} smtp:[{1}]:2526", "transport.re": "/@{d}$/ smtp:[{2}]"}),
]

CLASSES = [
    goes("relay-domain", "", "sent 2.0.0", maps={}),
    goes("relay-domain-table", ":[{1}]"),
    goes("local-domain", "", "sent 2.0.0", to="u@local.test", maps={}),
    goes("local-domain-table", "", to="table@local.test", maps={T: "table@local.test :[{1}]"}),
    goes("local-no-domain", "", "sent 2.0.0", to="someone", maps={}),
    goes("virtual-to-domain", "", to="a@alias.test", maps={
        "virtual": "a@alias.test b@{d}", T: "{d} smtp:[{1}]"}),
    goes("virtual-unknown", "", "refused 550 5.1.1", to="unknown@alias.test", maps={}),
    goes("virtual-two", "", "sent 2.0.0, sent 2.0.0 1", to="two@alias.test", maps={
        "virtual": "two@alias.test b@{d}, c@{d}", T: "{d} smtp:[{1}]"}, unordered=True),
    goes("virtual-extension", "", to="ext+x@alias.test", maps={
        "virtual": "ext@alias.test b@{d}", T: "{d} smtp:[{1}]"}),
    goes("virtual-catch-all", "", to="any@all.test", maps={
        "virtual": "@all.test b@{d}", T: "{d} smtp:[{1}]"}),
    goes("virtual-domain-to-domain", "", to="any@old.test", maps={
        "virtual": "@old.test @{d}", T: "{d} smtp:[{1}]"}),
    goes("virtual-of-any-domain", "", to="x@{d}", maps={
        "virtual": "x@{d} y@there.{d}", T: "there.{d} smtp:[{1}]"}),
    goes("virtual-twice", "", to="v1@alias.test", maps={
        "virtual": "v1@alias.test v2@alias.test|||v2@alias.test end@{d}", T: "{d} smtp:[{1}]"}),
    goes("later-relocated", "", "bounced 5.1.6", to="moved@local.test", listener="open",
         maps={"relocated": "moved@local.test here@{d}"}),
    goes("later-virtual-unknown", "", "bounced 5.1.1", to="none@alias.test", listener="open",
         maps={}),
    goes("relocated", "", "refused 550 5.1.6", to="gone@local.test",
         maps={"relocated": "gone@local.test here@{d}"}),
    goes("relocated-remote", "", "refused 550 5.1.6", to="gone@{d}",
         maps={"relocated": "gone@{d} here@new.{d}"}),
]

GROUP = Group(
    "transport",
    {
        "relayhost": f"[{RELAY}]", "recipient_delimiter": "+",
        "transport_maps": "hash:{config}/transport, regexp:{config}/transport.re",
        "mydestination": "local.test", "local_transport": "smtp:[127.9.0.2]",
        "local_recipient_maps": "", "myorigin": "local.test",
        "relay_domains": "relay-domain.test, relay-domain-table.test",
        "virtual_alias_domains": "alias.test, all.test, old.test",
        "virtual_alias_maps": "hash:{config}/virtual", "relocated_maps": "hash:{config}/relocated",
    },
    VALUES + KEYS + CLASSES,
    tables={T: "home.test smtp:[127.9.0.3]", "virtual": "", "relocated": "", "transport.re": ""},
    indexed=(T, "virtual", "relocated"),
    master="special unix - - n - - smtp\n  -o smtp_helo_name=special.example\n",
    listeners={"open": "-o smtpd_reject_unlisted_recipient=no"},
    servers={f"{RELAY}:25": "", "127.9.0.2:25": "", "127.9.0.3:25": ""},
)
