"""A name server with zones of the test: NSD, which knows the whole tree, so that what is not in a
zone does not exist."""

import os
import signal
import socket
import struct
import subprocess

from .places import free_port, loopback, scratch
from .tools import need
from .trial import eventually

TXT = 16

ROOT_ZONE = """$ORIGIN .
$TTL {ttl}
@ SOA ns.invalid. hostmaster.invalid. {serial} 3600 600 86400 {ttl}
@ NS ns.invalid.
ns.invalid. A {address}
serial.invalid. 0 TXT "{serial}"
"""

ZONE_BELOW = """$ORIGIN {name}.
$TTL {ttl}
@ SOA ns.invalid. hostmaster.invalid. 1 3600 600 86400 {ttl}
@ NS ns.invalid.
$ORIGIN .
"""

CONFIG = """server:
  ip-address: {address}@{port}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "{folder}"
  database: ""
  pidfile: "{folder}/pid"
  xfrdfile: "{folder}/xfrd"
  xfrdir: "{folder}"
  zonelistfile: "{folder}/zone.list"
  rrl-ratelimit: 0
  refuse-any: no
remote-control:
  control-enable: no
zone:
  name: "."
  zonefile: "{folder}/root.zone"
"""


class NameServer:
    """`zone` are records with full names ("example.org. MX 10 mx.example.org."). Names at or below
    one of `broken` are answered SERVFAIL. `below`: zones of their own, name to records, delegated
    to the same server. Without a port: a free one."""

    def __init__(self, zone="", broken=(), address=None, port=None, ttl=300, below=None):
        self.address = address or loopback()
        self.port = port or free_port(self.address)
        self.ttl = ttl
        self.folder = scratch()
        self._serial = 0
        self._below = below or {}
        self._write(zone)
        config = CONFIG.format(address=self.address, port=self.port, folder=self.folder)
        for name in broken:  # a zone without a file
            config += f'zone:\n  name: "{name}"\n  zonefile: "{self.folder}/absent"\n'
        for number, (name, records) in enumerate(self._below.items()):
            file = self.folder / f"below{number}.zone"
            file.write_text(ZONE_BELOW.format(name=name, ttl=ttl) + records.strip() + "\n")
            config += f'zone:\n  name: "{name}"\n  zonefile: "{file}"\n'
        (self.folder / "nsd.conf").write_text(config)
        self._output = open(self.folder / "output", "wb")
        self.process = subprocess.Popen([need("nsd"), "-d", "-c", self.folder / "nsd.conf"],
                                        stdout=self._output, stderr=subprocess.STDOUT)
        self._wait()

    @property
    def server(self):
        """As resolver_nameservers wants it."""
        return f"{self.address}:{self.port}"

    def _write(self, zone):
        self._serial += 1
        text = ROOT_ZONE.format(ttl=self.ttl, serial=self._serial, address=self.address)
        text += "".join(f"{name}. NS ns.invalid.\n" for name in self._below)
        (self.folder / "root.zone").write_text(text + zone.strip() + "\n")

    def _wait(self):
        def serves():
            if self.process.poll() is not None:
                raise AssertionError("nsd ended: " + self._text())
            return self.serial() == self._serial
        eventually(serves, 15, "nsd serves its zone")

    def _text(self):
        return (self.folder / "output").read_text(errors="replace")

    def serial(self):
        """The serial number it serves now, or None."""
        question, answer = ask(self.address, self.port, "serial.invalid", TXT)
        text = answer[len(question) + 12:]  # behind name, type, class, time to live, length
        return int(text[1:1 + text[0]]) if text else None

    def change(self, zone):
        """Serves other records from now on."""
        self._write(zone)
        os.kill(self.process.pid, signal.SIGHUP)
        self._wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(10)
        self._output.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def ask(address, port, name, kind):
    """(question, answer) of one exchange over UDP; the answer is b"" when none comes."""
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split(".") if label)
    question = struct.pack("!6H", 4711, 0, 1, 0, 0, 0) + labels + b"\0" + struct.pack("!2H", kind, 1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(1)
        try:
            client.connect((address, port))
            client.send(question)
            return question, client.recv(65535)
        except OSError:
            return question, b""
