"""TLS of a sample relay: what it shows, what it asks for, and how its handshake fails.

Script stages: starttls (a reply; a 220 with "\\n" and more behind it puts plaintext there; MISSING
does not offer it), handshake (DROP, RESET or HANG when the client's hello has come; a text is sent in
place of an answer to it), tls-ehlo (as ehlo, for the one under TLS).
"""

import ssl
import warnings
from dataclasses import dataclass

from .script import DROP, HANG, RESET

MISSING = "\0missing"
VERSIONS = {"TLSv1": ssl.TLSVersion.TLSv1, "TLSv1.1": ssl.TLSVersion.TLSv1_1,
            "TLSv1.2": ssl.TLSVersion.TLSv1_2, "TLSv1.3": ssl.TLSVersion.TLSv1_3}
VERIFY = {"ask": ssl.CERT_OPTIONAL, "require": ssl.CERT_REQUIRED}


@dataclass
class Secured:
    """What one session has agreed on."""

    protocol: str
    cipher: str
    sni: object  # None: the client named no host
    client: str  # the common name of its certificate
    resumed: bool


class Tls:
    """`chain` and `key` are PEM files. `wrapper`: TLS begins with the connection. `ask`: the client's
    certificate ("ask" or "require"), which `client_ca` must have signed. `least` and `most` are
    versions as "TLSv1.2"."""

    def __init__(self, chain, key=None, wrapper=False, ask=None, client_ca=None, least=None,
                 most=None):
        self.wrapper = wrapper
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.load(chain, key)
        if ask:
            self.context.load_verify_locations(client_ca)
            self.context.verify_mode = VERIFY[ask]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            if least:
                self.context.minimum_version = VERSIONS[least]
            if most:
                self.context.maximum_version = VERSIONS[most]
        if most in ("TLSv1", "TLSv1.1"):
            self.context.minimum_version = self.context.maximum_version
            self.context.set_ciphers("ALL:@SECLEVEL=0")
        self.context.sni_callback = note_name

    def load(self, chain, key=None):
        """Shows this certificate from now on."""
        self.context.load_cert_chain(chain, key)

    async def secure(self, session):
        """The handshake, or what the script has in its place."""
        fault = session.relay.script.action("handshake", session, "")
        if fault is not None:
            await session.reader.read(65536)
            if fault not in (DROP, RESET, HANG):
                session.writer.write((fault + "\r\n").encode("latin-1"))
                await session.writer.drain()
                fault = HANG
            await session.break_off(fault)
        await session.writer.start_tls(self.context, ssl_handshake_timeout=600)
        session.tls = facts(session.writer.get_extra_info("ssl_object"))


def note_name(connection, name, _):
    connection.sni = name


def facts(connection):
    certificate = connection.getpeercert() or {}
    names = [value for part in certificate.get("subject", ()) for key, value in part
             if key == "commonName"]
    return Secured(connection.version(), connection.cipher()[0], getattr(connection, "sni", None),
                   names[0] if names else "", connection.session_reused)
