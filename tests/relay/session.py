"""One SMTP session of the sample relay."""

import asyncio
import socket
import ssl
import struct
import time
from dataclasses import dataclass, field

from .login import BAD, DIALOGUES, GOOD, authenticate
from .script import DROP, HANG, RESET, Slow, Stored, Trickle
from .tls import MISSING

SILENCE = 600  # seconds; nobody is patient for so long


class Over(Exception):
    """The session ends here."""


@dataclass
class Mail:
    """One message as the relay took it; `content` has CRLF ends and no dot-stuffing left."""

    sender: str
    recipients: list
    content: bytes
    helo: str
    connection: int
    how: str  # DATA or BDAT
    parameters: str  # what followed the MAIL path
    wire: bytes  # DATA's bytes exactly as they came, up to the final dot
    time: float
    tls: object = None  # of tls.Secured
    login: object = None  # the user it was sent as

    def header(self, name):
        """The unfolded value of the first such header, or None."""
        head = self.content.split(b"\r\n\r\n", 1)[0].decode("latin-1")
        value = None
        for line in head.split("\r\n"):
            if value is not None:
                if not line[:1] in (" ", "\t"):
                    return value
                value += line
            elif line.lower().startswith(name.lower() + ":"):
                value = line[len(name) + 1:].strip()
        return value

    @property
    def body(self):
        return self.content.partition(b"\r\n\r\n")[2]


def path_and_rest(argument):
    """`FROM:<a@b> SIZE=1` gives ("a@b", "SIZE=1")."""
    inside = argument.partition("<")[2]
    path, _, rest = inside.partition(">")
    return path, rest.strip()


@dataclass
class Session:
    relay: object
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    number: int
    helo: str = ""
    sender: object = None
    parameters: str = ""
    recipients: list = field(default_factory=list)
    chunks: bytearray = field(default_factory=bytearray)
    commands: list = field(default_factory=list)
    taken: int = 0
    lmtp: bool = False  # so each recipient gets a reply of its own behind the dot
    tls: object = None
    login: object = None

    async def serve(self):
        try:
            if self.relay.tls and self.relay.tls.wrapper:
                await self.relay.tls.secure(self)
            await self.answer("connect", "", f"220 {self.relay.name} ESMTP sample relay")
            while True:
                line = await self.reader.readuntil(b"\n")
                await self.command(line.decode("latin-1").rstrip("\r\n"))
        except (Over, asyncio.IncompleteReadError, ConnectionError, ssl.SSLError):
            pass
        finally:
            self.writer.close()

    async def command(self, line):
        self.commands.append(line)
        self.relay.heard(self, line)
        verb, _, argument = line.partition(" ")
        handler = getattr(self, "do_" + verb.lower(), None)
        if handler is None:
            await self.answer("unknown", line, "502 5.5.2 command not recognized")
        else:
            await handler(argument)

    async def answer(self, stage, argument, usual, before=lambda: None):
        """Says what the script wants, or the usual reply; True when that was a 2xx (DATA: 3xx), ahead
        of which `before` is done."""
        action = self.action(stage, argument)
        if isinstance(action, Stored):
            action = action.action
        if action in (DROP, RESET, HANG):
            await self.break_off(action)
        if isinstance(action, Slow):
            await asyncio.sleep(action.seconds)
            action = None
        if isinstance(action, Trickle):
            before()
            for byte in (usual + "\r\n").encode():
                self.writer.write(bytes([byte]))
                await self.writer.drain()
                await asyncio.sleep(action.seconds)
            return True
        reply = action or usual
        good = reply[0] == ("3" if stage == "data" else "2")
        if good:
            before()
        self.writer.write((reply + "\r\n").encode("latin-1"))
        await self.writer.drain()
        if reply.startswith("421"):
            raise Over
        return good

    def action(self, stage, argument):
        script = self.relay.script
        if stage == "ehlo" and self.tls and "tls-ehlo" in script.actions:
            stage = "tls-ehlo"
        return script.action(stage, self, argument)

    async def break_off(self, action):
        if action == HANG:
            while await self.reader.read(65536):
                pass
        if action == RESET:
            sock = self.writer.get_extra_info("socket")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.writer.transport.abort()
        raise Over

    async def do_ehlo(self, argument):
        self.helo = argument
        usual = [each for each in self.relay.script.capabilities
                 if self.tls or each != "REQUIRETLS"]  # RFC 8689 section 2: under TLS only
        lines = [self.relay.name, *usual, *self.secure_capabilities()]
        text = "\r\n".join(f"250{'-' if i + 1 < len(lines) else ' '}{line}"
                           for i, line in enumerate(lines))
        if await self.answer("ehlo", argument, text):
            self.clear()

    def secure_capabilities(self):
        """What depends on the TLS and the accounts of the relay."""
        if self.may_start_tls():
            yield "STARTTLS"
        accounts = self.relay.accounts
        if accounts and accounts.offered(self) and self.action("auth", "") != MISSING:
            yield "AUTH " + " ".join(accounts.mechanisms)

    def may_start_tls(self):
        return bool(self.relay.tls) and not self.tls and self.action("starttls", "") != MISSING

    async def do_starttls(self, argument):
        if not self.may_start_tls():
            await self.answer("unknown", argument, "502 5.5.1 not offered")
        elif await self.answer("starttls", argument, "220 2.0.0 go ahead"):
            await self.relay.tls.secure(self)
            self.helo = ""
            self.clear()

    async def do_auth(self, argument):
        accounts = self.relay.accounts
        if not accounts or not accounts.offered(self):
            await self.answer("unknown", argument, "503 5.5.1 not offered")
        elif argument.partition(" ")[0].upper() not in {*accounts.mechanisms} & {*DIALOGUES}:
            await self.answer("unknown", argument, "504 5.5.4 unknown mechanism")
        elif self.action("auth", argument) is not None:
            await self.answer("auth", argument, GOOD)
        else:
            await self.log_in(argument)

    async def log_in(self, argument):
        try:
            user, good = await authenticate(self, self.relay.accounts, argument)
        except ValueError as error:
            await self.answer("bad-auth", argument, f"501 5.5.2 {error}")
            return
        self.login = user if good else None
        await self.answer("after-auth", argument, GOOD if good else BAD)

    async def do_helo(self, argument):
        self.helo = argument
        if await self.answer("helo", argument, f"250 {self.relay.name}"):
            self.clear()

    async def do_lhlo(self, argument):
        self.lmtp = True
        await self.do_ehlo(argument)

    async def do_mail(self, argument):
        path, rest = path_and_rest(argument)
        accounts = self.relay.accounts
        if self.sender is not None:
            await self.answer("mail", argument, "503 5.5.1 nested MAIL command")
        elif accounts and accounts.required and not self.login:
            await self.answer("mail-in-clear", argument, "530 5.7.0 authentication required")
        elif await self.answer("mail", path, "250 2.1.0 ok"):
            self.sender, self.parameters = path, rest

    async def do_rcpt(self, argument):
        path, _ = path_and_rest(argument)
        if self.sender is None:
            await self.answer("rcpt", path, "503 5.5.1 need MAIL command")
        elif await self.answer("rcpt", path, "250 2.1.5 ok"):
            self.recipients.append(path)

    async def do_data(self, argument):
        if not self.recipients:
            await self.answer("data", argument, "554 5.5.1 no valid recipients")
            return
        interrupts = self.relay.script.action("content", self, "") is not None
        if interrupts:
            self.take_little()
        if not await self.answer("data", argument, "354 go ahead"):
            self.clear()
            return
        if interrupts:
            await self.interrupt()
        wire = b"\r\n" + await self.up_to_dot()
        content = wire.replace(b"\r\n..", b"\r\n.")[2:]
        await self.take(content, "DATA", wire[2:])

    def take_little(self):
        """What the client sends from now on it does not get rid of, if it is more than buffers hold."""
        self.writer.transport.pause_reading()
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

    async def interrupt(self):
        """The end of the session in the middle of a message."""
        await asyncio.sleep(0.1)
        if self.relay.script.action("content", self, "") == HANG:
            await asyncio.sleep(SILENCE)
        await self.answer("content", "", "")
        raise Over

    async def up_to_dot(self):
        """The bytes before CRLF.CRLF, with the CRLF that ends the last line."""
        first = await self.reader.readuntil(b"\n")
        if first == b".\r\n":
            return b""
        if first.endswith(b"\r\n"):
            second = await self.reader.readuntil(b"\n")
            if second == b".\r\n":
                return first
            first += second
        rest = await self.reader.readuntil(b"\r\n.\r\n")
        return (first + rest)[:-3]

    async def do_bdat(self, argument):
        size, _, last = argument.partition(" ")
        if self.relay.script.action("content", self, "") is not None:
            await self.interrupt()
        self.chunks += await self.reader.readexactly(int(size))
        if not self.recipients:
            await self.answer("bdat", argument, "554 5.5.1 no valid recipients")
        elif last.strip().upper() != "LAST":
            if not await self.answer("bdat", argument, "250 2.0.0 chunk ok"):
                self.clear()
        else:
            await self.take(bytes(self.chunks), "BDAT", b"")

    async def take(self, content, how, wire):
        mail = Mail(self.sender, self.recipients, content, self.helo, self.number, how,
                    self.parameters, wire, time.time(), self.tls, self.login)
        self.relay.seen_at_dot(mail)
        counted = False

        def count():  # ahead of the reply: who has seen that finds the mail counted
            nonlocal counted
            if not counted:
                self.taken += 1
                self.relay.took(mail)
            counted = True

        if isinstance(self.relay.script.actions.get("dot"), Stored):
            count()
        for _ in mail.recipients if self.lmtp else ("all",):
            await self.answer("dot", mail, "250 2.0.0 taken", count)
        self.clear()

    async def do_rset(self, argument):
        self.clear()
        await self.answer("rset", argument, "250 2.0.0 ok")

    async def do_noop(self, argument):
        await self.answer("noop", argument, "250 2.0.0 ok")

    async def do_quit(self, argument):
        await self.answer("quit", argument, "221 2.0.0 bye")
        raise Over

    def clear(self):
        self.sender, self.parameters = None, ""
        self.recipients, self.chunks = [], bytearray()
