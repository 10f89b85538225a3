"""An IMAP server that knows LOGIN alone: whom saslauthd may ask for passwords."""

import re
import shlex
import socketserver
import threading


class Conversation(socketserver.StreamRequestHandler):
    def handle(self):
        self.say("* OK IMAP4rev1 here")
        while line := self.rfile.readline().decode(errors="replace").rstrip("\r\n"):
            tag, verb, *words = shlex.split(line)
            words = [self.literal(word) for word in words]
            if verb.upper() == "LOGIN":
                good = self.server.users.get(words[0]) == words[1]
                self.server.asked.append(words[0])
                self.say(f"{tag} OK welcome" if good else f"{tag} NO wrong")
            else:
                self.say(f"{tag} OK bye")
                return

    def literal(self, word):
        """A word of the form {NUMBER} stands for that many bytes that follow."""
        found = re.fullmatch(r"\{(\d+)\}", word)
        if not found:
            return word
        self.say("+ go on")
        return self.rfile.read(int(found[1])).decode()

    def say(self, line):
        self.wfile.write(f"{line}\r\n".encode())


class ImapServer(socketserver.ThreadingTCPServer):
    """`users` are passwords by name; `asked` are the names that came. Listens on 127.0.0.1."""

    daemon_threads = True

    def __init__(self, users):
        super().__init__(("127.0.0.1", 0), Conversation)
        self.users = users
        self.asked = []
        self.port = self.server_address[1]
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05},
                         daemon=True).start()

    def stop(self):
        self.shutdown()
        self.server_close()
