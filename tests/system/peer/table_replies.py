"""What servers answer, or do instead, at each stage; alone, and as the first of a list of two."""

from .case import Case, Group

T = "transport"
PLAIN = "caps=8BITMIME; "  # no pipelining, so that a connection is lost at one command for sure


def alone(name, does, want, **more):
    return Case(name, want, servers={1: does}, maps={T: "{d} smtp:[{1}]"}, **more)


def first(name, does, want, **more):
    """The second server takes everything."""
    return Case(name, want, servers={1: does, 2: ""}, maps={T: "{d} smtp:[{1}], [{2}]"}, **more)


STAGES = [("greeting", "connect"), ("ehlo", "ehlo"), ("mail", "mail"), ("rcpt", "rcpt"),
          ("data", "data"), ("dot", "dot")]

# reply at stage: (alone, first of two)
REPLIES = {
    ("greeting", "421 4.3.2 busy"): ("deferred 4.3.2 1", "sent 2.0.0 1>2"),
    ("greeting", "450 4.3.2 later"): ("deferred 4.3.2 1", "sent 2.0.0 1>2"),
    ("greeting", "554 5.3.2 go away"): ("deferred 4.3.2 1", "sent 2.0.0 1>2"),
    ("greeting", "554 no code"): ("deferred 4.0.0 1", "sent 2.0.0 1>2"),
    ("greeting", "354 odd"): ("bounced 5.5.0 1", "bounced 5.5.0 1"),
    ("ehlo", "421 4.3.2 busy"): ("deferred 4.3.2 1", "sent 2.0.0 1>2"),
    ("ehlo", "450 4.3.2 later"): ("sent 2.0.0 1", "sent 2.0.0 1"),
    ("ehlo", "550 5.3.2 not you"): ("sent 2.0.0 1", "sent 2.0.0 1"),
    ("mail", "421 4.3.2 busy"): ("deferred 4.3.2 1", "sent 2.0.0 1>2"),
    ("mail", "451 4.3.0 later"): ("deferred 4.3.0 1", "sent 2.0.0 1>2"),
    ("mail", "452 no code"): ("deferred 4.0.0 1", "sent 2.0.0 1>2"),
    ("mail", "550 5.7.1 not this sender"): ("bounced 5.7.1 1", "bounced 5.7.1 1"),
    ("mail", "550 4.7.1 mixed classes"): ("bounced 5.0.0 1", "bounced 5.0.0 1"),
    ("mail", "354 odd"): ("bounced 5.5.0 1", "bounced 5.5.0 1"),
    ("rcpt", "421 4.3.2 busy"): ("deferred 4.3.2 1", "sent 2.0.0 1>2"),
    ("rcpt", "450 4.2.0 greylisted"): ("deferred 4.2.0 1", "sent 2.0.0 1>2"),
    ("rcpt", "452 4.2.2 full"): ("deferred 4.2.2 1", "sent 2.0.0 1>2"),
    ("rcpt", "550 5.1.1 no such user"): ("bounced 5.1.1 1", "bounced 5.1.1 1"),
    ("rcpt", "550 no code"): ("bounced 5.0.0 1", "bounced 5.0.0 1"),
    ("rcpt", "552 5.2.2 quota"): ("bounced 5.2.2 1", "bounced 5.2.2 1"),
    ("rcpt", "551-5.1.6 moved\\n551 5.1.6 away"): ("bounced 5.1.6 1", "bounced 5.1.6 1"),
    ("data", "421 4.3.2 busy"): ("deferred 4.3.2 1", "sent 2.0.0 1>2"),
    ("data", "451 4.3.0 later"): ("deferred 4.3.0 1", "sent 2.0.0 1>2"),
    ("data", "554 5.5.0 no"): ("bounced 5.5.0 1", "bounced 5.5.0 1"),
    ("dot", "421 4.3.2 busy"): ("deferred 4.3.2 1", "sent 2.0.0 1>2"),
    ("dot", "451 4.3.0 later"): ("deferred 4.3.0 1", "sent 2.0.0 1>2"),
    ("dot", "552 5.3.4 too big"): ("bounced 5.3.4 1", "bounced 5.3.4 1"),
    ("dot", "554 5.7.1 spam"): ("bounced 5.7.1 1", "bounced 5.7.1 1"),
    ("greeting", "drop"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("ehlo", "drop"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("mail", "drop"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("rcpt", "drop"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("data", "drop"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("dot", "drop"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("greeting", "hang"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("ehlo", "hang"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("mail", "hang"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("rcpt", "hang"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("data", "hang"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
    ("dot", "hang"): ("deferred 4.4.2 1", "sent 2.0.0 1>2"),
}


def each_reply():
    script = dict(STAGES)
    for (stage, action), (want, want_of_two) in REPLIES.items():
        word = action.split()[0].split("-")[0] + ("" if action in ("drop", "hang") else
                                                  "-" + action.split()[-1])
        does = (PLAIN if action in ("drop", "hang") else "") + f"{script[stage]}={action}"
        transport = "hasty" if action == "hang" else "smtp"
        yield Case(f"{stage}-{word}", want, servers={1: does},
                   maps={T: "{d} " + transport + ":[{1}]"})
        yield Case(f"first-{stage}-{word}", want_of_two, servers={1: does, 2: ""},
                   maps={T: "{d} " + transport + ":[{1}], [{2}]"})


OTHERS = [
    alone("helo-only", "ehlo=502 5.5.1 what", "sent 2.0.0 1"),
    alone("no-ehlo-no-helo", "ehlo=502 5.5.1 what; helo=550 5.5.1 nor this", "bounced 5.5.1 1"),
    first("first-no-ehlo-no-helo", "ehlo=502 5.5.1 what; helo=550 5.5.1 nor this",
          "bounced 5.5.1 1"),
    alone("helo-4xx", "ehlo=502 5.5.1 what; helo=450 4.5.1 later", "deferred 4.5.1 1"),
    first("first-helo-4xx", "ehlo=502 5.5.1 what; helo=450 4.5.1 later", "sent 2.0.0 1>2"),
    alone("no-capabilities", "caps=", "sent 2.0.0 1"),
    alone("no-8bitmime-8bit-body", "caps=PIPELINING", "sent 2.0.0 1",
          body="Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
               "Content-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa9\r\n"),
    alone("size-too-small", "caps=SIZE 100", "bounced 5.3.4 1"),
    first("first-size-too-small", "caps=SIZE 100", "bounced 5.3.4 1"),
    alone("size-without-number", "caps=SIZE", "sent 2.0.0 1"),
    alone("multi-line-greeting", "connect=220-a.example hello\\n220-more\\n220 ready",
          "sent 2.0.0 1"),
    alone("long-line", "", "sent 2.0.0 1", body="Subject: x\r\n\r\n" + "y" * 3000 + "\r\n"),
    alone("dots", "", "sent 2.0.0 1", body="Subject: x\r\n\r\n.z\r\n..x\r\n.y\r\n"),
    alone("some-recipients-4xx", "rcpt=450 4.2.0 later", "deferred 4.2.0, deferred 4.2.0 1",
          to="a@{d}, b@{d}"),
    alone("some-recipients-5xx", "rcpt=550 5.1.1 none", "bounced 5.1.1, bounced 5.1.1 1",
          to="a@{d}, b@{d}"),
    alone("dot-5xx-two-recipients", "dot=554 5.7.1 spam", "bounced 5.7.1, bounced 5.7.1 1",
          to="a@{d}, b@{d}"),
    alone("null-sender", "", "sent 2.0.0 1", sender=""),
    alone("null-sender-refused", "mail=550 5.7.1 no", "bounced 5.7.1 1", sender=""),
    alone("quit-drop", "quit=drop", "sent 2.0.0 1"),
    alone("quit-4xx", "quit=421 bye", "sent 2.0.0 1"),
    alone("dot-354", "dot=354 odd", "bounced 5.5.0 1"),
    alone("dot-250-no-text", "dot=250", "sent 2.0.0 1"),

    alone("noise-at-greeting", "connect=what is this\\n220 ready", "sent 2.0.0 1"),
    alone("noise-at-rcpt", "rcpt=250-2.1.5 one\\nwhat is this\\n250 2.1.5 ok", "sent 2.0.0 1"),
    alone("noise-without-pipelining", PLAIN + "mail=250-2.1.0 one\\nwhat\\n250 2.1.0 ok", "sent 2.0.0 1"),
    alone("long-reply", "rcpt=250 2.1.5 " + "x" * 3000, "sent 2.0.0 1"),
    alone("two-enhanced-codes", "rcpt=550-5.7.1 one\\n550 5.1.1 two", "bounced 5.1.1 1"),
    alone("last-line-without-code", "rcpt=550-5.7.1 one\\n550 two", "bounced 5.0.0 1"),
    alone("rcpt-251", "rcpt=251 2.1.5 will forward", "sent 2.0.0 1"),
    alone("rcpt-252", "rcpt=252 2.1.5 will try", "sent 2.0.0 1"),
    alone("reply-with-tab", "rcpt=550\\t5.1.1\\ttabs", "bounced 5.5.1 1"),
    Case("three-of-list", "sent 2.0.0 1>2>3", maps={T: "{d} smtp:[{1}], [{2}], [{3}]"},
         servers={1: "connect=421 x", 2: "mail=drop", 3: ""}),
    Case("list-all-4xx", "deferred 4.2.2 1>2", maps={T: "{d} smtp:[{1}], [{2}]"},
         servers={1: "rcpt=450 4.2.1 one", 2: "rcpt=451 4.2.2 two"}),
    Case("list-4xx-then-refused", "deferred 4.4.1 1", maps={T: "{d} smtp:[{1}], [{2}]:2526"},
         servers={1: "rcpt=450 4.2.1 one"}),
    Case("list-refused-then-4xx", "deferred 4.2.1 2", maps={T: "{d} smtp:[{1}]:2526, [{2}]"},
         servers={2: "rcpt=450 4.2.1 two"}),
    Case("list-4xx-then-5xx", "bounced 5.1.1 1>2", maps={T: "{d} smtp:[{1}], [{2}]"},
         servers={1: "rcpt=450 4.2.1 one", 2: "rcpt=550 5.1.1 two"}),
    Case("strict-greeting-5xx", "bounced 5.3.2 1", maps={T: "{d} strict:[{1}], [{2}]"},
         servers={1: "connect=554 5.3.2 no", 2: ""}),
    Case("never-ehlo", "sent 2.0.0 1", maps={T: "{d} old:[{1}]"}, servers={1: "ehlo=drop"}),
    Case("plain-ehlo-450", "sent 2.0.0 1", maps={T: "{d} plain:[{1}], [{2}]"},
         servers={1: "ehlo=450 4.3.2 later", 2: ""}),
    Case("plain-no-ehlo-no-helo", "bounced 5.5.1 1", maps={T: "{d} plain:[{1}], [{2}]"},
         servers={1: "ehlo=502 5.5.1 what; helo=550 5.5.1 nor this", 2: ""}),
    Case("short-lines", "sent 2.0.0 1", maps={T: "{d} narrow:[{1}]"}, servers={1: ""},
         body="Subject: x\r\n\r\n" + "y" * 300 + "\r\n"),
    Case("soft-bounce-rcpt", "SOFTBOUNCE 4.1.1 1", maps={T: "{d} soft:[{1}]"},
         servers={1: "rcpt=550 5.1.1 none"}),
    Case("soft-bounce-list", "sent 2.0.0 1>2", maps={T: "{d} soft:[{1}], [{2}]"},
         servers={1: "rcpt=550 5.1.1 none", 2: ""}),
    Case("soft-bounce-no-name", "SOFTBOUNCE 4.4.4", maps={T: "{d} soft:[no.{d}]"}),
]

GROUP = Group(
    "replies",
    {"transport_maps": "hash:{config}/transport"},
    [*each_reply(), *OTHERS],
    tables={T: "home.test smtp:[127.9.2.1]"},
    indexed=(T,),
    master=("hasty unix - - n - - smtp -o smtp_helo_timeout=2 -o smtp_mail_timeout=2\n"
            "  -o smtp_rcpt_timeout=2 -o smtp_data_init_timeout=2 -o smtp_data_done_timeout=2\n"
            "strict unix - - n - - smtp -o smtp_skip_5xx_greeting=no\n"
            "old unix - - n - - smtp -o smtp_never_send_ehlo=yes\n"
            "plain unix - - n - - smtp -o failover_health=no\n"
            "narrow unix - - n - - smtp -o smtp_line_length_limit=100\n"
            "soft unix - - n - - smtp -o soft_bounce=yes\n"),
    servers={"127.9.2.1:25": ""},
)
