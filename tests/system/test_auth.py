"""Clients log in: the dialogue and the log as Postfix has them, real Dovecot, real clients."""

import base64
import re
import smtplib
import ssl

from harness import (Client, Dovecot, Instance, SmtpSink, account, certificates, check, free_port,
                     loopback, need, run, test)

USERS = {"bob": "secret", "al@example.org": "pass word"}


def encoded(*words):
    return base64.b64encode("\0".join(words).encode()).decode()


GOOD = encoded("", "bob", "secret")
BAD = encoded("", "bob", "wrong")
STRANGER = encoded("", "nobody", "x")

OPEN = {"smtpd_sasl_auth_enable": "yes", "smtpd_error_sleep_time": "0",
        "smtpd_client_event_limit_exceptions": "127.0.0.0/8", "smtpd_hard_error_limit": "100",
        "mynetworks": "127.0.0.5/32"}

# What clients say, each list in a session of its own.
DIALOGUES = [
    ["EHLO a", "AUTH", "AUTH PLAIN a b", "AUTH FOO", f"AUTH PLAIN {BAD}", f"AUTH PLAIN {STRANGER}",
     f"AUTH PLAIN {GOOD}", f"AUTH PLAIN {GOOD}", "MAIL FROM:<x@y.z>", f"AUTH PLAIN {GOOD}",
     "RCPT TO:<r@far.example>", "RSET", "MAIL FROM:<bob@y.z>", "RCPT TO:<r@far.example>", "QUIT"],
    ["EHLO a", "AUTH PLAIN", "*", "AUTH plain", GOOD, "MAIL FROM:<x@y.z> AUTH=<>",
     "RCPT TO:<r@far.example>", "MAIL FROM:<x@y.z> AUTH=a", "RSET", "NOOP", "QUIT"],
    ["EHLO a", "AUTH LOGIN", encoded("bob"), encoded("wrong"), "AUTH LOGIN", encoded("bob"),
     encoded("secret"), "QUIT"],
    ["EHLO a", f"AUTH LOGIN {encoded('bob')}", encoded("secret"), "QUIT"],
    ["EHLO a", "AUTH PLAIN =", "AUTH PLAIN !!!", "AUTH PLAIN", "!!!", f"AUTH PLAIN {encoded('x')}",
     "QUIT"],
    ["HELO a", f"AUTH PLAIN {GOOD}", "MAIL FROM:<x@y.z>", "RCPT TO:<r@far.example>", "QUIT"],
    [f"AUTH PLAIN {GOOD}", "MAIL FROM:<x@y.z> AUTH=<>", "RCPT TO:<r@far.example>", "QUIT"],
    ["EHLO a", "MAIL FROM:<x@y.z> AUTH=foo", "RCPT TO:<r@far.example>", "QUIT"],
]


def talk(instance, lines):
    with Client(instance.address, instance.port, source="127.0.0.9") as client:
        replies = [client.reply()]
        for line in lines:
            code, text = client.say(line)
            text = re.sub(r"\nSMTPUTF8", "", text)
            if code == 334 and len(text) > 30:
                text = "a challenge of its own"
            replies.append((line, code, text))
        return replies


def events(instance):
    """The log of smtpd without what differs by design or from run to run."""
    lines = []
    for line in instance.log().splitlines():
        found = re.search(r"(postfix\S*/smtpd)\[\d+\]: (.*)", line)
        if not found or "[127.0.0.1]" in line:
            continue
        text = re.sub(r"\b[0-9A-F]{8,}: ", "QID: ", found[2])
        # Postfix names the user in these from 3.12 on.
        text = re.sub(r"(; from=.*?)(?: sasl_\w+=\S+)+$", r"\1", text)
        lines.append(text)
    return sorted(lines)


def compare(params, dialogues, files=None, but=()):
    """`files` are what stands below config_directory beside the usual, by name; `but` are pairs of a
    pattern of what this side says, and what Postfix says for it."""

    def plain(text):
        for pattern, theirs in but:
            text = re.sub(pattern, theirs, text)
        return text

    answers, logs = [], []
    for peer in (True, False):
        stopped = Instance("[127.0.0.1]:1", {**OPEN, **params}, peer=peer)
        for name, text in (files or {}).items():
            (stopped.config / name).parent.mkdir(exist_ok=True)
            (stopped.config / name).write_text(text)
        with stopped as instance:
            answers.append([[(*said[:-1], plain(said[-1])) for said in talk(instance, lines)]
                            for lines in dialogues])
        logs.append(sorted(plain(line) for line in events(instance)))
    for theirs, ours in zip(*answers):
        for expected, got in zip(theirs, ours):
            check(got == expected, "got", got, "but Postfix says", expected)
    check(logs[0] == logs[1], "logged", set(logs[0]) ^ set(logs[1]))


@test(counted=False, timeout=120)
def test_dialogues_are_those_of_postfix():
    dovecot = Dovecot(USERS)
    compare({"smtpd_sasl_type": "dovecot", "smtpd_sasl_path": dovecot.socket,
             "smtpd_relay_restrictions": "permit_sasl_authenticated, reject_unauth_destination",
             "smtpd_sender_restrictions": "warn_if_reject reject_sender_login_mismatch, "
                                          "check_sasl_access inline:{{bob=INFO it is bob}}",
             "smtpd_sender_login_maps": "inline:{{bob@y.z=bob},{x@y.z=alice}}"}, DIALOGUES)
    authority = certificates()
    compare({"smtpd_sasl_type": "dovecot", "smtpd_sasl_path": f"unix:{dovecot.socket}",
             "smtpd_tls_security_level": "may", "smtpd_tls_auth_only": "yes",
             "smtpd_tls_chain_files": authority.good.chain},
            [["EHLO a", f"AUTH PLAIN {GOOD}", "NOOP", "QUIT"]])
    compare({"smtpd_sasl_type": "dovecot", "smtpd_sasl_path": dovecot.socket,
             "smtpd_sasl_security_options": "noanonymous, noplaintext",
             "smtpd_sasl_exceptions_networks": "127.0.0.8", "broken_sasl_auth_clients": "yes"},
            [["EHLO a", f"AUTH PLAIN {GOOD}", "AUTH CRAM-MD5", "*", "QUIT"]])
    compare({"smtpd_sasl_type": "dovecot", "smtpd_sasl_path": dovecot.socket,
             "smtpd_sasl_exceptions_networks": "127.0.0.0/24"},
            [["EHLO a", f"AUTH PLAIN {GOOD}", "MAIL FROM:<a@b.c> AUTH=<>", "QUIT"]])
    dovecot.stop()


# As in the stock master.cf, uncommented; ports of the test.
SUBMISSION = """{address}:{port} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_tls_auth_only=yes
  -o smtpd_reject_unlisted_recipient=no
  -o smtpd_client_restrictions=$mua_client_restrictions
  -o smtpd_helo_restrictions=$mua_helo_restrictions
  -o smtpd_sender_restrictions=$mua_sender_restrictions
  -o smtpd_recipient_restrictions=
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o milter_macro_daemon_name=ORIGINATING
{address}:{tls_port} inet n - n - - smtpd
  -o syslog_name=postfix/submissions
  -o smtpd_tls_wrappermode=yes
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_reject_unlisted_recipient=no
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o milter_macro_daemon_name=ORIGINATING
"""


class World:
    """An instance with both submission services, a sink behind it, Dovecot beside it."""

    def __init__(self):
        self.dovecot = Dovecot(USERS)
        self.authority = certificates("localhost")
        self.address, self.relay = loopback(), loopback()
        self.port, self.tls_port = free_port(self.address), free_port(self.address)
        relay_port = free_port(self.relay)
        self.instance = Instance(f"[{self.relay}]:{relay_port}", {
            "smtpd_sasl_type": "dovecot", "smtpd_sasl_path": self.dovecot.socket,
            "smtpd_sasl_authenticated_header": "yes", "smtpd_tls_received_header": "yes",
            "smtpd_tls_chain_files": self.authority.good.chain, "mynetworks": "127.0.0.5/32",
            "mua_client_restrictions": "", "mua_helo_restrictions": "",
            "mua_sender_restrictions": "reject_sender_login_mismatch",
            "smtpd_sender_login_maps": "inline:{{bob@example.org=bob},{al@example.org=al@example.org}}",
        }, extra=SUBMISSION.format(address=self.address, port=self.port, tls_port=self.tls_port))
        self.sink = SmtpSink(self.instance.folder, self.relay, relay_port)

    def __enter__(self):
        self.instance.start()
        return self

    def __exit__(self, *_):
        self.instance.stop()
        if self.dovecot.process.poll() is None:
            self.dovecot.stop()

    def smtplib(self, user="bob", password="secret", wrapped=False):
        context = ssl.create_default_context(cafile=str(self.authority.ca))
        context.check_hostname = False
        if wrapped:
            client = smtplib.SMTP_SSL(self.address, self.tls_port, context=context)
        else:
            client = smtplib.SMTP(self.address, self.port)
            client.starttls(context=context)
        client.ehlo("client.example")
        code, text = 0, b""
        try:
            code, text = client.login(user, password)
        except smtplib.SMTPAuthenticationError as error:
            code, text = error.smtp_code, error.smtp_error
        return client, code, text.decode()

    def swaks(self, *options, status=0):
        told = run(need("swaks"), "--server", self.address, "--helo", "client.example", "--to",
                   "r@far.example", "--hide-informational", *options, status=status)
        account.sent("250 2.1.5 Ok" in told)
        return told

    def msmtp(self, mechanism):
        config = self.instance.folder / "msmtprc"
        config.write_text(f"account default\nhost {self.address}\nport {self.port}\ntls on\n"
                          f"tls_trust_file {self.authority.ca}\ntls_host_override localhost\n"
                          f"auth {mechanism}\nuser al@example.org\npassword \"pass word\"\n"
                          "from al@example.org\ndomain client.example\n")
        config.chmod(0o600)
        run(need("msmtp"), "-C", config, "r@far.example", input="Subject: x\n\nx\n")
        account.sent()


@test(timeout=120, counted=False)
def test_submission_with_dovecot_and_real_clients():
    with World() as world:
        for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
            told = world.swaks("--port", world.port, "-tls", "--auth", mechanism, "--auth-user", "bob",
                               "--auth-password", "secret", "--from", "bob@example.org")
            check("235 2.7.0 Authentication successful" in told, told)
        world.swaks("--port", world.tls_port, "-tlsc", "--auth", "PLAIN", "--auth-user",
                    "al@example.org", "--auth-password", "pass word", "--from", "any@example.org")
        for mechanism in ("plain", "scram-sha-256"):
            world.msmtp(mechanism)
        client, code, _ = world.smtplib(wrapped=True)
        check(code == 235, code)
        client.sendmail("bob@example.org", ["r@far.example"], "Subject: x\r\n\r\nx\r\n")
        account.sent()
        client.quit()
        world.sink.wait(7, 20)
        refusals(world)
        while_dovecot_is_away(world)
        log = world.instance.log()
        check("secret" not in log and "pass word" not in log and GOOD not in log and BAD not in log)
        check(re.search(r"postfix/submission/smtpd\[\d+\]: \w+: client=unknown\[\S+\], "
                        r"sasl_method=SCRAM-SHA-256, sasl_username=al@example.org", log), log)
    fail2ban(world.instance)


def refusals(world):
    """Not without TLS, not under another's name, not with a wrong password."""
    with Client(world.address, world.port) as plain:
        plain.reply()
        check("AUTH" not in plain.say("EHLO a")[1])
        check(plain.say(f"AUTH PLAIN {GOOD}") == (530, "5.7.0 Must issue a STARTTLS command first"))
    client, code, text = world.smtplib(password="wrong")
    check((code, text) == (535, "5.7.8 Error: authentication failed: (reason unavailable)"), text)
    check(client.mail("bob@example.org")[0] == 250)
    code, text = client.rcpt("r@far.example")
    check(code == 553 and b"not logged in" in text, code, text)
    client.close()
    client, code, _ = world.smtplib()
    client.mail("al@example.org")
    code, text = client.rcpt("r@far.example")
    check(code == 553 and b"not owned by user bob" in text, code, text)
    client.close()


def while_dovecot_is_away(world):
    client, _, _ = world.smtplib(password="wrong")
    world.dovecot.stop()
    code, text = client.docmd("AUTH PLAIN", GOOD)
    lost = "4.7.0 Temporary authentication failure: Connection lost to authentication server"
    check((code, text.decode()) == (454, lost), code, text)
    other, code, text = world.smtplib()  # it is still offered
    check((code, text) == (454, lost), code, text)
    world.dovecot.start()
    code, text = client.docmd("AUTH PLAIN", GOOD)
    check(code == 235, code, text)
    for each in (client, other):
        each.quit()


def fail2ban(instance):
    """Its own filter takes the addresses of those who guess, and of nobody else."""
    for mode, least in (("auth", 2), ("aggressive", 3)):
        told = run(need("fail2ban-regex"), "--print-all-matched", instance.maillog,
                   f"postfix[mode={mode}]")
        matched = [line for line in told.splitlines() if "|  " in line and "postfix" in line]
        check(len(matched) >= least, mode, told)
        check(not any("Connection lost to auth" in line or "sasl_method" in line
                      for line in matched), matched)
        check(any("SASL PLAIN authentication failed: (reason unavailable), sasl_username=bob" in line
                  or "SASL CRAM-MD5 authentication failed" in line for line in matched), matched)
