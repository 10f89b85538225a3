"""Who may do what: the same questions to Debian's Postfix and to this system, the same answers."""

import re

from harness import Client, Instance, check, test

ACCESS = "inline:{" + ",".join(f"{{{key}={value}}}" for key, value in {
    "ok@x.example": "OK", "no@x.example": "REJECT", "text@x.example": "550 5.1.1 no such luck",
    "later@x.example": "DEFER_IF_PERMIT", "busy@x.example": "450 4.2.2 busy",
    "warn@x.example": "WARN have a look", "class@x.example": "warn_if_reject reject, permit",
    "odd@x.example": "nonsense", "<>": "INFO a report"}.items()) + "}"

PARAMS = {
    "mynetworks": "127.0.0.5/32",
    "smtpd_helo_restrictions": "check_helo_access inline:{{bad.example=554 5.1.1 not you}}, "
                               "reject_invalid_helo_hostname, reject_non_fqdn_helo_hostname",
    "smtpd_sender_restrictions": f"check_sender_access {ACCESS}, reject_non_fqdn_sender",
    "smtpd_relay_restrictions": "permit_mynetworks, reject_unauth_destination",
    "smtpd_recipient_restrictions": "reject_non_fqdn_recipient",
    "smtpd_data_restrictions": "reject_unauth_pipelining, reject_multi_recipient_bounce",
    "smtpd_etrn_restrictions": "reject",
    "smtpd_hard_error_limit": "100",
    "smtpd_error_sleep_time": "0",
    "smtpd_client_event_limit_exceptions": "127.0.0.0/8",
}

STRANGER = [["EHLO a.example", f"MAIL FROM:<{name}@x.example>", "RCPT TO:<r@far.example>"]
            for name in ("ok", "no", "text", "later", "busy", "warn", "class", "odd", "other")]
STRANGER += [[f"HELO {name}", "MAIL FROM:<ok@x.example>", "RCPT TO:<r@far.example>"]
             for name in ("bad.example", "plain", "a_b", "[1.2.3.4]", "[1.2.3]", "a..b", "1.2.3.4")]
STRANGER += [
    ["EHLO a.example", "MAIL FROM:<>", "RCPT TO:<r@far.example>", "RCPT TO:<r>", "RCPT TO:<>",
     "RCPT TO:<r@far.example> NOTIFY=NEVER,DELAY", "RCPT TO:<r@far.example> ORCPT=x", "DATA",
     "RSET", "MAIL FROM:<> RET=X", "MAIL FROM:<> ENVID=+ZZ", "MAIL FROM:<a>", "RCPT TO:<r@b.c>"],
    ["EHLO a.example", "VRFY r@far.example", "VRFY", "ETRN", "ETRN a b", "ETRN x.example"],
]
FRIEND = [
    ["EHLO a.example", "MAIL FROM:<ok@x.example>", "RCPT TO:<r@far.example>", "DATA", ".\r\nRSET",
     "MAIL FROM:<>", "RCPT TO:<r@far.example>", "RCPT TO:<s@far.example>", "DATA", "RSET",
     "VRFY r@far.example", "QUIT"],
]


def talk(instance, lines, source):
    """The replies to some lines; what Posthaste does not offer or Postfix adds is left out."""
    with Client(instance.address, instance.port, source=source) as client:
        replies = [client.reply()]
        for line in lines:
            client.send(line + "\r\n")
            for _ in range(line.count("\n") + 1):
                code, text = client.reply()
                text = re.sub(r"queued as \w+", "queued as QID", text)
                replies.append((line, code, re.sub(r"\nSMTPUTF8| \[SMTPUTF8\]", "", text)))
        return replies


def verdicts(instance):
    """What was logged of restrictions, without what differs from run to run."""
    lines = [line.split("]: ", 1)[1] for line in instance.log().splitlines()
             if re.search(r"smtpd\[\d+\]: .*(reject|reject_warning|warn|info): |mapping DSN", line)]
    return [re.sub(r"^[0-9A-F]{6,}: ", "QID: ", line) for line in lines
            if not line.startswith("warning: ")]


def ask(peer):
    with Instance("[127.0.0.1]:1", PARAMS, peer=peer) as instance:
        answers = [talk(instance, lines, "127.0.0.9") for lines in STRANGER]
        answers += [talk(instance, lines, "127.0.0.5") for lines in FRIEND]
    return answers, verdicts(instance)


def in_order(lines):
    # Workers log beside each other.
    return sorted(lines)


@test()
def test_replies_and_log_lines_are_those_of_postfix():
    theirs, their_log = ask(True)
    ours, our_log = ask(False)
    for each, other in zip(ours, theirs):
        for got, expected in zip(each[1:], other[1:]):
            check(got == expected, "got", got, "but Postfix says", expected)
    check(in_order(our_log) == in_order(their_log), "logged",
          set(our_log) ^ set(their_log))


@test()
def test_refused_at_once_without_delay():
    params = {"mynetworks": "127.0.0.5/32", "smtpd_delay_reject": "no",
              "smtpd_client_restrictions": "check_client_access inline:{{127.0.0.9=REJECT}}",
              "smtpd_helo_restrictions": "reject_non_fqdn_helo_hostname",
              "smtpd_sender_restrictions": "reject_non_fqdn_sender"}
    dialogues = [(["EHLO a.example", "NOOP", "QUIT"], "127.0.0.9"),
                 (["HELO a", "HELO a.example", "MAIL FROM:<a>", "MAIL FROM:<a@b.c>", "QUIT"],
                  "127.0.0.7")]
    logs, answers = [], []
    for peer in (True, False):
        with Instance("[127.0.0.1]:1", params, peer=peer) as instance:
            answers.append([talk(instance, *each) for each in dialogues])
        logs.append(in_order(verdicts(instance)))
    check(answers[0] == answers[1], "got", answers[1], "but Postfix says", answers[0])
    check(logs[0] == logs[1], set(logs[0]) ^ set(logs[1]))


@test()
def test_a_configuration_that_cannot_be_kept_stops_the_start():
    for params, expected in (
            ({"smtpd_client_restrictions": "reject_rbl_client zen.example"},
             "smtpd_client_restrictions: reject_rbl_client is not built yet"),
            ({"smtpd_relay_restrictions": "permit_mynetworks"},
             "specify at least one working instance of: reject_unauth_destination"),
            ({"smtpd_sender_restrictions": "check_sender_access"},
             "smtpd_sender_restrictions: restriction check_sender_access: expected a table")):
        instance = Instance("[127.0.0.1]:1", params)
        status, output = instance.attempt("postfix", "check")
        check(status != 0 and expected in output, params, status, output)
