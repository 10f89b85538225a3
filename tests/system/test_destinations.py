"""Mail to names: mail exchangers, hosts, lists, fallback relays and sockets, on a network of its own."""

import re
import subprocess

from harness import (Instance, NameServer, Relay, account, check, deliver, eventually, need,
                     own_network, test)
from harness.tools import SmtpSink

ZONE = """
one.example.        MX 10 a.hosts.example.
one.example.        MX 20 b.hosts.example.
dead.example.       MX 10 dead.hosts.example.
dead.example.       MX 20 b.hosts.example.
plain.example.      A  127.0.1.1
null.example.       MX 0 .
noaddress.example.  MX 10 nothing.hosts.example.
broken.example.     MX 10 x.servfail.example.
backup.example.     MX 10 dead.hosts.example.
backup.example.     MX 20 us.hosts.example.
backup.example.     MX 30 a.hosts.example.
ours.example.       MX 10 us.hosts.example.
ours.example.       MX 20 a.hosts.example.
busy.example.       MX 10 busy.hosts.example.
busy.example.       MX 20 b.hosts.example.
a.hosts.example.    A 127.0.1.1
b.hosts.example.    A 127.0.1.2
busy.hosts.example. A 127.0.1.3
dead.hosts.example. A 127.0.1.9
us.hosts.example.   A 127.0.1.77
other.hosts.example. A 127.0.1.5
"""

TRANSPORT = """
bracketed.test   smtp:[b.hosts.example]
port.test        smtp:[other.hosts.example]:2525
service.test     smtp:[other.hosts.example]:submission
list.test        smtp:[dead.hosts.example], one.example
mixed.test       smtp:hh. gone.example:26, [b.hosts.example]
number.test      smtp:127.0.1.2
nowhere.test     smtp:[gone.hosts.example]
nolist.test      smtp:gone.example, [gone.hosts.example]
softlist.test    smtp:[dead.hosts.example], [gone.hosts.example]
fallback.test    back:[dead.hosts.example]
fallbackdns.test back:gone.example
fallbackloop.test back:[us.hosts.example]
store.test       lmtp:unix:private/store
nostore.test     lmtp:unix:private/nostore
inetstore.test   lmtp:inet:other.hosts.example:2400
"""

EXTRA = """
back      unix  -       -       n       -       -       smtp
  -o smtp_fallback_relay=[gone.hosts.example],[b.hosts.example]
"""

REFUSED = r"connect to dead\.hosts\.example\[127\.0\.1\.9\]:25: Connection refused"
A, B = r"a\.hosts\.example\[127\.0\.1\.1\]:25", r"b\.hosts\.example\[127\.0\.1\.2\]:25"

# domain: (relay, dsn, status, reason)
CASES = {
    "one.example": (A, "2.0.0", "sent", ""),
    "dead.example": (B, "2.0.0", "sent", ""),
    "plain.example": (r"plain\.example\[127\.0\.1\.1\]:25", "2.0.0", "sent", ""),
    "busy.example": (B, "2.0.0", "sent", ""),
    "bracketed.test": (B, "2.0.0", "sent", ""),
    "port.test": (r"other\.hosts\.example\[127\.0\.1\.5\]:2525", "2.0.0", "sent", ""),
    "service.test": (r"other\.hosts\.example\[127\.0\.1\.5\]:587", "2.0.0", "sent", ""),
    "list.test": (A, "2.0.0", "sent", ""),
    "number.test": (r"127\.0\.1\.2\[127\.0\.1\.2\]:25", "2.0.0", "sent", ""),
    "fallback.test": (B, "2.0.0", "sent", ""),
    "fallbackdns.test": (B, "2.0.0", "sent", ""),
    "fallbackloop.test": ("none", "5.4.6", "bounced", r"mail for us\.hosts\.example loops back to m"),
    "gone.example": ("none", "5.4.4", "bounced",
                     r"Host or domain name not found\. Name service error for name=gone\.example "
                     r"type=AA?A?A?: Host not found"),
    "nowhere.test": ("none", "5.4.4", "bounced", "Host or domain name not found"),
    "null.example": ("none", "5.1.0", "bounced",
                     r"Domain null\.example does not accept mail \(nullMX\)"),
    "noaddress.example": ("none", "5.4.4", "bounced", "Host or domain name not found"),
    "broken.example": ("none", "4.4.3", "deferred", "Host or domain name not found"),
    "backup.example": ("none", "4.4.1", "deferred", REFUSED),
    "ours.example": ("none", "5.4.6", "bounced", r"mail for ours\.example loops back to myself"),
    "nostore.test": ("none", "4.4.1", "deferred",
                     r"connect to mail\.example\.org\[private/nostore\]: No such file or directory"),
    "store.test": (r"mail\.example\.org\[private/store\]", "2.2.0", "sent", ""),
    "inetstore.test": (r"other\.hosts\.example\[127\.0\.1\.5\]:2400", "2.2.0", "sent", ""),
}

# Postfix returns such mail, or stops at an element that is none. What is wrong with a relay that
# somebody configured lets mail wait here until it is right.
BETTER = {
    "fallbackloop.test": ("none", "4.4.6", "deferred",
                          r"mail for us\.hosts\.example loops back to m"),
    "nowhere.test": ("none", "4.4.3", "deferred", "Host or domain name not found"),
    "mixed.test": (B, "2.0.0", "sent", ""),
    "nolist.test": ("none", "4.3.5", "deferred", "Host or domain name not found"),
    "softlist.test": ("none", "4.4.1", "deferred", REFUSED),
}


def relay(address, port, refuse=False):
    made = Relay(address=address, port=port)
    if refuse:
        made.script.actions["connect"] = "421 4.3.2 busy"
    return made


def instance():
    params = {"transport_maps": "texthash:${config_directory}/transport",
              "inet_interfaces": "127.0.0.1", "proxy_interfaces": "127.0.1.77",
              "lmtp_fallback_relay": None, "soft_bounce": "no", "smtp_host_lookup": "dns"}
    made = Instance("", params, extra=EXTRA)
    (made.config / "transport").write_text(TRANSPORT)
    return made


def store_at(path):
    """A mail store at a socket."""
    subprocess.Popen([need("smtp-sink"), "-u", "nobody", "-L", f"unix:{path}", "10"])
    eventually(path.exists, 10, f"{path}")
    path.chmod(0o777)


@test(peer=True, timeout=90)
def test_each_destination():
    own_network()
    relays = [relay("127.0.1.1", 25), relay("127.0.1.2", 25), relay("127.0.1.3", 25, refuse=True),
              relay("127.0.1.5", 2525), relay("127.0.1.5", 587)]
    with NameServer(ZONE, broken=["servfail.example"], address="127.0.0.53", port=53), \
            instance() as mail:
        SmtpSink(mail.folder, "127.0.1.5", 2400, "-L")
        store_at(mail.queue / "private" / "store")
        cases = CASES if mail.peer else {**CASES, **BETTER}
        queue_ids = {domain: deliver(mail, recipients=[f"to@{domain}"]) for domain in cases}
        for domain, queue_id in queue_ids.items():
            where, dsn, status, reason = cases[domain]
            line = mail.wait_log(rf"{queue_id}: to=<to@{domain}>, .*$")[0]
            check(re.search(rf"relay={where}, (conn_use=\d+, )?delay=.*, dsn={re.escape(dsn)}, "
                            rf"status={status} \({reason}", line), domain, line)
        account.delivered_elsewhere()  # to the store at the socket
        log = mail.log()
        for line in (REFUSED, r"host busy\.hosts\.example\[127\.0\.1\.3\] refused to talk to me: "
                     r"421 4\.3\.2 busy", "warning: no MX host for noaddress.example has a valid"):
            check(re.search(line, log), line)
    check(all(one.mails for one in relays if not one.script.actions), "a relay without mail")
