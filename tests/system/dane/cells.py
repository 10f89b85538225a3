"""What a host publishes, which certificate its server has, and what becomes of a mail at each level."""

from dataclasses import dataclass

ZONE, UNSIGNED = "dane.example", "plain.example"
FORGED = "f0" * 32  # changed behind the signature's back
OTHER = "00" * 32

# Status, code, the word of the line "… TLS connection established", the beginning of the reason.
VERIFIED = ("sent", "2.0.0", "Verified", "250 ")
UNTRUSTED = ("sent", "2.0.0", "Untrusted", "250 ")
TRUSTED = ("sent", "2.0.0", "Trusted", "250 ")
PLAINTEXT = ("sent", "2.0.0", "", "250 ")
NO_MATCH = ("deferred", "4.7.5", "Untrusted", "Server certificate not verified")
NO_RECORDS = ("deferred", "4.7.5", "", "no TLSA records found")
NOT_SIGNED = ("deferred", "4.7.5", "", "non DNSSEC destination")
UNUSABLE = ("deferred", "4.7.5", "", "TLSA records unusable")
NO_ANSWER = ("deferred", "4.7.5", "", "TLSA lookup error for HOST:25")
NO_TLS = ("deferred", "4.7.4", "", "TLS is required, but was not offered by host HERE")

LEVELS = ("dane", "dane-only")
TLSA = "HOST. A IP\n_25._tcp.HOST. TLSA "

# Case, the server's certificate, records, outcome at level dane, at level dane-only. In records HOST is
# the name of the next hop, IP the server's address, KEY the digest of the public key of its
# certificate, CA that of its authority's certificate. "MX …": the next hop is a domain.
TABLE = [
    ("own-key", "good", TLSA + "3 1 1 KEY", VERIFIED, VERIFIED),
    ("one-of-two", "good", f"{TLSA}3 1 1 {OTHER}\n_25._tcp.HOST. TLSA 3 1 1 KEY", VERIFIED, VERIFIED),
    ("expired", "expired", TLSA + "3 1 1 KEY", VERIFIED, VERIFIED),
    ("authority", "good", TLSA + "2 0 1 CA", VERIFIED, VERIFIED),
    ("no-name", "wrong_name", TLSA + "2 0 1 CA", NO_MATCH, NO_MATCH),
    ("mismatch", "good", f"{TLSA}3 1 1 {OTHER}", NO_MATCH, NO_MATCH),
    ("absent", "good", "HOST. A IP", UNTRUSTED, NO_RECORDS),
    ("absent-plain", None, "HOST. A IP", PLAINTEXT, NO_RECORDS),
    ("unsigned", "good", f"{TLSA}3 1 1 {OTHER}", UNTRUSTED, NO_RECORDS),
    ("forged", "good", f"{TLSA}3 1 1 {FORGED}", NO_ANSWER, NO_ANSWER),
    ("unusable", "good", TLSA + "1 1 1 KEY\n_25._tcp.HOST. TLSA 0 0 1 CA", UNTRUSTED, UNUSABLE),
    ("one-unusable", "good", TLSA + "3 9 9 00\n_25._tcp.HOST. TLSA 3 1 1 KEY", VERIFIED, VERIFIED),
    ("unusable-plain", None, TLSA + "1 1 1 00", NO_TLS, UNUSABLE),
    ("no-tls", None, f"{TLSA}3 1 1 {OTHER}", NO_TLS, NO_TLS),
    ("alias", "good", "HOST. CNAME end.HOST.\nend.HOST. A IP\n_25._tcp.end.HOST. TLSA 3 1 1 KEY",
     VERIFIED, VERIFIED),
    ("alias-own", "good", "HOST. CNAME end.HOST.\nend.HOST. A IP\n_25._tcp.HOST. TLSA 3 1 1 KEY",
     VERIFIED, VERIFIED),
    ("alias-out", "good", f"HOST. CNAME out.{UNSIGNED}.\n_25._tcp.HOST. TLSA 3 1 1 KEY",
     VERIFIED, VERIFIED),
    ("mx", "good", "HOST. MX 1 mx.HOST.\nmx.HOST. A IP\n_25._tcp.mx.HOST. TLSA 3 1 1 KEY",
     VERIFIED, VERIFIED),
    ("unsigned-mx", "good", f"HOST. MX 1 signed-LEVEL.{ZONE}.", TRUSTED, NOT_SIGNED),
]


@dataclass(frozen=True)
class Cell:
    case: str
    level: str
    certificate: str
    text: str  # of the records
    want: tuple

    @property
    def name(self):
        return f"{self.case}-{self.level}"

    @property
    def host(self):
        return f"{self.name}.{UNSIGNED if self.case.startswith('unsigned') else ZONE}"

    @property
    def nexthop(self):
        return self.host if " MX " in self.text else f"[{self.host}]"


def cells():
    return [Cell(case, level, certificate, text.replace("LEVEL", level), want)
            for case, certificate, text, *wants in TABLE
            for level, want in zip(LEVELS, wants, strict=True)]
