"""A raw SMTP client: sends exactly the bytes it is told to."""

import socket
import ssl

from . import account


class Client:
    def __init__(self, address, port, timeout=20, source=None):
        self.socket = socket.create_connection((address, port), timeout,
                                               (source, 0) if source else None)
        self._buffer = b""
        self._named = False  # the message under way has a recipient

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def secure(self, ca=None, certificate=None, name=None, newest=None, checked=True):
        """Goes on under TLS, with the server's certificate judged by the file `ca` (without one: not
        at all) and by `name`, which is asked for, if that is to be `checked`. `newest`: the highest
        version that is offered."""
        context = ssl.create_default_context(cafile=ca)
        context.check_hostname = bool(ca and name and checked)
        context.verify_mode = ssl.CERT_REQUIRED if ca else ssl.CERT_NONE
        if certificate:
            context.load_cert_chain(certificate.cert, certificate.key)
        if newest:
            context.maximum_version = newest
        self.socket = context.wrap_socket(self.socket, server_hostname=name)
        return self

    def starttls(self, **how):
        """EHLO, STARTTLS and EHLO again; gives what that one offers."""
        self.open()
        self.expect("STARTTLS", 220)
        self.secure(**how)
        return self.expect("EHLO client.example", 250)

    def send(self, data):
        self.socket.sendall(data if isinstance(data, bytes) else data.encode("latin-1"))

    def line(self):
        """One line without its end; b"" at end of file."""
        while b"\n" not in self._buffer:
            data = self.socket.recv(65536)
            if not data:
                line, self._buffer = self._buffer, b""
                return line
            self._buffer += data
        line, _, self._buffer = self._buffer.partition(b"\n")
        return line.rstrip(b"\r")

    def reply(self):
        """(code, text); (0, "") when the server has hung up."""
        lines = []
        while True:
            line = self.line().decode("latin-1")
            if not line:
                return 0, ""
            lines.append(line[4:])
            if line[3:4] != "-":
                self._count(line)
                return int(line[:3]), "\n".join(lines)

    def _count(self, reply):
        first = reply == "250 2.1.5 Ok" and not self._named
        if first:
            account.sent()
        self._named = first or (self._named and not reply.startswith(("250 2.1.0 ", "250 2.0.0 ")))

    def say(self, line):
        """Sends a command and gives its reply."""
        self.send(line + "\r\n")
        return self.reply()

    def expect(self, line, code):
        """Sends a command (None: waits only) and fails unless the reply's code starts so."""
        got, text = self.reply() if line is None else self.say(line)
        if not str(got).startswith(str(code)):
            raise AssertionError(f"{line!r} got {got} {text!r}, not {code}")
        return text

    def open(self, helo="client.example"):
        self.expect(None, 220)
        return self.expect(f"EHLO {helo}", 250)

    def envelope(self, sender="sender@example.com", recipients=("to@example.net",)):
        self.expect(f"MAIL FROM:<{sender}>", 250)
        for recipient in recipients:
            self.expect(f"RCPT TO:<{recipient}>", 250)

    def data(self, content):
        """DATA with content in CRLF lines, dot-stuffed here; gives the final reply's text."""
        self.expect("DATA", 354)
        stuffed = (b"\r\n" + content).replace(b"\r\n.", b"\r\n..")[2:]
        self.send(stuffed + b".\r\n")
        return self.expect(None, 250)

    def hung_up(self):
        """True when the server closes (after at most the client's timeout)."""
        try:
            while True:
                data = self.socket.recv(65536)
                if not data:
                    return True
                self._buffer += data
        except ConnectionError:
            return True
        except TimeoutError:
            return False


def deliver(instance, content=b"Subject: test\r\n\r\nhello\r\n", sender="sender@example.com",
            recipients=("to@example.net",)):
    """One mail into an instance; gives the queue ID out of the final reply."""
    with Client(instance.address, instance.port) as client:
        client.open()
        client.envelope(sender, recipients)
        text = client.data(content)
        client.say("QUIT")
    return text.rpartition(" queued as ")[2].strip()
