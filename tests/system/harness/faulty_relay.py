"""A relay whose fault can be changed while it runs, at the network and at each step of SMTP.

A fault is a text:

    ""              none
    refuse          nothing listens
    drop-syn        SYNs are dropped: a listener that never accepts, its queue full
    unreachable     no route leads there (in a network of the test's own)
    anything else   a script as in tests/relay/fleet.py: "connect=hang", "mail=421 4.3.2 busy;
                    caps=SIZE 10", "content=drop", "dot=stored drop", "ehlo=slow 3", with TLS also
                    "starttls=missing", "handshake=hang", "auth=454 4.7.0 later" (tests/relay/tls.py,
                    login.py)

Sessions that are open follow a changed script at their next command; every fault of the network
ends them, but `drop-syn`, under which they fall silent.
"""

import os
import socket

from tests.relay.fleet import script_of

from .counted_relay import Fleet
from .places import free_port, loopback
from .syn_counter import SynCounter
from .tools import need, run
from .trial import check

STAGES = ("connect", "ehlo", "helo", "mail", "rcpt", "data", "content", "dot", "rset", "noop", "quit",
          "unknown")
SILENCE = "; ".join(f"{stage}=hang" for stage in STAGES)


class FaultyRelay:
    """`mails` grows as mail is taken, `sessions` with each connection accepted. With root,
    `connections()` also counts those that were refused or whose SYN was dropped. `tls` and
    `accounts` are a Tls and Accounts; each mail says what it came under, and whose it was."""

    def __init__(self, fault="", address=None, port=None, fleet=None, tls=None, accounts=None):
        self.address = address or loopback()
        self.port = port or free_port(self.address)
        self.fleet = fleet or Fleet()
        self._syns = SynCounter(self.address, self.port) if os.geteuid() == 0 else None
        self._server = self.fleet.open(self.address, self.port, "", tls, accounts)
        self.fault = ""
        self._unaccepted = []  # the listener that never accepts, and what fills its queue
        self.become(fault)

    @property
    def nexthop(self):
        return f"[{self.address}]:{self.port}"

    @property
    def peer(self):
        """As `relay=` and what else the log says name it."""
        return f"{self.address}[{self.address}]:{self.port}"

    @property
    def tls(self):
        return self._server.tls

    @property
    def accounts(self):
        return self._server.accounts

    @property
    def mails(self):
        return self._server.mails

    @property
    def script(self):
        """For what a text cannot say; `become` replaces it."""
        return self._server.script

    @property
    def sessions(self):
        return self._server.sessions

    def connections(self):
        return self._syns.connections()

    def commands(self, verb):
        """The command lines of that verb, over all sessions."""
        return [line for session in self.sessions for line in session.commands
                if line.upper().startswith(verb)]

    def become(self, fault):
        self._end_network_fault()
        begin = {"refuse": self._refuse, "drop-syn": self._drop_syn,
                 "unreachable": self._unreachable}.get(fault)
        if begin:
            begin()
        else:
            self._server.script = script_of(fault)[0]
        self.fault = fault

    def _end_network_fault(self):
        if self.fault == "unreachable":
            run(need("ip"), "route", "del", "unreachable", f"{self.address}/32", "table", "local")
        for each in self._unaccepted:
            each.close()
        self._unaccepted = []
        if self.fault in ("refuse", "drop-syn", "unreachable"):
            self.fleet.listen(self._server, self.port)

    def _refuse(self):
        self.fleet.close(self._server)

    def _unreachable(self):
        check([name for _, name in socket.if_nameindex()] == ["lo"], "only in own_network()")
        self.fleet.close(self._server)
        run(need("ip"), "route", "add", "unreachable", f"{self.address}/32", "table", "local")

    def _drop_syn(self):
        self._server.script = script_of(SILENCE)[0]
        self.fleet.stop_listening(self._server)
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((self.address, self.port))
        listener.listen(0)
        filler = socket.create_connection((self.address, self.port), 5)
        self._unaccepted = [listener, filler]
