"""AUTH of a sample relay: its accounts, its tokens, and the mechanisms that it speaks.

Script stage: auth (a reply, DROP, HANG … to the AUTH command; MISSING does not offer it).
"""

import base64
import binascii
import hmac
import time

BAD = "535 5.7.8 authentication credentials invalid"
GOOD = "235 2.7.0 authentication successful"
TROUBLE = b'{"status":"401","schemes":"bearer","scope":"https://mail.example/"}'


class Accounts:
    """`passwords` by user; `tokens` maps a token to (user, when it ends). Both may change at any
    time. `required`: MAIL needs a login. `in_clear`: AUTH is offered without TLS too. `attempts`
    are (mechanism, user, whether it was let in)."""

    def __init__(self, passwords=None, mechanisms=("PLAIN", "LOGIN"), required=True,
                 in_clear=False):
        self.passwords = dict(passwords or {})
        self.tokens = {}
        self.mechanisms = tuple(mechanisms)
        self.required = required
        self.in_clear = in_clear
        self.attempts = []

    def grant(self, user, token, seconds):
        """This token is good for so long."""
        self.tokens[token] = (user, time.time() + seconds)

    def offered(self, session):
        return bool(self.mechanisms) and (self.in_clear or session.tls is not None)

    def password_is(self, user, password):
        return user in self.passwords and self.passwords[user] == password

    def token_is(self, user, token):
        owner, end = self.tokens.get(token, (None, 0))
        return owner == user and time.time() < end


async def authenticate(session, accounts, argument):
    """(user, whether the login is good) after a dialogue; raises ValueError on what is no base64."""
    mechanism, _, initial = argument.partition(" ")
    dialogue = DIALOGUES[mechanism.upper()]
    user, good = await dialogue(session, accounts, initial or None)
    accounts.attempts.append((mechanism.upper(), user, good))
    return user, good


async def ask(session, challenge, initial=None):
    """The client's response, which may have come with the command."""
    if initial is None:
        session.writer.write(b"334 " + base64.b64encode(challenge) + b"\r\n")
        await session.writer.drain()
        initial = (await session.reader.readuntil(b"\n")).decode("latin-1").strip()
    if initial == "=":
        return b""
    try:
        return base64.b64decode(initial, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from None


async def plain(session, accounts, initial):
    parts = (await ask(session, b"", initial)).decode().split("\0")
    if len(parts) != 3:
        raise ValueError("not three parts")
    return parts[1], accounts.password_is(parts[1], parts[2])


async def login(session, accounts, initial):
    user = (await ask(session, b"Username:", initial)).decode()
    password = (await ask(session, b"Password:")).decode()
    return user, accounts.password_is(user, password)


async def cram_md5(session, accounts, _):
    challenge = f"<{time.time_ns()}@{session.relay.name}>".encode()
    user, _, digest = (await ask(session, challenge)).decode().rpartition(" ")
    wanted = hmac.new(accounts.passwords.get(user, "").encode(), challenge, "md5").hexdigest()
    return user, user in accounts.passwords and digest == wanted


async def bearer(session, accounts, initial):
    """XOAUTH2 and OAUTHBEARER: fields behind \\1; a refusal is a challenge that wants an answer."""
    fields = (await ask(session, b"", initial)).decode().split("\1")
    named = dict(field.split("=", 1) for field in fields if "=" in field and field[:2] != "n,")
    user = named.get("user") or fields[0].partition("a=")[2].rstrip(",")
    token = named.get("auth", "").removeprefix("Bearer ")
    good = accounts.token_is(user, token)
    if not good:
        await ask(session, TROUBLE)
    return user, good


DIALOGUES = {"PLAIN": plain, "LOGIN": login, "CRAM-MD5": cram_md5, "XOAUTH2": bearer,
             "OAUTHBEARER": bearer}
