"""Each relay of a list with a login of its own: passwords, tokens, and what follows from a wrong one."""

import base64
import json
import os
import threading
import time

from harness import Accounts, FaultyRelay, Instance, check, deliver, eventually, test

SLOW = {"minimal_backoff_time": "600s", "queue_run_delay": "600s"}
SOON = 10
SECRETS = ("open-sesame-A", "open-sesame-B", "wrong-sesame")


def relay_of(user, password, mechanisms=("PLAIN", "LOGIN")):
    return FaultyRelay(accounts=Accounts({user: password}, mechanisms, in_clear=True))


class Logins(Instance):
    """Logs in without TLS; `logins` are the lines of its table, which is for root alone."""

    def __init__(self, relayhost, logins, params=None):
        super().__init__(relayhost, {
            "smtp_sasl_auth_enable": "yes",
            "smtp_sasl_security_options": "noanonymous",
            "smtp_tls_security_level": "none", **SLOW, **(params or {})})
        self.set(smtp_sasl_password_maps=f"hash:{self.config}/logins")
        self.write_config()
        self.put(logins)

    def put(self, lines):
        table = self.config / "logins"
        table.touch(mode=0o600)
        table.write_text("".join(f"{line}\n" for line in lines))
        self.command("postmap", f"hash:{table}")
        check(os.stat(f"{table}.db").st_mode & 0o077 == 0, "others may read the table")


def send(mail, count, sender="s{}@example.org"):
    for number in range(count):
        deliver(mail, sender=sender.format(number))


def told_nothing(mail, secrets):
    """No log, no answer of postrelay has a secret, plain or in base64."""
    texts = mail.log() + mail.command("postrelay", "show", "-j")
    for form in ([], ["-j"]):
        texts += mail.command("postrelay", "explain", *form, "-f", "s0@example.org", "to@example.net")
    for secret in secrets:
        check(secret not in texts, secret, "was told")
        for user in ("", "\0ali\0", "\0bob\0"):
            coded = base64.b64encode((user + secret).encode()).decode().rstrip("=")
            check(coded not in texts, secret, "was told in base64")


def explained(mail):
    """The lines that explain has about logins, without a probe."""
    text = mail.command("postrelay", "explain", "-f", "s0@example.org", "to@example.net")
    return [line.strip() for line in text.splitlines() if line.strip().startswith("login:")]


@test(timeout=90)
def test_a_wrong_password_costs_one_relay_and_no_time():
    first, second = relay_of("ali", SECRETS[0]), relay_of("bob", SECRETS[1])
    right = [f"{first.nexthop} ali:{SECRETS[0]}", f"{second.nexthop} bob:{SECRETS[1]}"]
    wrong = [f"{first.nexthop} ali:{SECRETS[2]}", right[1]]
    with Logins(f"{first.nexthop}, {second.nexthop}", wrong) as mail:
        began = time.monotonic()
        send(mail, 20)
        eventually(lambda: len(second.mails) == 20, 10, "all mail at the second")
        check(all(each.login == "bob" for each in second.mails), "another's login")
        check(not first.mails and len(first.accounts.attempts) <= 10,
              "tried", first.accounts.attempts)
        print(f"figure: 20 mails past a wrong password in {time.monotonic() - began:.1f} s")
        check("status=bounced" not in mail.log() and "status=deferred" not in mail.log(), mail.log())
        check(sorted(explained(mail)) == [
            f"login: {user}, by password (table hash:{mail.config}/logins, key {relay.nexthop})"
            for user, relay in (("ali", first), ("bob", second))], explained(mail))
        of_login = f"{first.nexthop}/{first.address} as ali"
        states = [json.loads(line)["state"] for line in mail.command(
            "postrelay", "reset", "-j", f"{first.nexthop}/{first.address}").splitlines()
            if json.loads(line)["label"] == of_login]
        check(states == ["CLOSED"], states, "of the login after a reset of its relay")
        mail.put(right)
        fixed, sent = time.monotonic(), 20

        def back():
            nonlocal sent
            deliver(mail)
            sent += 1
            return first.mails
        eventually(back, SOON, "mail at the first", every=0.3)
        print(f"figure: back {time.monotonic() - fixed:.1f} s after postmap")
        mail.wait_empty()
        check(len(first.mails) + len(second.mails) == sent, "lost or doubled")
        told_nothing(mail, SECRETS)


@test(timeout=90)
def test_mail_that_waits_for_its_login_goes_when_that_is_right():
    relay = relay_of("ali", SECRETS[0])
    relay.accounts.passwords["bob"] = SECRETS[1]
    pairs = [f"@example.org|{relay.nexthop} ali:", f"b@example.com|{relay.address} bob:{SECRETS[1]}"]
    with Logins(relay.nexthop, [pairs[0] + SECRETS[2], pairs[1]]) as mail:
        send(mail, 5)
        eventually(lambda: mail.log().count("status=deferred") == 5, 10, "five deferrals")
        mail.wait_log(r"dsn=4.7.8, status=deferred \(SASL authentication failed; server .* said: 535")
        tried = len(relay.accounts.attempts)
        deliver(mail, sender="b@example.com")  # who has no part in it
        eventually(lambda: [each.login for each in relay.mails] == ["bob"], 10, "bob's mail")
        time.sleep(3)
        check(len(relay.accounts.attempts) <= tried + 1, "a refused login was tried again")
        mail.put([pairs[0] + SECRETS[0], pairs[1]])
        began = time.monotonic()
        eventually(lambda: len(relay.mails) == 6, SOON, "the mail that waited")
        print(f"figure: deferred mail went {time.monotonic() - began:.1f} s after postmap")
        mail.wait_empty()
        told_nothing(mail, SECRETS)


@test(timeout=60)
def test_a_token_that_ends_every_other_second():
    relay = relay_of("ali", "", ("XOAUTH2", "PLAIN"))
    with Logins(relay.nexthop, [], {"smtp_connection_reuse_time_limit": "1s"}) as mail:
        mail.stop()
        token = mail.folder / "token"
        (mail.config / "tokens").write_text(f"{relay.address} ali file:{token}\n")
        mail.set(smtp_sasl_token_maps=f"texthash:{mail.config}/tokens")
        mail.write_config()
        over = threading.Event()
        numbers = iter(range(1000))

        def renew():
            name = f"secret-token-{next(numbers)}"
            relay.accounts.grant("ali", name, 2.2)
            new = mail.folder / "token.new"
            new.write_text(name)
            new.chmod(0o644)
            new.rename(token)

        def keep_fresh():
            while not over.wait(2):
                renew()
        renew()
        mail.folder.chmod(0o755)
        mail.start()
        keeper = threading.Thread(target=keep_fresh)
        keeper.start()
        began, sent = time.monotonic(), 0
        while time.monotonic() - began < 6:
            deliver(mail)
            sent += 1
            time.sleep(0.03)
        eventually(lambda: len(relay.mails) == sent, 10, "all mail")
        over.set()
        keeper.join()
        check("status=deferred" not in mail.log(), "a delivery failed")
        used = {attempt for attempt in relay.accounts.attempts}
        check(len([1 for _, _, good in relay.accounts.attempts if good]) >= 3, used)
        told_nothing(mail, ["secret-token"])
