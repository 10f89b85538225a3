"""Foreign clients under TLS: openssl, swaks, msmtp, gnutls-cli, Debian's Postfix; ports 587 and 465."""

import re
import subprocess

from harness import FaultyRelay, Instance, account, certificates, check, eventually, need, run, test

from test_client_certificates import Doors

CIPHER = "TLS_AES_256_GCM_SHA384"


def doors(relay, **params):
    return Doors({"relayhost": relay.nexthop, "mynetworks": "127.0.0.0/8", **params},
                 starttls={"smtpd_tls_security_level": "encrypt"},
                 wrapped={"smtpd_tls_wrappermode": "yes"})


def leave(*words, greeted):
    """Runs a client that passes on what it is given: it says QUIT when the server has spoken."""
    client = subprocess.Popen([need(words[0]), *map(str, words[1:])], stdin=subprocess.PIPE,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    told = ""
    while not greeted and "\n220 " not in told:
        line = client.stdout.readline()
        check(line, told)
        told += line
    return told + client.communicate("QUIT\n", timeout=20)[0]


def s_client(place, *options):
    return leave("openssl", "s_client", "-connect", "%s:%d" % place, "-CAfile", certificates().ca,
                 "-crlf", "-ign_eof", *options, greeted="-starttls" in options)


@test()
def test_foreign_clients():
    """Each sends a mail under TLS, to the port with STARTTLS and to the one under TLS at once."""
    relay, authority = FaultyRelay(), certificates()
    with doors(relay) as running:
        starttls, wrapped = running.places["starttls"], running.places["wrapped"]
        envelope = ("--from", "sender@example.com", "--to", "to@example.net", "--ehlo", "swaks.example")
        for place, how in ((starttls, "-tls"), (wrapped, "-tlsc")):
            told = run(need("swaks"), "--server", place[0], "--port", place[1], *envelope, how,
                       "--tls-verify", "--tls-ca-path", authority.ca, "--tls-sni", "mail.example.org")
            check("TLS started with cipher TLSv1.3:" + CIPHER in told, told)
            account.sent()
        for place, on_start in ((starttls, "on"), (wrapped, "off")):
            run(need("msmtp"), "--host=" + place[0], f"--port={place[1]}", "--tls=on",
                f"--tls-starttls={on_start}", "--tls-certcheck=on", f"--tls-trust-file={authority.ca}",
                "--tls-host-override=mail.example.org", "--from=sender@example.com", "--auth=off",
                "--file=/dev/null", "to@example.net", input="Subject: msmtp\n\nhello\n")
            account.sent()
        for place, options in ((starttls, ("-starttls", "smtp")), (wrapped, ())):
            told = s_client(place, *options, "-verify_return_error", "-verify_hostname",
                            "mail.example.org")
            check("Verify return code: 0 (ok)" in told and "221 2.0.0 Bye" in told, told)
            told = leave("gnutls-cli", f"--x509cafile={authority.ca}", "--verify-hostname="
                         "mail.example.org", *(("--starttls-proto=smtp",) if options else ()), "-p",
                         place[1], place[0], greeted=bool(options))
            check("Status: The certificate is trusted." in told and "221 2.0.0 Bye" in told, told)
        eventually(lambda: len(relay.mails) == 4)
        running.instance.wait_log(r"disconnect from \S+ ehlo=2 starttls=1 mail=1 rcpt=1 data=1 quit=1")
        running.instance.wait_log(r"disconnect from \S+ ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5$")


@test(counted=False)
def test_debian_postfix_as_client():
    """Debian's Postfix sends to us at its levels encrypt, verify and secure, and on port 465."""
    relay, authority = FaultyRelay(), certificates()
    with doors(relay) as running:
        levels = {"encrypt": {"smtp_tls_security_level": "encrypt"},
                  "verify": {"smtp_tls_security_level": "verify",
                             "smtp_tls_verify_cert_match": "mail.example.org"},
                  "wrapped": {"smtp_tls_security_level": "secure", "smtp_tls_wrappermode": "yes",
                              "smtp_tls_secure_cert_match": "mail.example.org"}}
        door = {"encrypt": "starttls", "verify": "starttls", "wrapped": "wrapped"}
        lines = "".join(
            f"{name} unix - - n - - smtp " + " ".join(
                f"-o {{ {key} = {value} }}" for key, value in options.items()) + "\n"
            for name, options in levels.items())
        transports = "".join(
            f"{name}.example {name}:[%s]:%d\n" % running.places[door[name]]
            for name in levels)
        with Instance("", peer=True, extra=lines, params={
                "smtp_tls_CAfile": authority.ca, "smtp_tls_loglevel": "1"}) as postfix:
            table = postfix.folder / "transport"
            table.write_text(transports)
            postfix.command("postconf", f"transport_maps=texthash:{table}")
            postfix.reload()
            for name in levels:
                postfix.sendmail("-f", "sender@example.com", f"to@{name}.example",
                                 text=f"Subject: {name}\n\nhello\n")
            eventually(lambda: len(relay.mails) == len(levels), 20)
            check(len(re.findall("Verified TLS connection established to ", postfix.log())) == 2)
            check("Trusted TLS connection established to " in postfix.log())
