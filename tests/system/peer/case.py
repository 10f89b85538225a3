"""What a case of the comparison is: a message, the world it meets, and what Postfix does with it."""

import re
from dataclasses import dataclass, field

SENDER = "sender@home.test"


@dataclass
class Case:
    """`name` gives its domain, name.test. In all texts {d} is that domain and {1} to {9} are
    addresses of the case alone.

    want      "STATUS DSN VISITS", as Postfix does it: "sent 2.0.0 1>2" (connected to {1}, then to
              {2}); "refused CODE DSN" at MAIL or RCPT. Several recipients: joined by ", ".
    dns       records below {d}, "|" between: "@ MX 10 a|a A {1}"
    servers   by number: what the server at that address does (tests/relay/fleet.py), or by
              "number:port"; the port is 25. Connections to other addresses are refused.
    manners   of a misbehaving name server (harness/odd_name_server.py), by name below {d}
    maps      lines for tables of the group, by table: {"transport": "{d} smtp:[{1}]"}
    unordered the order of visits is left to chance
    """

    name: str
    want: str
    to: str = "user@{d}"
    sender: str = SENDER
    dns: str = ""
    servers: dict = field(default_factory=dict)
    maps: dict = field(default_factory=dict)
    manners: dict = field(default_factory=dict)
    unordered: bool = False
    body: str = "Subject: x\r\n\r\nx\r\n"
    listener: str = "smtpd"
    number: int = 0
    group: int = 0

    @property
    def domain(self):
        return f"{self.name}.test"

    def address(self, digit):
        return f"127.{10 + self.group}.{self.number + 1}.{digit}"

    def fill(self, text):
        """The text with {d} and {1} to {9} replaced; other braces stay."""
        text = text.replace("{d}", self.domain)
        return re.sub(r"\{(\d)\}", lambda match: self.address(match[1]), text)

    def recipients(self):
        return [word.strip() for word in self.fill(self.to).split(", ")]

    def zone(self):
        records = [record.strip() for record in self.fill(self.dns).split("|") if record.strip()]
        return "\n".join([f"$ORIGIN {self.domain}.", *records]) + "\n" if records else ""


@dataclass
class Group:
    """Cases of one configuration. `params` may say {config} for the folder of tables, whose files
    are `tables` (with the lines that cases add); those of `indexed` go through postmap hash:."""

    name: str
    params: dict
    cases: list
    tables: dict = field(default_factory=dict)
    indexed: tuple = ()
    master: str = ""
    listeners: dict = field(default_factory=dict)  # name: -o options of its smtpd
    servers: dict = field(default_factory=dict)    # "address:port": what it does; for all cases
    zone: str = ""
    hosts: tuple = ()  # names that /etc/hosts has, as CASE: hosted.CASE.test is {1} of it
    broken: tuple = ()

    def hosts_file(self):
        return "".join(f"{case.address(1)} hosted.{case.domain}\n" for case in self.cases
                       if case.name in self.hosts)

    def numbered(self, number):
        for index, case in enumerate(self.cases):
            case.group, case.number = number, index
        return self

    def table(self, name):
        lines = [self.tables.get(name, "").strip()]
        lines += [case.fill(case.maps[name]) for case in self.cases if name in case.maps]
        return "\n".join(lines).replace("|||", "\n").strip() + "\n"

    def table_names(self):
        return sorted({*self.tables, *(name for case in self.cases for name in case.maps)})
