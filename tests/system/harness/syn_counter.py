"""Counts attempts to connect to an address and port by the SYNs seen on the loopback interface.

Those that are refused or dropped count too; one that is sent again counts once. Needs root. It
belongs to the network it was made in.
"""

import ctypes
import ipaddress
import select
import socket
import struct
import threading

SO_ATTACH_FILTER = 26
IPV4 = 0x0800
LOAD_WORD, LOAD_HALF, LOAD_BYTE, IF_EQUAL, AND, RETURN = 0x20, 0x28, 0x30, 0x15, 0x54, 0x06
SYN_AND_ACK, SYN = 0x12, 0x02


def syn_filter(address, port):
    """A socket filter that passes the SYNs to there. Offsets are those of an IP header without
    options, which the kernel's own connections have."""
    wanted = int(ipaddress.IPv4Address(address))
    steps = [(LOAD_WORD, 0, 0, 16), (IF_EQUAL, 0, 6, wanted),
             (LOAD_HALF, 0, 0, 22), (IF_EQUAL, 0, 4, port),
             (LOAD_BYTE, 0, 0, 33), (AND, 0, 0, SYN_AND_ACK), (IF_EQUAL, 0, 1, SYN),
             (RETURN, 0, 0, 64), (RETURN, 0, 0, 0)]
    return b"".join(struct.pack("HBBI", *step) for step in steps), len(steps)


class SynCounter:
    def __init__(self, address, port):
        program, steps = syn_filter(address, port)
        self._program = ctypes.create_string_buffer(program)
        self._seen = set()  # (source address, port, sequence number)
        self._lock = threading.Lock()
        self._socket = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                                struct.pack("HL", steps, ctypes.addressof(self._program)))
        self._socket.bind(("lo", IPV4))
        threading.Thread(target=self._count, daemon=True).start()

    def _count(self):
        while True:
            try:
                select.select([self._socket], [], [])
                self._take_all()
            except (OSError, ValueError):  # stopped
                return

    def _take_all(self):
        with self._lock:
            while True:
                try:
                    packet = self._socket.recv(128, socket.MSG_DONTWAIT)
                except BlockingIOError:
                    return
                self._seen.add((packet[12:16], packet[20:22], packet[24:28]))

    def connections(self):
        """How many so far: one the kernel has answered is counted, for its SYN waits here by then."""
        self._take_all()
        return len(self._seen)

    def stop(self):
        self._socket.close()
