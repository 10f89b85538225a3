"""A certificate authority, and what it signed: good and bad certificates of servers, one of a client.

Made with the openssl command, once for all tests of a build: certificates() looks before it makes.
"""

import base64
import contextlib
import fcntl
import hashlib
import ipaddress
import re
import time
from collections import namedtuple
from pathlib import Path

from .places import TOOLS
from .tools import need, run

DAY = 24 * 3600
CURVE = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]

# `cert`: the certificate. `key`: its key. `chain`: both in one file, key first, as
# smtpd_tls_chain_files wants them. All readable for root or the tests' user alone, as keys are.
Certificate = namedtuple("Certificate", "cert key chain")


def certificates(*names):
    """The Authority with `good` for `names` (host names, wildcards, addresses; mail.example.org and
    localhost when none are given)."""
    names = names or ("mail.example.org", "localhost")
    made_by = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    return Authority(TOOLS / "certificates" / made_by).complete(names)


class Authority:
    """`ca`: its own certificate, the file for CAfile. `good`, `wrong_name` (other.example),
    `expired`, `client` (user.example): signed by it, all but one for the names asked for;
    `self_signed` is not."""

    def __init__(self, folder):
        self.folder = folder
        self.ca = folder / "ca.pem"
        self._key = folder / "ca.key"
        folder.mkdir(parents=True, exist_ok=True)
        with self._alone():
            if self.ca.exists() and time.time() - self.ca.stat().st_mtime > DAY:
                for file in folder.iterdir():
                    file.unlink()
            if not self.ca.exists():
                run(need("openssl"), "req", "-x509", *CURVE, "-days", "30", "-keyout", self._key,
                    "-out", self.ca, "-subj", "/O=Posthaste tests/CN=Test authority", "-addext",
                    "keyUsage=critical,keyCertSign,cRLSign")

    @contextlib.contextmanager
    def _alone(self):
        """Tests run side by side: one makes, the others wait for it."""
        with open(f"{self.folder}.lock", "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def complete(self, names):
        self.names = names
        self.good = self.issue(*names)
        self.wrong_name = self.issue("other.example")
        self.expired = self.issue(*names, days=-1)
        self.self_signed = self.issue(*names, authority=False)
        self.client = self.issue("user.example", usage="clientAuth")
        return self

    def issue(self, *names, days=20, authority=True, usage="serverAuth,clientAuth", key="ec"):
        """A certificate for the names, the first of them its subject; made once. `key`: "ec" or
        "rsa"; `authority` False: it signs itself."""
        what = f"{','.join(names)} {days} {authority} {usage} {key}"
        label = re.sub(r"[^a-z0-9.]", "_", names[0])[:40]
        stem = self.folder / f"{label}.{hashlib.sha256(what.encode()).hexdigest()[:8]}"
        made = Certificate(Path(f"{stem}.pem"), Path(f"{stem}.key"), Path(f"{stem}.chain"))
        with self._alone():
            if not made.chain.exists():
                self._make(made, names, days, authority, usage, key)
        return made

    def _make(self, made, names, days, authority, usage, key):
        request, wishes = made.cert.with_suffix(".csr"), made.cert.with_suffix(".ext")
        issuer = "authorityKeyIdentifier=keyid\n" if authority else ""
        wishes.write_text(f"subjectKeyIdentifier=hash\n{issuer}basicConstraints=critical,CA:FALSE\n"
                          f"extendedKeyUsage={usage}\n"
                          f"subjectAltName={','.join(alternative(name) for name in names)}\n")
        kind = CURVE if key == "ec" else ["-newkey", "rsa:2048", "-nodes"]
        run(need("openssl"), "req", "-new", *kind, "-keyout", made.key, "-out", request, "-subj",
            f"/CN={names[0]}")
        signer = (["-CA", self.ca, "-CAkey", self._key, "-CAcreateserial"] if authority
                  else ["-signkey", made.key])
        run(need("openssl"), "x509", "-req", "-in", request, *signer, "-days", str(days), "-out",
            made.cert, "-extfile", wishes)
        made.key.chmod(0o600)
        made.chain.touch(mode=0o600)
        made.chain.write_bytes(made.key.read_bytes() + made.cert.read_bytes())


def alternative(name):
    try:
        return f"IP:{ipaddress.ip_address(name)}"
    except ValueError:
        return f"DNS:{name}"


def fingerprint(certificate, digest="sha256", key=False):
    """Of the certificate, or of its public key, as Postfix writes them: colons between."""
    if not key:
        text = run(need("openssl"), "x509", "-in", certificate.cert, "-noout", "-fingerprint",
                   f"-{digest}")
        return text.strip().partition("=")[2].upper()
    # Not by a file: another test may be reading it.
    pem = run(need("openssl"), "pkey", "-in", certificate.key, "-pubout")
    der = base64.b64decode("".join(pem.strip().splitlines()[1:-1]))
    return ":".join(f"{byte:02X}" for byte in hashlib.new(digest, der).digest())
