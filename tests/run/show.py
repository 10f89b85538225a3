"""`make run`: a whole instance in a scratch folder, two sample relays, mail that survives the loss of one
and goes back to it when it returns.

Needs no root. Stays until ^C; RUN_ONCE=1, or a standard input that is no terminal, ends it after the
show. RUN_PORT chooses the port (default 2525, or a free one when that is taken).
"""

import getpass
import grp
import os
import re
import shutil
import signal
import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.relay.relay import Relay

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "127.0.0.1"

MAIN_CF = """\
# A sample instance of Posthaste. `man 5 main.cf` describes what can stand here.
compatibility_level = 3.11
command_directory = {bin}
daemon_directory = {libexec}
queue_directory = {folder}/queue
data_directory = {folder}/data
mail_owner = {owner}
setgid_group = {group}
maillog_file = {folder}/maillog
maillog_file_prefixes = {folder}

myhostname = mail.example.org
mydestination =
mynetworks = 127.0.0.0/8
inet_protocols = ipv4
smtpd_peername_lookup = no

# Two relays: mail goes to the second when the first does not take it.
relayhost = {relayhost}
"""

MASTER_CF = """\
{address}:{port} inet n - n - - smtpd
pickup  unix  n  -  n  60   1  pickup
qmgr    unix  n  -  n  300  1  qmgr
bounce  unix  -  -  n  -    0  bounce
smtp    unix  -  -  n  -    -  smtp
error   unix  -  -  n  -    -  error
retry   unix  -  -  n  -    -  error
showq   unix  n  -  n  -    -  showq
postlog unix-dgram n - n -  1  postlogd
"""

TELLING = re.compile(r"postfix/(smtp|qmgr|smtpd|cleanup|bounce)\[.*(status=|client=|removed|active|"
                     r"connect to|relay-attempt|relay-health)")


def say(text=""):
    print(text, flush=True)


def free_port():
    for wanted in (int(os.environ.get("RUN_PORT", "2525")), 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((ADDRESS, wanted))
                return probe.getsockname()[1]
            except OSError:
                continue
    raise SystemExit("run: no free port")


class Show:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="posthaste-run-"))
        self.folder.chmod(0o755)
        self.config = self.folder / "config"
        self.port = free_port()
        self.relays = [Relay(ADDRESS, 0, name, on_mail=self.arrived)
                       for name in ("relay1.example", "relay2.example")]
        self.log_seen = 0

    @staticmethod
    def arrived(relay, mail):
        say(f"   {relay.name} took: from <{mail.sender}> to <{', '.join(mail.recipients)}>, "
            f"{len(mail.content)} bytes, \"{mail.header('Subject')}\"")

    def command(self, name, *arguments):
        done = subprocess.run([ROOT / "build/bin" / name, "-c", self.config, *arguments], check=False,
                              capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"{name} {' '.join(arguments)}: {done.stdout}{done.stderr}{self.log()}")
        return done.stdout

    def log(self):
        file = self.folder / "maillog"
        return file.read_text(errors="replace") if file.exists() else ""

    def start(self):
        for name in ("config", "queue", "data"):
            (self.folder / name).mkdir()
        owner, group = getpass.getuser(), grp.getgrgid(os.getegid()).gr_name
        if os.geteuid() == 0:
            owner, group = unprivileged()
            shutil.chown(self.folder / "data", owner)
        relayhost = ", ".join(relay.nexthop for relay in self.relays)
        (self.config / "main.cf").write_text(MAIN_CF.format(
            bin=ROOT / "build/bin", libexec=ROOT / "build/libexec", folder=self.folder,
            owner=owner, group=group, relayhost=relayhost))
        (self.config / "master.cf").write_text(MASTER_CF.format(address=ADDRESS, port=self.port))
        self.command("postfix", "start")
        self.wait(self.answers, "an answer on the port")

    def answers(self):
        try:
            socket.create_connection((ADDRESS, self.port), 1).close()
            return True
        except OSError:
            return False

    def wait(self, question, what):
        end = time.monotonic() + 20
        while not question():
            if time.monotonic() > end:
                sys.exit(f"run: no {what} within 20 s; the log:\n{self.log()}")
            time.sleep(0.05)

    def send(self, subject):
        with smtplib.SMTP(ADDRESS, self.port, "you.example.org") as client:
            client.sendmail("you@example.org", ["friend@example.net"],
                            f"From: you@example.org\r\nTo: friend@example.net\r\n"
                            f"Subject: {subject}\r\n\r\nHello.\r\n")

    def send_and_show(self, relay, subjects):
        wanted = len(relay.mails) + len(subjects)
        removed = self.log().count(": removed") + len(subjects)
        for subject in subjects:
            self.send(subject)
        self.wait(lambda: len(relay.mails) >= wanted, f"mail at {relay.name}")
        self.wait(lambda: self.log().count(": removed") >= removed, "removal from the queue")
        self.show_log()

    def show_log(self):
        lines = self.log().splitlines()
        for line in lines[self.log_seen:]:
            if TELLING.search(line):
                say("   " + line)
        self.log_seen = len(lines)

    def show_relays(self):
        for line in self.command("postrelay", "show").splitlines():
            say("   " + line)

    def show(self):
        first, second = self.relays
        say(f"== Starting an instance in {self.folder}, listening on {ADDRESS}:{self.port}")
        self.start()
        say(f"== Two sample relays: {first.nexthop} and {second.nexthop}. Sending three messages")
        self.send_and_show(first, [f"message {n}" for n in (1, 2, 3)])
        say("== Stopping the first relay, sending two more")
        first.stop()
        self.send_and_show(second, [f"message {n}, first relay down" for n in (4, 5)])
        say("== What is known of the relays now")
        self.show_relays()
        say("== Starting the first relay again; nobody tells the mail system")
        first.start()
        self.wait(lambda: "OPEN->" in self.log(), "sign that the relay was found well again")
        self.show_log()
        self.send_and_show(first, ["message 6, by the first relay again"])
        say("== All six arrived. What to try next:")
        for line in (f"the configuration     {self.config}/main.cf   (then: build/bin/postfix -c "
                     f"{self.config} reload)",
                     f"the queue             build/bin/postqueue -c {self.config} -p",
                     f"the relays            build/bin/postrelay -c {self.config} show",
                     f"the log               tail -f {self.folder}/maillog",
                     f"send a message        swaks --server {ADDRESS}:{self.port} --from "
                     "you@example.org --to friend@example.net",
                     "the whole test suite  make check"):
            say("   " + line)

    def end(self):
        subprocess.run([ROOT / "build/bin/postfix", "-c", self.config, "stop"], check=False,
                       capture_output=True)
        for relay in self.relays:
            relay.close()
        shutil.rmtree(self.folder, ignore_errors=True)


def unprivileged():
    """Who owns the mail when root runs the show: postfix where it exists, else nobody."""
    try:
        grp.getgrnam("postdrop")
        return "postfix", "postdrop"
    except KeyError:
        return "nobody", "nogroup"


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    show = Show()
    try:
        show.show()
        if os.environ.get("RUN_ONCE") != "1" and sys.stdin.isatty():
            say("== Press ^C to stop the instance and remove its folder")
            while True:  # pause() would miss a signal that came just before it
                time.sleep(1)
        say("== Stopping the instance")
    except KeyboardInterrupt:
        say("\n== Stopping the instance")
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        show.end()


if __name__ == "__main__":
    main()
