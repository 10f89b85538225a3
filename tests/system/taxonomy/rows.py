"""One row for each way in which a relay fails: what becomes of the mail, and of the relay.

What comes of TLS and of AUTH is in secure_rows.py.
Rows that need more than a relay with one fault are functions of test_failover.py: a lost race, a
crowded relay, trouble of this machine's own, a 421 between two mails, slowness, the final dot.
"""

from dataclasses import dataclass

NEVER = (None, None)


@dataclass
class Row:
    """`fault` of the first of two relays (harness/faulty_relay.py), which `first` names otherwise
    than by its address. `outcome` of each message: "next" (taken by the second), "first", or status
    and code. `result` is what relay-attempt says, "" for no such line (a relay without an address has
    none either); the reason for OPEN is the same. `opens`: the least and the most messages after which
    the first relay, or its login or name, is OPEN; NEVER is held for five. `service`: through that one
    of master.cf. `big`: the message is larger than buffers are."""

    name: str
    fault: str
    outcome: str
    result: str
    opens: tuple
    service: str = "patient"
    first: str = ""
    big: bool = False
    note: str = ""


ONE, TWO, THREE, FIVE = (1, 1), (2, 3), (3, 3), (4, 5)

# Weights 2, 1 and 0.5 against a threshold of 2; a score fades, so that the last of several messages
# may be one more.
ROWS = [
    Row("no-such-name", "", "next", "name_not_found", ONE, first="[no.such.example]:587"),
    Row("no-address", "", "next", "name_not_found", ONE, first="[text.example]:587"),
    Row("no-name-service", "", "next", "dns_trouble", TWO, first="[a.broken.example]:587"),
    Row("refused", "refuse", "next", "refused", ONE),
    Row("no-route", "unreachable", "next", "unreachable", ONE),
    Row("no-network", "", "next", "unreachable", ONE, first="[192.0.2.1]:587"),
    Row("drops-syn", "drop-syn", "next", "connect_timeout", ONE),
    Row("silent", "connect=hang", "next", "banner_timeout", ONE),
    Row("closes", "connect=drop", "next", "banner_timeout", ONE, note="there will be no greeting"),
    Row("resets", "connect=reset", "next", "banner_timeout|refused", ONE),
    Row("babbles", "connect=what do you want", "next", "banner_timeout", ONE),
    Row("greets-421", "connect=421 4.3.2 busy", "next", "banner_4xx", TWO),
    Row("greets-450", "connect=450 4.3.2 busy", "next", "banner_4xx", TWO),
    Row("greets-554", "connect=554 5.3.2 go away", "next", "banner_5xx", ONE),
    Row("ehlo-451", "ehlo=451 4.3.0 not now", "next", "ehlo_refused", TWO),
    Row("ehlo-500", "ehlo=500 5.5.1 what", "first", "", NEVER, note="HELO will do"),
    Row("helo-500", "ehlo=500 5.5.1 what; helo=500 5.5.1 what", "next", "ehlo_refused", TWO),
    Row("ehlo-421", "ehlo=421 4.3.2 busy", "next", "reply_421|ehlo_refused", TWO),
    Row("ehlo-closes", "ehlo=drop", "next", "connection_lost", TWO),
    Row("ehlo-hangs", "ehlo=hang", "next", "ehlo_timeout", TWO),
    Row("mail-421", "mail=421 4.3.2 busy", "next", "reply_421", TWO),
    Row("mail-closes", "mail=drop", "next", "connection_lost", TWO),
    Row("rcpt-421", "rcpt=421 4.3.2 busy", "next", "reply_421", TWO),
    Row("rcpt-closes", "rcpt=drop", "next", "connection_lost", TWO),
    Row("data-421", "data=421 4.3.2 busy", "next", "reply_421", TWO),
    Row("data-closes", "data=drop", "next", "connection_lost|data_lost", TWO),
    # A login's, after three messages.
    Row("mail-451", "mail=451 4.3.0 not now", "next", "mail_4xx", THREE),
    Row("mail-452", "mail=452 4.3.1 full", "next", "mail_4xx", THREE),
    Row("mail-530", "mail=530 5.7.0 authenticate first", "next", "relay_denied", TWO),
    Row("mail-535", "mail=535 5.7.8 no such login", "next", "relay_denied", TWO),
    Row("mail-5.7.9", "mail=550 5.7.9 too weak", "next", "relay_denied", TWO),
    Row("mail-5.7.13", "mail=550 5.7.13 disabled", "next", "relay_denied", TWO),
    Row("mail-550", "mail=550 5.1.8 who are you", "bounced 5.1.8", "", NEVER),
    Row("rcpt-450", "rcpt=450 4.2.0 greylisted", "next", "rcpt_4xx", NEVER),
    Row("rcpt-452", "rcpt=452 4.2.1 too fast", "next", "rcpt_4xx|rcpt_rate", NEVER),
    Row("rcpt-550", "rcpt=550 5.1.1 unknown", "bounced 5.1.1", "", NEVER),
    Row("rcpt-relay-denied", "rcpt=554 5.7.1 <x>: Relay access denied", "next", "rcpt_5xx", NEVER),
    Row("mail-hangs", "mail=hang", "next", "command_timeout", (2, 2)),
    Row("rcpt-hangs", "rcpt=hang", "next", "command_timeout", (2, 2)),
    Row("data-hangs", "data=hang", "next", "command_timeout|data_lost", (2, 5)),
    Row("data-451", "data=451 4.3.0 not now", "next", "data_4xx", FIVE),
    Row("dot-451", "dot=451 4.3.0 not now", "next", "data_4xx", FIVE),
    Row("dot-421", "dot=421 4.3.2 busy", "next", "reply_421|data_4xx", (2, 5)),
    Row("data-554", "data=554 5.6.0 no", "bounced 5.6.0", "", NEVER),
    Row("dot-554", "dot=554 5.6.0 no", "bounced 5.6.0", "", NEVER),
    Row("content-closes", "content=drop", "next", "data_lost", TWO, big=True),
    Row("content-hangs", "content=hang", "next", "data_lost", TWO, big=True),
    Row("small", "caps=SIZE 10", "next", "capability_missing", NEVER),
]

# A relay without a peer: its trouble keeps mail waiting, and returns none.
ALONE = [
    Row("alone-no-such-name", "", "deferred 4.4.3", "name_not_found", ONE,
        first="[no.such.example]:587"),
    Row("alone-no-name-service", "", "deferred 4.4.3", "dns_trouble", TWO,
        first="[a.broken.example]:587"),
    Row("alone-refused", "refuse", "deferred 4.4.1", "refused", ONE),
    Row("alone-greets-554", "connect=554 5.3.2 go away", "deferred 4.3.2", "banner_5xx", ONE),
    Row("alone-helo-500", "ehlo=500 5.5.1 what; helo=500 5.5.1 what", "deferred 4.5.1",
        "ehlo_refused", TWO),
    Row("alone-mail-530", "mail=530 5.7.0 authenticate first", "deferred 4.7.0", "relay_denied", TWO),
    Row("alone-rcpt-relay-denied", "rcpt=554 5.7.1 <x>: Relay access denied", "deferred 4.7.1",
        "rcpt_5xx", NEVER),
    Row("alone-mail-550", "mail=550 5.1.8 who are you", "bounced 5.1.8", "", NEVER),
    Row("alone-small", "caps=SIZE 10", "bounced 5.3.4", "capability_missing", NEVER),
]
