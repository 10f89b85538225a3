"""The configurations that Debian's package writes start as they are, and mail arrives.

/etc and /var are the test's own copies, so nothing is changed in main.cf but the places of programs
and of the log, and nothing at all in master.cf. (Their log is not one of the run's.)
"""

import re
import shutil
import subprocess
from pathlib import Path

from harness import (BIN, LIBEXEC, Client, Fleet, NameServer, check, eventually, own_network,
                     own_tree, run, test, with_peer)
from harness.instance import PEER_PLACES
from harness.processes import descendants, read_process
from harness.tools import wait_port

HOSTS = "127.0.0.1 localhost\n127.0.1.1 host.shop.example host\n"
ZONE = """
far.example.       MX 10 mx.far.example.
mx.far.example.    A 127.0.2.1
relay.isp.example. A 127.0.2.2
"""
LOG = Path("/var/log/mail.log")
PLACES = {"queue": Path("/var/spool/postfix"), "config": Path("/etc/postfix")}

# What /var/lib/dpkg/info/postfix.postinst sets, in its order; the host is host.shop.example.
COMMON = [
    "smtpd_relay_restrictions=permit_mynetworks permit_sasl_authenticated defer_unauth_destination",
    "myhostname=host.shop.example",
    "alias_maps=hash:/etc/aliases",
    "alias_database=hash:/etc/aliases",
    "myorigin=/etc/mailname",
]
REST = [
    "mynetworks=127.0.0.0/8 [::ffff:127.0.0.0]/104 [::1]/128",
    "mailbox_size_limit=0",
    "recipient_delimiter=+",
]
INTERNET_SITE = [
    *COMMON,
    "mydestination=$myhostname, shop.example, host.shop.example, localhost.shop.example, , localhost",
    "relayhost=",
    *REST,
    "inet_interfaces=all",
    "inet_protocols=all",
]
SATELLITE = [
    *COMMON,
    "mydestination=$myhostname, host.shop.example, localhost.shop.example, localhost",
    "relayhost=relay.isp.example",
    *REST,
    "inet_interfaces=loopback-only",
    "inet_protocols=all",
]


class Debian:
    """A Debian host on which the package was just configured with these settings."""

    def __init__(self, settings):
        own_network(hosts=HOSTS)
        own_tree("/etc", "/var")
        self.commands, self.daemons = PEER_PLACES if with_peer() else (BIN, LIBEXEC)
        Path("/etc/mailname").write_text("shop.example\n")
        Path("/etc/aliases").write_text("postmaster: root\n")
        stock = Path("/usr/share/postfix")
        shutil.copy(stock / "master.cf.dist", "/etc/postfix/master.cf")
        main_cf = Path("/etc/postfix/main.cf")
        main_cf.write_text((stock / "main.cf.debian").read_text() +
                           (stock / "main.cf.tls").read_text())
        for setting in settings:
            run("/usr/sbin/postconf", "-e", setting)
        with main_cf.open("a") as file:
            file.write(f"command_directory = {self.commands}\ndaemon_directory = {self.daemons}\n"
                       f"maillog_file = {LOG}\n")
        if with_peer():
            run("/usr/lib/postfix/configure-instance.sh", "-")
        self.names = NameServer(ZONE, address="127.0.0.53", port=53)

    def __enter__(self):
        run(self.commands / "postalias", "/etc/aliases")
        run(self.commands / "postfix", "check")
        return self.start()

    def start(self):
        started = subprocess.run([self.commands / "postfix", "start"], capture_output=True,
                                 text=True,
                                 timeout=60)
        check(started.returncode == 0, started.stdout, started.stderr, LOG.read_text())
        wait_port("127.0.0.1", 25)
        return self

    def __exit__(self, kind, *_):
        if kind:
            print("--- mail.log\n" + LOG.read_text()[-6000:])
        self.stop()
        self.names.stop()

    def stop(self):
        pid = int((PLACES["queue"] / "pid" / "master.pid").read_text())
        family = [pid, *(process.pid for process in descendants(pid))]
        run(self.commands / "postfix", "stop")
        eventually(lambda: not any(alive(each) for each in family), 30, "all processes gone")

    def servers(self):
        """(the MX host of far.example, the relay)."""
        fleet = Fleet()
        return fleet.open("127.0.2.1", 25), fleet.open("127.0.2.2", 25)

    def sendmail(self, recipient, text):
        run(self.commands / "sendmail", recipient, input=text)

    @staticmethod
    def smtp(recipient, sender="someone@other.example"):
        with Client("127.0.0.1", 25) as client:
            client.open()
            client.envelope(sender, [recipient])
            client.data(b"Subject: by smtp\r\n\r\nhello\r\n")
            client.expect("QUIT", 221)


def alive(pid):
    process = read_process(pid)
    return process is not None and process.state != "Z"


def both_ways(system, server):
    """One mail by SMTP, one by sendmail, to a domain elsewhere; both come to this server."""
    system.smtp("a@far.example")
    eventually(lambda: len(server.mails) == 1, 20, "the mail by SMTP")
    system.sendmail("b@far.example", "Subject: by sendmail\n\nhello\n")
    eventually(lambda: len(server.mails) == 2, 20, "the mail by sendmail")
    mail = server.mails[1]
    check(mail.recipients == ["b@far.example"] and mail.sender == "root@shop.example", mail)
    check("root@shop.example" in mail.header("From"), mail.header("From"))
    check(mail.helo == "host.shop.example", mail.helo)
    log = LOG.read_text()
    check(not re.search(r"\]: (fatal|panic|error): ", log), log)


def banner_at(address):
    with Client(address, 25) as client:
        check("host.shop.example ESMTP" in client.expect(None, 220), "the banner")


@test(root=True, peer=True, timeout=90, counted=False)
def test_internet_site():
    """It listens everywhere; then on one address, so that the test's server has room beside it."""
    with Debian(INTERNET_SITE) as system:
        banner_at("127.0.0.1")
        banner_at("127.0.2.1")
        system.stop()
        run("/usr/sbin/postconf", "-e", "inet_interfaces=127.0.0.1")
        system.start()
        both_ways(system, system.servers()[0])


@test(root=True, peer=True, timeout=90, counted=False)
def test_satellite_system():
    with Debian(SATELLITE) as system:
        banner_at("127.0.0.1")
        mx, relay = system.servers()  # would find no room if it listened beyond 127.0.0.1
        both_ways(system, relay)
        check(not mx.mails, "mail went past the relay")


@test(root=True, counted=False)
def test_local_mail_waits():
    """Until local delivery exists, mail to this host is taken, and waits; start says so."""
    with Debian(INTERNET_SITE) as system:
        system.smtp("root@shop.example")
        eventually(lambda: re.search(r"to=<root@shop\.example>.*status=deferred", LOG.read_text()),
                   20)
        check("root@shop.example" in run(system.commands / "postqueue", "-p"), "not in the queue")
