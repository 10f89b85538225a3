"""A name server whose whole tree is signed by a key of its own."""

import os

from .name_server import NameServer
from .tools import need, run


class SignedNameServer(NameServer):
    """`anchor` is the DS record that a validating resolver trusts it by (Unbound's trust_anchor)."""

    _key = None

    def _write(self, zone):
        super()._write(zone)
        if not self._key:
            self._key = run(need("ldns-keygen"), "-k", "-a", "ECDSAP256SHA256", ".",
                            cwd=self.folder).strip()
        run(need("ldns-signzone"), "-f", "signed", "root.zone", self._key, cwd=self.folder)
        os.rename(self.folder / "signed", self.folder / "root.zone")

    @property
    def anchor(self):
        return (self.folder / f"{self._key}.ds").read_text().strip()
