"""A caching resolver: Unbound, that asks a name server of the test about everything."""

import subprocess

from .name_server import TXT, ask
from .places import free_port, loopback, scratch
from .tools import need
from .trial import eventually

CONFIG = """server:
  interface: {address}@{port}
  access-control: 127.0.0.0/8 allow_snoop
  do-not-query-localhost: no
  do-ip6: no
  username: ""
  chroot: ""
  directory: "{folder}"
  pidfile: "{folder}/pid"
  use-syslog: no
  logfile: ""
  num-threads: 1
  module-config: "{modules}"
  local-zone: "127.in-addr.arpa." nodefault
{trust}
remote-control:
  control-enable: no
stub-zone:
  name: "."
  stub-addr: {upstream}
"""


class Unbound:
    """`upstream` is a NameServer or OddNameServer. `trust_anchor` (a DS or DNSKEY record) makes it
    validate."""

    def __init__(self, upstream, trust_anchor=None, address=None, port=None):
        self.address = address or loopback()
        self.port = port or free_port(self.address)
        self.folder = scratch()
        config = CONFIG.format(
            address=self.address, port=self.port, folder=self.folder,
            modules="validator iterator" if trust_anchor else "iterator",
            trust=f'  trust-anchor: "{trust_anchor}"' if trust_anchor else "",
            upstream=f"{upstream.address}@{upstream.port}")
        (self.folder / "unbound.conf").write_text(config)
        self._output = open(self.folder / "output", "wb")
        self.process = subprocess.Popen([need("unbound"), "-d", "-c", self.folder / "unbound.conf"],
                                        stdout=self._output, stderr=subprocess.STDOUT)
        eventually(self._serves, 15, "unbound answers")

    @property
    def server(self):
        """As resolver_nameservers wants it."""
        return f"{self.address}:{self.port}"

    def _serves(self):
        if self.process.poll() is not None:
            raise AssertionError("unbound ended: " +
                                 (self.folder / "output").read_text(errors="replace"))
        return bool(ask(self.address, self.port, "serial.invalid", TXT)[1])

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        self._output.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
