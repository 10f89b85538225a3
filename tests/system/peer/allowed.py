"""Where Posthaste may differ from Debian's Postfix 3.7, and why: the list of allowed differences."""

import re

# A rewriting of one text applies to both systems before they are compared.
SAME_TEXT = [
    (r"message size \d+ exceeds", "message size N exceeds",
     "size= counts the bytes with CRLF, as they go over the wire"),
]

# (cases, parts of the observation, reason). Cases and parts are regular expressions of whole names.
ALLOWED = [
    # Better by design (what makes mail wait, bounce or come twice).
    ("list-last-unknown-name", "recipients",
     "a list of configured hosts bounces nothing because of the list: the softest error of all of "
     "its hosts counts, not that of the last one"),
    ("only-unknown-name|by-unknown-host|native-unknown|hosts-file-not-asked|own-host-literal",
     "recipients",
     "a relay that somebody configured bounces nothing for a name that leads nowhere or to us"),
    ("(first-)?no-ehlo-no-helo|strict-greeting-5xx", "recipients|visits|took|notes",
     "a configured relay that refuses to talk to us has said nothing about the message: the next "
     "one is asked, and at last the message waits"),
    ("(first-)?ehlo-450-later", "recipients|visits|took|notes",
     "a server that says \"not now\" to EHLO knows it: the next one is asked, rather than this with HELO"),
    ("first-dot-(drop|hang)", "recipients|visits|took",
     "when the fate of a message is unknown after its final dot, the next host is not asked at once: "
     "it would often come twice"),
    ("first-size-too-small", "recipients|visits|took",
     "another host of the list may take what is too large for the first"),
    ("(first-)?(greeting|mail)-354-odd|dot-354|reply-with-tab", "recipients|visits|took|warnings",
     "a reply of no known class says nothing about the message: the next host is asked, and at last "
     "the message waits, where Postfix bounces it"),
    ("mx-same-host-twice", "visits|notes",
     "an address that stands twice in the list of hosts is tried once"),
    ("odd-lame", "recipients",
     "a server that points elsewhere has said nothing about the name, so the mail waits"),
    ("two-ats(-through-us)?|relay-two-ats|syntax-two-ats|comment|quoted-empty|local-empty|"
     "syntax-local-empty|literal-open", "refused|recipients|visits|took|warnings",
     "what RFC 5321 does not allow as a path and no client sends by mistake is refused as bad "
     "syntax, where Postfix repairs it: a second @, comments, an empty local part, an open literal"),
    # Words.
    ("odd-garbage", "recipients", "the reason says that the name server's reply was malformed"),
    ("soft-bounce-.*", "recipients",
     "what soft_bounce defers is logged as deferred, a status that log analysers know"),
    ("upper-case-domain|upper-case-value", "recipients",
     "the name service gives names in lower case, so relay= shows them so"),
    ("cname-dangling|mx-to-cname-of-nothing", "recipients",
     "the reason names the end of the chain of aliases, which is what does not exist"),
    ("cname-loop|odd-chain-1[01]", "warnings",
     "the loop is in the reason of the deferral or bounce; it has no warning of its own"),
]


def settle(text):
    for pattern, replacement, _ in SAME_TEXT:
        text = re.sub(pattern, replacement, text)
    return text


def allowed(case, part):
    """The reason why this part of this case may differ, or None."""
    return next((reason for cases, parts, reason in ALLOWED
                 if re.fullmatch(cases, case) and re.fullmatch(parts, part)), None)
