"""A signed root with an unsigned zone below it, Unbound before it, servers, and one mail system."""

import functools
import re

from harness import FaultyRelay, Fleet, Instance, SignedWorld, Tls, scratch
from harness.certificates import Certificate, certificates, fingerprint
from harness.signed_world import PARAMS

from .cells import FORGED, LEVELS, UNSIGNED, ZONE, cells


@functools.cache
def digest(certificate, key=True):
    return fingerprint(certificate, key=key).replace(":", "")


class World(SignedWorld):
    """`params` on top of what all need."""

    def __init__(self, peer=None, params=None):
        super().__init__()
        self.authority = certificates(f"*.{ZONE}", ZONE)
        fleet = Fleet()
        self.servers = {name: self.server(name, fleet)
                        for name in {cell.certificate for cell in cells()}}
        signed = "".join(f"signed-{level}.{ZONE}. A IP\n_25._tcp.signed-{level}.{ZONE}. TLSA 3 1 1 KEY\n"
                         for level in LEVELS)
        plain = f"out.{UNSIGNED}. A IP\n"
        zones = {ZONE: self.filled(signed, "good"), UNSIGNED: self.filled(plain, "good")}
        for cell in cells():
            text = cell.text.replace("HOST", cell.host)
            zones[cell.host.partition(".")[2]] += self.filled(text, cell.certificate) + "\n"
        self.publish(zones[ZONE], below={UNSIGNED: zones[UNSIGNED]}, forge=[(FORGED, "f1" * 32)])
        self.instance = Instance(params={**PARAMS, **(params or {})}, peer=peer, extra="".join(
            f"{level} unix - - n - - smtp -o smtp_tls_security_level={level}\n" for level in LEVELS))
        self.write("transport", "transport_maps",
                   (f"{cell.name}.test {cell.level}:{cell.nexthop}" for cell in cells()))
        self.instance.start()

    def server(self, name, fleet):
        if name is None:
            return FaultyRelay(fleet=fleet, port=25)
        shown = getattr(self.authority, name)
        chain = scratch() / "chain"  # with the authority: RFC 7671 section 5.2.2
        chain.write_text(shown.cert.read_text() + self.authority.ca.read_text())
        return FaultyRelay(fleet=fleet, port=25, tls=Tls(chain, shown.key))

    def filled(self, text, certificate):
        shown = getattr(self.authority, certificate) if certificate else self.authority.good
        words = {r"\bKEY\b": digest(shown), r"\bIP\b": self.servers[certificate].address,
                 r"\bCA\b": digest(Certificate(self.authority.ca, None, None), key=False)}
        for word, value in words.items():
            text = re.sub(word, value, text)
        return text

    def outcome(self, cell, queue_id):
        host = (f"signed-{cell.level}.{ZONE}" if cell.case == "unsigned-mx"
                else rf"(?:mx\.)?{cell.host}")
        address = re.escape(self.servers[cell.certificate].address)
        *first, reason = self.told(cell, queue_id, host, rf"\S+\[{address}\](:25)?")
        return (*first, reason.replace(cell.host, "HOST"))
