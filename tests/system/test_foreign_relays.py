"""Debian's Postfix as the relay that wants TLS and a password, and as the client of ours."""

import os
import pwd
import re
from pathlib import Path

from harness import (FaultyRelay, Instance, check, deliver, eventually, need, own_network, own_tree,
                     run, scratch, test)
from harness.certificates import certificates

REALM, USER, PASSWORD = "relay.example", "me", "open sesame"
SETTINGS = Path("/etc/postfix/sasl/smtpd.conf")
SASL = """pwcheck_method: auxprop
auxprop_plugin: sasldb
mech_list: PLAIN LOGIN CRAM-MD5 SCRAM-SHA-1 SCRAM-SHA-256
"""
# What the log of either says of TLS, without the addresses.
TLS_LINE = r"(\w+) TLS connection established (?:from|to) \S+: (TLSv1\.\d) with cipher (\S+) "


def accounts(owner="postfix"):
    """In Debian's places, the settings of AUTH and the only account. After own_tree()."""
    SETTINGS.parent.mkdir(exist_ok=True)
    SETTINGS.write_text(SASL)
    run(need("saslpasswd2"), "-c", "-p", "-u", REALM, USER, input=PASSWORD)
    os.chown("/etc/sasldb2", pwd.getpwnam(owner).pw_uid, -1)


def asking_relay(peer):
    """(one that takes mail under TLS from who logs in, the relay that it sends it on to)."""
    own_network()
    own_tree("/etc")
    end = FaultyRelay()
    accounts()
    held = certificates().good
    relay = Instance(end.nexthop, {
        "smtpd_tls_security_level": "may", "smtpd_tls_cert_file": held.cert,
        "smtpd_tls_key_file": held.key, "smtpd_tls_auth_only": "yes", "smtpd_tls_loglevel": "1",
        "smtpd_sasl_auth_enable": "yes", "smtpd_sasl_local_domain": REALM,
        "smtpd_sasl_authenticated_header": "yes",
        "smtpd_tls_received_header": "yes", "smtpd_delay_reject": "no",
        "smtpd_relay_restrictions": "permit_sasl_authenticated, reject"}, peer=peer)
    return relay, end


MECHANISMS = ("PLAIN", "LOGIN", "CRAM-MD5", "SCRAM-SHA-1", "SCRAM-SHA-256")


def services():
    return "".join(f"{name.lower()} unix - - n - - smtp -o smtp_sasl_mechanism_filter={name}\n"
                   for name in MECHANISMS)


def client_params(folder, relay, password):
    """main.cf of one that logs in there, and the service of each mechanism by domain."""
    (folder / "sasl_passwd").write_text(f"{nexthop(relay)} {USER}:{password}\n")
    (folder / "transport").write_text(
        "".join(f"{name.lower()}.test {name.lower()}:{nexthop(relay)}\n" for name in MECHANISMS))
    return {
        "smtp_tls_security_level": "secure", "smtp_tls_secure_cert_match": "mail.example.org",
        "smtp_tls_CAfile": certificates().ca, "smtp_tls_loglevel": "1",
        "smtp_sasl_auth_enable": "yes", "smtp_sasl_tls_security_options": "noanonymous",
        "smtp_sasl_password_maps": f"texthash:{folder}/sasl_passwd",
        "transport_maps": f"texthash:{folder}/transport",
        "minimal_backoff_time": "1000s", "maximal_backoff_time": "1000s",
    }


def nexthop(instance):
    return f"[{instance.address}]:{instance.port}"


def each_mechanism(client, relay, end):
    for name in MECHANISMS:
        before = len(end.mails)
        queue_id = deliver(client, recipients=[f"user@{name.lower()}.test"])
        client.wait_log(rf"{queue_id}: to=<.*status=sent \(250 2\.0\.0 Ok: .*queued as ")
        eventually(lambda: len(end.mails) > before, 15, f"mail by {name}")
        relay.wait_log(rf"client=\S+, sasl_method={name}, sasl_username={USER}@{REALM}$")
        received = end.mails[-1].content.decode()
        check(re.search(rf"\(using TLSv1\.3 with cipher .*\(Authenticated sender: {USER}@{REALM}\)"
                        r".*with ESMTPSA id", received, re.DOTALL), received)
    check(re.search("Verified" + TLS_LINE[5:], client.log()), "no TLS line of the client's")


@test(root=True, timeout=90, counted=False)
def test_postfix_as_the_relay():
    relay, end = asking_relay(peer=True)
    with relay:
        folder = scratch()
        params = client_params(folder, relay, PASSWORD)
        with Instance("", params, extra=services()) as client:
            each_mechanism(client, relay, end)
            (folder / "sasl_passwd").write_text(f"{nexthop(relay)} {USER}:wrong\n")
            client.reload()
            queue_id = deliver(client, recipients=["user@plain.test"])
            line = client.wait_log(rf"{queue_id}: to=<.*status=deferred .*$")[0]
            check("SASL authentication failed; server " in line and "dsn=4.7.8" in line and
                  ": 535 5.7.8 Error: authentication failed" in line, line)


@test(root=True, timeout=90, counted=False)
def test_postfix_as_the_client():
    relay, end = asking_relay(peer=False)
    with relay:
        params = client_params(scratch(), relay, PASSWORD)
        with Instance("", params, extra=services(), peer=True) as client:
            each_mechanism(client, relay, end)
