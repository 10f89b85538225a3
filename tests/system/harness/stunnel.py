"""stunnel before a server that knows no TLS: a real TLS library, and a fast one."""

import subprocess

from .certificates import certificates
from .places import free_port
from .tools import need, wait_port

CONFIG = """foreground = yes
pid =
debug = crit
[server]
accept = {address}:{port}
connect = {address}:{behind}
{protocol}
cert = {held.cert}
key = {held.key}
"""


class Stunnel:
    """Takes TLS for what listens on that port of the address: behind STARTTLS, or (`wrapper`) from the
    first byte. Its certificate is the good one for mail.example.org."""

    def __init__(self, folder, address, behind, wrapper=False):
        self.address = address
        self.port = free_port(address)
        config = folder / f"stunnel.{self.port}"
        config.write_text(CONFIG.format(address=address, port=self.port, behind=behind,
                                        protocol="" if wrapper else "protocol = smtp",
                                        held=certificates().good))
        self.process = subprocess.Popen([need("stunnel"), config])
        wait_port(address, self.port, process=self.process)

    @property
    def nexthop(self):
        return f"[{self.address}]:{self.port}"

    def stop(self):
        self.process.kill()
        self.process.wait()
