"""The sample relay's TLS and AUTH, seen by Python's own client: tests of logins rest on them."""

import base64
import smtplib
import ssl

from harness import Accounts, FaultyRelay, Tls, check, test
from harness.certificates import certificates

BODY = "Subject: x\r\n\r\nx\r\n"


def client_context(authority, certificate=None, most=None):
    context = ssl.create_default_context(cafile=authority.ca)
    if certificate:
        context.load_cert_chain(certificate.cert, certificate.key)
    if most:
        context.maximum_version = most
    return context


class Dialogue:
    """One session with a relay, that names it mail.example.org."""

    def __init__(self, relay, context, wrapper=False):
        kind = smtplib.SMTP_SSL if wrapper else smtplib.SMTP
        self.smtp = kind(timeout=5, **({"context": context} if wrapper else {}))
        self.smtp._host = "mail.example.org"
        if wrapper:  # so that it connects to the address, and names the host
            self.smtp._get_socket = lambda host, port, timeout: context.wrap_socket(
                smtplib.SMTP._get_socket(self.smtp, host, port, timeout),
                server_hostname="mail.example.org")
        self.smtp.connect(relay.address, relay.port)
        self.smtp._host = "mail.example.org"
        if not wrapper:
            self.smtp.starttls(context=context)
        self.smtp.ehlo("client.example")

    def __enter__(self):
        return self.smtp

    def __exit__(self, *_):
        self.smtp.close()


def secured(relay, context, wrapper=False):
    """What the relay recorded of a mail that came so."""
    with Dialogue(relay, context, wrapper) as smtp:
        smtp.sendmail("a@example.com", ["b@example.net"], BODY)
        smtp.quit()
    return relay.mails[-1]


@test(counted=False)
def test_what_a_session_agreed_on():
    authority = certificates()
    good, client = authority.good, authority.client
    plain = client_context(authority)
    relay = FaultyRelay(tls=Tls(good.cert, good.key))
    tls = secured(relay, plain).tls
    check((tls.protocol, tls.sni, tls.client) == ("TLSv1.3", "mail.example.org", ""), tls)
    check(secured(relay, client_context(authority, most=ssl.TLSVersion.TLSv1_2)).tls.protocol ==
          "TLSv1.2", "the client's limit")
    wrapped = FaultyRelay(tls=Tls(good.cert, good.key, wrapper=True, most="TLSv1.2"))
    check(secured(wrapped, plain, wrapper=True).tls.protocol == "TLSv1.2", "the relay's limit")
    asking = FaultyRelay(tls=Tls(good.cert, good.key, ask="require", client_ca=authority.ca,
                                 most="TLSv1.2"))
    check(secured(asking, client_context(authority, client)).tls.client == "user.example", "client")
    check(failure(asking, plain) and len(asking.mails) == 1, "without a certificate")
    for shown in ("expired", "wrong_name", "self_signed"):
        bad = getattr(authority, shown)
        relay = FaultyRelay(tls=Tls(bad.cert, bad.key))
        check(failure(relay, plain) == "SSLCertVerificationError", shown)


def failure(relay, context):
    """The name of the exception that a session ends with, "" for none."""
    try:
        with Dialogue(relay, context) as smtp:
            smtp.sendmail("a@example.com", ["b@example.net"], BODY)
            return ""
    except (OSError, smtplib.SMTPException) as error:
        return type(error).__name__


@test(counted=False)
def test_faults_of_starttls():
    authority = certificates()
    good, context = authority.good, client_context(authority)
    relay = FaultyRelay(tls=Tls(good.cert, good.key))
    for fault, want in (("", ""), ("starttls=missing", "SMTPNotSupportedError"),
                        ("starttls=454 4.7.0 later", "SMTPResponseException"),
                        ("starttls=554 5.7.0 never", "SMTPResponseException"),
                        ("handshake=drop", "SSLEOFError SSLZeroReturnError"),
                        ("handshake=reset", "ConnectionResetError"),
                        ("handshake=what do you want", "SSLError")):
        relay.become(fault)
        told = failure(relay, context)
        check(told in (want.split() or [""]), fault, told)
    relay.become("tls-ehlo=554 5.5.1 not you")
    with Dialogue(relay, context) as smtp:
        check(smtp.ehlo()[0] == 554, "EHLO under TLS")
    relay.become("starttls=220 2.0.0 go\\n250 2.0.0 injected")
    with smtplib.SMTP(relay.address, relay.port, timeout=5) as smtp:
        smtp.ehlo("client.example")
        smtp.putcmd("STARTTLS")
        check(smtp.getreply()[0] == 220 and b"injected" in smtp.file.readline(), "no injection")
        smtp.close()


@test(counted=False)
def test_logins():
    authority = certificates()
    accounts = Accounts({"me": "secret"}, ("PLAIN", "LOGIN", "CRAM-MD5", "XOAUTH2"))
    relay = FaultyRelay(tls=Tls(authority.good.cert, authority.good.key), accounts=accounts)
    context = client_context(authority)
    accounts.grant("me", "good-token", 60)
    accounts.grant("me", "old-token", -1)
    for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
        for password, code in (("secret", 235), ("wrong", 535)):
            check(login(relay, context, mechanism, password) == code, mechanism, password)
    for token, code in (("good-token", 235), ("old-token", 535), ("no-token", 535)):
        with Dialogue(relay, context) as smtp:
            told = f"user=me\1auth=Bearer {token}\1\1"
            got = smtp.docmd("AUTH XOAUTH2", base64.b64encode(told.encode()).decode())[0]
            check((smtp.docmd("")[0] if got == 334 else got) == code, token)
    check(accounts.attempts[0] == ("PLAIN", "me", True), accounts.attempts)
    relay.become("auth=454 4.7.0 later")
    check(login(relay, context, "PLAIN", "secret") == 454, "auth=454")
    relay.become("")
    check(failure(relay, context) == "SMTPSenderRefused", "mail without a login")
    with Dialogue(relay, context) as smtp:
        smtp.login("me", "secret")
        smtp.sendmail("a@example.com", ["b@example.net"], BODY)
        smtp.quit()
    check(relay.mails[-1].login == "me" and relay.mails[-1].tls, relay.mails[-1])
    with smtplib.SMTP(relay.address, relay.port, timeout=5) as smtp:
        smtp.ehlo("client.example")
        check(not smtp.has_extn("auth") and smtp.docmd("AUTH PLAIN")[0] == 503, "AUTH without TLS")


def login(relay, context, mechanism, password):
    """The code of the last reply to AUTH."""
    with Dialogue(relay, context) as smtp:
        smtp.user, smtp.password = "me", password
        way = getattr(smtp, "auth_" + mechanism.lower().replace("-", "_"))
        try:
            return smtp.auth(mechanism, way)[0]
        except smtplib.SMTPAuthenticationError as error:
            return error.smtp_code
