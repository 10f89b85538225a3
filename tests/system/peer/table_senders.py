"""Sender-dependent relay hosts and default transports, beside a relayhost found by MX."""

from .case import Case, Group

HUB = "127.9.3.1"


def by(name, relay, want="sent 2.0.0 1", key="s@{d}", sender="s@{d}", **more):
    """A sender's entry in sender_dependent_relayhost_maps."""
    more.setdefault("servers", {1: ""})
    maps = {"relays": f"{key} {relay}"} if relay else {}
    return Case(name, want, sender=sender, maps=maps, to=more.pop("to", "user@there.{d}"), **more)


def through(name, transport, want="sent 2.0.0 1", key="s@{d}", sender="s@{d}", **more):
    """A sender's entry in sender_dependent_default_transport_maps."""
    more.setdefault("servers", {1: ""})
    return Case(name, want, sender=sender, maps={"defaults": f"{key} {transport}"},
                to=more.pop("to", "user@there.{d}"), **more)


RELAYS = [
    by("by-address", "[{1}]"),
    by("by-address-port", "[{1}]:2525", servers={"1:2525": ""}),
    by("by-domain", "[{1}]", key="@{d}"),
    by("by-domain-without-at", "[{1}]:2526", "sent 2.0.0", key="{d}"),
    by("by-subdomain", "[{1}]:2526", "sent 2.0.0", key="@{d}", sender="s@sub.{d}"),
    by("by-extension", "[{1}]", key="s+x@{d}", sender="s+x@{d}"),
    by("by-address-of-extension", "[{1}]", sender="s+y@{d}"),
    by("by-upper-case", "[{1}]", sender="S@BY-UPPER-CASE.TEST"),
    by("by-list", "[{1}]:2526, [{2}]", "sent 2.0.0 2", servers={2: ""}),
    by("by-list-spaces", "[{1}]:2526 [{2}]:2527 [{3}]", "sent 2.0.0 3", servers={3: ""}),
    by("by-mx", "hub.{d}", dns="hub MX 10 m|m A {1}"),
    by("by-mx-port", "hub.{d}:2525", dns="hub MX 10 m|m A {1}", servers={"1:2525": ""}),
    by("by-name", "[hub.{d}]", dns="hub A {1}"),
    by("by-dunno", "DUNNO", "sent 2.0.0"),
    by("by-dunno-lower", "dunno", "sent 2.0.0"),
    by("by-nothing", "", "sent 2.0.0"),
    by("by-unknown-host", "[no.{d}]", "bounced 5.4.4"),
    by("by-dead", "[{1}]:2526", "deferred 4.4.1", servers={}),
    by("by-address-before-domain", "[{1}]|||@{d} [{2}]:2526"),
    by("by-quoted", "[{1}]", key='"s t"@{d}', sender='"s t"@{d}'),
    by("null-sender-default", "", "sent 2.0.0", sender=""),
    by("table-before-sender", "[{1}]:2526", "sent 2.0.0 2", to="user@{d}", servers={2: ""}),
    by("table-transport-only", "[{1}]:2526", "sent 2.0.0 2", to="user@{d}", servers={2: ""},
       dns="@ MX 10 m|m A {2}"),
    by("table-colon-keeps-sender", "[{1}]", to="user@{d}"),
    by("relay-domain-sender", "[{1}]", to="user@x.relayed.test"),
    by("local-domain-not-sender", "[{1}]:2526", "sent 2.0.0", to="user@local.test"),
    by("two-recipients-one-relay", "[{1}]", "sent 2.0.0, sent 2.0.0 1", to="a@x.{d}, b@y.{d}"),
]
for case, value in (("table-before-sender", "smtp:[{2}]"), ("table-transport-only", "smtp:"),
                    ("table-colon-keeps-sender", ":")):
    next(each for each in RELAYS if each.name == case).maps["transport"] = "{d} " + value

DEFAULTS = [
    through("default-host", "smtp:[{1}]"),
    through("default-port", "smtp:[{1}]:2525", servers={"1:2525": ""}),
    through("default-by-domain", "smtp:[{1}]", key="@{d}"),
    through("default-list", "smtp:[{1}]:2526, [{2}]", "sent 2.0.0 2", servers={2: ""}),
    through("default-transport-only", "special:", "sent 2.0.0"),
    through("default-error", "error:5.7.1 this sender may not", "refused 550 5.7.1"),
    through("default-discard", "discard:", "sent 2.0.0"),
    through("default-dunno", "DUNNO", "sent 2.0.0"),
    through("default-not-for-relay-domain", "smtp:[{1}]:2526", "sent 2.0.0",
            to="user@y.relayed.test"),
    through("default-not-for-local", "smtp:[{1}]:2526", "sent 2.0.0", to="user@local.test"),
    through("default-unknown-transport", "nosuch:", "deferred 4.3.0"),
    Case("default-host-beats-relay", "sent 2.0.0 1", sender="s@{d}", to="u@there.{d}",
         maps={"defaults": "s@{d} smtp:[{1}]", "relays": "s@{d} [{2}]:2526"}, servers={1: ""}),
    Case("default-transport-and-relay", "sent 2.0.0 1", sender="s@{d}", to="u@there.{d}",
         maps={"defaults": "s@{d} special:", "relays": "s@{d} [{1}]"}, servers={1: ""}),
    Case("table-before-default", "sent 2.0.0 1", sender="s@{d}", to="u@{d}", servers={1: ""},
         maps={"defaults": "s@{d} smtp:[{2}]:2526", "transport": "{d} smtp:[{1}]"}),
    Case("table-colon-keeps-default", "sent 2.0.0 1", sender="s@{d}", to="u@{d}", servers={1: ""},
         maps={"defaults": "s@{d} special:[{1}]", "transport": "{d} :"}),
]

PARAMS = {
    "relayhost": "hub.test", "recipient_delimiter": "+", "relay_domains": "relayed.test",
    "mydestination": "local.test", "local_transport": "smtp:[127.9.3.2]",
    "local_recipient_maps": "", "transport_maps": "hash:{config}/transport",
    "sender_dependent_relayhost_maps": "hash:{config}/relays",
    "sender_dependent_default_transport_maps": "hash:{config}/defaults",
}
SERVERS = {f"{HUB}:25": "", "127.9.3.2:25": "", "127.9.3.3:25": "", "127.9.3.4:25": ""}
ZONE = f"hub.test. MX 10 mx.hub.test.\nmx.hub.test. A {HUB}\n"

GROUP = Group(
    "senders", PARAMS, RELAYS + DEFAULTS,
    tables={"transport": "home.test smtp:[127.9.3.3]", "relays": "", "defaults": ""},
    indexed=("transport", "relays", "defaults"), servers=SERVERS, zone=ZONE,
    master="special unix - - n - - smtp -o smtp_helo_name=special.example\n",
)

# The null sender has a relay of its own.
NULL = Group(
    "null-sender",
    {**PARAMS, "sender_dependent_default_transport_maps": "", "transport_maps": ""},
    [Case("null-sender-relay", "sent 2.0.0", sender="", to="u@there.test"),
     Case("null-sender-other", "sent 2.0.0", sender="s@{d}", to="u@there.test")],
    tables={"relays": "<> [127.9.3.4]"}, indexed=("relays",),
)
GROUPS = [GROUP, NULL]
