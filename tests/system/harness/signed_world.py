"""Signed names behind Unbound, and one mail system that asks it where each cell of a table leads."""

import re

from .client import deliver
from .network import own_network
from .signed_names import SignedNameServer
from .trial import eventually
from .unbound import Unbound

PARAMS = {
    # Hosts at one address and port would share connections.
    "smtp_connection_cache_on_demand": "no",
    "smtp_tls_loglevel": "1", "smtp_dns_support_level": "dnssec", "smtp_host_lookup": "dns",
    "minimal_backoff_time": "1000s", "maximal_backoff_time": "1000s", "notify_classes": "",
}


class SignedWorld:
    """A subclass makes its servers, publishes their names and sets `instance`, started, going by
    PARAMS. Mail for a `cell` has the domain CELL.NAME.test."""

    def __init__(self):
        own_network()

    def publish(self, zone, **more):
        self.names = SignedNameServer(zone, **more)
        self.resolver = Unbound(self.names, self.names.anchor, address="127.0.0.53", port=53)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.instance.stop()
        self.resolver.stop()
        self.names.stop()

    def send(self, cell):
        return deliver(self.instance, recipients=[f"user@{cell.name}.test"])

    def write(self, name, parameter, rows):
        table = self.instance.config / name
        table.write_text("".join(f"{row}\n" for row in rows))
        self.instance.set(**{parameter: f"texthash:{table}"})

    def told(self, cell, queue_id, host, place):
        """(status, code, word of the TLS line, reason) as in the table; `host` and `place` are
        patterns of the server's name and of what is HERE in the reason."""
        found = eventually(lambda: re.search(
            rf"{queue_id}: to=<\S+, relay=.*dsn=(\S+), status=(\w+) \((.*)\)$", self.instance.log(),
            re.MULTILINE), 40, f"an outcome of {cell.name}")
        words = re.findall(rf" (\w+) TLS connection established to {host}\[", self.instance.log())
        # The prober may have been there, too, since.
        return (found[2], found[1], " ".join(dict.fromkeys(words)),
                re.sub(place, "HERE", found[3]))
