"""What a sample relay does at each stage of a session.

A Script maps stages to actions. Stages: connect, ehlo, helo, mail, rcpt, data, bdat, content (while
the message comes; it should be larger than what buffers hold), dot, rset, noop, quit, unknown (any
other verb). An action is one of

    "450 4.2.0 later"   this reply instead of the usual one ("\\r\\n" inside makes it multi-line)
    DROP                close the connection without a reply
    RESET               close it with a TCP reset
    HANG                never answer, until the client goes away
    Slow(seconds)       the usual reply, that much later
    Trickle(seconds)    the usual reply, a byte each so many seconds
    Stored(action)      at the dot: that, after the mail was taken all the same
    function            called with (session, argument); returns one of the above, or None for
                        the usual reply

`Times(n, action)` does it the first n times, then the usual thing.
"""

from dataclasses import dataclass, field

DROP = "\0drop"
RESET = "\0reset"
HANG = "\0hang"

CAPABILITIES = ("PIPELINING", "SIZE 104857600", "8BITMIME", "ENHANCEDSTATUSCODES", "CHUNKING")


@dataclass
class Slow:
    seconds: float


@dataclass
class Trickle:
    seconds: float


@dataclass
class Stored:
    action: object


class Times:
    def __init__(self, count, action):
        self.left = count
        self.action = action

    def __call__(self, session, argument):
        if self.left <= 0:
            return None
        self.left -= 1
        return self.action


@dataclass
class Script:
    actions: dict = field(default_factory=dict)
    capabilities: tuple = CAPABILITIES

    def action(self, stage, session, argument):
        chosen = self.actions.get(stage)
        return chosen(session, argument) if callable(chosen) else chosen
