"""Mail to a store over LMTP: Postfix's own sink speaks it."""

import re

from harness import Instance, account, check, deliver, free_port, loopback, test
from harness.places import scratch
from harness.tools import SmtpSink


def store(*options):
    """(address, port) of a new one."""
    address = loopback()
    port = free_port(address)
    SmtpSink(scratch(), address, port, "-L", *options)
    return address, port


LMTP = {"default_transport": "lmtp"}


@test(peer=True)
def test_lmtp_delivers_to_each_recipient():
    address, port = store()
    with Instance(f"[{address}]:{port}", LMTP) as instance:
        queue_id = deliver(instance, recipients=["a@example.net", "b@example.net"])
        instance.wait_log(f"{queue_id}: removed")
        lines = re.findall(rf"postfix/lmtp\[\d+\]: {queue_id}: to=<([ab])@example\.net>, relay="
                           rf"{address}\[{address}\]:{port}, delay=.* dsn=2\.[0-9.]+, status=sent "
                           r"\(250 ", instance.log())
        check(sorted(lines) == ["a", "b"], lines, instance.log())
        account.delivered_elsewhere()  # the sink counts mails: one for two recipients


@test(peer=True)
def test_lmtp_store_goes_away():
    address, port = store("-q", "rcpt")
    with Instance(f"[{address}]:{port}", LMTP) as instance:
        queue_id = deliver(instance)
        instance.wait_log(rf"postfix/lmtp\[\d+\]: {queue_id}: to=<to@example\.net>.* dsn=4\.4\.2, "
                          r"status=deferred \(lost connection with .* while sending RCPT TO\)")


@test(peer=True)
def test_lmtp_has_parameters_of_its_own():
    address, port = store()
    params = {**LMTP, "lmtp_lhlo_name": "lhlo.example", "lmtp_tcp_port": port}
    with Instance(f"[{address}]", params) as instance:
        queue_id = deliver(instance)
        instance.wait_log(f"{queue_id}: to=<to@example.net>, relay={address}.*:{port}, .*status=sent")
