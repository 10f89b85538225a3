"""What system tests stand on: scratch instances, relays, raw clients, ledgers, tracing."""

from tests.relay.login import Accounts
from tests.relay.script import DROP, HANG, RESET, Script, Slow, Times, Trickle
from tests.relay.tls import Tls

from .certificates import certificates, fingerprint
from .client import Client, deliver
from .counted_relay import Fleet, Relay
from .dovecot import Dovecot
from .faulty_relay import FaultyRelay
from .imap_server import ImapServer
from .instance import Instance, StartFailed, with_peer
from .ledger import Ledger
from .mortal_sink import MortalSink
from .name_server import NameServer
from .network import own_network, own_tree, small_buffers
from .odd_name_server import OddNameServer
from .places import BIN, LIBEXEC, ROOT, free_port, loopback, scratch
from .processes import descendants, resident_bytes, send
from .signed_names import SignedNameServer
from .signed_world import SignedWorld
from .socket_map import SocketMap
from .stunnel import Stunnel
from .tools import SmtpSink, grand_totals, need, run, smtp_source, strace, swaks
from .trial import check, eventually, soaking, test
from .unbound import Unbound
