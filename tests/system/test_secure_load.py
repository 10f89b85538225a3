"""Load under TLS and with logins, while workers die, passwords are wrong and tokens end."""

import random
import signal
import threading
import time

from harness import (Accounts, FaultyRelay, Fleet, Instance, Ledger, Stunnel, Tls, check, deliver,
                     eventually, loopback, scratch, send, soaking, test)
from harness.certificates import certificates

QUICK = {"minimal_backoff_time": "1s", "maximal_backoff_time": "2s", "queue_run_delay": "1s",
         "smtp_tls_security_level": "encrypt", "service_throttle_time": "2s"}
WITH_LOGIN = {**QUICK, "smtp_sasl_auth_enable": "yes", "smtp_sasl_tls_security_options": "noanonymous"}


@test(timeout=120, alone=True, counted=False)
def test_workers_die_with_tls_sessions():
    """None lost; what comes twice was in flight when its worker was killed."""
    seconds = 20 if soaking() else 4
    chance = random.Random(seed := random.randrange(1 << 32))
    instance, killed = Instance(params=QUICK), 0
    ledger = Ledger(instance.folder, loopback())
    stunnel = Stunnel(instance.folder, ledger.address, ledger.port)
    instance.set(relayhost=stunnel.nexthop)
    with instance:
        load = ledger.start_load(instance, "--seconds", seconds, "--sessions", 20)
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            time.sleep(0.3)
            if workers := instance.pids("smtp"):
                send(chance.choice(workers), signal.SIGKILL)
                killed += 1
        figures = ledger.finish_load(load)
        ledger.wait_all(30)
        instance.wait_empty(30)
        twice = ledger.check_duplicates_in_flight()
        check(killed >= 2 * seconds, killed, "killed")
        print(f"figure: seed {seed}, {killed} workers killed, {figures['accepted']:.0f} messages, none "
              f"lost, {twice} twice")
    stunnel.stop()


class Senders:
    """Send from addresses of their own, each one message after the other, until `stop()`."""

    def __init__(self, instance, count):
        self.instance = instance
        self.sent = {}  # sender by queue ID
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self.run, args=(f"u{n}@shop.example",))
                         for n in range(count)]
        for thread in self._threads:
            thread.start()

    def run(self, sender):
        while not self._over.wait(0.05):
            self.sent[deliver(self.instance, sender=sender)] = sender

    def stop(self):
        self._over.set()
        for thread in self._threads:
            thread.join()


def arrived(*relays):
    """How often each message came, by its subject line's queue ID."""
    return [mail for relay in relays for mail in relay.mails]


@test(timeout=90)
def test_a_wrong_password_and_many_senders():
    """All goes to the second relay at once, under its own login; the first is used again within 10 s of
    the password's being put right."""
    held = certificates().good
    fleet = Fleet()
    first, second = (FaultyRelay(fleet=fleet, tls=Tls(held.cert, held.key),
                                 accounts=Accounts({name: f"{name}-secret"}))
                     for name in ("one", "two"))
    instance = Instance(f"{first.nexthop}, {second.nexthop}", WITH_LOGIN)
    table = instance.config / "sasl_passwd"

    def password(word):
        table.write_text(f"{first.nexthop} one:{word}\n{second.nexthop} two:two-secret\n")
        instance.command("postmap", f"hash:{table}")
    password("wrong")
    instance.set(smtp_sasl_password_maps=f"hash:{table}")
    with instance:
        senders = Senders(instance, 8)
        eventually(lambda: len(second.mails) > 100, 30, "mail at the second relay")
        check(not first.mails, "mail came in with the wrong password")
        attempts = len(first.accounts.attempts)
        check(attempts < 12, attempts, "logins tried with a password that is wrong")
        password("one-secret")
        started = time.monotonic()
        eventually(lambda: first.mails, 10, "mail at the first relay with the right password")
        took = time.monotonic() - started
        senders.stop()
        instance.wait_empty(20)
        whole = arrived(first, second)
        check(len(whole) == len(senders.sent), len(whole), "arrived of", len(senders.sent))
        check(all(mail.login == "one" for mail in first.mails) and
              all(mail.login == "two" for mail in second.mails), "logins mixed up")
        log = instance.log()
        check("status=deferred" not in log and "status=bounced" not in log, "deferred or bounced")
        print(f"figure: {len(whole)} messages, {attempts} logins refused, back after {took:.1f} s")


@test(timeout=120)
def test_tokens_that_end_under_load():
    """A token is good for a few seconds; no delivery fails for it."""
    life, seconds = (20, 90) if soaking() else (4, 8)
    held, folder = certificates().good, scratch()
    relay = FaultyRelay(tls=Tls(held.cert, held.key),
                        accounts=Accounts(mechanisms=("XOAUTH2",)))
    instance = Instance(relay.nexthop, {**WITH_LOGIN, "smtp_sasl_mechanism_filter": "xoauth2",
                                        "smtp_tls_connection_reuse": "no",
                                        "smtp_connection_cache_on_demand": "no"})
    (instance.config / "tokens").write_text(f"{relay.nexthop} me file:{folder}/token\n")
    instance.set(smtp_sasl_token_maps=f"texthash:{instance.config}/tokens")
    over = threading.Event()
    given = []

    def renew():
        """As a service beside us does it: a new token in good time, the old one good to its end."""
        while True:
            given.append(f"token-{len(given)}-secret")
            relay.accounts.grant("me", given[-1], life)
            (folder / "new").write_text(given[-1] + "\n")
            (folder / "new").chmod(0o644)
            (folder / "new").rename(folder / "token")
            if over.wait(life * 0.4):
                return
    renewing = threading.Thread(target=renew)
    renewing.start()
    eventually(lambda: (folder / "token").exists(), 5)
    with instance:
        senders = Senders(instance, 4)
        time.sleep(seconds)
        senders.stop()
        instance.wait_empty(20)
        over.set()
        renewing.join()
        refused = [attempt for attempt in relay.accounts.attempts if not attempt[2]]
        check(len(relay.mails) == len(senders.sent) > 20, len(relay.mails), len(senders.sent))
        check(not refused and "status=deferred" not in instance.log(), len(refused), "refused")
        print(f"figure: {len(relay.mails)} messages over {len(given)} tokens")
