"""main.cf and master.cf: wrong lines are named, a stock master.cf starts."""

import re

from harness import Client, Instance, Relay, check, deliver, test

WRONG_MAIN = [
    ("this is no parameter\n", r"main\.cf.*line \d+|main\.cf:\d+"),
    ("smtpd_timeout = soon\n", r"smtpd_timeout"),
    ("message_size_limit = large\n", r"message_size_limit"),
    ("smtpd_recipient_limit = -5\n", r"smtpd_recipient_limit"),
    ("default_process_limit = 12x\n", r"default_process_limit"),
    ("mynetworks = 300.1.1.1/8\n", r"mynetworks|300\.1\.1\.1"),
    ("myorigin = ${mail_version\n", r"myorigin"),
    ("smtp_tcp_port = nosuch\n", r'main\.cf, line \d+: smtp_tcp_port: .*"nosuch"'),
    ("smtpd_sasl_auth_enable = yes\nsmtpd_sasl_type = saslauthd\n",
     r'main\.cf, line \d+: smtpd_sasl_type: .*"saslauthd"'),
    ("known_tcp_ports = smtp\n", r'main\.cf, line \d+: known_tcp_ports: .*"smtp"'),
]

WRONG_MASTER = [
    ("smtp inet n\n", r"master\.cf"),
    ("weird nosuchtype n - n - - smtpd\n", r"nosuchtype"),
    ("127.0.0.1:nosuchport inet n - n - - smtpd\n", r"nosuchport"),
    ("foo unix maybe - n - - smtpd\n", r"maybe"),
    ("foo unix - - n - many smtpd\n", r"many"),
    ("foo unix - - n soon - smtpd\n", r"soon"),
]


def refused(instance, pattern, what):
    status, output = instance.attempt("postfix", "start")
    text = output + instance.log()
    if status == 0:
        instance.stop()
    check(status != 0, "started in spite of", what, text)
    check(re.search(pattern, text), pattern, "not in", text)


@test(timeout=120)
def test_wrong_lines_of_main_cf():
    for line, pattern in WRONG_MAIN:
        instance = Instance()
        with open(instance.config / "main.cf", "a", encoding="ascii") as file:
            file.write(line)
        refused(instance, pattern, line)


@test(timeout=120)
def test_wrong_lines_of_master_cf():
    for line, pattern in WRONG_MASTER:
        refused(Instance(extra=line), pattern, line)


@test()
def test_fault_names_file_and_line():
    instance = Instance()
    text = (instance.config / "main.cf").read_text()
    number = text.count("\n") + 1
    (instance.config / "main.cf").write_text(text + "smtpd_timeout = soon\n")
    status, output = instance.attempt("postfix", "start")
    output += instance.log()
    check(status != 0 and f"{number}" in output and "main.cf" in output, number, output)
    check("smtpd_timeout" in output, output)


@test()
def test_check_warns_of_what_will_not_work_as_written():
    """In no case does it stop the start; each line has the place in the file."""
    rows = [
        ("relayhost = [127.0.0.1]:nosuch",
         r'relayhost: unknown service "nosuch" in "\[127.0.0.1\]:nosuch"; expected host'),
        ("mydestination = a.example\nvirtual_alias_domains = a.example",
         "do not list domain a.example in BOTH mydestination and virtual_alias_domains"),
        ("mydestination = a.example\nalias_maps = hash:/no/such",
         "default: local_recipient_maps: open database /no/such.db"),
        ("debug_peer_list = 127.0.0.1", "debug_peer_list = 127.0.0.1 is not built yet"),
    ]
    for lines, pattern in rows:
        instance = Instance(params={"relayhost": None, "mydestination": None})
        with open(instance.config / "main.cf", "a", encoding="ascii") as file:
            file.write(lines + "\n")
        status, output = instance.attempt("postfix", "check")
        check(status == 0, lines, "stops the start:", output)
        check(re.search(pattern, output), pattern, "not in", output)


@test()
def test_check_says_once_what_a_table_has_twice():
    """However many parameters and services name the table, and however closely it is looked at."""
    instance = Instance()
    table = instance.folder / "table"
    table.write_text("a.example smtp:[127.0.0.1]:1\na.example smtp:[127.0.0.2]:1\n"
                     "b.example local:\nb.example smtp:[127.0.0.3]:1\n")
    used = {name: f"texthash:{table}" for name in ("transport_maps", "relay_domains")}
    instance.master += f"127.0.0.1:1 inet n - n - - smtpd -o transport_maps=texthash:{table}\n"
    instance.set(**used)
    status, output = instance.attempt("postfix", "check")
    for line in ('2 entries of "a.example" make one list', 'duplicate entry: "b.example"',
                 "key b.example is there already"):
        check(status == 0 and output.count(line) == 1, line, "in", output)


@test(peer=True)
def test_unknown_parameters_only_warn():
    relay = Relay()
    with Instance(relay.nexthop, {"no_such_parameter": "1"}) as instance:
        deliver(instance)
        relay.wait(1)


@test(peer=True)
def test_values_of_many_shapes():
    """Comments, continuation lines, $name, ${name}, $(name), options of an entry."""
    relay = Relay()
    instance = Instance(params={"smtpd_banner": None, "myhostname": None, "relayhost": None},
                        listener="-o smtpd_banner=$myhostname\n  # a comment\n  -o "
                                 "message_size_limit=12345 ")
    with open(instance.config / "main.cf", "a", encoding="ascii") as file:
        file.write(f"# a comment\nsample_a = mx\n\nsample_b = $(sample_a).sample\n"
                   f"myhostname =\n  # inside\n  ${{sample_b}}.example\n"
                   f"relayhost = {relay.nexthop},\n\t\n")
    with instance:
        deliver(instance)
        relay.wait(1)
        with Client(instance.address, instance.port) as client:
            check(client.expect(None, 220) == "mx.sample.example", "the banner")
            check("SIZE 12345" in client.expect("EHLO x", 250), "the size")


@test(timeout=90, root=True, peer=True)
def test_stock_master_cf_starts():
    """Debian's own file, its smtp listener alone moved to our address."""
    with open("/usr/share/postfix/master.cf.dist", encoding="ascii") as file:
        stock = file.read()
    relay = Relay()
    instance = Instance(relay.nexthop)
    lines = [f"{instance.address}:{instance.port} {line.split(None, 1)[1]}"
             if re.match(r"smtp\s+inet\s", line) else line for line in stock.splitlines()]
    instance.master = "\n".join(lines) + "\npostlog unix-dgram n - n - 1 postlogd\n" \
        if "postlog" not in stock else "\n".join(lines) + "\n"
    instance.write_config()
    with instance:
        deliver(instance)
        relay.wait(1)
        check(not re.search(r"(fatal|panic):", instance.log()), "a fault in the log")
