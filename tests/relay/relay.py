"""The tests' own sample relay: an SMTP server that can be told to misbehave at any stage.

In a test:           relay = Relay(); ...; relay.script.actions["rcpt"] = "450 4.2.0 later"
On a command line:   python3 -m tests.relay.relay --listen 127.0.0.1:2601 --name relay1
"""

import argparse
import asyncio
import socket
import sys
import threading
import time

from .script import Script
from .session import Session

READ_LIMIT = 128 << 20


class Relay:
    """A relay in a thread of its own. `mails` grows as mail is taken (its dot answered 2xx);
    `dots` also counts mail whose dot was refused."""

    def __init__(self, address="127.0.0.1", port=0, name="relay.example", script=None,
                 on_mail=None, tls=None, accounts=None):
        self.name = name
        self.tls = tls
        self.accounts = accounts
        self.script = script or Script()
        self.mails = []
        self.dots = []
        self.sessions = []
        self.log = []
        self.on_mail = on_mail
        self.address = address
        self._changed = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._server = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self._call(self._listen(port))

    def _call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(10)

    async def _listen(self, port):
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)  # so: no delay
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((self.address, port))
        self.port = sock.getsockname()[1]
        self._server = await asyncio.start_server(self._serve, sock=sock, backlog=1024,
                                                  limit=READ_LIMIT)

    async def _serve(self, reader, writer):
        session = Session(self, reader, writer, len(self.sessions) + 1)
        self.sessions.append(session)
        await session.serve()

    @property
    def nexthop(self):
        return f"[{self.address}]:{self.port}"

    def heard(self, session, line):
        self.log.append((session.number, line))

    def seen_at_dot(self, mail):
        with self._changed:
            self.dots.append(mail)
            self._changed.notify_all()

    def took(self, mail):
        with self._changed:
            self.mails.append(mail)
            self._changed.notify_all()
        if self.on_mail:
            self.on_mail(self, mail)

    def wait(self, count, seconds=20):
        """The mails once there are at least `count`; fails after so many seconds."""
        with self._changed:
            if not self._changed.wait_for(lambda: len(self.mails) >= count, seconds):
                raise AssertionError(f"{self.name}: {len(self.mails)} of {count} mails came "
                                     f"in {seconds} s; dialogue: {self.log[-20:]}")
            return list(self.mails)

    def stop(self):
        """Refuses connections from now on and drops those it has; `start` undoes it."""
        self._call(self._stop())

    async def _stop(self):
        if self._server:
            self._server.close()
            self._server = None
        for session in self.sessions:
            session.writer.transport.abort()

    def start(self):
        self._call(self._listen(self.port))

    def close(self):
        if self._loop.is_running():
            self.stop()
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(5)


def main():
    parser = argparse.ArgumentParser(description="A sample relay that shows a line per mail.")
    parser.add_argument("--listen", default="127.0.0.1:2601", metavar="ADDRESS:PORT")
    parser.add_argument("--name", default="relay.example")
    parser.add_argument("--on", action="append", default=[], metavar="STAGE=REPLY",
                        help="say REPLY at STAGE, e.g. --on 'rcpt=450 4.2.0 later'")
    options = parser.parse_args()
    address, _, port = options.listen.rpartition(":")
    script = Script(dict(item.split("=", 1) for item in options.on))

    def show(relay, mail):
        print(f"{relay.name}: mail from <{mail.sender}> to <{', '.join(mail.recipients)}>, "
              f"{len(mail.content)} bytes, subject: {mail.header('Subject')}", flush=True)

    try:
        relay = Relay(address, int(port), options.name, script, show)
    except OSError as error:
        sys.exit(f"{options.name}: cannot listen on {options.listen}: {error.strerror}")
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        relay.close()


if __name__ == "__main__":
    main()
