"""DANE: TLSA records of a signed zone, asked of a resolver that validates; what becomes of a mail."""

import json

from dane.cells import cells
from dane.world import World

from harness import check, deliver, test


# Case and level, and what postrelay explain --probe tells of mail there.
EXPLAINED = [
    ("own-key-dane", ["TLS: dane (smtp_tls_security_level = dane)",
                      "TLSA _25._tcp.own-key-dane.dane.example: 3 1 1 ", "DNSSEC: address secure",
                      "Verified, the TLSA record 3 1 1 matches; asked for own-key-dane.dane.example",
                      "certificate: /CN=*.dane.example by /O=Posthaste tests/CN=Test authority"]),
    ("mx-dane-only", ["matches mx.mx-dane-only.dane.example, mx-dane-only.dane.example", "Verified"]),
    ("mismatch-dane", ["tls_failed_required", "Untrusted, not trusted by local or TLSA policy"]),
    ("absent-dane-only", ["no delivery now: no TLSA records found"]),
    ("unsigned-dane", ["TLS: may (", "DNSSEC: address insecure"]),
    ("forged-dane", ["no delivery now: TLSA lookup error for forged-dane.dane.example:25"]),
]


def check_explained(world):
    for name, expected in EXPLAINED:
        told = world.instance.command("postrelay", "explain", "--probe", f"user@{name}.test")
        for words in expected:
            check(words in told, f"{words} is not in:\n{told}")
    told = json.loads(world.instance.command("postrelay", "explain", "-j", "--probe",
                                             "user@own-key-dane.test"))
    probe = told["probes"][0]
    check(told["order"][0]["tls"]["level"] == "dane", told)
    check(probe["tls"]["tlsa_match"] == "3 1 1" and probe["dnssec"]["host_secure"] and
          probe["dnssec"]["tlsa_lookup"][0]["secure"], probe)
    check(probe["tls"]["chain"][0]["names"] == ["*.dane.example", "dane.example"], probe)


# A demand for TLS is met by TLSA records that are in force, and by nothing less.
DEMANDED = [("own-key-dane", "sent", "2.0.0"), ("mx-dane-only", "sent", "2.0.0"),
            ("absent-dane", "bounced", "5.7.10"), ("unsigned-dane", "bounced", "5.7.10"),
            ("forged-dane", "deferred", "4.7.5")]


def check_demands(world):
    named = {cell.name: cell for cell in cells()}
    for server in world.servers.values():
        server.become("caps=8BITMIME,REQUIRETLS")
    for name, *expected in DEMANDED:
        queue_id = deliver(world.instance, b"Require-TLS-ESMTP: yes\r\n\r\nhello\r\n",
                           recipients=[f"user@{name}.test"])
        got = world.outcome(named[name], queue_id)
        check(list(got[:2]) == expected, name, got)
        if got[0] == "sent":
            mail = world.servers[named[name].certificate].mails[-1]
            check("REQUIRETLS" in mail.parameters, name, mail.parameters)


def check_ours(world):
    check_explained(world)
    check_demands(world)


def run_all(peer, also=None):
    with World(peer) as world:
        sent = [(cell, world.send(cell)) for cell in cells()]
        wrong = []
        for cell, queue_id in sent:
            got = world.outcome(cell, queue_id)
            if got[:3] != cell.want[:3] or not got[3].startswith(cell.want[3]):
                wrong.append(f"{cell.name}: {got}, not {cell.want}")
        print(f"figure: {len(sent)} cells")
        check(not wrong, f"{len(wrong)} of {len(sent)} cells:\n" + "\n".join(wrong))
        if also:
            also(world)


@test(root=True, timeout=90, counted=False)
def test_postfix():
    run_all(True)


@test(root=True, timeout=90, counted=False)
def test_ours():
    run_all(False, check_ours)
