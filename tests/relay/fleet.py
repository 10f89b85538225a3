"""Many sample servers in one thread, each on an address of its own, with the order of all visits."""

import asyncio
import contextlib
import logging
import socket
import threading

from .script import DROP, HANG, RESET, Script, Slow, Stored
from .session import Session
from .tls import MISSING

CAPABILITIES = ("PIPELINING", "SIZE 104857600", "8BITMIME", "ENHANCEDSTATUSCODES")
WORDS = {"drop": DROP, "reset": RESET, "hang": HANG, "missing": MISSING}


def script_of(text):
    """(Script, name) of "rcpt=450 4.2.0 later; dot=drop; caps=8BITMIME,SIZE 9; name=a.example".

    An action is a reply, drop, reset, hang, or slow N (the usual reply after N seconds), at the dot
    also stored ACTION (the mail was taken all the same), of starttls and auth also missing (it is
    not offered)."""
    actions, capabilities, name = {}, CAPABILITIES, "server.example"
    for part in filter(None, (part.strip() for part in text.split(";"))):
        stage, _, action = part.partition("=")
        if stage == "caps":
            capabilities = tuple(filter(None, action.split(",")))
        elif stage == "name":
            name = action
        else:
            actions[stage] = action_of(action)
    return Script(actions, capabilities), name


def action_of(text):
    if text.startswith("slow "):
        return Slow(float(text[5:]))
    if text.startswith("stored "):
        return Stored(action_of(text[7:]))
    return WORDS.get(text, text.replace("\\n", "\r\n"))


class Server:
    """What a Session asks of the relay it belongs to."""

    def __init__(self, fleet, address, text, tls=None, accounts=None):
        self.fleet = fleet
        self.tls = tls
        self.accounts = accounts
        self.address = address
        self.script, self.name = script_of(text)
        self.sessions = []
        self.mails = []
        self.listener = None

    def heard(self, session, line):
        pass

    def seen_at_dot(self, mail):
        pass

    def took(self, mail):
        self.mails.append(mail)

    async def serve(self, reader, writer):
        self.fleet.visits.append(self.address)
        session = Session(self, reader, writer, len(self.sessions) + 1)
        self.sessions.append(session)
        await session.serve()


class Fleet:
    """`servers` by "address:port"; `visits` names the address of each connection, in order."""

    def __init__(self):
        logging.getLogger("asyncio").setLevel(logging.ERROR)  # how clients end TLS is no news
        self.servers = {}
        self.visits = []
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(lambda *_: None)  # a client that breaks off a handshake
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def open(self, address, port, text="", tls=None, accounts=None):
        server = self.servers[f"{address}:{port}"] = Server(self, address, text, tls, accounts)
        self.listen(server, port)
        return server

    def listen(self, server, port):
        """Takes connections (again)."""
        server.listener = self._call(self._listen(server, port))

    def stop_listening(self, server):
        """Refuses connections from now on."""
        self._call(self._stop_listening(server))

    def close(self, server):
        """Refuses connections from now on and drops those it has."""
        self._call(self._close(server))

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    @staticmethod
    async def _stop_listening(server):
        server.listener.close()

    @staticmethod
    async def _close(server):
        server.listener.close()
        for session in server.sessions:
            with contextlib.suppress(AttributeError):  # of a TLS transport that has ended already
                session.writer.transport.abort()

    @staticmethod
    async def _listen(server, port):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # so: no delay
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((server.address, port))
        return await asyncio.start_server(server.serve, sock=sock, backlog=128,
                                          limit=1 << 24)
