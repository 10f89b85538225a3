"""A mail system in a scratch folder, of the build tree or (peer) Debian's Postfix."""

import grp
import os
import pwd
import re
import signal
import subprocess
import time
from pathlib import Path

from . import account, services
from .client import Client
from .places import BIN, LIBEXEC, free_port, loopback, scratch
from .processes import descendants, read_process, send
from .tools import need, run, wait_port
from .trial import check, eventually


def with_peer():
    """True when the tests run against Debian's Postfix."""
    return os.environ.get("SYSTEM_PEER") == "postfix"


PEER_PLACES = (Path("/usr/sbin"), Path("/usr/lib/postfix/sbin"))


alive = []  # the instances of this test, for the runner: logs to show, folders to remove


class StartFailed(AssertionError):
    pass


class Instance:
    """Made stopped. `params` go over the usual main.cf lines (a None value removes one); `master`
    replaces master.cf's text, `extra` adds lines to it; `listener` are options of the smtpd entry.
    `user` runs all of it as that user (only as root). `peer` is Debian's Postfix."""

    def __init__(self, relayhost="", params=None, master=None, extra="", listener="", user=None,
                 peer=None):
        self.peer = with_peer() if peer is None else peer
        self.commands, self.daemons = PEER_PLACES if self.peer else (BIN, LIBEXEC)
        self.folder = scratch()
        self.address = loopback()
        self.port = free_port(self.address)
        self.user = user
        self.config = self.folder / "config"
        self.queue = self.folder / "queue"
        self.data = self.folder / "data"
        self.maillog = self.folder / "maillog"
        for folder in (self.config, self.queue, self.data):
            folder.mkdir()
        self.params = self._usual_params(relayhost)
        self.params.update(params or {})
        self.master = master if master is not None else services.master_cf(
            self.address, self.port, listener) + extra
        self.write_config()
        self._own()
        alive.append(self)

    def _usual_params(self, relayhost):
        name = self.user or pwd.getpwuid(os.geteuid()).pw_name
        owner, group = name, grp.getgrgid(pwd.getpwnam(name).pw_gid).gr_name
        if name == "root":
            owner, group = "postfix", "postdrop"
        return {
            "compatibility_level": "3.6",
            "command_directory": self.commands,
            "daemon_directory": self.daemons,
            "queue_directory": self.queue,
            "data_directory": self.data,
            "mail_owner": owner,
            "setgid_group": group,
            "maillog_file": self.maillog,
            "maillog_file_prefixes": self.folder,
            "myhostname": "mail.example.org",
            "mydestination": "",
            "mynetworks": "127.0.0.0/8",
            "inet_protocols": "ipv4",
            "smtpd_peername_lookup": "no",
            "relayhost": relayhost,
            **({"alias_maps": "", "alias_database": ""} if self.peer else {}),
        }

    def write_config(self):
        lines = [f"{name} = {value}" for name, value in self.params.items() if value is not None]
        (self.config / "main.cf").write_text("\n".join(lines) + "\n")
        (self.config / "master.cf").write_text(self.master)

    def _own(self):
        if os.geteuid() != 0:
            return
        owner = pwd.getpwnam(self.params["mail_owner"]).pw_uid
        os.chown(self.data, owner, -1)
        if self.peer:
            self.maillog.touch()
            os.chown(self.maillog, owner, -1)
        if self.user:
            for path in (self.folder, self.queue, self.config):
                os.chown(path, owner, -1)

    def __enter__(self):
        return self.start()

    def __exit__(self, *_):
        self.stop()

    def command(self, name, *arguments, status=0, seconds=60, input=None):
        """Runs one of the mail system's commands on this instance; gives its standard output."""
        path = self.commands / name
        check(path.exists(), f"{path} is not built")
        words = [path, "-c", self.config, *arguments]
        if self.user:
            words = [need("setpriv"), "--reuid", self.user, "--regid", self.params["setgid_group"],
                     "--clear-groups", *words]
        return run(*words, status=status, seconds=seconds, input=input)

    def sendmail(self, *options, text=""):
        """Runs sendmail, which has no -c; gives its standard output."""
        told = run(need("env"), f"MAIL_CONFIG={self.config}", self.commands / "sendmail", *options,
                   input=text)
        account.sent(not {"-bp", "-bs", "-q"} & set(options))
        return told

    def attempt(self, name, *arguments, seconds=60):
        """Like `command`, for one that should fail: (exit status, both outputs)."""
        words = [self.commands / name, "-c", self.config, *arguments]
        if self.user:
            words = [need("setpriv"), "--reuid", self.user, "--regid", self.params["setgid_group"],
                     "--clear-groups", *words]
        done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                              timeout=seconds)
        return done.returncode, done.stdout + done.stderr

    def start(self, wait=True):
        status, output = self.attempt("postfix", "start")
        if status != 0:
            raise StartFailed(f"postfix start: exit {status}\n{output}\n{self.log()}")
        if wait:
            wait_port(self.address, self.port)
            self.greeted()
        return self

    def greeted(self):
        with Client(self.address, self.port) as client:
            client.expect(None, 220)
            client.say("QUIT")

    def stop(self):
        """An orderly stop; fails when processes stay."""
        pid = self.master_pid()
        if pid is None:
            return
        family = [process.pid for process in descendants(pid)]
        self.command("postfix", "stop")
        eventually(lambda: not any(self.runs(each) for each in [pid, *family]), 30,
                   "all processes gone after postfix stop")

    @staticmethod
    def runs(pid):
        process = read_process(pid)
        return process is not None and process.state != "Z"

    def reload(self):
        self.command("postfix", "reload")

    def master_pid(self):
        """None when it does not run."""
        try:
            pid = int((self.queue / "pid" / "master.pid").read_text())
        except (FileNotFoundError, ValueError):
            return None
        process = read_process(pid)
        return pid if process and process.name == "master" and process.state != "Z" else None

    def processes(self, name=None):
        """Those below master, optionally only the programs of that name."""
        pid = self.master_pid()
        check(pid is not None, "master does not run")
        return [process for process in descendants(pid) if name in (None, process.name)]

    def pids(self, name):
        return [process.pid for process in self.processes(name)]

    def kill_all(self, signum=signal.SIGKILL):
        """Every process at once, master first: as near to a power cut as processes come."""
        pid = self.master_pid()
        family = [pid, *(process.pid for process in descendants(pid))]
        for each in family:
            send(each, signum)
        eventually(lambda: not any(self.runs(each) for each in family), 10, "killed processes gone")

    def log(self):
        try:
            return self.maillog.read_text(errors="replace")
        except FileNotFoundError:
            return ""

    def wait_log(self, pattern, seconds=15):
        """The first match of a regular expression in the maillog."""
        try:
            return eventually(lambda: re.search(pattern, self.log(), re.MULTILINE), seconds)
        except AssertionError:
            raise AssertionError(f"not in the maillog within {seconds} s: {pattern}") from None

    def queue_files(self, name):
        """The files of a queue folder, below hash folders too."""
        return sorted(path for path in (self.queue / name).rglob("*") if path.is_file())

    def wait_empty(self, seconds=20):
        eventually(lambda: "Mail queue is empty" in self.command("postqueue", "-p"), seconds,
                   "an empty queue", every=0.2)

    def set(self, **params):
        """Changes main.cf; takes effect at the next start or reload."""
        self.params.update(params)
        self.write_config()
        time.sleep(0.01)
