"""Each security level against each kind of peer, and what becomes of a mail there."""

from dataclasses import dataclass

# What a word of the table means: status, DSN code, the word of the line "… TLS connection established"
# ("": no such line), and the reason, in which HERE is the host as log lines name it.
WORDS = {
    "plain": ("sent", "2.0.0", "", "250 2.0.0 taken"),
    "Untrusted": ("sent", "2.0.0", "Untrusted", "250 2.0.0 taken"),
    "Trusted": ("sent", "2.0.0", "Trusted", "250 2.0.0 taken"),
    "Verified": ("sent", "2.0.0", "Verified", "250 2.0.0 taken"),
    "missing": ("deferred", "4.7.4", "", "TLS is required, but was not offered by host HERE"),
    "refused": ("deferred", "4.7.0", "",
                "TLS is required, but host HERE refused to start TLS: 454 4.7.0 not now"),
    "forbidden": ("bounced", "5.7.0", "",
                  "TLS is required, but host HERE refused to start TLS: 554 5.7.0 never"),
    "handshake": ("deferred", "4.7.5", "", "Cannot start TLS: handshake failure"),
    "unverified": ("deferred", "4.7.5", "Untrusted", "Server certificate not verified"),
    "no-tlsa": ("deferred", "4.7.5", "", "no TLSA records found"),
}

# What Debian's Postfix 3.7 does.
TABLE = """
level       no-tls  self-signed wrong-name expired    good     dane-good  dane-bad   refuses never     breaks    injects
none        plain   plain       plain      plain      plain    plain      plain      plain   plain     plain     plain
may         plain   Untrusted   Trusted    Untrusted  Trusted  Untrusted  Untrusted  plain   plain     handshake Trusted
encrypt     missing Untrusted   Trusted    Untrusted  Trusted  Untrusted  Untrusted  refused forbidden handshake Trusted
dane        plain   Untrusted   Trusted    Untrusted  Trusted  Verified   unverified plain   plain     handshake Trusted
dane-only   no-tlsa no-tlsa     no-tlsa    no-tlsa    no-tlsa  Verified   unverified no-tlsa no-tlsa   no-tlsa   no-tlsa
fingerprint missing unverified  unverified unverified Verified unverified unverified refused forbidden handshake Verified
verify      missing unverified  unverified unverified Verified unverified unverified refused forbidden handshake Verified
secure      missing unverified  unverified unverified Verified unverified unverified refused forbidden handshake Verified
"""


@dataclass(frozen=True)
class Cell:
    level: str
    peer: str
    want: tuple  # as in WORDS

    @property
    def name(self):
        return f"{self.level}-{self.peer}"


def cells():
    peers, *rows = (line.split() for line in TABLE.strip().splitlines())
    return [Cell(level, peer, WORDS[word]) for level, *words in rows
            for peer, word in zip(peers[1:], words, strict=True)]


STARTS_TLS = ("may", "encrypt", "dane", "fingerprint", "verify", "secure")
MUST = ("encrypt", "fingerprint", "verify", "secure")

# What Posthaste does otherwise: (levels, peers, outcome, why).
DIFFERENT = [
    (STARTS_TLS, ("injects",), ("deferred", "4.7.5", "",
                                "host HERE sent more than its reply to STARTTLS before TLS began"),
     "who has put replies into the plaintext is not asked for others: Postfix throws them away"),
    (MUST, ("never",), ("deferred", "4.7.0", "", WORDS["forbidden"][3]),
     "a relay that will not start TLS has said nothing about the message, which Postfix returns"),
]


def wanted_of_us(cell):
    return next((outcome for levels, peers, outcome, _ in DIFFERENT
                 if cell.level in levels and cell.peer in peers), cell.want)
