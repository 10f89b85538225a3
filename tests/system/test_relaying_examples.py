"""The examples of relaying(7), as an administrator types them, with a name server and relays."""

import re
import time
from functools import partial

import guide

from harness import Client, Instance, account, check, deliver, test

World = partial(guide.World, "relaying.7")


@test(root=True, peer=True, timeout=90)
def test_relayhost():
    with World() as world:
        world.main_cf("relayhost = isp.example")
        line = world.arrives("mx1")
        check("relay=mx1.isp.example[127.0.1.4]:25, " in line, line)
        world.main_cf("relayhost = [relay1.isp.example]")
        world.arrives("relay1:25")
        world.main_cf("relayhost = [relay1.isp.example]:587")
        line = world.arrives("relay1")
        check("relay=relay1.isp.example[127.0.1.1]:587, " in line, line)
        world.main_cf("relayhost = [relay1.isp.example]:587, [relay2.isp.example]:587")
        world.arrives("relay1")
        world.down("relay1")
        line = world.arrives("relay2")
        check("relay=relay2.isp.example[127.0.1.2]:587, " in line, line)
        world.instance.wait_log(r"connect to relay1\.isp\.example\[127\.0\.1\.1\]:587: "
                                r"Connection refused$")
        world.main_cf("relayhost = [relay1.isp.example]:587 [relay3.isp.example]:587")
        world.arrives("relay3")
        world.main_cf("relayhost = isp.example")
        world.down("mx1")
        world.arrives("mx2")


@test(root=True, peer=True, timeout=90)
def test_transport_table():
    with World() as world:
        world.table("transport", "example.com smtp:[relay1.isp.example]:587", reload=False)
        world.main_cf("transport_maps = hash:/etc/postfix/transport")
        world.arrives("relay1", "a@example.com")
        world.table("transport",
                    "example.com smtp:[relay1.isp.example]:587, [relay2.isp.example]:587")
        world.arrives("relay1", "b@example.com")
        world.down("relay1")
        world.arrives("relay2", "c@example.com")
        world.table("transport", "example.com smtp:isp.example",
                    ".example.com smtp:[relay2.isp.example]:587",
                    "boss@example.com smtp:[relay3.isp.example]:587", "* smtp:[relay2.isp.example]:587",
                    "example.net :", "example.edu discard:")
        world.arrives("mx1", "d@example.com")
        world.arrives("relay2", "e@sub.example.com")
        world.arrives("relay3", "boss@example.com")
        world.arrives("relay2", "f@elsewhere.example")
        queue_id = deliver(world.instance, recipients=["g@example.edu"])
        world.instance.wait_log(rf"discard\[\d+\]: {queue_id}: to=<g@example.edu>.*status=sent")
        account.delivered_elsewhere()


@test(root=True, timeout=90)
def test_transport_repeated_and_on_three_lines():
    """What Postfix does not do: the transport in each item of a list, and a key on several lines."""
    with World() as world:
        world.table("transport",
                    "example.com smtp:[relay1.isp.example]:587, smtp:[relay2.isp.example]:587",
                    reload=False)
        world.main_cf("transport_maps = hash:/etc/postfix/transport")
        world.arrives("relay1", "a@example.com")
        world.down("relay1")
        world.arrives("relay2", "b@example.com")
        world.up("relay1")
        world.instance.wait_log(r"relay-health: \[relay1\S+ \S+->RAMP")
        world.table("transport", "example.com smtp:[relay1.isp.example]:587",
                    "example.com smtp:[relay2.isp.example]:587",
                    "example.com smtp:[relay3.isp.example]:587")
        world.arrives("relay1", "c@example.com")
        world.down("relay1")
        world.arrives("relay2", "d@example.com")
        world.down("relay2")
        world.arrives("relay3", "e@example.com")


@test(root=True)
def test_postmap_says_that_lines_were_joined():
    instance = Instance()
    table = instance.config / "transport"
    table.write_text("".join(f"example.com smtp:[relay{n}.isp.example]:587\n" for n in (1, 2, 3)))
    status, output = instance.attempt("postmap", f"hash:{table}")
    check(status == 0, output)
    check("example.com" in output and "warning" not in output, output)
    value = instance.command("postmap", "-q", "example.com", f"hash:{table}").strip()
    check(all(f"[relay{n}.isp.example]:587" in value for n in (1, 2, 3)), value)


@test(root=True, peer=True, timeout=90)
def test_relay_by_sender():
    with World() as world:
        world.table("relay_by_sender", "boss@shop.example [relay1.isp.example]:587",
                    "@shop.example [relay2.isp.example]:587",
                    "@club.example [relay3.isp.example]:587, [relay2.isp.example]:587", reload=False)
        world.main_cf("relayhost = isp.example")
        world.main_cf("sender_dependent_relayhost_maps = hash:/etc/postfix/relay_by_sender")
        world.arrives("relay1", sender="boss@shop.example")
        world.arrives("relay2", sender="me@shop.example")
        world.arrives("relay3", sender="us@club.example")
        world.arrives("mx1", sender="else@other.example")
        world.down("relay3")
        world.arrives("relay2", sender="us@club.example")


@test(root=True, peer=True)
def test_addresses_that_mean_nothing_outside():
    with World() as world:
        world.table("generic", "root@box.lan office@shop.example", "@box.lan me@shop.example",
                    reload=False)
        world.main_cf("relayhost = isp.example")
        world.main_cf("smtp_generic_maps = hash:/etc/postfix/generic")
        for number, (given, sent) in enumerate((("root", "office"), ("cron", "me"))):
            deliver(world.instance, f"From: {given}@box.lan\r\n\r\nx\r\n".encode(),
                    f"{given}@box.lan", ["user@example.org"])
            mail = world.came("mx1", number)
            check(mail.sender == mail.header("From") == f"{sent}@shop.example", mail)


@test(root=True, peer=True)
def test_without_relayhost_mail_goes_by_mx():
    with World() as world:
        line = world.arrives("mail", "user@example.com")
        check("relay=mail.example.com[127.0.1.6]:25, " in line, line)


@test(root=True, peer=True, timeout=90)
def test_fallback_relay():
    with World() as world:
        world.main_cf("smtp_fallback_relay = [relay1.isp.example]:587")
        world.arrives("mail", "user@example.com")
        world.down("mail")
        world.arrives("relay1", "user@example.com")


@test(root=True, peer=True, timeout=90)
def test_reload_keeps_open_sessions():
    """A session that is open over postmap and reload goes on; its mail goes where the table says."""
    with World() as world:
        world.table("transport", "example.com smtp:[relay1.isp.example]:587", reload=False)
        world.main_cf("transport_maps = hash:/etc/postfix/transport")
        with Client(world.instance.address, world.instance.port) as client:
            client.open()
            client.expect("MAIL FROM:<me@shop.example>", 250)
            world.table("transport", "example.com smtp:[relay2.isp.example]:587")
            client.expect("RCPT TO:<user@example.com>", 250)
            time.sleep(1)
            client.data(b"Subject: over the reload\r\n\r\nhello\r\n")
            mail = world.came("relay2", 0)
            check(mail.header("Subject") == "over the reload", mail)
            client.expect("QUIT", 221)
        check(not world.servers["relay1"].mails, "the old entry was used")


@test(root=True, peer=True, timeout=90)
def test_commands():
    """postmap -q, postconf -n, sendmail, also while the system is down."""
    with World() as world:
        instance = world.instance
        world.table("transport", "example.com smtp:[relay1.isp.example]:587")
        table = f"hash:{instance.config}/transport"
        shown = instance.command("postmap", "-q", "example.com", table)
        check(shown == "smtp:[relay1.isp.example]:587\n", shown)
        instance.command("postmap", "-q", "example.net", table, status=1)
        world.main_cf("relayhost = [relay1.isp.example]:587")
        shown = instance.command("postconf", "-n").splitlines()
        check("relayhost = [relay1.isp.example]:587" in shown, shown)
        check(shown == sorted(shown), "postconf -n is not in order:", shown)
        written = {name for name, value in instance.params.items() if value is not None}
        different = {line.split(" =")[0] for line in shown} ^ (written | {"relayhost"})
        different -= {"config_directory"}  # -c makes Postfix show it
        check(not different, "postconf -n and main.cf differ:", different)
        instance.sendmail("-f", "me@shop.example", "user@example.org")
        check(world.came("relay1", 0).recipients == ["user@example.org"], "sendmail")
        instance.sendmail("-f", "me@shop.example", "-t",
                          text="To: Two <two@example.org>\nSubject: by -t\n\nhello\n")
        mail = world.came("relay1", 1)
        check(mail.recipients == ["two@example.org"] and mail.header("Subject") == "by -t", mail)
        instance.stop()
        instance.sendmail("-f", "me@shop.example", "late@example.org", text="Subject: late\n\nx\n")
        instance.start()
        check(world.came("relay1", 2).recipients == ["late@example.org"], "mail while down")
        check(re.search(r"pickup\[\d+\]: [0-9A-Za-z]+: uid=0 from=<", instance.log()),
              "no pickup line")
