"""Load under TLS and with logins, while workers die, passwords are wrong and tokens end."""

import itertools
import json
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
    """Send from addresses of their own, each one message after the other, to the recipients in turn,
    until `stop()`."""

    def __init__(self, instance, count, recipients=("to@example.net",)):
        self.instance = instance
        self.recipients = recipients
        self.sent = {}  # sender by queue ID
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self.run, args=(f"u{n}@shop.example",))
                         for n in range(count)]
        for thread in self._threads:
            thread.start()

    def run(self, sender):
        for recipient in itertools.cycle(self.recipients):
            if self._over.wait(0.05):
                return
            self.sent[deliver(self.instance, sender=sender, recipients=[recipient])] = sender

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


class Tokens:
    """Of one user, each good for `life` seconds: a new one in good time, as a service beside us would
    see to it, in a file, and out of a command that tells of its end."""

    def __init__(self, accounts, life):
        self.accounts, self.life = accounts, life
        self.folder = scratch()
        self.given = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self.run)
        script = self.folder / "command"
        script.write_text(f"#!/bin/sh\necho run >> {self.folder}/runs\ncat {self.folder}/json\n")
        script.chmod(0o755)

    def put(self, name, text):
        new = self.folder / "new"
        new.write_text(text)
        new.chmod(0o644)
        new.rename(self.folder / name)

    def run(self):
        while True:
            token = f"token-{len(self.given)}-secret"
            for accounts in self.accounts:
                accounts.grant("me", token, self.life)
            self.put("token", token + "\n")
            self.put("json", json.dumps({"access_token": token,
                                         "expires_at": time.time() + self.life}))
            self.given.append(token)
            if self._over.wait(self.life * 0.4):
                return

    def __enter__(self):
        self._thread.start()
        eventually(lambda: self.given, 5, "a first token")
        return self

    def __exit__(self, *_):
        self._over.set()
        self._thread.join()


@test(timeout=180)
def test_tokens_that_end_under_load():
    """A token is good for a few seconds; no delivery fails for it, whether it comes from a file or from
    a command."""
    life, seconds = (20, 90) if soaking() else (4, 8)
    held, fleet = certificates().good, Fleet()
    relays = {source: FaultyRelay(fleet=fleet, tls=Tls(held.cert, held.key),
                                  accounts=Accounts(mechanisms=("XOAUTH2",)))
              for source in ("file", "command")}
    instance = Instance(params={**WITH_LOGIN, "smtp_sasl_mechanism_filter": "xoauth2",
                                "smtp_tls_connection_reuse": "no",
                                "smtp_connection_cache_on_demand": "no"})
    with Tokens([relay.accounts for relay in relays.values()], life) as tokens:
        (instance.config / "tokens").write_text(
            f"{relays['file'].nexthop} me file:{tokens.folder}/token\n"
            f"{relays['command'].nexthop} me command:{tokens.folder}/command\n")
        (instance.config / "transport").write_text(
            "".join(f"{source}.test smtp:{relay.nexthop}\n" for source, relay in relays.items()))
        instance.set(smtp_sasl_token_maps=f"texthash:{instance.config}/tokens",
                     transport_maps=f"texthash:{instance.config}/transport")
        tokens.folder.chmod(0o777)
        with instance:
            senders = Senders(instance, 4, [f"to@{source}.test" for source in relays])
            time.sleep(seconds)
            senders.stop()
            instance.wait_empty(20)
            mails = sum(len(relay.mails) for relay in relays.values())
            refused = [attempt for relay in relays.values() for attempt in relay.accounts.attempts
                       if not attempt[2]]
            check(mails == len(senders.sent) > 20, mails, len(senders.sent))
            # Where a login took longer than its token lasted, it was made again with the next one.
            check("status=deferred" not in instance.log(), len(refused), "refused")
            runs = len((tokens.folder / "runs").read_text().split())
            workers = len(instance.pids("smtp"))
            check(runs <= workers * (2 + 3 * seconds / life), runs, "runs of the command")
            print(f"figure: {mails} messages over {len(tokens.given)} tokens, {runs} runs of the command "
                  f"by {workers} workers, {len(refused)} tokens refused")
