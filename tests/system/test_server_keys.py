"""The SMTP server's certificates and keys: what a start refuses, what changes without a reload, by
which name, and sessions that are taken up again by any worker."""

import shutil
import ssl
import subprocess
import time

from harness import Client, Instance, certificates, check, eventually, need, scratch, test


def subject(instance, name=None):
    """The common name of the certificate that a client is shown; "" without STARTTLS; what is
    wrong with a certificate that is refused."""
    with Client(instance.address, instance.port) as client:
        if "STARTTLS" not in client.open():
            return ""
        client.expect("STARTTLS", 220)
        try:
            client.secure(certificates().ca, name=name or "any.example", checked=False)
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        names = dict(pair[0] for pair in client.socket.getpeercert()["subject"])
        client.expect("QUIT", 221)
        return names["commonName"]


@test(counted=False)
def test_files_that_do_not_fit():
    """`postfix start` names parameter and file; where TLS need not be, one that is not there is no
    obstacle, and is taken up when it comes."""
    own, folder = certificates(), scratch()
    garbage = folder / "garbage.pem"
    garbage.write_text("no certificate\n")
    garbage.chmod(0o644)
    missing = folder / "missing.pem"
    cases = [
        ({"smtpd_tls_chain_files": garbage}, "smtpd_tls_chain_files", garbage),
        ({"smtpd_tls_cert_file": own.good.cert, "smtpd_tls_key_file": own.client.key},
         "smtpd_tls_key_file", own.client.key),
        ({"smtpd_tls_chain_files": own.good.chain, "smtpd_tls_CAfile": garbage},
         "smtpd_tls_CAfile", garbage),
        ({"smtpd_tls_security_level": "encrypt", "smtpd_tls_chain_files": missing},
         "smtpd_tls_chain_files", missing),
    ]
    for params, name, file in cases:
        instance = Instance(params={"smtpd_tls_security_level": "may", **params})
        status, told = instance.attempt("postfix", "start")
        check(status == 1 and f"{name}: " in told and str(file) in told, params, status, told)
    with Instance(params={"smtpd_tls_security_level": "may",
                          "smtpd_tls_chain_files": missing}) as instance:
        check(subject(instance) == "")
        instance.wait_log(f"main.cf, line [0-9]+: smtpd_tls_chain_files: {missing}: No such file or "
                          "directory: TLS is not offered until there is one")
        shutil.copy(own.good.chain, missing)
        eventually(lambda: subject(instance) == "mail.example.org", 15, "TLS offered")


@test(counted=False)
def test_new_certificate():
    """What certbot does: another key and certificate behind the same name, in a folder for root
    alone. No reload, no client turned away; with a pair that does not fit the old one stays. One
    that has expired is warned of."""
    own, other = certificates(), certificates().issue("new.example.org")
    folder = scratch()
    folder.chmod(0o700)
    (folder / "one.pem").write_bytes(own.good.chain.read_bytes())
    (folder / "two.pem").write_bytes(other.chain.read_bytes())
    (folder / "bad.pem").write_bytes(own.good.key.read_bytes() + other.cert.read_bytes())
    (folder / "old.pem").write_bytes(own.expired.chain.read_bytes())
    live = folder / "live.pem"
    live.symlink_to("one.pem")

    def lead_to(name):
        (folder / "next").symlink_to(name)
        (folder / "next").rename(live)

    with Instance(params={"smtpd_tls_security_level": "encrypt", "smtpd_tls_chain_files": live,
                          "smtpd_tls_loglevel": "1"}) as instance:
        check(subject(instance) == "mail.example.org")
        lead_to("two.pem")
        eventually(lambda: subject(instance) == "new.example.org", 15, "the new certificate")
        eventually(lambda: all(subject(instance) == "new.example.org" for _ in range(10)), 15)
        lead_to("bad.pem")
        instance.wait_log(r"fatal: .*smtpd_tls_chain_files: \S+live\.pem: a private key and its "
                          "certificate do not belong together", 20)
        check(all(subject(instance) == "new.example.org" for _ in range(10)))
        status, told = instance.attempt("postfix", "reload")
        check(status != 0 and "smtpd_tls_chain_files" in told, status, told)
        lead_to("old.pem")
        instance.wait_log(r"warning: .*live\.pem: the certificate of /CN=mail\.example\.org expired "
                          r"on 20\d\d-\d\d-\d\d ", 90)
        eventually(lambda: subject(instance) == "certificate has expired", 90)
        status, told = instance.attempt("postfix", "check")
        check(status == 0 and told.count(" expired on ") == 1, status, told)
        lead_to("one.pem")
        eventually(lambda: subject(instance) == "mail.example.org", 90, "the repaired certificate")


@test(counted=False)
def test_by_server_name():
    """tls_server_sni_maps: hash tables made with postmap -F, and texthash, by name and by parent."""
    own = certificates()
    shop, wild = own.issue("shop.example"), own.issue("*.wild.example")
    folder = scratch()
    table = folder / "names"
    table.write_text(f"shop.example {shop.chain}\n.wild.example {wild.key}, {wild.cert}\n"
                     f"old.example {own.expired.chain}\nbad.example {shop.key}, {wild.cert}\n")
    for kind in ("texthash", "hash"):
        params = {"smtpd_tls_security_level": "may", "smtpd_tls_chain_files": own.good.chain,
                  "tls_server_sni_maps": f"{kind}:{table}"}
        instance = Instance(params={**params, "tls_server_sni_maps": ""})
        instance.command("postmap", "-F", f"hash:{table}")
        instance.set(**params)
        with instance:
            for name, shown in (("shop.example", "shop.example"), ("SHOP.example", "shop.example"),
                                ("a.wild.example", "*.wild.example"),
                                ("wild.example", "mail.example.org"),
                                ("mail.example.org", "mail.example.org")):
                got = subject(instance, name)
                check(got == shown, kind, name, got)
            for name, doubt in (("old", "the certificate of /CN=mail.example.org expired on 20"),
                                ("bad", "a private key and its certificate do not belong")):
                said = f"tls_server_sni_maps: texthash:{table}: {name}.example: {doubt}"
                check((said in instance.log()) == (kind == "texthash"), kind, instance.log())


@test(counted=False)
def test_sessions_taken_up():
    """Tickets are good at every worker, with TLS 1.3 and 1.2, and at those started later."""
    own, folder = certificates(), scratch()
    with Instance(params={"smtpd_tls_security_level": "may", "smtpd_worker_processes": "2",
                          "smtpd_tls_chain_files": own.good.chain}) as instance:
        def connect(version, *more):
            return subprocess.run(
                [need("openssl"), "s_client", version, "-starttls", "smtp", "-connect",
                 f"{instance.address}:{instance.port}", "-CAfile", own.ca, "-ign_eof", *more],
                input="QUIT\r\n", capture_output=True, text=True, timeout=20).stdout

        def all_resumed(count):
            for version in ("-tls1_3", "-tls1_2"):
                for _ in range(count):
                    told = connect(version, "-sess_in", folder / version)
                    check("\nReused, " in told, version, told)
        for version in ("-tls1_3", "-tls1_2"):
            told = connect(version, "-sess_out", folder / version)
            check("\nNew, " in told, told)
        all_resumed(6)
        before = set(instance.pids("smtpd"))
        instance.reload()
        eventually(lambda: not before & set(instance.pids("smtpd")), 20, "new workers")
        all_resumed(3)
        instance.set(smtpd_tls_session_cache_timeout="0")
        instance.reload()
        eventually(lambda: "\nNew, " in connect("-tls1_2", "-sess_in", folder / "-tls1_2"), 20)


@test(counted=False)
def test_slow_handshakes():
    """200 clients that stop in the middle of their ClientHello hold up nobody, and are sent away."""
    with Instance(params={"smtpd_tls_security_level": "may", "smtpd_starttls_timeout": "3s",
                          "smtpd_tls_chain_files": certificates().good.chain,
                          "smtpd_client_connection_count_limit": "0"}) as instance:
        slow = [Client(instance.address, instance.port) for _ in range(200)]
        for client in slow:
            client.open()
            client.expect("STARTTLS", 220)
            client.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        began = time.monotonic()
        check(subject(instance) == "mail.example.org")
        check(time.monotonic() - began < 1, "a handshake took", time.monotonic() - began)
        for client in slow[::2]:  # a byte now and then gains no time
            client.send(b"\x00")
        check(all(client.hung_up() for client in slow))
        took = time.monotonic() - began
        check(took < 8, took)
