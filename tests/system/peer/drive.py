"""Runs all groups through one of the two systems; gives what was observed of each case."""

import json
import re
import time
from concurrent.futures import ThreadPoolExecutor

from harness import Client, Fleet, Instance, NameServer, OddNameServer, own_network
from harness.services import MASTER

NAME_SERVER = "127.0.0.53"
QUIET = {  # one attempt each, no slowing down of a client that errs on purpose
    "minimal_backoff_time": "1000s", "maximal_backoff_time": "1000s", "queue_run_delay": "1000s",
    "smtpd_soft_error_limit": "1000", "smtpd_hard_error_limit": "1000",
    "smtpd_client_connection_rate_limit": "0", "notify_classes": "", "relayhost": None,
    "default_process_limit": "200", "smtp_randomize_addresses": "no",
    "smtp_connection_cache_on_demand": "no",  # a message's visits and notes are its own
    "failover_probe_interval": "1d",          # and relays are visited for mail only,
    "failover_score_threshold": "1000",       # whatever they did to another case's message
}
STATUS = re.compile(
    r"postfix/(?P<program>\S+)\[\d+\]: (?P<id>[0-9A-Za-z]+): to=<(?P<to>.*?)>, "
    r"(?:orig_to=<(?P<orig_to>.*?)>, )?relay=(?P<relay>\S+?), (?:conn_use=\d+, )?delay=\S+, "
    r"delays=\S+, dsn=(?P<dsn>\S+), status=(?P<status>\S+) \((?P<reason>.*)\)$", re.MULTILINE)
PATIENCE = 30


def folders(text):
    """Scratch paths and queue IDs differ between any two runs."""
    text = re.sub(r"/tmp/posthaste-\w+/", "/", text)
    return re.sub(r"(queued as |forwarded as )\w+", r"\1ID", text)


def named(text):
    """A warning that names a message, without the name."""
    return re.sub(r"^warning: [0-9A-F]{6,}: ", "warning: ID: ", text)


class Running:
    """One group's instance."""

    def __init__(self, group, peer):
        self.group = group
        self.instance = Instance(params=QUIET, peer=peer)
        self.listeners = {"smtpd": (self.instance.address, self.instance.port)}
        entries = ""
        for offset, (name, options) in enumerate(group.listeners.items()):
            self.listeners[name] = (self.instance.address, 3000 + offset)
            entries += f"{self.instance.address}:{3000 + offset} inet n - n - - smtpd {options}\n"
        self.instance.master += entries + group.master
        self.instance.params.update(
            {name: value and value.replace("{config}", str(self.instance.config))
             for name, value in group.params.items()})
        self.instance.write_config()
        self.sent = {}  # case name: (queue ID or None, replies that refuse)
        self.fault = ""

    def start(self):
        try:
            for name in self.group.table_names():
                path = self.instance.config / name
                path.write_text(self.group.table(name))
                if name in self.group.indexed:
                    self.instance.command("postmap", f"hash:{path}")
            self.instance.start()
        except AssertionError as error:
            self.fault = f"group {self.group.name}: {error}"
            self.sent = {case.name: (None, ["not started"]) for case in self.group.cases}

    def inject(self):
        if self.fault:
            return
        by_listener = {}
        for case in self.group.cases:
            by_listener.setdefault(case.listener, []).append(case)
        for listener, cases in by_listener.items():
            client = None
            for case in cases:
                try:
                    if client is None:
                        client = Client(*self.listeners[listener])
                        client.open("client.home.test")
                    self.sent[case.name] = self.one(client, case)
                except (OSError, AssertionError, ValueError) as error:
                    self.sent[case.name] = (None, [f"session broken: {error}"])
                    client = None

    @staticmethod
    def one(client, case):
        refused = []

        def say(line):
            code, text = client.say(line)
            if code == 0:
                raise AssertionError(f"hung up at {line}")
            if code >= 400:
                refused.append(f"{code} {text}")
            return code < 400
        accepted = say(f"MAIL FROM:<{case.fill(case.sender)}>") and [
            each for each in case.recipients() if say(f"RCPT TO:<{each}>")]
        queue_id = None
        if accepted:
            queue_id = client.data(case.body.encode("latin-1")).rpartition(" queued as ")[2].strip()
        else:
            client.expect("RSET", 250)
        return queue_id, refused

    def lines(self):
        """Status lines by queue ID, the first for each recipient."""
        found = {}
        for match in STATUS.finditer(self.instance.log()):
            each = found.setdefault(match["id"], {})
            each.setdefault((match["to"], match["orig_to"]), match)
        return found

    def missing(self):
        lines = self.lines()
        return [case.name for case in self.group.cases if self.sent[case.name][0] and
                len(lines.get(self.sent[case.name][0], {})) < case.want.count(",") + 1 -
                len(self.sent[case.name][1])]


def observe(running, fleet):
    """{case: what is compared}."""
    lines, log = running.lines(), running.instance.log()
    warnings = re.findall(r"postfix/(\S+)\[\d+\]: (?:[0-9A-F]{6,}: )?(warning: .*)$", log,
                          re.MULTILINE)
    return {case.name: observe_case(case, *running.sent[case.name], lines, log, warnings, fleet)
            for case in running.group.cases}


def observe_case(case, queue_id, refused, lines, log, warnings, fleet):
    network = case.address("")
    recipients = [{name: folders(match[name] or "") for name in
                   ("program", "to", "orig_to", "relay", "dsn", "status", "reason")}
                  for match in lines.get(queue_id, {}).values()]
    visits = [each[len(network):] for each in fleet.visits if each.startswith(network)]
    took = [f"{server.address[len(network):]}: {mail.sender} -> {' '.join(sorted(mail.recipients))}"
            for server in fleet.servers.values() if server.address.startswith(network)
            for mail in server.mails]
    notes = re.findall(rf": {queue_id}: (host .*)$", log, re.MULTILINE) if queue_id else []
    notes += re.findall(rf"\]: (connect to .*\[{re.escape(network)}\d\].*)$", log, re.MULTILINE)
    mine = re.compile(rf"[@. =<]{re.escape(case.domain)}|{re.escape(network)}", re.IGNORECASE)
    return {
        "refused": [folders(each) for each in refused],
        "recipients": sorted(recipients, key=lambda each: each["to"]),
        "visits": sorted(visits) if case.unordered else visits, "took": sorted(took),
        "notes": sorted(notes),
        "warnings": sorted(f"{program}: {named(text)}" for program, text in warnings
                           if mine.search(text))}


def summary(seen):
    """An observation in the words of Case.want."""
    parts = [f"refused {' '.join(each.split()[:2])}" for each in seen["refused"]]
    parts += [f"{each['status']} {each['dsn']}" for each in seen["recipients"]]
    return " ".join([", ".join(parts), ">".join(seen["visits"])]).strip()


def name_server(groups):
    """The zones of all groups; a server that misbehaves if a case wants one."""
    cases = [case for group in groups for case in group.cases]
    manners = {f"{name}.{case.domain}".lstrip("."): manner for case in cases
               for name, manner in case.manners.items()}
    if manners:
        records = "\n".join(case.fill(case.dns).replace("|", "\n") for case in cases)
        return OddNameServer(records, manners, NAME_SERVER, 53)
    zone = "\n".join([*(group.zone for group in groups), *(case.zone() for case in cases)])
    return NameServer(zone, [name for group in groups for name in group.broken], NAME_SERVER, 53)


def drive(groups, peer, output):
    """Writes the observations of one system as JSON."""
    own_network(NAME_SERVER, "timeout:1 attempts:1",
                "127.0.0.1 localhost\n" + "".join(group.hosts_file() for group in groups))
    fleet = Fleet()
    for group in groups:
        for place, text in group.servers.items():
            address, _, port = place.rpartition(":")
            fleet.open(address, int(port), text)
        for case in group.cases:
            for place, text in case.servers.items():
                digit, _, port = str(place).partition(":")
                fleet.open(case.address(digit), int(port or 25), case.fill(text))
    result, started = {}, time.monotonic()
    with name_server(groups):
        systems = [Running(group, peer) for group in groups]
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(Running.start, systems))
            list(pool.map(Running.inject, systems))
        up = time.monotonic() - started
        end = time.monotonic() + PATIENCE
        while any(each.missing() for each in systems) and time.monotonic() < end:
            time.sleep(0.2)
        time.sleep(0.5)
        for each in systems:
            result.update(observe(each, fleet))
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda each: each.instance.stop(), systems))
    output.write_text(json.dumps(result))
    log = sorted(line for each in systems for line in each.instance.log().splitlines())
    output.with_suffix(".log").write_text("\n".join(log) + "\n")
    output.with_suffix(".taken").write_text(str(sum(
        len(mail.recipients) for server in fleet.servers.values() for mail in server.mails)))
    print(f"{'Postfix' if peer else 'Posthaste'}: up and fed after {up:.1f} s, "
          f"all done after {time.monotonic() - started:.1f} s", flush=True)
    waited = {each.group.name: each.missing() for each in systems if each.missing()}
    for each in systems:
        if each.fault:
            print(each.fault, flush=True)
    if waited:
        print("without an outcome:", waited, flush=True)
