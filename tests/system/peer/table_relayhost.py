"""relayhost in each of its forms; one small group for each value."""

from .case import Case, Group

BASE = {"mydestination": "local.test", "local_transport": "smtp:[127.9.4.9]",
        "local_recipient_maps": "", "relay_domains": "relayed.test"}


def relayhost(name, value, cases, **more):
    """{1} to {9} in the value, the zone and the servers are the group's own: 127.9.NUMBER.DIGIT."""
    return Group(name, {**BASE, "relayhost": value, **more.pop("params", {})}, cases, **more)


def simple(name, want="sent 2.0.0"):
    return [Case(name, want, to="user@far.{d}"),
            Case(name + "-relay-domain", want, to="user@relayed.test"),
            Case(name + "-null-sender", want, to="user@far.{d}", sender="")]


LOCAL = {"127.9.4.9:25": ""}

GROUPS = [
    relayhost("mx", "hub.mx.example", simple("relayhost-mx"),
              zone="hub.mx.example. MX 10 a.mx.example.\na.mx.example. A 127.9.4.1\n",
              servers={"127.9.4.1:25": "", **LOCAL}),
    relayhost("mx-port", "hub.mxp.example:2525", [
        *simple("relayhost-mx-port"),
        Case("relayhost-not-for-local", "sent 2.0.0", to="user@local.test")],
        zone="hub.mxp.example. MX 10 a.mxp.example.\nhub.mxp.example. MX 20 b.mxp.example.\n"
             "a.mxp.example. A 127.9.4.2\nb.mxp.example. A 127.9.4.3\n",
        servers={"127.9.4.3:2525": ""}),
    relayhost("brackets", "[one.br.example]:2525", simple("relayhost-brackets"),
              zone="one.br.example. A 127.9.4.4\none.br.example. MX 10 no.br.example.\n",
              servers={"127.9.4.4:2525": ""}),
    relayhost("list", "[127.9.4.5]:2526, two.li.example:2525 [127.9.4.7]", [
        *simple("relayhost-list"),
        Case("relayhost-list-discard", "sent 2.0.0", to="user@{d}",
             maps={"transport": "{d} discard:"})],
        params={"transport_maps": "hash:{config}/transport"}, indexed=("transport",),
        zone="two.li.example. MX 10 two-a.li.example.\ntwo-a.li.example. A 127.9.4.6\n",
        servers={"127.9.4.6:2525": "connect=421 4.3.2 busy", "127.9.4.7:25": ""}),
    relayhost("unknown", "[no.such.example]", simple("relayhost-unknown", "deferred 4.3.5"),
              params={"smtp_host_lookup": "dns"}),
    relayhost("fallback", "[127.9.4.8]:2526", simple("relayhost-fallback"),
              params={"smtp_fallback_relay": "[127.9.4.8], [127.9.4.8]:2527"},
              servers={"127.9.4.8:25": ""}),
]
