"""Who checks passwords: the Cyrus library, saslauthd; and many clients that want it at once."""

import re
import resource
import selectors
import socket
import subprocess
import threading
import time

from harness import (Client, Dovecot, ImapServer, Instance, certificates, check, eventually, free_port,
                     need, own_network, run, scratch, test)
from test_auth import (BAD, DIALOGUES, GOOD, OPEN, STRANGER, USERS, compare, encoded, talk)


def cyrus_files(text):
    folder = scratch()
    (folder / "smtpd.conf").write_text(text.format(folder=folder))
    for name, password in USERS.items():
        user, _, realm = name.partition("@")
        run(need("saslpasswd2"), "-p", "-c", "-f", folder / "users", "-u", realm or
            "mail.example.org", user, input=password)
    (folder / "users").chmod(0o644)
    return folder


@test(counted=False)
def test_cyrus_with_users_of_its_own():
    folder = cyrus_files("pwcheck_method: auxprop\nauxprop_plugin: sasldb\n"
                         "mech_list: PLAIN LOGIN CRAM-MD5\nsasldb_path: {folder}/users\n")
    wrong = (535, "5.7.8 Error: authentication failed: authentication failure")
    welcome = (235, "2.7.0 Authentication successful")
    al = encoded("", "al@example.org", "pass word")
    with Instance("[127.0.0.1]:1", {**OPEN, "smtpd_sasl_type": "cyrus",
                                    "cyrus_sasl_config_path": folder}) as instance:
        said = talk(instance, ["EHLO a", f"AUTH PLAIN {BAD}", f"AUTH PLAIN {GOOD}"])
        check("\nAUTH PLAIN LOGIN CRAM-MD5\n" in said[1][2], said)
        check([reply[1:] for reply in said[2:]] == [wrong, welcome], said)
        said = talk(instance, ["EHLO a", "AUTH LOGIN", encoded("bob"), encoded("wrong"), "AUTH LOGIN",
                               encoded("bob"), encoded("secret")])
        check((said[-4][1:], said[-1][1:]) == (wrong, welcome), said)
        check(talk(instance, ["EHLO a", f"AUTH PLAIN {al}"])[-1][1:] == welcome)
        instance.wait_log("SASL authentication failure: Password verification failed")
        instance.wait_log("SASL PLAIN authentication failed: authentication failure, sasl_username=")


def saslauthd(folder, imap):
    """Runs it for passwords of that IMAP server."""
    daemon = subprocess.Popen([need("saslauthd"), "-d", "-n", "1", "-m", folder, "-a", "rimap",
                               "-O", f"127.0.0.1/{imap.port}"], stderr=subprocess.DEVNULL,
                              stdout=subprocess.DEVNULL, start_new_session=True)  # it ends its group
    eventually((folder / "mux").exists, 10, "saslauthd")
    return daemon


@test(counted=False, timeout=120)
def test_saslauthd_and_its_absence():
    folder = cyrus_files("pwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\n"
                         "saslauthd_path: {folder}/run/mux\n")
    (folder / "run").mkdir()
    folder.chmod(0o755)
    imap = ImapServer({"bob": "secret", "al": "pass word"})
    plain = ["EHLO a", f"AUTH PLAIN {BAD}", f"AUTH PLAIN {STRANGER}", f"AUTH PLAIN {GOOD}"]
    login = ["EHLO a", "AUTH LOGIN", encoded("al"), encoded("wrong"), "AUTH LOGIN", encoded("al"),
             encoded("pass word")]
    wrong = (535, "5.7.8 Error: authentication failed: authentication failure")
    welcome = (235, "2.7.0 Authentication successful")
    with Instance("[127.0.0.1]:1", {**OPEN, "smtpd_sasl_type": "cyrus",
                                    "cyrus_sasl_config_path": folder}) as instance:

        def absent():
            said = talk(instance, plain[:2] + login[1:4])
            check(said[2][1] == said[-1][1] == 454, said)

        absent()
        daemon = saslauthd(folder / "run", imap)
        said = talk(instance, plain)
        check([reply[1:] for reply in said[2:]] == [wrong, wrong, welcome], said)
        said = talk(instance, login)
        check((said[-4][1:], said[-1][1:]) == (wrong, welcome), said)
        check(imap.asked == ["bob", "nobody", "bob", "al", "al"], imap.asked)
        daemon.terminate()
        daemon.wait(10)
        absent()
        daemon = saslauthd(folder / "run", imap)
        check(talk(instance, plain)[-1][1:] == welcome)
        daemon.terminate()
        daemon.wait(10)
        log = instance.log()
    imap.stop()
    check("SASL authentication failure: cannot connect to saslauthd server" in log, log)
    check("secret" not in log and "pass word" not in log, log)


# Beside those of Dovecot: mechanisms in several steps, answers that are broken, aborted, too late.
CYRUS_DIALOGUES = [
    ["EHLO a", "AUTH CRAM-MD5", "*", "AUTH CRAM-MD5", encoded("bob 0123"), "AUTH CRAM-MD5", "!!!",
     "AUTH CRAM-MD5", "", "QUIT"],
    ["EHLO a", "AUTH DIGEST-MD5", "*", "AUTH DIGEST-MD5", encoded("nonsense"), "AUTH LOGIN", "*",
     "AUTH LOGIN", "", encoded("x"), "AUTH LOGIN", "!!!", "AUTH PLAIN", "", "QUIT"],
    ["EHLO a", "AUTH SCRAM-SHA-1 biwsbj1ib2Iscj1hYmM=", "*", f"AUTH PLAIN {encoded('al', 'bob', 'secret')}",
     f"AUTH PLAIN {encoded('', 'al@example.org', 'pass word')}", "RSET", "AUTH LOGIN", "QUIT"],
    ["EHLO a", f"AUTH PLAIN {encoded('', 'bob', '')}", f"AUTH PLAIN {encoded('', '', 'secret')}",
     f"AUTH PLAIN {encoded('', 'bob@elsewhere', 'secret')}", "AUTH EXTERNAL eA==", "AUTH ANONYMOUS eA==",
     "QUIT"],
]


# Postfix calls each answer that is no base64 by the text of an unrelated state of the library, "="
# for an empty one (RFC 4954 section 4) too; and what fails on this side is said to be so, for
# fail2ban's sake.
WORDED_BETTER = [(r"malformed (initial )?response", "another step is needed in authentication"),
                 (r"Connection lost to authentication server \(generic failure\)", "generic failure")]


@test(counted=False, timeout=180)
def test_cyrus_dialogues_are_those_of_postfix():
    folder = cyrus_files("")
    folder.chmod(0o755)
    users = f"pwcheck_method: auxprop\nauxprop_plugin: sasldb\nsasldb_path: {folder}/users\n"
    few = {"sasl/smtpd.conf": users + "mech_list: PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1\n"}
    relaying = "permit_sasl_authenticated, reject_unauth_destination"
    cyrus = {"smtpd_sasl_type": "cyrus", "smtpd_relay_restrictions": relaying}
    dialogues = [[line for line in lines if line != "AUTH PLAIN ="] for lines in DIALOGUES]
    compare(cyrus, dialogues + CYRUS_DIALOGUES, few, WORDED_BETTER)
    compare({**cyrus, "smtpd_sasl_path": "other", "smtpd_sasl_security_options": "noplaintext"},
            [["EHLO a", f"AUTH PLAIN {GOOD}", "AUTH CRAM-MD5", "*", "QUIT"]],
            {"sasl/other.conf": users, "sasl/smtpd.conf": "mech_list: PLAIN\n"})
    compare({**cyrus, "smtpd_sasl_local_domain": "example.org"},
            [["EHLO a", f"AUTH PLAIN {encoded('', 'al', 'pass word')}", "MAIL FROM:<a@b.c>", "QUIT"]],
            few)


class PlayedDovecot:
    """An auth service that lets in everybody, and keeps the words of what it is asked."""

    def __init__(self):
        self.path = scratch() / "auth"
        self.path.parent.chmod(0o755)
        self.asked = []
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        self.path.chmod(0o666)
        self.listener.listen(8)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            link, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(link,), daemon=True).start()

    def serve(self, link):
        link.sendall(b"VERSION\t1\t2\nMECH\tPLAIN\tplaintext\nMECH\tAPOP\tprivate\nSPID\t1\nCUID\t1\n"
                     b"COOKIE\t0\nDONE\n")
        for line in link.makefile():
            verb, *words = line.rstrip("\n").split("\t")
            if verb == "AUTH":
                self.asked.append(words[1:])
                link.sendall(f"OK\t{words[0]}\tuser=bob\n".encode())


@test(counted=False)
def test_dovecot_is_told_what_postfix_tells_it():
    """And more of what its protocol has: the ports, and that a client's certificate is good."""
    own = certificates()
    told = []
    for peer in (True, False):
        dovecot = PlayedDovecot()
        with Instance("[127.0.0.1]:1", {
                **OPEN, "smtpd_sasl_type": "dovecot", "smtpd_sasl_path": dovecot.path,
                "smtpd_tls_security_level": "may", "smtpd_tls_cert_file": own.good.cert,
                "smtpd_tls_key_file": own.good.key, "smtpd_tls_ask_ccert": "yes",
                "smtpd_tls_CAfile": own.ca}, peer=peer) as instance:
            for how in (None, {}, {"certificate": own.client}, {"certificate": own.self_signed}):
                with Client(instance.address, instance.port, source="127.0.0.9") as client:
                    offered = client.open() if how is None else client.starttls(**how)
                    check("\nAUTH PLAIN\n" in offered, offered)
                    client.expect(f"AUTH PLAIN {GOOD}", 235)
                    port = client.socket.getsockname()[1]
                    dovecot.asked[-1] = [
                        word.replace(instance.address, "HERE").replace(str(port), "THEIRS")
                        .replace(str(instance.port), "OURS") for word in dovecot.asked[-1]]
        told.append(dovecot.asked)
    more = [["lport=OURS", "rport=THEIRS"]] * 4
    more[2] = [*more[2], "valid-client-cert"]
    for theirs, ours, added in zip(*told, more):
        check(theirs[-1] == ours[-1] == f"resp={GOOD}", theirs, ours)
        check(sorted(ours) == sorted({*theirs, *added}), "told", ours, "but Postfix tells", theirs)
    check([("secured" in words) for words in told[1]] == [False, True, True, True], told[1])


@test(counted=False, root=True)
def test_a_dovecot_that_moves():
    """Its host's name is looked up anew; nothing is started anew for it."""
    hosts = own_network(hosts="127.0.0.9 auth.example\n") / "hosts"
    port = free_port("127.0.0.1")
    dovecot = Dovecot(USERS, port=port)
    with Instance("[127.0.0.1]:1", {**OPEN, "smtpd_sasl_type": "dovecot",
                                    "smtpd_sasl_path": f"inet:auth.example:{port}"}) as instance:
        workers = instance.pids("smtpd")
        with Client(instance.address, instance.port, source="127.0.0.9") as client:
            client.open()
            client.expect(f"AUTH PLAIN {GOOD}", 454)
            hosts.write_text("127.0.0.1 auth.example\n")
            eventually(lambda: client.say(f"AUTH PLAIN {GOOD}")[0] == 235, 15, "the login")
        check(set(workers) <= set(instance.pids("smtpd")), "another process")
        instance.wait_log(f"SASL: Connect to Dovecot auth socket 'inet:auth.example:{port}' failed: "
                          "Connection refused")
    dovecot.stop()


@test(counted=False)
def test_a_dovecot_that_demands_certificates():
    own, dovecot = certificates(), Dovecot(USERS, certified=True)
    with Instance("[127.0.0.1]:1", {
            **OPEN, "smtpd_sasl_type": "dovecot", "smtpd_sasl_path": dovecot.socket,
            "smtpd_tls_security_level": "may", "smtpd_tls_chain_files": own.good.chain,
            "smtpd_tls_ask_ccert": "yes", "smtpd_tls_CAfile": own.ca}) as instance:
        for shown, code in ((None, 535), (own.self_signed, 535), (own.client, 235)):
            with Client(instance.address, instance.port, source="127.0.0.9") as client:
                client.starttls(certificate=shown)
                client.expect(f"AUTH PLAIN {GOOD}", code)
    dovecot.stop()


class Crowd:
    """Many clients that log in at once, with a wrong password."""

    def __init__(self, instance, number):
        self.selector = selectors.DefaultSelector()
        self.answers = []
        self.sockets = []
        for _ in range(number):
            client = socket.create_connection((instance.address, instance.port), 20, ("127.0.0.9", 0))
            client.sendall(b"EHLO crowd\r\n")
            self.sockets.append(client)
            self.selector.register(client, selectors.EVENT_READ)

    def read(self, client, until):
        text = b""
        while not re.search(until, text):
            more = client.recv(65536)
            check(more, "hung up behind", text)
            text += more
        return text

    def begin(self):
        for client in self.sockets:
            self.read(client, rb"250 CHUNKING\r\n")
            client.sendall(f"AUTH PLAIN {BAD}\r\n".encode())

    def end(self, seconds):
        deadline = time.monotonic() + seconds
        while len(self.answers) < len(self.sockets) and time.monotonic() < deadline:
            for key, _ in self.selector.select(0.5):
                self.answers.append(key.fileobj.recv(65536)[:3])
                self.selector.unregister(key.fileobj)
        for client in self.sockets:
            client.close()
        return self.answers


@test(counted=False, alone=True, timeout=180)
def test_a_thousand_logins_hold_up_nobody():
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 8192), hard))
    dovecot = Dovecot(USERS, failure_delay="3 secs")
    with Instance("[127.0.0.1]:1", {**OPEN, "smtpd_sasl_type": "dovecot",
                                    "smtpd_sasl_path": dovecot.socket,
                                    "smtpd_client_connection_count_limit": "0"}) as instance:
        crowd = Crowd(instance, 1000)
        crowd.begin()
        slowest = 0
        for _ in range(20):
            start = time.monotonic()
            talk(instance, ["EHLO a", "NOOP", "QUIT"])
            slowest = max(slowest, time.monotonic() - start)
        answers = crowd.end(60)
        check(answers == [b"535"] * 1000, len(answers), set(answers))
        check(slowest < 2, "another client waited", slowest, "s")
    dovecot.stop()
