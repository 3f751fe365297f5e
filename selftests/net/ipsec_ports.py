# SPDX-License-Identifier: GPL-2.0-only
"""Sockets at the router under test: packet sockets at the far ends of its links,
in namespaces of their own, and those of the router itself."""

import ctypes
import socket
import struct

import ipsec_wire as w

CLONE_NEWNET = 0x40000000


class In:
    """Another network namespace, for the time it takes to make a socket."""

    def __init__(self, name):
        self.there = f"/run/netns/{name}"

    def enter(self, path):
        libc = ctypes.CDLL(None, use_errno=True)
        with open(path, "rb") as ns:
            if libc.setns(ns.fileno(), CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), f"setns {path}")

    def __enter__(self):
        # pylint: disable-next=consider-using-with
        self.here = open("/proc/self/ns/net", "rb")
        self.enter(self.there)

    def __exit__(self, *_):
        self.enter(f"/proc/self/fd/{self.here.fileno()}")
        self.here.close()


def is_chatter(packet):
    """Neighbour discovery and listener reports: not of our making."""
    if packet[0] >> 4 == 4:
        return packet[9] == 2
    try:
        _, proto, payload = w.ip_split(packet)
    except (w.WireError, IndexError):
        return False
    return proto == w.ICMPV6 and payload[:1] and 130 <= payload[0] <= 143


class Port:
    """A packet socket: the far end of one of the router's links."""

    def __init__(self, where, router_mac):
        ns, dev = where.split(":")
        with In(ns):
            self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                      socket.htons(3))
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        self.sock.bind((dev, 3))
        self.sock.setblocking(False)
        self.mac = self.sock.getsockname()[4]
        # packets to hand out first, put together from what has come
        self.gathered = []
        self.router = bytes.fromhex(router_mac.replace(":", ""))

    def fileno(self):
        return self.sock.fileno()

    def send(self, packet, chop=None):
        kind = 0x86dd if packet[:1] and packet[0] >> 4 == 6 else 0x0800
        self.frame(kind, packet if chop is None else packet[:chop])

    def frame(self, kind, data):
        self.sock.send(self.router + self.mac + struct.pack(">H", kind) + data)

    def receive(self, chatter=False):
        """The next IP packet from the router, or None."""
        if self.gathered:
            return self.gathered.pop(0)
        while True:
            try:
                frame, address = self.sock.recvfrom(1 << 16)
            except BlockingIOError:
                return None
            packet = frame[14:]
            if address[2] == socket.PACKET_OUTGOING or \
               address[1] not in (0x0800, 0x86dd):
                continue
            # short frames may have been filled up
            size = struct.unpack(">H", packet[2:4])[0] if address[1] == 0x0800 \
                else struct.unpack(">H", packet[4:6])[0] + 40
            if chatter or not is_chatter(packet[:size]):
                return packet[:size]


class Local:
    """Sockets of the router's own."""

    def __init__(self, kind, proto, families, ports=(None,)):
        self.socks = []
        for family in families:
            for port in ports:
                sock = socket.socket(family, kind, proto)
                if port:
                    # local may send from the same port
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    sock.bind(("::", port))
                sock.setblocking(False)
                self.socks.append(sock)

    def receive(self):
        for sock in self.socks:
            try:
                return sock.recv(1 << 16)
            except BlockingIOError:
                pass
        return None
