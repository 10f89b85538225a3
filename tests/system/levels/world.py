"""The peers of the matrix, a signed zone that names them, and one mail system that sends to all."""

import re
from functools import cache

from harness import (FaultyRelay, Fleet, Instance, SignedNameServer, Tls, Unbound, deliver,
                     eventually, own_network)
from harness.certificates import certificates, fingerprint

DOMAIN = "tls.example"
fingerprint = cache(fingerprint)  # each time it runs openssl
FAULTS = {"refuses": "starttls=454 4.7.0 not now", "never": "starttls=554 5.7.0 never",
          "breaks": "handshake=drop", "injects": "starttls=220 2.0.0 go\\n250 2.0.0 injected"}
SHOWN = {"self-signed": "self_signed", "wrong-name": "wrong_name", "expired": "expired",
         "dane-good": "self_signed", "dane-bad": "self_signed"}  # the others: good
PARAMS = {
    # Hosts at one address and port would share connections.
    "smtp_connection_cache_on_demand": "no",
    "smtp_tls_loglevel": "1", "smtp_dns_support_level": "dnssec", "smtp_host_lookup": "dns",
    "smtp_tls_fingerprint_digest": "sha256", "minimal_backoff_time": "1000s",
    "maximal_backoff_time": "1000s", "queue_run_delay": "1000s", "notify_classes": "",
    "bounce_queue_lifetime": "0", "smtp_tls_connection_reuse": "no",
}


class World:
    """`cells` name hosts of their own, each of which leads to the relay of its peer."""

    def __init__(self, cells, peer):
        own_network()
        self.cells = cells
        self.authority = certificates(f"*.{DOMAIN}", DOMAIN)
        fleet = Fleet()
        self.relays = {name: self.relay(name, fleet) for name in {cell.peer for cell in cells}}
        self.names = SignedNameServer("".join(map(self.records, cells)))
        self.resolver = Unbound(self.names, self.names.anchor, address="127.0.0.53", port=53)
        self.instance = Instance(params={**PARAMS, "smtp_tls_CAfile": self.authority.ca}, peer=peer)
        self.write("policy", "smtp_tls_policy_maps", self.policy)
        self.write("transport", "transport_maps",
                   lambda cell: f"{cell.name}.test smtp:{self.nexthop(cell)}")
        self.instance.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.instance.stop()
        self.resolver.stop()
        self.names.stop()

    def relay(self, name, fleet):
        if name == "no-tls":
            return FaultyRelay(fleet=fleet)
        shown = getattr(self.authority, SHOWN.get(name, "good"))
        return FaultyRelay(FAULTS.get(name, ""), fleet=fleet, tls=Tls(shown.cert, shown.key))

    def records(self, cell):
        relay, tlsa = self.relays[cell.peer], ""
        if cell.peer.startswith("dane-"):
            held = self.authority.self_signed if cell.peer == "dane-good" else self.authority.good
            digest = fingerprint(held, key=True).replace(":", "")
            tlsa = f"_{relay.port}._tcp.{cell.name}.{DOMAIN}. TLSA 3 1 1 {digest}\n"
        return f"{cell.name}.{DOMAIN}. A {relay.address}\n{tlsa}"

    def nexthop(self, cell):
        return f"[{cell.name}.{DOMAIN}]:{self.relays[cell.peer].port}"

    def policy(self, cell):
        match = f" match={fingerprint(self.authority.good)}" if cell.level == "fingerprint" else ""
        return f"{self.nexthop(cell)} {cell.level}{match}"

    def write(self, name, parameter, row):
        table = self.instance.config / name
        table.write_text("".join(f"{row(cell)}\n" for cell in self.cells))
        self.instance.set(**{parameter: f"texthash:{table}"})

    def send(self, cell):
        return deliver(self.instance, recipients=[f"user@{cell.name}.test"])

    def outcome(self, cell, queue_id):
        """(status, code, word of the TLS line, reason) as in the table."""
        found = eventually(lambda: re.search(
            rf"{queue_id}: to=<\S+, relay=.*dsn=(\S+), status=(\w+) \((.*)\)$", self.instance.log(),
            re.MULTILINE), 40, f"an outcome of {cell.name}")
        relay, host = self.relays[cell.peer], f"{cell.name}.{DOMAIN}"
        reason = re.sub(rf"{re.escape(f'{host}[{relay.address}]')}(:{relay.port})?", "HERE", found[3])
        words = re.findall(rf" (\w+) TLS connection established to {re.escape(host)}\[",
                           self.instance.log())
        # The prober may have been there, too, since.
        return found[2], found[1], " ".join(dict.fromkeys(words)), reason

    def came(self, cell):
        return [mail for mail in self.relays[cell.peer].mails
                if mail.recipients == [f"user@{cell.name}.test"]]
