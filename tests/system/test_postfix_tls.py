"""postfix tls: TLS set up where nobody has, keys and certificates of the server, made by openssl(1)."""

import base64
import hashlib
import re

from harness import Client, Instance, check, need, run, test


def tls(instance, *words, status=0):
    got, output = instance.attempt("postfix", "tls", *words)
    check(got == status, words, got, output)
    return output


def setting(instance, name):
    return instance.command("postconf", "-h", name).strip()


def of_key(file):
    """The public key of a private one."""
    return run(need("openssl"), "pkey", "-in", file, "-pubout")


def digest(file):
    """Of the public key in its binary form, as TLSA records have it."""
    pem = of_key(file).split("-----")[2]
    return hashlib.sha256(base64.b64decode(pem)).hexdigest()


def names_in(text):
    return re.findall(r"DNS:([^,\s]+)", text)


@test(timeout=60, counted=False)
def test_from_nothing_to_a_server_with_tls():
    instance = Instance(params={"compatibility_level": "3.7"})
    tls(instance, "all-default-server")
    tls(instance, "all-default-client")
    tls(instance, "enable-server", "-a", "ecdsa", "mx.example.org", "alias.example.org")
    tls(instance, "all-default-server", status=1)
    tls(instance, "all-default-client")
    cert, key = setting(instance, "smtpd_tls_eccert_file"), setting(instance, "smtpd_tls_eckey_file")
    check(re.fullmatch(rf"{instance.config}/eckey-\d{{8}}-\d{{6}}\.pem", key), key)
    check(key == cert.replace("eccert-", "eckey-"), cert)
    mode = (instance.config / key).stat().st_mode & 0o777
    check(mode == 0o600, oct(mode))
    before = (instance.config / "main.cf").read_text()
    suggested = tls(instance, "enable-server")
    check("smtpd_tls_security_level=may" in suggested, suggested)
    check((instance.config / "main.cf").read_text() == before, "main.cf was changed")
    with instance:
        for name in ("mx.example.org", "alias.example.org"):
            with Client(instance.address, instance.port) as client:
                client.starttls(ca=cert, name=name)
        # Another one, of the other kind, beside it.
        told = tls(instance, "new-server-key", "-b", "3072", "new.example.org")
        check(not setting(instance, "smtpd_tls_cert_file"), "it was put to use")
        deploy = re.search(r"tls (deploy-server-cert) (\S+) (\S+)", told)
        tls(instance, *deploy.groups())
        check(setting(instance, "smtpd_tls_key_file") == deploy[3], told)
        instance.command("postfix", "reload")
        with Client(instance.address, instance.port) as client:
            client.starttls(newest=None, name="mx.example.org")
    tls(instance, "enable-client")
    check(setting(instance, "smtp_tls_security_level") == "may", "no TLS for the client")
    tls(instance, "all-default-client", status=1)
    instance.command("postfix", "check")


@test(timeout=60, counted=False)
def test_what_others_must_know_of_a_key():
    instance = Instance(params={"compatibility_level": "3.7"})
    check(tls(instance, "output-server-tlsa") == "", "records of no key")
    tls(instance, "enable-server")
    key = setting(instance, "smtpd_tls_key_file")
    records = tls(instance, "output-server-tlsa")
    check(records == f"; {key}\n_25._tcp.mail.example.org. IN TLSA 3 1 1 {digest(key)}\n", records)
    request = instance.folder / "request"
    request.write_text(tls(instance, "output-server-csr", "a.example.org", "b.example.org"))
    text = run(need("openssl"), "req", "-in", request, "-noout", "-text", "-verify")
    check(names_in(text) == ["a.example.org", "b.example.org"], text)
    # A new certificate for the same key changes no record.
    told = tls(instance, "new-server-cert", "c.example.org")
    cert, same = re.search(r"deploy-server-cert (\S+) (\S+)", told).groups()
    check(of_key(same) == of_key(key), "another key")
    check(same != key, "the same file")
    text = run(need("openssl"), "x509", "-in", cert, "-noout", "-text")
    check(names_in(text) == ["c.example.org"] and "CN = c.example.org" in text, text)


@test(timeout=60, counted=False)
def test_mistakes():
    instance = Instance(params={"compatibility_level": "3.7"})
    one = re.search(r"deploy-server-cert (\S+) (\S+)", tls(instance, "new-server-key", "-a", "ecdsa"))
    other = re.search(r"deploy-server-cert (\S+) (\S+)", tls(instance, "new-server-key"))
    before = (instance.config / "main.cf").read_text()
    for words, said in (
            ((), "usage: postfix tls subcommand"),
            (("nosuch",), "usage: postfix tls subcommand"),
            (("enable-client", "word"), "usage: postfix tls enable-client"),
            (("new-server-key", "-x"), "usage: postfix tls new-server-key"),
            (("deploy-server-cert", "one"), "usage: postfix tls deploy-server-cert"),
            (("new-server-key", "-a", "dsa"), "-a dsa: expected rsa or ecdsa"),
            (("new-server-key", "-b", "many"), '"many": expected a number of bits'),
            (("new-server-key", "a\nb = c"), "expected a host name"),
            (("enable-client", "-r", "file"), "-r file: expected dev:/PATH"),
            (("deploy-server-cert", one[1], other[2]), "is not the key of the certificate"),
            (("deploy-server-cert", "nosuch", other[2]), "nosuch"),
            (("output-server-csr",), "-k rsa: no such key is deployed")):
        output = tls(instance, *words, status=1)
        check(said in output, words, output)
    check((instance.config / "main.cf").read_text() == before, "main.cf was changed")
    (instance.config / "main.cf").write_text(before + f"smtpd_tls_chain_files = {one[2]}, {one[1]}\n")
    output = tls(instance, "deploy-server-cert", one[1], one[2], status=1)
    check("smtpd_tls_chain_files says which keys" in output, output)
