"""README's relays behind TLS and passwords, as it tells an administrator to set them up."""

import re

from harness import (ROOT, Accounts, FaultyRelay, Fleet, Instance, NameServer, Tls, check, deliver,
                     eventually, own_network, run, test)
from harness.certificates import certificates

ZONE = """
smtp.one.example. A 127.0.1.1
smtp.two.example. A 127.0.1.2
"""
QUICK = {"minimal_backoff_time": "1s", "maximal_backoff_time": "1s", "queue_run_delay": "1s",
         "relayhost": None, "smtp_tls_loglevel": "1"}
BOSS, SALES = "boss@shop.example", "sales@shop.example"


def examples():
    """README's lines on the matter: (of main.cf, of tables by name, commands)."""
    text = (ROOT / "README.md").read_text()
    section = text.partition("## Relays behind TLS")[2].partition("\n## ")[0]
    blocks = re.findall(r"((?:^    .*\n)+)", section, re.MULTILINE)
    settings, policy, passwords, commands = ([line.strip() for line in block.splitlines()]
                                             for block in blocks)
    return settings, {"tls_policy": policy, "sasl_passwd": passwords}, commands


class World:
    """Both relays, with the accounts of README's table, and a mail system set up by its lines."""

    def __init__(self):
        own_network()
        self.authority = certificates("smtp.one.example", "smtp.two.example")
        fleet, held = Fleet(), self.authority.good
        self.settings, self.tables, self.commands = examples()
        self.one = FaultyRelay(fleet=fleet, address="127.0.1.1", port=587,
                               tls=Tls(held.cert, held.key), accounts=self.accounts("one"))
        self.two = FaultyRelay(fleet=fleet, address="127.0.1.2", port=465,
                               tls=Tls(held.cert, held.key, wrapper=True),
                               accounts=self.accounts("two"))
        self.names = NameServer(ZONE, address="127.0.0.53", port=53)
        self.instance = Instance(params=QUICK)
        self.instance.start()
        self.set_up()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.instance.stop()
        self.names.stop()

    def accounts(self, name):
        logins = (line.split()[1].split(":") for line in self.tables["sasl_passwd"]
                  if f"smtp.{name}." in line)
        return Accounts(dict(logins))

    def set_up(self):
        for line in self.settings:
            self.instance.command("postconf", "-e", self.local(line))
        for name, lines in self.tables.items():
            (self.instance.config / name).write_text("\n".join(lines) + "\n")
        for words in map(str.split, map(self.local, self.commands)):
            if words[0] == "chmod":
                run(*words)
            else:
                self.instance.command(*words)

    def local(self, line):
        line = line.replace("/etc/postfix", str(self.instance.config))
        return line.replace("/etc/ssl/certs/ca-certificates.crt", str(self.authority.ca))

    def sent(self, relay, sender=SALES):
        """The mail that comes there when this one is sent."""
        before = len(relay.mails)
        queue_id = deliver(self.instance, sender=sender)
        self.instance.wait_log(rf"{queue_id}: to=<.*status=sent ")
        check(len(relay.mails) == before + 1, "the mail went elsewhere")
        return relay.mails[-1]

    def password(self, old, new):
        table = self.instance.config / "sasl_passwd"
        table.write_text(table.read_text().replace(old, new))
        self.instance.command("postmap", table)

    def closed(self, what, seconds=15):
        """Waits until that is no longer passed over."""
        def good():
            last = re.findall(rf"relay-health: {re.escape(what)} \w+->(\w+) ", self.instance.log())
            return last and last[-1] != "OPEN"
        eventually(good, seconds, f"{what} is good again")


@test(root=True, timeout=90)
def test_readme():
    with World() as world:
        mode = (world.instance.config / "sasl_passwd.db").stat().st_mode & 0o777
        check(mode == 0o600, oct(mode))
        mail = world.sent(world.one)
        check(mail.login == "shop" and mail.tls, mail)
        check(world.sent(world.one, BOSS).login == "boss", "the pair of sender and relay")
        world.one.become("refuse")
        for sender in (SALES, BOSS):
            mail = world.sent(world.two, sender)
            check(mail.login == "shop-2" and mail.tls, mail)
        check("Verified TLS connection established to smtp.two.example[127.0.1.2]:465" in
              world.instance.log(), "not verified")


@test(root=True, timeout=90)
def test_what_is_wrong_with_the_first_relay():
    """Each time the mail goes to the second, under the second's policy and with its login."""
    with World() as world:
        wrong = world.authority.wrong_name
        for fault, show in (("starttls=missing", None), ("handshake=drop", None), ("", wrong)):
            world.sent(world.one)
            if show:
                world.one.tls.load(show.cert, show.key)
            world.one.become(fault)
            end_sessions(world.one)
            check(world.sent(world.two).login == "shop-2", fault)
            world.one.become("")
            world.one.tls.load(world.authority.good.cert, world.authority.good.key)
            world.closed("[smtp.one.example]:587/127.0.1.1")
        check(all(mail.tls and mail.login for mail in world.one.mails), "in clear")


def end_sessions(relay):
    """The next mail needs a connection of its own."""
    fault = relay.fault
    relay.become("refuse")
    relay.become(fault)


@test(root=True, timeout=90)
def test_a_password_that_is_wrong():
    """It is the login's trouble; a new password is used at once."""
    with World() as world:
        world.sent(world.one)
        world.password("first-secret", "wrong-secret")
        eventually(lambda: world.instance.log() and deliver_goes(world, world.two), 15)
        check(world.sent(world.two).login == "shop-2", "sales")
        world.password("wrong-secret", "first-secret")
        eventually(lambda: deliver_goes(world, world.one), 10, "the first relay with the right password")
        check(world.one.mails[-1].login == "shop", world.one.mails[-1])


def deliver_goes(world, relay):
    before = len(relay.mails)
    queue_id = deliver(world.instance, sender=SALES)
    world.instance.wait_log(rf"{queue_id}: to=<.*status=sent ")
    return len(relay.mails) == before + 1
