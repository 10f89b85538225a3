"""Relays of one list with TLS policies of their own, and policies that a daemon knows."""

import re
import socketserver
import threading
import time

from harness import FaultyRelay, Fleet, Instance, Tls, check, deliver, eventually, test
from harness.certificates import certificates
from taxonomy.pair import RETRY_LATE

NAME = "relay.example"


def instance(relays, policy, **params):
    authority = certificates(NAME)
    made = Instance(", ".join(relay.nexthop for relay in relays), {
        **RETRY_LATE, "smtp_log_tls_feature_status": "yes", "smtp_tls_loglevel": "1", "smtp_tls_CAfile": authority.ca, "failover_probe_interval": "1s",
        "failover_open_time": "1000s", "failover_open_time_limit": "1000s", **params})
    table = made.config / "tls_policy"
    table.write_text("".join(f"{relay.nexthop} {text}\n" for relay, text in zip(relays, policy)))
    made.set(smtp_tls_policy_maps=f"texthash:{table}")
    made.start()
    return made


def relay(fleet, shown, fault="", wrapper=False):
    return FaultyRelay(fault, fleet=fleet, tls=Tls(shown.cert, shown.key, wrapper=wrapper))


def status(made, queue_id, seconds=20):
    """(relay, tls=, code, status, reason) of the first line on a message."""
    pattern = rf"{queue_id}: to=<\S+, relay=(\S+?), .*?(?:tls=(\S+), )?dsn=(\S+), status=(\w+) \((.*)\)$"
    return eventually(lambda: re.search(pattern, made.log(), re.MULTILINE), seconds, "an outcome").groups()


@test(counted=False)
def test_each_relay_of_a_list_has_its_policy():
    authority, fleet = certificates(NAME), Fleet()
    first = relay(fleet, authority.self_signed)
    second = relay(fleet, authority.good, wrapper=True)
    secure = f"secure match={NAME} servername={NAME}"
    made = instance([first, second], [secure, f"{secure} wrappermode=yes"], smtp_tls_connection_reuse="no")
    try:
        peer, tls, code, _, _ = status(made, deliver(made))
        check((peer, tls, code) == (second.peer, "secure", "2.0.0"), peer, tls, code)
        mail = second.mails[0]
        check(mail.tls and mail.tls.sni == NAME and mail.tls.protocol == "TLSv1.3", mail.tls)
        check("result=tls_failed_required" in made.log(), "no relay-attempt line")
        eventually(lambda: f"{first.nexthop}/" in made.log() and "CLOSED->OPEN reason=tls_failed_required" in made.log(),
                   10, "the first relay is OPEN")
        # What is asked for by hand goes the same way.
        told = made.command("postrelay", "explain", "--probe", "to@example.net")
        check("Untrusted TLSv1.3" in told and "Verified TLSv1.3" in told, told)
        check("Server certificate not verified" in told, told)
        # The probes see that its certificate is good now, and mail is back.
        first.tls.load(authority.good.cert, authority.good.key)
        eventually(lambda: re.search(r"OPEN->(RAMP|CLOSED)", made.log()), 10, "the first relay is back")
        peer, tls, code, _, _ = status(made, deliver(made))
        check((peer, tls, code) == (first.peer, "secure", "2.0.0"), peer, tls, code)
        # So they do when it was the policy that was wrong.
        table = made.config / "tls_policy"
        right = table.read_text()
        table.write_text(right.replace(f"match={NAME}", "match=other.example", 1))
        time.sleep(1.2)  # until it is looked at again
        peer, *_ = status(made, deliver(made))
        check(peer == second.peer, peer)
        table.write_text(right)
        eventually(lambda: len(re.findall(r"OPEN->(?:RAMP|CLOSED)", made.log())) == 2, 10, "the first is back again")
        peer, *_ = status(made, deliver(made))
        check(peer == first.peer, peer)
    finally:
        made.stop()


@test(counted=False)
def test_what_is_only_wished_for():
    """A handshake that breaks sends mail in the clear at the first attempt after minimal_backoff_time; sessions
    are resumed where connections are not kept."""
    authority, fleet = certificates(NAME), Fleet()
    breaks = relay(fleet, authority.good, "handshake=drop")
    keeps = relay(fleet, authority.good)
    made = instance([breaks, keeps], ["may", "encrypt connection_reuse=no"], minimal_backoff_time="1s",
                    maximal_backoff_time="1s", queue_run_delay="1s", failover_health="no",
                    smtp_tls_session_cache_database="btree:${data_directory}/smtp_scache")
    try:
        made.set(relayhost=breaks.nexthop)
        made.reload()
        queue_id = deliver(made)
        _, tls, code, state, reason = status(made, queue_id)
        check((tls, code, state) == ("may?", "4.7.5", "deferred"), tls, code, state, reason)
        eventually(lambda: f"{queue_id}: removed" in made.log(), 20, "mail in the clear")
        check(breaks.mails and not breaks.mails[0].tls, breaks.mails)
        check("tls=may:none, dsn=2.0.0" in made.log(), "no tls= field of it")
        made.set(relayhost=keeps.nexthop)
        made.reload()
        for number in range(1, 3):
            deliver(made)
            eventually(lambda: len(keeps.mails) == number, 20, "a mail")
        first, second = keeps.mails
        check(first.connection != second.connection, "a connection that was kept")
        check(second.tls.resumed and not first.tls.resumed, first.tls, second.tls)
    finally:
        made.stop()


class Policies(socketserver.ThreadingTCPServer):
    """A socketmap server (netstrings) with the values of `table`; it says TEMP for what is None there."""

    allow_reuse_address = daemon_threads = True

    def __init__(self, table):
        super().__init__(("127.0.0.1", 0), Question)
        self.table = table
        self.asked = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def name(self):
        return f"socketmap:inet:127.0.0.1:{self.server_address[1]}:postfix"


class Question(socketserver.StreamRequestHandler):
    def handle(self):
        while length := self.length():
            text = self.rfile.read(length + 1)[:-1].decode()
            self.server.asked.append(text)
            value = self.server.table.get(text.partition(" ")[2], "")
            answer = "TEMP not now" if value is None else f"OK {value}" if value else "NOTFOUND "
            self.wfile.write(f"{len(answer)}:{answer},".encode())

    def length(self):
        digits = b""
        while (byte := self.rfile.read(1)).isdigit():
            digits += byte
        return int(digits or 0)


@test(counted=False)
def test_policies_of_a_daemon():
    authority, fleet = certificates(NAME), Fleet()
    good = relay(fleet, authority.good)
    sts = f"secure match={NAME} servername=hostname policy_type=sts policy_domain=x policy_ttl=86400 "
    daemon = Policies({
        good.nexthop: f"secure match={NAME} policy_type=sts {{ policy_string = version: STSv1 }}",
        f"[{good.address}]": sts + "mx_host_pattern=mx.example"})
    made = Instance(good.nexthop, {**RETRY_LATE, "smtp_log_tls_feature_status": "yes", "smtp_tls_loglevel": "1", "smtp_tls_CAfile": authority.ca,
                                   "smtp_tls_policy_maps": daemon.name, "failover_health": "no",
                                   "smtp_tcp_port": str(good.port)})
    try:
        table = made.config / "transport"
        table.write_text(f"sts.test smtp:[{good.address}]\n")
        made.set(transport_maps=f"texthash:{table}", smtp_host_lookup="native", smtp_dns_support_level="disabled")
        made.start()
        value = made.command("postmap", "-q", good.nexthop, daemon.name)
        check(value.startswith("secure match="), value)
        _, tls, code, _, reason = status(made, deliver(made))
        check((tls, code) == ("secure", "2.0.0"), tls, code, reason)
        check(f"postfix {good.nexthop}" in daemon.asked, daemon.asked)
        _, _, code, state, reason = status(made, deliver(made, recipients=["a@sts.test"]))
        check((code, state) == ("4.7.5", "deferred") and "MTA-STS" in reason, code, state, reason)
        daemon.table[good.nexthop] = None
        time.sleep(1.2)  # what was known of it
        _, _, code, state, reason = status(made, deliver(made))
        check((code, state, reason) == ("4.3.0", "deferred", "temporary lookup error"), code, state, reason)
        check("the server says: TEMP not now" in made.log(), "no warning of it")
        daemon.shutdown()
        daemon.server_close()
        time.sleep(1.2)
        _, _, code, state, _ = status(made, deliver(made))
        check((code, state) == ("4.3.0", "deferred"), code, state)
        check(len(good.mails) == 1, good.mails)
    finally:
        made.stop()
