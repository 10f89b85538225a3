"""Content under TLS is content as ever: big mail in both directions, no other end of data, nothing
sent too early; clients that renegotiate or close one direction."""

import socket
import ssl
import subprocess

from harness import Client, FaultyRelay, Instance, Tls, certificates, check, need, test
from test_smuggling import INBOUND, SECOND, strict_messages

OUT_OF_STEP = (554, "5.5.0 Error: SMTP protocol synchronization")


def server(relay=None, **params):
    return Instance(relay.nexthop if relay else "", params={
        "smtpd_tls_security_level": "encrypt", "smtpd_tls_chain_files": certificates().good.chain,
        "smtpd_tls_loglevel": "1", **params})


def connect(instance, **how):
    client = Client(instance.address, instance.port)
    client.starttls(**how)
    return client


@test(timeout=120)
def test_big_mail_both_ways():
    held = certificates().good
    relay = FaultyRelay(tls=Tls(held.cert, held.key))
    line = b"A line of some length, with a number to tell it from the others: %07d.\r\n"
    body = b"".join(line % number for number in range(140000))
    content = b"Subject: big\r\n\r\n" + body
    with server(relay, message_size_limit="20000000", smtp_tls_security_level="encrypt",
                smtp_connection_cache_on_demand="no") as instance:
        for newest in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            with connect(instance, newest=newest) as client:
                client.envelope()
                client.data(content)
                client.envelope()
                for begin in range(0, len(content), 3000001):
                    piece = content[begin:begin + 3000001]
                    last = " LAST" if begin + len(piece) == len(content) else ""
                    client.send(f"BDAT {len(piece)}{last}\r\n".encode() + piece)
                    client.expect(None, 250)
                client.expect("QUIT", 221)
        instance.wait_empty(60)
    check(len(relay.mails) == 4, len(relay.mails))
    for mail in relay.mails:
        check(mail.tls and mail.content.endswith(b"\r\n\r\n" + body), len(mail.content))


@test(timeout=120)
def test_no_other_form_ends_a_message():
    with server(smtpd_forbid_bare_newline="normalize") as instance:
        for form in INBOUND:
            check(strict_messages(form) == 1, form)
            with connect(instance) as client:
                client.envelope()
                client.expect("DATA", 354)
                client.send(b"Subject: outer\r\n\r\nfirst" + form + SECOND + b".\r\n")
                client.expect(None, 250)
                client.expect("QUIT", 221)
        check("smuggler@example.com" not in instance.log(), instance.log())


@test()
def test_nothing_may_be_sent_too_early():
    with server() as instance:
        for early in ("EHLO a\r\nMAIL FROM:<>\r\n", "NOOP\r\nQUIT\r\n"):
            with connect(instance) as client:
                client.send(early)
                check(client.reply() == OUT_OF_STEP, early)
                check(client.hung_up(), early)


@test()
def test_a_client_that_closes_one_direction():
    """It still hears the answer to what it said, and no session stays behind."""
    with server() as instance:
        with connect(instance) as client:
            client.send("NOOP\r\n")
            socket.socket.shutdown(client.socket, socket.SHUT_WR)  # TLS itself goes on
            check(client.reply() == (250, "2.0.0 Ok"))
            check(client.hung_up())
        instance.wait_log(r"disconnect from \S+ ehlo=2 starttls=1 noop=1 commands=4$")


@test()
def test_a_client_that_renegotiates():
    with server() as instance:
        told = subprocess.run(
            [need("openssl"), "s_client", "-connect", f"{instance.address}:{instance.port}",
             "-starttls", "smtp", "-tls1_2"], input=b"R\n", timeout=30, check=False,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
        check(b"RENEGOTIATING" in told and b"no renegotiation" in told, told)
        instance.wait_log(r"disconnect from \S+ ehlo=1 starttls=1 commands=2$")
        with connect(instance) as client:
            client.expect("QUIT", 221)
