"""Name servers that refuse, fail, answer late, wrongly or not at all."""

from .case import Case, Group

MX = "{d}. MX 10 m.{d}.|m.{d}. A {1}"
TWO = "{d}. MX 10 m.{d}.|{d}. MX 20 n.{d}.|m.{d}. A {1}|n.{d}. A {2}"


def domain(name, manner, want, dns=MX, **more):
    """The whole domain is treated so."""
    return Case(name, want, dns=dns, servers={1: ""}, manners={"": manner}, **more)


def host(name, manner, want):
    """The first of two MX hosts is treated so, its domain is not."""
    return Case(name, want, dns=TWO, servers={1: "", 2: ""}, manners={"m": manner})


# manner: (when the domain is treated so, when the first MX host is)
WANT = {
    "servfail": ("deferred 4.4.3", "sent 2.0.0 2"),
    "refused": ("deferred 4.4.3", "sent 2.0.0 2"),
    "notimp": ("deferred 4.4.3", "sent 2.0.0 2"),
    "formerr": ("bounced 5.4.3", "sent 2.0.0 2"),
    "drop": ("deferred 4.4.3", "sent 2.0.0 2"),
    "slow:0.3": ("sent 2.0.0 1", "sent 2.0.0 1"),
    "truncate": ("sent 2.0.0 1", "sent 2.0.0 1"),
    "truncate-only": ("deferred 4.4.3", "sent 2.0.0 2"),
    "wrong-id": ("sent 2.0.0 1", "sent 2.0.0 1"),
    "wrong-name": ("sent 2.0.0 1", "sent 2.0.0 1"),
    "wrong-port": ("sent 2.0.0 1", "sent 2.0.0 1"),
    "formerr-edns": ("sent 2.0.0 1", "sent 2.0.0 1"),
    "lame": ("bounced 5.4.4", "sent 2.0.0 2"),
    "garbage": ("deferred 4.4.3", "sent 2.0.0 2"),
}


def name_of(manner):
    return manner.partition(":")[0]


GROUP = Group(
    "odd-dns",
    {"transport_maps": "hash:{config}/transport"},
    [*(domain(f"odd-{name_of(manner)}", manner, want) for manner, (want, _) in WANT.items()),
     *(host(f"odd-host-{name_of(manner)}", manner, want) for manner, (_, want) in WANT.items()),
     domain("odd-none", "slow:0", "sent 2.0.0 1"),
     domain("odd-chain-3", "chain:3", "sent 2.0.0 1", dns="{d}. A {1}"),
     domain("odd-chain-9", "chain:9", "sent 2.0.0 1", dns="{d}. A {1}"),
     domain("odd-chain-10", "chain:10", "bounced 5.4.4", dns="{d}. A {1}"),
     domain("odd-chain-11", "chain:11", "bounced 5.4.4", dns="{d}. A {1}")],
    tables={"transport": "home.test smtp:[127.9.9.1]"},
    indexed=("transport",),
    servers={"127.9.9.1:25": ""},
)
