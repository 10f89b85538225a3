"""Rows of the taxonomy that come of TLS and of logins, and the world for them."""

from dataclasses import dataclass

from harness import Accounts, FaultyRelay, Tls
from harness.certificates import certificates
from taxonomy.rows import NEVER, ONE, TWO, Row
from taxonomy.trial import World

LOGIN, PASSWORD = "me", "open sesame"
# What a client that only knows it as "relay.example" sees of the relay.
NAME = "relay.example"
PARAMS = {
    "smtp_starttls_timeout": "2s", "smtp_sasl_auth_enable": "yes", "smtp_tls_security_level": "none",
    "smtp_sasl_security_options": "noanonymous", "smtp_sasl_mechanism_filter": "plain, login",
}


@dataclass
class SecureRow(Row):
    """`level` is what the policy table says of the first relay, which shows that certificate.
    `account`: the password it has for our login, "" when it wants none. `offers`: its mechanisms."""

    level: str = "encrypt"
    shows: str = "good"
    account: str = ""
    offers: tuple = ("PLAIN", "LOGIN")


STRICT = f"secure match={NAME}"
WRAPPED = "encrypt wrappermode=yes"

SECURE = [
    SecureRow("tls", "", "first", "", NEVER),
    SecureRow("wrapped", "", "first", "", NEVER, level=WRAPPED),
    SecureRow("named", "", "first", "", NEVER, level=STRICT),
    SecureRow("logged-in", "", "first", "", NEVER, account=PASSWORD),
    SecureRow("starttls-missing", "starttls=missing", "next", "starttls_missing", ONE),
    SecureRow("starttls-454", "starttls=454 4.7.0 later", "next", "tls_failed_required", ONE),
    SecureRow("starttls-554", "starttls=554 5.7.0 never", "next", "tls_failed_required", ONE),
    SecureRow("starttls-drops", "starttls=drop", "next", "tls_failed", TWO),
    SecureRow("starttls-hangs", "starttls=hang", "next", "tls_failed", TWO),
    SecureRow("handshake-drops", "handshake=drop", "next", "tls_failed_required", ONE),
    SecureRow("handshake-resets", "handshake=reset", "next", "tls_failed_required", ONE),
    SecureRow("handshake-hangs", "handshake=hang", "next", "tls_failed_required", ONE),
    SecureRow("handshake-babbles", "handshake=what do you want", "next", "tls_failed_required", ONE),
    SecureRow("wrapped-drops", "handshake=drop", "next", "tls_failed_required", ONE, level=WRAPPED),
    SecureRow("wrapped-hangs", "handshake=hang", "next", "tls_failed_required|banner_timeout", ONE,
              level=WRAPPED),
    SecureRow("injects", "starttls=220 2.0.0 go\\n250 2.0.0 injected", "next", "early_data", ONE),
    SecureRow("tls-ehlo-451", "tls-ehlo=451 4.3.0 not now", "next", "ehlo_refused", TWO),
    SecureRow("wrong-name", "", "next", "tls_failed_required", ONE, level=STRICT, shows="wrong_name"),
    SecureRow("expired", "", "next", "tls_failed_required", ONE, level=STRICT, shows="expired"),
    SecureRow("self-signed", "", "next", "tls_failed_required", ONE, level=STRICT,
              shows="self_signed"),
    SecureRow("may-missing", "starttls=missing", "first", "", NEVER, level="may"),
    SecureRow("may-454", "starttls=454 4.7.0 later", "first", "", NEVER, level="may"),
    SecureRow("may-drops", "handshake=drop", "next", "tls_failed", TWO, level="may"),
    SecureRow("auth-535", "", "next", "auth_rejected", ONE, account="another"),
    SecureRow("auth-454", "auth=454 4.7.0 later", "next", "auth_4xx", TWO, account=PASSWORD),
    SecureRow("auth-missing", "auth=missing", "next", "auth_mechanism_missing", ONE,
              account=PASSWORD),
    SecureRow("auth-other", "", "next", "auth_mechanism_missing", ONE, account=PASSWORD,
              offers=("CRAM-MD5", "XOAUTH2")),
    SecureRow("auth-drops", "auth=drop", "next", "connection_lost|auth_4xx", (1, 3),
              account=PASSWORD),
]

SECURE_ALONE = [
    SecureRow("alone-starttls-missing", "starttls=missing", "deferred 4.7.4", "starttls_missing", ONE),
    SecureRow("alone-starttls-554", "starttls=554 5.7.0 never", "deferred 4.7.0",
              "tls_failed_required", ONE),
    SecureRow("alone-handshake-drops", "handshake=drop", "deferred 4.7.5", "tls_failed_required", ONE),
    SecureRow("alone-wrong-name", "", "deferred 4.7.5", "tls_failed_required", ONE, level=STRICT,
              shows="wrong_name"),
    SecureRow("alone-auth-535", "", "deferred 4.7.8", "auth_rejected", ONE, account="another"),
    SecureRow("alone-auth-missing", "auth=missing", "deferred 4.7.0", "auth_mechanism_missing", ONE,
              account=PASSWORD),
]


class SecureWorld(World):
    def __init__(self, rows, alone=False):
        self.authority = certificates(NAME)
        super().__init__(rows, alone, {**PARAMS, "smtp_tls_CAfile": self.authority.ca})

    def relay(self, row):
        shown = getattr(self.authority, row.shows)
        tls = Tls(shown.cert, shown.key, wrapper="wrappermode" in row.level)
        accounts = Accounts({LOGIN: row.account}, row.offers) if row.account else None
        return FaultyRelay(row.fault, fleet=self.fleet, tls=tls, accounts=accounts)

    def more_tables(self, rows):
        self.table("smtp_tls_policy_maps", (f"{self.first(row)} {row.level}" for row in rows))
        self.table("smtp_sasl_password_maps",
                   (f"{self.first(row)} {LOGIN}:{PASSWORD}" for row in rows if row.account))
