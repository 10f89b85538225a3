"""TLS in the SMTP server as a client meets it: STARTTLS, what goes before it, what is logged."""

import re
import ssl

from harness import (Client, FaultyRelay, Instance, certificates, check, test)

READY = (220, "2.0.0 Ready to start TLS")
MUST = (530, "5.7.0 Must issue a STARTTLS command first")
CLIENT = r"unknown\[127\.[\d.]+\]"
TLS13 = (r"TLSv1\.3 with cipher TLS_AES_256_GCM_SHA384 \(256/256 bits\) key-exchange X25519 "
         r"server-signature ECDSA \((?:prime256v1|P-256)\) server-digest SHA256")


def server(level="may", relay=None, **params):
    return Instance(relay.nexthop if relay else "", params={
        "smtpd_tls_security_level": level, "smtpd_tls_chain_files": certificates().good.chain,
        "smtpd_tls_loglevel": "1", "smtpd_tls_received_header": "yes", **params})


def connect(instance, **how):
    return Client(instance.address, instance.port, **how)


def talk(client, *lines):
    for line, answer in lines:
        got = client.say(line)
        check(got == answer, line, got, "not", answer)


@test(peer=True)
def test_starttls():
    """What STARTTLS answers, what is forgotten with it, what the log says."""
    with server() as instance, connect(instance) as client:
        check("\nSTARTTLS\n" in client.open())
        talk(client, ("STARTTLS now", (501, "5.5.4 Syntax: STARTTLS")),
             ("MAIL FROM:<early@example.com>", (250, "2.1.0 Ok")), ("STARTTLS", READY))
        client.secure(certificates().ca, name="mail.example.org")
        talk(client, ("RCPT TO:<to@example.net>", (503, "5.5.1 Error: need MAIL command")),
             ("STARTTLS", (554, "5.5.1 Error: TLS already active")))
        check("STARTTLS" not in client.expect("EHLO client.example", 250))
        talk(client, ("QUIT", (221, "2.0.0 Bye")))
        instance.wait_log(f"Anonymous TLS connection established from {CLIENT}: {TLS13}$")
        instance.wait_log(f"disconnect from {CLIENT} ehlo=2 starttls=1/3 mail=1 rcpt=0/1 quit=1 "
                          "commands=5/8$")


@test(peer=True)
def test_tls_demanded():
    """smtpd_tls_security_level = encrypt: what is obeyed before STARTTLS."""
    with server("encrypt") as instance, connect(instance) as client:
        client.expect(None, 220)
        for line in ("MAIL FROM:<>", "RSET", "VRFY x", "XFORWARD NAME=x", "DATA", "ETRN x.example"):
            talk(client, (line, MUST))
        talk(client, ("NOOP", (250, "2.0.0 Ok")), ("HELO x", (250, "mail.example.org")),
             ("FOO", (500, "5.5.2 Error: command not recognized")))
        check("\nSTARTTLS\n" in client.expect("EHLO x", 250))
        talk(client, ("STARTTLS", READY))
        client.secure()
        talk(client, ("RSET", (250, "2.0.0 Ok")), ("QUIT", (221, "2.0.0 Bye")))
        instance.wait_log(f"disconnect from {CLIENT} helo=1 ehlo=1 xforward=0/1 starttls=1 mail=0/1 "
                          "data=0/1 rset=1/2 noop=1 vrfy=0/1 etrn=0/1 quit=1 unknown=0/1 "
                          "commands=6/13$")


@test(peer=True)
def test_tls_not_offered():
    """Off, or kept from clients by smtpd_discard_ehlo_keywords."""
    for params in ({"level": "none"}, {"smtpd_discard_ehlo_keywords": "starttls"}):
        with server(**params) as instance, connect(instance) as client:
            check("STARTTLS" not in client.open())
            talk(client, ("STARTTLS", (502, "5.5.1 Error: command not implemented")))


@test(peer=True)
def test_failed_handshakes():
    """What is no TLS, ends before it is any, or is too old."""
    with server(smtpd_tls_protocols=">=TLSv1.3", smtpd_starttls_timeout="3s") as instance:
        def handshake(answer, what, *log):
            with connect(instance) as client:
                client.open()
                client.expect("STARTTLS", 220)
                answer(client)
            for line in (*log, f"lost connection after STARTTLS from {CLIENT}$",
                         f"disconnect from {CLIENT} ehlo=1 starttls=0/1 commands=1/2$"):
                instance.wait_log(line)
            instance.maillog.write_text("")
            check(True, what)

        def garbage(client):
            client.send("MAIL FROM:<>\r\n\r\n")
            check(client.hung_up())

        def old(client):
            try:
                client.secure(newest=ssl.TLSVersion.TLSv1_2)
                check(False, "TLS 1.2 was accepted")
            except ssl.SSLError as error:
                check("VERSION" in str(error), error)

        def silent(client):
            client.send(b"\x16\x03\x01\x02\x00\x01\x00")  # a ClientHello's first bytes
            check(client.hung_up())

        failed = f"SSL_accept error from {CLIENT}: "
        trouble = "warning: TLS library problem: error:[0-9A-F]+:SSL routines::"
        handshake(garbage, "garbage", failed + "-1$", trouble + "wrong version number:")
        handshake(old, "too old", failed + "-1$", trouble + "unsupported protocol:")
        handshake(lambda client: None, "nothing", failed + "lost connection$")
        handshake(silent, "half a hello", failed + "Connection timed out$")


@test()
def test_injection():
    """What was sent behind STARTTLS in plain text is never obeyed, whatever pipelining may do."""
    for forbid in ("yes", "no"):
        with server(smtpd_forbid_unauth_pipelining=forbid) as instance, connect(instance) as client:
            client.open()
            client.send("STARTTLS\r\nMAIL FROM:<mallory@example.com>\r\nRCPT TO:<to@example.net>\r\n")
            check(client.reply() == (554, "5.5.0 Error: SMTP protocol synchronization"))
            check(client.reply() == (0, ""))
            instance.wait_log(r"improper command pipelining after STARTTLS from .*: MAIL FROM:")
            instance.wait_log(f"disconnect from {CLIENT} ehlo=1 ")
            check("TLS connection" not in instance.log() and "mallory@" not in
                  instance.log().replace("MAIL FROM:<mallory@", ""))


@test(peer=True)
def test_received():
    """What Received: says of the session; a hundred commands in one record are a hundred commands."""
    relay, authority = FaultyRelay(), certificates()
    expected = {
        None: (r"\(using TLSv1\.3 with cipher TLS_AES_256_GCM_SHA384 \(256/256 bits\)\r\n"
               r"\t key-exchange X25519 server-signature ECDSA \((?:prime256v1|P-256)\) server-digest SHA256\)"
               r"\r\n\t\(Client did not present a certificate\)\r\n\tby mail\.example\.org \(\S+\) "
               r"with ESMTPS id "),
        authority.client: (r"client-digest SHA256\)\r\n\t\(Client CN \"user\.example\", Issuer "
                           r"\"Test authority\" \(verified OK\)\)\r\n\tby "),
        authority.self_signed: r"\(Client CN \"mail\.example\.org\", Issuer \"mail\.example\.org\" "
                               r"\(not verified\)\)\r\n\tby ",
    }
    with server(relay=relay, smtpd_tls_ask_ccert="yes", smtpd_tls_CAfile=authority.ca) as instance:
        for certificate, pattern in expected.items():
            with connect(instance) as client:
                client.starttls(certificate=certificate)
                client.envelope()
                client.data(b"Subject: x\r\n\r\n" + b"A line of some length.\r\n" * 3000)
                client.send("RSET\r\n" * 100)
                check([client.reply()[0] for _ in range(100)] == [250] * 100)
                client.expect("QUIT", 221)
        instance.wait_empty()
        received = "".join(mail.content.decode() for mail in relay.mails)
        for pattern in expected.values():
            check(re.search(pattern, received), pattern, received)


@test()
def test_rate_of_new_sessions():
    """smtpd_client_new_tls_session_rate_limit counts handshakes that take up no earlier session, over
    all workers."""
    with server(smtpd_client_new_tls_session_rate_limit="3",
                smtpd_client_event_limit_exceptions="") as instance:
        for _ in range(3):
            with connect(instance) as client:
                client.starttls()
                client.expect("QUIT", 221)
        with connect(instance) as client:  # not yet over the limit when it asks
            client.open()
            client.expect("STARTTLS", 220)
            client.secure()
            code, text = client.say("NOOP")
            check(code == 421 and text.startswith("4.7.0 mail.example.org Error: too many new TLS "
                                                  "sessions from unknown[127."), code, text)
        instance.wait_log(f"warning: New TLS session rate limit exceeded: 4 from {CLIENT} for "
                          "service ")
        with connect(instance) as client:
            client.open()
            code, text = client.say("STARTTLS")
            check(code == 454 and text.startswith("4.7.0 Error: too many new TLS sessions from "
                                                  "unknown[127."), code, text)
            client.expect("MAIL FROM:<still@example.com>", 250)
        instance.wait_log(f"warning: Refusing STARTTLS request from {CLIENT} for service ")
