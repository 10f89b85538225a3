"""Passwords and tokens are nowhere to be read: not in logs however loud, nor in what commands show,
nor in files of queue and data, nor in what /proc tells of processes."""

import base64
import re
import ssl
import threading
import time
from pathlib import Path

from harness import (Accounts, Client, Dovecot, FaultyRelay, Fleet, Instance, Tls, check, deliver,
                     eventually, free_port, scratch, test)
from harness.certificates import certificates
from harness.processes import descendants

USER = "someone"
# One for each way, so that what is found says which; all but the last are right.
MARK = "S3cret-of-"
SECRETS = {name: f"{MARK}{name}-xyzzy" for name in
           ("plain", "login", "cram-md5", "xoauth2", "oauthbearer", "refused", "held-back")}
TOKENS = ("xoauth2", "oauthbearer")
PARAMS = {
    "smtp_tls_security_level": "encrypt", "smtp_sasl_auth_enable": "yes", "smtp_tls_loglevel": "4",
    "smtp_sasl_tls_security_options": "noanonymous", "debug_peer_list": "0.0.0.0/0",
    "debug_peer_level": "9", "minimal_backoff_time": "1000s", "maximal_backoff_time": "1000s",
    "smtp_sasl_mechanism_filter": "plain, login, cram-md5, xoauth2, oauthbearer",
}


class World:
    """A relay for each secret, with the mechanism of that name; everything as loud as it goes."""

    def __init__(self):
        held = certificates().good
        fleet, self.folder = Fleet(), scratch()
        self.relays = {name: FaultyRelay(fleet=fleet, tls=Tls(held.cert, held.key),
                                         accounts=accounts(name)) for name in SECRETS}
        self.relays["held-back"].become("auth=missing")
        self.instance = Instance(params=PARAMS, listener="-v -v")
        master = self.instance.master.replace(" smtp\n", " smtp -v -v -v\n")
        self.instance.master = re.sub(r" (qmgr|cleanup|bounce|pickup|proxymap)$", r" \1 -v -v", master,
                                      flags=re.MULTILINE)
        self.table("sasl_passwd", "smtp_sasl_password_maps",
                   {name: f"{USER}:{secret}" for name, secret in SECRETS.items()
                    if name not in TOKENS})
        self.table("tokens", "smtp_sasl_token_maps", {"xoauth2": self.by_file(),
                                                      "oauthbearer": self.by_command()})
        transport = self.instance.config / "transport"
        transport.write_text("".join(f"{name}.test smtp:{relay.nexthop}\n"
                                     for name, relay in self.relays.items()))
        self.instance.set(transport_maps=f"texthash:{transport}")
        self.seen = set()  # of /proc
        self._over = threading.Event()
        self._watch = threading.Thread(target=self.watch)

    def __enter__(self):
        self.instance.start()
        self._watch.start()
        return self

    def __exit__(self, *_):
        self._over.set()
        self._watch.join()
        self.instance.stop()

    def table(self, name, parameter, logins):
        file = self.instance.config / name
        file.write_text("".join(f"{self.relays[name].nexthop} {login}\n"
                                for name, login in logins.items()))
        file.chmod(0o600)
        self.instance.command("postmap", f"hash:{file}")
        self.instance.set(**{parameter: f"hash:{file}"})

    def by_file(self):
        file = self.folder / "token"
        file.write_text(SECRETS["xoauth2"] + "\n")
        return f"{USER} file:{file}"

    def by_command(self):
        script = self.folder / "give-token"
        script.write_text(f"#!/bin/sh\nsleep 1\necho {SECRETS['oauthbearer']}\n")
        script.chmod(0o755)
        return f"{USER} command:{script} for {USER}"

    def watch(self):
        """What anybody, or the same user, may read of the processes while they run."""
        while not self._over.is_set():
            for process in descendants(self.instance.master_pid() or 0):
                for file in ("cmdline", "environ"):
                    try:
                        self.seen.add(Path(f"/proc/{process.pid}/{file}").read_bytes())
                    except OSError:
                        pass
            time.sleep(0.02)


def accounts(name):
    told = Accounts({USER: "another" if name == "refused" else SECRETS[name]},
                    (name.upper() if name not in ("refused", "held-back") else "PLAIN",))
    if name in TOKENS:
        told.grant(USER, SECRETS[name], 3600)
    return told


def forms(secret):
    """How it might be written: as it is, in base64 as part of something longer, in hex."""
    yield secret.encode()
    for before in range(3):
        text = base64.b64encode(b"\0" * before + secret.encode())
        yield text[4 if before else 0:-4]  # what depends on the neighbours is left out
    yield secret.encode().hex().encode()


def found(places, secrets=None):
    """A line for each secret (by name) that is in one of the (name, bytes)."""
    marks = [*forms(MARK)]  # with which those of the secrets begin
    for place, text in places:
        if not any(mark in text for mark in marks):
            continue
        for name, secret in (secrets or SECRETS).items():
            for form in forms(secret):
                if form in text:
                    at = text.index(form)
                    yield f"{place}: that of {name}: …{text[max(0, at - 80):at + 40]!r}"


def commands(instance):
    """What commands show."""
    domains = [f"user@{name}.test" for name in SECRETS]
    for name, words in (("postrelay", ["show"]), ("postrelay", ["show", "-j"]),
                        ("postrelay", ["explain", "-f", "a@example.com", domains[0]]),
                        *(("postrelay", ["explain", "--probe", "-j", "-f", "a@example.com", domain])
                          for domain in domains),
                        ("postqueue", ["-p"]), ("postqueue", ["-j"]), ("postconf", []),
                        ("postconf", ["-M"])):
        _, output = instance.attempt(name, *words)
        yield " ".join([name, *words]), output.encode()


def files(instance):
    for folder in (instance.queue, instance.data):
        for path in folder.rglob("*"):
            if path.is_file() and not path.is_symlink():
                yield str(path), path.read_bytes()


@test(root=True, timeout=90, counted=False)
def test_secrets_are_nowhere():
    with World() as world:
        instance = world.instance
        for name, relay in world.relays.items():
            queue_id = deliver(instance, recipients=[f"user@{name}.test"])
            line = instance.wait_log(rf"{queue_id}: to=<.*status=(\w+)")
            good = name not in ("refused", "held-back")
            check(line[1] == ("sent" if good else "deferred"), name, line[0])
            check(len(relay.mails) == good and all(mail.login == USER for mail in relay.mails), name)
        eventually(lambda: any(b"give-token" in text for text in world.seen), 5, "the command seen")
        check(re.search(r"/smtp\[\d+\]: (read from|write to) \S+: \d+ bytes", instance.log()),
              "the log is not as loud as it goes")
        wrong = [*found([("log", instance.log().encode())]), *found(commands(instance)),
                 *found(("/proc", text) for text in world.seen), *found(files(instance))]
        print(f"figure: {len(instance.log())} bytes of log, {len(world.seen)} texts of /proc")
        check(not wrong, "\n".join(wrong))
        check(len(instance.log()) > 5000, "not loud")


# What clients of the server say that no log is to have.
SPOKEN = {name: f"{MARK}{name}-xyzzy" for name in ("bob", "al", "mistyped", "content")}


def submit(port, instance, newest, key_log):
    """A session under TLS with logins, one of them mistyped, and a mail."""
    def encoded(*words):
        return base64.b64encode("\0".join(words).encode()).decode()
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.maximum_version = newest
    context.keylog_filename = key_log
    with Client(instance.address, port) as client:
        client.open()
        client.expect("STARTTLS", 220)
        client.socket = context.wrap_socket(client.socket, server_hostname="mail.example.org")
        client.expect("EHLO client.example", 250)
        client.expect(f"AUTH PLAIN {encoded('', 'bob', SPOKEN['mistyped'])}", 535)
        client.expect("AUTH LOGIN", 334)
        client.expect(encoded("al"), 334)
        client.expect(encoded(SPOKEN["mistyped"]), 535)
        if newest == ssl.TLSVersion.TLSv1_2:
            client.expect(f"AUTH PLAIN {encoded('', 'bob', SPOKEN['bob'])}", 235)
        else:
            client.expect("AUTH LOGIN", 334)
            client.expect(encoded("al"), 334)
            client.expect(encoded(SPOKEN["al"]), 235)
        client.envelope()
        client.data(f"Subject: x\r\n\r\n{SPOKEN['content']}\r\n".encode())
        client.expect("QUIT", 221)


@test(root=True, timeout=60, counted=False)
def test_a_loud_server_tells_no_secrets():
    """smtpd_tls_loglevel 3 and 4: steps and sizes are logged, neither keys nor what is said."""
    held, key_log = certificates().good, scratch() / "keys"
    dovecot = Dovecot({"bob": SPOKEN["bob"], "al": SPOKEN["al"]}, mechanisms="plain login")
    with Instance("[127.0.0.1]:1", {
            "smtpd_sasl_auth_enable": "yes", "smtpd_sasl_path": dovecot.socket,
            "smtpd_sasl_type": "dovecot", "smtpd_tls_security_level": "may",
            "smtpd_tls_chain_files": held.chain, "smtpd_tls_loglevel": "4", "debug_peer_level": "9",
            "debug_peer_list": "0.0.0.0/0", "smtpd_error_sleep_time": "0"},
            listener="-v -v") as instance:
        other = free_port(instance.address)
        instance.master += (f"{instance.address}:{other} inet n - n - - smtpd -v -v\n"
                            "  -o smtpd_tls_loglevel=3 -o syslog_name=postfix/three\n")
        instance.write_config()
        instance.reload()
        eventually(lambda: Client(instance.address, other).close() or True, 15)
        for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            submit(instance.port, instance, newest, key_log)
            submit(other, instance, newest, key_log)
        log = instance.log()
    dovecot.stop()
    wrong = [*found([("log", log.encode())], SPOKEN)]
    check(not wrong, "\n".join(wrong))
    bare = re.sub(r"[ :]", "", log).lower()
    keys = [line.split()[2] for line in key_log.read_text().splitlines() if line[0] != "#"]
    check(len(keys) >= 10 and not any(key.lower() in bare for key in keys), len(keys))
    for name, more in (("three", False), ("smtpd", True)):
        lines = [line for line in log.splitlines() if f"postfix/{name}" in line]
        check(any("SSL_accept:TLSv1.3" in line for line in lines), name, "no steps", *lines)
        over = max(n for n, line in enumerate(lines) if "TLS connection established from" in line)
        sizes = [n for n, line in enumerate(lines) if re.search(r": \d+ bytes$", line)]
        check(sizes and (max(sizes) > over) == more, name, len(lines), over, sizes)
