"""A name server whose whole tree is signed by a key of its own."""

from .name_server import NameServer
from .tools import need, run
from .trial import check


class SignedNameServer(NameServer):
    """`anchor` is the DS record that a validating resolver trusts it by (Unbound's trust_anchor).
    What is `below` is not signed. `forge`: pairs of texts; the second takes the place of the first
    in the zone once it is signed, so that signatures do not fit."""

    _key = None

    def __init__(self, *arguments, forge=(), **named):
        self._forge = forge
        super().__init__(*arguments, **named)

    def _write(self, zone):
        super()._write(zone)
        if not self._key:
            self._key = run(need("ldns-keygen"), "-k", "-a", "ECDSAP256SHA256", ".",
                            cwd=self.folder).strip()
        run(need("ldns-signzone"), "-f", "signed", "root.zone", self._key, cwd=self.folder)
        signed = (self.folder / "signed").read_text()
        for good, bad in self._forge:
            check(good in signed, f"{good} is not in the zone")
            signed = signed.replace(good, bad)
        (self.folder / "root.zone").write_text(signed)

    @property
    def anchor(self):
        return (self.folder / f"{self._key}.ds").read_text().strip()
