"""Mail that waits for relays that are all down: it goes by itself, soon after one of them is back."""

import re
import time

from harness import (FaultyRelay, Instance, Relay, check, deliver, eventually, smtp_source, soaking,
                     test)

# What waits has no reason to go but the return: its next attempt is minutes away.
SLOW = {"minimal_backoff_time": "600s", "queue_run_delay": "600s"}
SOON = 10


def deferred(mail):
    return len(re.findall("status=deferred", mail.log()))


def send(mail, count):
    """So many messages, each deferred once by now."""
    before = deferred(mail)
    smtp_source(mail, "-m", count, "-s", 5)
    eventually(lambda: deferred(mail) >= before + count, 30, f"{count} deferrals")


def returned_within(relays, count, seconds=SOON):
    began = time.monotonic()
    eventually(lambda: sum(len(relay.mails) for relay in relays) >= count, seconds,
               lambda: f"{[len(relay.mails) for relay in relays]} of {count} mails")
    return time.monotonic() - began


@test(timeout=120)
def test_all_mail_goes_when_a_relay_is_back():
    relays = [FaultyRelay("refuse"), FaultyRelay("refuse")]
    with Instance(", ".join(relay.nexthop for relay in relays), SLOW) as mail:
        send(mail, 50)
        mail.wait_log("CLOSED->OPEN reason=all_relays_down")
        mail.command("postqueue", "-f")  # to no avail, and does no harm
        relays[1].become("")
        took = returned_within(relays, 50)
        mail.wait_log(r"qmgr\[\d+\]: next hop smtp:.* is back: \d+ messages? waits? for it")
        mail.wait_empty()
        check(len(relays[0].mails) == 0, "mail for a relay that is down")

        # The same for mail that lies in files, whose next hops the next qmgr has to find out.
        relays[1].become("refuse")
        send(mail, 50)
        mail.stop()
        check(mail.queue_files("deferred"), "the log was not drained")
        mail.start()
        mail.wait_log("all relays unavailable")
        time.sleep(2)
        relays[0].become("")
        again = returned_within(relays, 100)
        mail.wait_empty()
        check(sum(len(relay.mails) for relay in relays) == 100, "a mail went twice")
        print(f"figure: 50 waiting messages are with a relay {took:.1f} s after its return, "
              f"over a restart {again:.1f} s")


@test(timeout=400)
def test_much_mail_comes_back_at_its_rate():
    count, rate = (20000, 1000) if soaking() else (1500, 300)
    back, other = FaultyRelay("refuse"), Relay()
    params = {**SLOW, "failover_return_rate": str(rate), "qmgr_message_active_limit": "30000",
              "transport_maps": f"inline:{{ {{other.test = smtp:{other.nexthop}}} }}"}
    with Instance(back.nexthop, params) as mail:
        smtp_source(mail, "-m", count, "-s", 5)
        eventually(lambda: deferred(mail) >= count, 120, f"{count} deferrals")
        back.become("")
        eventually(lambda: back.mails, SOON, "the first mail")
        began, slowest = time.monotonic(), 0
        while len(back.mails) < count and time.monotonic() - began < 4 * count / rate:
            sent, expected = time.monotonic(), len(other.mails) + 1
            deliver(mail, recipients=["to@other.test"])
            eventually(lambda: len(other.mails) >= expected, 20, "mail for another relay")
            slowest = max(slowest, time.monotonic() - sent)
        took = time.monotonic() - began
        check(len(back.mails) >= count, len(back.mails), "of", count)
        check(took > 0.6 * count / rate, f"{count} messages within {took:.1f} s are more than {rate}/s")
        check(slowest < 3, f"other mail took {slowest:.1f} s")
        mail.wait_empty()
        print(f"figure: {count} messages back at {count / took:.0f}/s of {rate}/s, other mail within "
              f"{slowest:.2f} s")
