"""Certificates of clients: who may relay by one, who is refused, who must have one."""

from harness import Client, Instance, certificates, check, fingerprint, free_port, loopback, test
from harness.tools import wait_port

TRUSTED = "Trusted TLS connection established from "


class Doors:
    """An instance with a listener for each set of options, by name."""

    def __init__(self, params, **doors):
        self.places, lines = {}, []
        for name, options in doors.items():
            address = loopback()
            self.places[name] = address, free_port(address)
            settings = " ".join(f"-o {{ {key} = {value} }}" for key, value in options.items())
            lines.append(f"{address}:{self.places[name][1]} inet n - n - - smtpd {settings}\n")
        self.instance = Instance(params={
            "smtpd_tls_security_level": "may", "smtpd_tls_chain_files": certificates().good.chain,
            "smtpd_tls_CAfile": certificates().ca, "smtpd_tls_ask_ccert": "yes",
            "smtpd_tls_loglevel": "1", "mynetworks": "", **params}, extra="".join(lines))

    def __enter__(self):
        self.instance.start()
        for place in self.places.values():
            wait_port(*place)
        return self

    def __exit__(self, *_):
        self.instance.stop()

    def rcpt(self, door, certificate=None, tls=True):
        """What RCPT for a relayed recipient is answered there."""
        with Client(*self.places[door]) as client:
            if tls:
                client.starttls(certificate=certificate)
            else:
                client.open()
            client.expect("MAIL FROM:<sender@example.com>", 250)
            return client.say("RCPT TO:<to@example.net>")


@test(peer=True, counted=False)
def test_by_certificate():
    """relay_clientcerts by fingerprints of certificate and key, permit_tls_all_clientcerts,
    check_ccert_access, reject_plaintext_session."""
    own, stranger = certificates(), certificates().issue("stranger.example", authority=False)
    by_key = certificates().issue("key.example", authority=False)
    by_cert = own.self_signed
    relay = "smtpd_relay_restrictions"
    folder = own.folder
    listed, access = folder / "relay.listed", folder / "ccert.access"
    listed.write_text(f"{fingerprint(by_cert)} one\n{fingerprint(by_key, key=True)} two\n")
    access.write_text(f"{fingerprint(by_cert)} REJECT not you\n{fingerprint(by_key, key=True)} OK\n")
    for file in (listed, access):
        file.chmod(0o644)
    doors = Doors(
        {"relay_clientcerts": f"texthash:{listed}", "smtpd_tls_fingerprint_digest": "sha256"},
        listed={relay: "permit_tls_clientcerts, reject_unauth_destination"},
        trusted={relay: "permit_tls_all_clientcerts, reject_unauth_destination"},
        table={relay: f"check_ccert_access texthash:{access}, reject_unauth_destination"},
        keys={relay: f"check_ccert_access {{ texthash:{access}, {{ search_order = "
                     "pubkey_fingerprint } }, reject_unauth_destination"},
        private={"smtpd_client_restrictions": "reject_plaintext_session",
                 relay: "permit_tls_clientcerts, reject"})
    cases = [
        ("listed", None, 554), ("listed", own.client, 554), ("listed", stranger, 554),
        ("listed", by_cert, 250), ("listed", by_key, 250),
        ("trusted", None, 554), ("trusted", own.client, 250), ("trusted", stranger, 554),
        ("trusted", own.expired, 554),
        ("table", None, 554), ("table", own.client, 554), ("table", by_cert, 554),
        ("table", by_key, 250), ("keys", by_cert, 554), ("keys", by_key, 250),
        ("private", by_cert, 250)]
    with doors:
        for door, certificate, code in cases:
            got = doors.rcpt(door, certificate)
            check(got[0] == code, door, certificate, got)
        got = doors.rcpt("table", by_cert)
        check(got == (554, "5.7.1 <mail.example.org>: Client certificate rejected: not you"),
              got)
        check("Relay access denied" in doors.rcpt("keys", by_cert)[1])
        got = doors.rcpt("private", tls=False)
        check(got == (450, "4.7.1 Session encryption is required"), got)
        doors.instance.wait_log("Untrusted TLS connection established from .* client-digest SHA256$")
        doors.instance.wait_log(TRUSTED)


@test(peer=True, counted=False)
def test_certificate_demanded():
    """smtpd_tls_req_ccert: with TLS demanded, sessions end that show none that is trusted; else it
    only asks."""
    own = certificates()
    doors = Doors({"smtpd_tls_ask_ccert": "no", "smtpd_tls_req_ccert": "yes"},
                  demanded={"smtpd_tls_security_level": "encrypt"}, offered={})
    with doors:
        for certificate, why in ((None, "No client certificate presented"),
                                 (own.self_signed, "Client certificate not trusted"),
                                 (own.expired, "Client certificate not trusted")):
            with Client(*doors.places["demanded"]) as client:
                client.open()
                client.expect("STARTTLS", 220)
                client.secure(certificate=certificate)
                got = client.say("NOOP")  # Postfix waits for a command before it says so
                check(got == (421, f"4.7.1 mail.example.org Error: {why}"), got)
                check(client.hung_up())
            doors.instance.wait_log(rf"NOQUEUE: abort: TLS from unknown\[127[\d.]+\]: {why}$")
        check(doors.rcpt("demanded", own.client)[0] == 454)
        check(doors.rcpt("offered")[0] == 454)
