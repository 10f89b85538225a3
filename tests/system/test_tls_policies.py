"""Which entry of smtp_tls_policy_maps holds for a relay: by next hop, by element of a list, by host."""

from dataclasses import dataclass

from harness import (FaultyRelay, Fleet, Instance, NameServer, Tls, check, deliver, own_network, test,
                     with_peer)
from harness.certificates import certificates

PORTS = (25, 587, 465)


@dataclass
class Case:
    """Where mail for a domain of this name goes and what the table says; whether it comes under TLS."""

    name: str
    nexthop: str
    entry: str
    tls: bool
    peer: bool = True  # Postfix does the same
    service: str = "smtp"  # its main.cf has level may, that of `strict` encrypt


CASES = [
    Case("nothing", "[h1.isp.example]:587", "", True),
    Case("as-written", "[h2.isp.example]:587", "[h2.isp.example]:587 none", False),
    Case("other-port", "[h3.isp.example]:587", "[h3.isp.example]:465 none", True),
    Case("bare-domain", "d4.example:587", "d4.example:587 none", False),
    Case("parent", "sub.d5.example", ".d5.example none", False),
    Case("parent-and-port", "sub.d7.example:587", ".d7.example none", True),
    Case("parent-of-brackets", "[h6.d6.example]:587", ".d6.example none", True),
    Case("element", "[h7.isp.example]:587,[h8.isp.example]:587", "[h7.isp.example]:587 none", False),
    Case("other-element", "[h9.isp.example]:587,[h10.isp.example]:587", "[h10.isp.example]:587 none",
         True),
    Case("whole-list", "[h11.isp.example]:587,[h12.isp.example]:587",
         "[h11.isp.example]:587,[h12.isp.example]:587 none", False, peer=False),
    Case("host", "[h13.isp.example]:587", "h13.isp.example none", False, peer=False),
    Case("host-of-mx", "d14.example:587", "mx.d14.example none", True),
    Case("host-of-mx-stricter", "d15.example:587", "mx.d15.example secure", True),
    Case("weaker-as-written", "[h16.isp.example]:587", "[h16.isp.example]:587 none", False,
         service="strict"),
    Case("host-weaker", "[h17.isp.example]:587", "h17.isp.example none", False, peer=False,
         service="strict"),
    Case("wrapped", "[h18.isp.example]:465", "[h18.isp.example]:465 encrypt wrappermode=yes", True,
         peer=False),
]
DOMAINS = ("d4.example", "sub.d5.example", "sub.d7.example", "d14.example", "d15.example")
ZONE = ("".join(f"{name}. MX 10 mx.{name}.\nmx.{name}. A 127.0.2.1\n" for name in DOMAINS) +
        "".join(f"h{n}.{'d6' if n == 6 else 'isp'}.example. A 127.0.2.1\n" for n in range(1, 19)))
SERVICES = "strict unix - - n - - smtp -o smtp_tls_security_level=encrypt\n"


def table(instance, parameter, lines):
    file = instance.config / parameter
    file.write_text("".join(f"{line}\n" for line in lines if line))
    instance.set(**{parameter: f"texthash:{file}"})


@test(root=True, peer=True, timeout=90)
def test_which_entry_holds():
    own_network()
    held, fleet = certificates(*(f"mx.{name}" for name in DOMAINS)).good, Fleet()
    relays = [FaultyRelay(fleet=fleet, address="127.0.2.1", port=port,
                          tls=Tls(held.cert, held.key, wrapper=port == 465)) for port in PORTS]
    cases = [case for case in CASES if case.peer or not with_peer()]
    with NameServer(ZONE, address="127.0.0.53", port=53):
        instance = Instance(params={"smtp_tls_security_level": "may",
                                    "smtp_tls_CAfile": certificates().ca}, extra=SERVICES)
        table(instance, "smtp_tls_policy_maps", (case.entry for case in cases))
        table(instance, "transport_maps",
              (f"{case.name}.test {case.service}:{case.nexthop}" for case in cases))
        with instance:
            sent = [(case, deliver(instance, recipients=[f"u@{case.name}.test"])) for case in cases]
            for case, queue_id in sent:
                instance.wait_log(rf"{queue_id}: to=<.*status=sent ")
        came = {mail.recipients[0]: mail for relay in relays for mail in relay.mails}
        wrong = [case.name for case in cases if bool(came[f"u@{case.name}.test"].tls) != case.tls]
        check(not wrong, "not as wanted:", *wrong)


@test(peer=True, timeout=60)
def test_new_connections_resume_sessions():
    """By any worker; with what another policy began, none."""
    held = certificates().good
    relay = FaultyRelay(tls=Tls(held.cert, held.key))
    instance = Instance(relay.nexthop, {
        "smtp_tls_security_level": "encrypt", "smtp_tls_connection_reuse": "no",
        "smtp_tls_CAfile": certificates().ca, "smtp_tls_secure_cert_match": "mail.example.org",
        "smtp_tls_session_cache_database": "btree:$data_directory/smtp_scache"})
    with instance:
        def resumed():
            queue_id = deliver(instance)
            instance.wait_log(rf"{queue_id}: to=<.*status=sent ")
            return relay.mails[-1].tls.resumed
        first, *later = (resumed() for _ in range(6))
        check(not first and all(later), "resumed:", first, *later)
        instance.set(smtp_tls_security_level="secure")
        instance.reload()
        first, *later = (resumed() for _ in range(3))
        check(not first and all(later), "as secure:", first, *later)
