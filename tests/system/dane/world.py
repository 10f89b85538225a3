"""A signed root with an unsigned zone below it, Unbound before it, servers, and one mail system."""

import functools
import re

from harness import (FaultyRelay, Fleet, Instance, SignedNameServer, Tls, Unbound, deliver,
                     eventually, own_network, scratch)
from harness.certificates import Certificate, certificates, fingerprint

from .cells import FORGED, LEVELS, UNSIGNED, ZONE, cells


@functools.cache
def digest(certificate, key=True):
    return fingerprint(certificate, key=key).replace(":", "")


class World:
    """`params` on top of what all need."""

    def __init__(self, peer=None, params=None):
        own_network()
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
        self.names = SignedNameServer(zones[ZONE], below={UNSIGNED: zones[UNSIGNED]},
                                      forge=[(FORGED, "f1" * 32)])
        self.resolver = Unbound(self.names, self.names.anchor, address="127.0.0.53", port=53)
        self.instance = Instance(peer=peer, extra="".join(
            f"{level} unix - - n - - smtp -o smtp_tls_security_level={level}\n" for level in LEVELS))
        self.instance.set(**{
            "smtp_tls_loglevel": "1", "smtp_dns_support_level": "dnssec", "smtp_host_lookup": "dns",
            "minimal_backoff_time": "1000s", "maximal_backoff_time": "1000s", "notify_classes": "",
            # Hosts at one address would share connections.
            "smtp_connection_cache_on_demand": "no", "transport_maps": self.transports(),
            **(params or {})})
        self.instance.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.instance.stop()
        self.resolver.stop()
        self.names.stop()

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

    def transports(self):
        table = self.instance.config / "transport"
        table.write_text("".join(f"{cell.name}.test {cell.level}:{cell.nexthop}\n"
                                 for cell in cells()))
        return f"texthash:{table}"

    def send(self, cell):
        return deliver(self.instance, recipients=[f"user@{cell.name}.test"])

    def outcome(self, cell, queue_id):
        """(status, code, word of the TLS line, reason) as in the table."""
        found = eventually(lambda: re.search(
            rf"{queue_id}: to=<\S+, relay=.*dsn=(\S+), status=(\w+) \((.*)\)$", self.instance.log(),
            re.MULTILINE), 30, f"an outcome of {cell.name}")
        host = (f"signed-{cell.level}.{ZONE}" if cell.case == "unsigned-mx"
                else rf"(?:mx\.)?{cell.host}")
        address = re.escape(self.servers[cell.certificate].address)
        reason = re.sub(rf"\S+\[{address}\](:25)?", "HERE", found[3]).replace(cell.host, "HOST")
        words = re.findall(rf" (\w+) TLS connection established to {host}\[", self.instance.log())
        # A relay that is down is probed, which may log it again.
        return found[2], found[1], " ".join(dict.fromkeys(words)), reason
