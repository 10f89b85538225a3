"""Who checks passwords: the Cyrus library, saslauthd; and many clients that want it at once."""

import re
import resource
import selectors
import socket
import subprocess
import time

from harness import Dovecot, Instance, check, eventually, need, run, scratch, test
from test_auth import BAD, GOOD, OPEN, STRANGER, USERS, encoded, talk


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


@test(counted=False, root=True, timeout=120)
def test_saslauthd_and_its_absence():
    folder = cyrus_files("pwcheck_method: saslauthd\nmech_list: PLAIN LOGIN\n"
                         "saslauthd_path: {folder}/run/mux\n")
    (folder / "run").mkdir()
    folder.chmod(0o755)
    with Instance("[127.0.0.1]:1", {**OPEN, "smtpd_sasl_type": "cyrus",
                                    "cyrus_sasl_config_path": folder}) as instance:
        absent = talk(instance, ["EHLO a", f"AUTH PLAIN {GOOD}"])[-1]
        check(absent[1] == 454, absent)
        daemon = subprocess.Popen([need("saslauthd"), "-d", "-a", "shadow", "-m", folder / "run"],
                                  stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                  start_new_session=True)  # it ends its group
        eventually((folder / "run" / "mux").exists, 10, "saslauthd")
        wrong = talk(instance, ["EHLO a", f"AUTH PLAIN {STRANGER}"])[-1]
        check(wrong[1:] == (535, "5.7.8 Error: authentication failed: authentication failure"), wrong)
        daemon.terminate()
        daemon.wait(10)
    check("SASL authentication failure: cannot connect to saslauthd server" in instance.log())


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
