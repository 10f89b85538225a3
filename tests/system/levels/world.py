"""The peers of the matrix, a signed zone that names them, and one mail system that sends to all."""

import re
from functools import cache

from harness import FaultyRelay, Fleet, Instance, SignedWorld, Tls, signed_world
from harness.certificates import certificates, fingerprint

DOMAIN = "tls.example"
fingerprint = cache(fingerprint)  # each time it runs openssl
FAULTS = {"refuses": "starttls=454 4.7.0 not now", "never": "starttls=554 5.7.0 never",
          "breaks": "handshake=drop", "injects": "starttls=220 2.0.0 go\\n250 2.0.0 injected"}
SHOWN = {"self-signed": "self_signed", "wrong-name": "wrong_name", "expired": "expired",
         "dane-good": "self_signed", "dane-bad": "self_signed"}  # the others: good
PARAMS = {
    **signed_world.PARAMS, "smtp_tls_fingerprint_digest": "sha256", "queue_run_delay": "1000s",
    "bounce_queue_lifetime": "0", "smtp_tls_connection_reuse": "no",
}


class World(SignedWorld):
    """`cells` name hosts of their own, each of which leads to the relay of its peer."""

    def __init__(self, cells, peer):
        super().__init__()
        self.cells = cells
        self.authority = certificates(f"*.{DOMAIN}", DOMAIN)
        fleet = Fleet()
        self.relays = {name: self.relay(name, fleet) for name in {cell.peer for cell in cells}}
        self.publish("".join(map(self.records, cells)))
        self.instance = Instance(params={**PARAMS, "smtp_tls_CAfile": self.authority.ca}, peer=peer)
        self.write("policy", "smtp_tls_policy_maps", map(self.policy, cells))
        self.write("transport", "transport_maps",
                   (f"{cell.name}.test smtp:{self.nexthop(cell)}" for cell in cells))
        self.instance.start()

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

    def outcome(self, cell, queue_id):
        relay, host = self.relays[cell.peer], re.escape(f"{cell.name}.{DOMAIN}")
        return self.told(cell, queue_id, host,
                         rf"{host}\[{re.escape(relay.address)}\](:{relay.port})?")

    def came(self, cell):
        return [mail for mail in self.relays[cell.peer].mails
                if mail.recipients == [f"user@{cell.name}.test"]]
