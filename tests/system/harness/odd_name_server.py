"""A name server that misbehaves as it is told, name by name."""

import socket
import struct
import threading
import time

from .places import loopback

TYPES = {"A": 1, "NS": 2, "CNAME": 5, "SOA": 6, "PTR": 12, "MX": 15, "TXT": 16, "AAAA": 28, "SRV": 33}
SERVFAIL, NXDOMAIN, NOTIMP, REFUSED, FORMERR = 2, 3, 4, 5, 1
TRUNCATED = 0x0200


class OddNameServer:
    """`records` are lines with full names ("example.org. MX 10 mx.example.org."), as far as A, AAAA,
    CNAME, PTR, MX, SRV and TXT go. `manners` say how names at or below a domain are treated:

    servfail refused notimp formerr   that code
    drop            no answer
    slow:SECONDS    the right answer, late
    truncate        nothing but "truncated" over UDP, all of it over TCP
    truncate-only   the same, and TCP hangs up
    wrong-id, wrong-name, wrong-port  a forged answer (192.0.2.66) that must be passed over, then the right one
    formerr-edns    FORMERR to whoever uses EDNS
    lame            points to other servers
    garbage         random bytes behind the right number
    chain:N         N aliases (1.NAME, 2.NAME, …), each in an answer of its own, then NAME's records
    """

    def __init__(self, records="", manners=None, address=None, port=0, ttl=60):
        self.address = address or loopback()
        self.records = [line.split(None, 2) for line in records.splitlines() if line.strip()]
        self.manners = {} if manners is None else manners
        self.ttl = ttl
        self.asked = []  # (name, type, "udp" or "tcp")
        self.tcp = socket.create_server((self.address, port), backlog=64)
        self.port = self.tcp.getsockname()[1]
        self.udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.udp.bind((self.address, self.port))
        for serve in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=serve, daemon=True).start()

    @property
    def server(self):
        """As resolver_nameservers wants it."""
        return f"{self.address}:{self.port}"

    def stop(self):
        self.udp.close()
        self.tcp.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()

    def _serve_udp(self):
        while True:
            try:
                query, client = self.udp.recvfrom(65535)
            except OSError:
                return
            threading.Thread(target=self._answer_udp, args=(query, client), daemon=True).start()

    def _answer_udp(self, query, client):
        for answer in self._answers(Query(query), "udp"):
            if isinstance(answer, Elsewhere):
                with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
                    other.bind((self.address, 0))
                    other.sendto(answer.packet, client)
            else:
                self.udp.sendto(answer, client)

    def _serve_tcp(self):
        while True:
            try:
                connection = self.tcp.accept()[0]
            except OSError:
                return
            threading.Thread(target=self._answer_tcp, args=(connection,), daemon=True).start()

    def _answer_tcp(self, connection):
        with connection:
            connection.settimeout(10)
            try:
                size = struct.unpack("!H", connection.recv(2, socket.MSG_WAITALL))[0]
                query = connection.recv(size, socket.MSG_WAITALL)
                for answer in self._answers(Query(query), "tcp"):
                    connection.sendall(struct.pack("!H", len(answer)) + answer)
            except (OSError, struct.error):
                return

    def _manner(self, name):
        labels = name.split(".")
        for start in range(len(labels)):
            manner = self.manners.get(".".join(labels[start:]))
            if manner:
                return manner.partition(":")[::2]
        return "", ""

    def _answers(self, query, how):
        self.asked.append((query.name, query.kind, how))
        manner, value = self._manner(query.name)
        codes = {"servfail": SERVFAIL, "refused": REFUSED, "notimp": NOTIMP, "formerr": FORMERR}
        forged = [(query.name, "A", "192.0.2.66")]
        if manner in codes:
            return [query.reply([], codes[manner])]
        if manner == "drop":
            return []
        if manner == "slow":
            time.sleep(float(value))
        if manner.startswith("truncate") and how == "udp":
            return [query.reply([], 0, TRUNCATED)]
        if manner == "truncate-only":
            return []
        if manner == "formerr-edns" and query.edns:
            return [query.packet[:2] + struct.pack("!5H", 0x8181, 0, 0, 0, 0)]
        if manner == "lame":
            return [query.reply([], 0, authority=[(".", "NS", "ns.elsewhere.invalid.")])]
        if manner == "garbage":
            return [query.packet[:2] + bytes(range(90, 200))]
        if manner == "chain":
            return [self._link(query, int(value))]
        right = self._right(query)
        if manner == "wrong-id":
            number = struct.pack("!H", (struct.unpack("!H", query.packet[:2])[0] + 1) & 0xffff)
            return [number + query.reply(forged)[2:], right]
        if manner == "wrong-name":
            other = Query(query.packet[:12] + encode_name("other.invalid") + query.packet[-4:])
            return [other.reply([("other.invalid", "A", "192.0.2.66")]), right]
        if manner == "wrong-port":
            return [Elsewhere(query.reply(forged)), right]
        return [right]

    def _link(self, query, last):
        label, _, rest = query.name.partition(".")
        number = int(label) if label.isdigit() else 0
        base = rest if number else query.name
        if number < last:
            return query.reply([(query.name, "CNAME", f"{number + 1}.{base}")])
        return query.reply([(query.name, kind, data) for kind, data in self._data(base, query.kind)])

    def _data(self, name, kind):
        return [(own_kind, data) for owner, own_kind, data in self.records
                if owner.rstrip(".").lower() == name and TYPES[own_kind] == kind]

    def _right(self, query):
        found = [(query.name, kind, data) for kind, data in self._data(query.name, query.kind)]
        known = any(owner.rstrip(".").lower() == query.name for owner, _, _ in self.records)
        return query.reply(found, 0 if known else NXDOMAIN, ttl=self.ttl)


class Elsewhere:
    """To be sent from another port."""

    def __init__(self, packet):
        self.packet = packet


class Query:
    def __init__(self, packet):
        self.packet = packet
        labels, at = [], 12
        while packet[at]:
            labels.append(packet[at + 1:at + 1 + packet[at]].decode("latin-1"))
            at += 1 + packet[at]
        self.name = ".".join(labels).lower()
        self.kind = struct.unpack("!H", packet[at + 1:at + 3])[0]
        self.question = packet[12:at + 5]
        self.edns = struct.unpack("!H", packet[10:12])[0] > 0

    def reply(self, answers, code=0, flags=0, authority=(), ttl=60):
        records = b"".join(encode(*record, ttl) for record in [*answers, *authority])
        return (self.packet[:2] + struct.pack("!5H", 0x8180 | flags | code, 1, len(answers),
                                              len(authority), 0) + self.question + records)


def encode_name(name):
    return b"".join(bytes([len(label)]) + label.encode("latin-1")
                    for label in name.split(".") if label) + b"\0"


def encode(owner, kind, data, ttl):
    words = data.split()
    if kind == "A":
        wire = socket.inet_aton(data)
    elif kind == "AAAA":
        wire = socket.inet_pton(socket.AF_INET6, data)
    elif kind == "TXT":
        wire = bytes([len(data)]) + data.encode("latin-1")
    else:  # numbers, then a name
        wire = b"".join(struct.pack("!H", int(word)) for word in words[:-1]) + encode_name(words[-1])
    return encode_name(owner) + struct.pack("!HHIH", TYPES[kind], 1, ttl, len(wire)) + wire
