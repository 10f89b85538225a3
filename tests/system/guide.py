"""The world of the guides: relays by name, and a mail system configured by a guide's own lines."""

import time

from harness import ROOT, Fleet, Instance, NameServer, check, deliver, eventually, own_network

ZONE = """
isp.example.          MX 10 mx1.isp.example.
isp.example.          MX 20 mx2.isp.example.
mx1.isp.example.      A 127.0.1.4
mx2.isp.example.      A 127.0.1.5
relay1.isp.example.   A 127.0.1.1
relay2.isp.example.   A 127.0.1.2
relay3.isp.example.   A 127.0.1.3
example.com.          MX 10 mail.example.com.
mail.example.com.     A 127.0.1.6
"""
PLACES = {"relay1": ("127.0.1.1", 587), "relay1:25": ("127.0.1.1", 25),
          "relay2": ("127.0.1.2", 587), "relay3": ("127.0.1.3", 587), "mx1": ("127.0.1.4", 25),
          "mx2": ("127.0.1.5", 25), "mail": ("127.0.1.6", 25)}


class World:
    """A network with the relays that the guides speak of, and one mail system in it. Each line that
    it is told must stand in `page`."""

    def __init__(self, page, **params):
        self.page = ROOT / "man" / page
        own_network()
        self.fleet = Fleet()
        self.servers = {}
        for name in PLACES:
            self.up(name)
        self.names = NameServer(ZONE, address="127.0.0.53", port=53)
        quick = {"minimal_backoff_time": "1s", "maximal_backoff_time": "1s",
                 "queue_run_delay": "1s", "relayhost": None}
        self.instance = Instance(params={**quick, **params})
        self.instance.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.instance.stop()
        self.names.stop()

    def up(self, name):
        self.servers[name] = self.fleet.open(*PLACES[name], f"name={name}")

    def down(self, *names):
        for name in names:
            self.fleet.close(self.servers[name])

    def main_cf(self, line):
        """postconf -e, then postfix reload."""
        self.shown(line)
        self.instance.command("postconf", "-e", self.local(line))
        self.reload()

    def reload(self):
        """postfix reload; that of Postfix does not wait until it has had its effect."""
        if not self.instance.peer:
            self.instance.reload()
            return
        reloads = self.instance.log().count("reload -- version")
        self.instance.reload()
        eventually(lambda: self.instance.log().count("reload -- version") > reloads, 15, "reload")
        time.sleep(0.7)

    def local(self, line):
        return line.replace("/etc/postfix", str(self.instance.config))

    def table(self, name, *lines, reload=True):
        """Writes a table, runs postmap; the name as in the guide, /etc/postfix/NAME."""
        for line in lines:
            self.shown(line)
        (self.instance.config / name).write_text("\n".join(lines) + "\n")
        self.instance.command("postmap", f"hash:{self.instance.config}/{name}")
        if reload:
            self.reload()

    def arrives(self, at, recipient="user@example.org", sender="me@shop.example"):
        before = len(self.servers[at].mails)
        queue_id = deliver(self.instance, sender=sender, recipients=[recipient])
        mail = self.came(at, before)
        check(mail.recipients == [recipient] and mail.sender == sender, mail)
        return self.instance.wait_log(rf"{queue_id}: to=<.*status=sent .*$")[0]

    def came(self, at, before):
        """The first mail that comes there after the first so many."""
        server = self.servers[at]
        try:
            eventually(lambda: len(server.mails) > before, 15)
        except AssertionError:
            counts = {name: len(each.mails) for name, each in self.servers.items()}
            raise AssertionError(f"no mail came to {at}: {counts}") from None
        return server.mails[before]

    def shown(self, line):
        page = self.page.read_text().replace("\\-", "-").replace("\\&", "")
        words = " ".join(line.split())
        check(any(" ".join(each.split()) == words for each in page.splitlines()),
              self.page.name, "lacks the example:", line)
