"""The sample relay and the fleet of them, whose mail is counted."""

from tests.relay import fleet, relay

from . import account


def recipients(server):
    return sum(len(mail.recipients) for mail in server.mails)


class Relay(relay.Relay):
    def __init__(self, *arguments, **more):
        super().__init__(*arguments, **more)
        account.taker(lambda: recipients(self))


class Fleet(fleet.Fleet):
    def open(self, address, port, text="", tls=None, accounts=None):
        server = super().open(address, port, text, tls, accounts)
        account.taker(lambda: recipients(server))
        return server
