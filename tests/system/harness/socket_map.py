"""A socketmap server: tables of the test, asked over a socket in netstrings."""

import socketserver
import threading

from .places import free_port, loopback


class SocketMap:
    """`tables` maps a table's name to its entries, or to a function of the key (None: not found);
    both may change at any time. `replies` overrules them by key: "TEMP later", or bytes that are sent
    as they are. `asked` are the (table, key) of all requests."""

    def __init__(self, tables):
        self.tables = tables
        self.replies = {}
        self.asked = []
        self.address = loopback()
        self.port = free_port(self.address)
        self._server = Server((self.address, self.port), Conversation)
        self._server.map = self
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def table(self, name):
        """As main.cf names it."""
        return f"socketmap:inet:{self.address}:{self.port}:{name}"

    def stop(self):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, name, key):
        self.asked.append((name, key))
        if key in self.replies:
            return self.replies[key]
        table = self.tables.get(name)
        if table is None:
            return "PERM no such table"
        value = table(key) if callable(table) else table.get(key)
        return f"OK {value}" if value is not None else "NOTFOUND "


class Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        try:
            while request := self.read():
                name, _, key = request.decode().partition(" ")
                reply = self.server.map.answer(name, key)
                if not isinstance(reply, bytes):
                    text = reply.encode()
                    reply = b"%d:%s," % (len(text), text)
                self.wfile.write(reply)
        except (ConnectionError, ValueError):
            pass

    def read(self):
        """One netstring; b"" when the client has gone."""
        size = b""
        while (byte := self.rfile.read(1)) not in (b":", b""):
            size += byte
        text = self.rfile.read(int(size) + 1) if size else b""
        return text[:-1]
