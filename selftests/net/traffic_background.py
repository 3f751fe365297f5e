# SPDX-License-Identifier: GPL-2.0-only
"""What goes on in the background: senders, and a capture."""
import socket
import struct
import threading
import time

from traffic_socket import ABSENCE, data_of, enter


class Stream:
    """Datagrams at a steady rate, counted at the other end."""

    def __init__(self, one, two, rate, size):
        self.one, self.two, self.rate, self.size = one, two, rate, size
        self.sent = self.failed = self.got = 0
        self.stopping = False
        self.two.settimeout(ABSENCE)
        self.threads = [threading.Thread(target=f, daemon=True)
                        for f in (self.send, self.receive)]
        for thread in self.threads:
            thread.start()

    def send(self):
        data, due = data_of(self.size), time.monotonic()
        while not self.stopping:
            try:
                self.one.send(data)
                self.sent += 1
            except OSError:
                self.failed += 1
            due += 1 / self.rate
            time.sleep(max(0, due - time.monotonic()))

    def receive(self):
        while True:
            try:
                self.two.recv(65535)
                self.got += 1
            except socket.timeout:
                if self.stopping:
                    return

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()
        self.one.close()
        self.two.close()
        return "sent=%d received=%d lost=%d failed=%d" % (
            self.sent, self.got, self.sent - self.got, self.failed)


class Blast:
    """Datagrams to a port where nobody listens."""

    def __init__(self, sock):
        self.sock, self.stopping, self.sent = sock, False, 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        while self.sent < 20:
            time.sleep(0.001)

    def run(self):
        while not self.stopping:
            try:
                self.sock.send(b"x" * 100)
            except OSError:
                pass
            self.sent += 1
            time.sleep(0.001)

    def stop(self):
        self.stopping = True
        self.thread.join()
        self.sock.close()


def describe(packet):
    """One line for an Ethernet frame."""
    kind = struct.unpack("!H", packet[12:14])[0]
    p = packet[14:]
    if kind == 0x800:
        total, ident, frag = struct.unpack("!HHH", p[2:8])
        proto, body = p[9], p[(p[0] & 15) * 4:]
        line = "4 len=%d tos=%d ttl=%d df=%d mf=%d off=%d src=%s dst=%s" % (
            total, p[1], p[8], frag >> 14 & 1, frag >> 13 & 1,
            (frag & 0x1fff) * 8, socket.inet_ntop(socket.AF_INET, p[12:16]),
            socket.inet_ntop(socket.AF_INET, p[16:20]))
    elif kind == 0x86dd:
        word, plen, proto = struct.unpack("!IHB", p[:7])
        body, frag = p[40:], 0
        if proto == 44:
            proto, frag = body[0], struct.unpack("!H", body[2:4])[0]
            body = body[8:]
        line = "6 len=%d tos=%d ttl=%d mf=%d off=%d src=%s dst=%s" % (
            plen + 40, word >> 20 & 255, p[7], frag & 1, frag & 0xfff8,
            socket.inet_ntop(socket.AF_INET6, p[8:24]),
            socket.inet_ntop(socket.AF_INET6, p[24:40]))
    else:
        return "eth %#x" % kind
    if proto in (50, 51) and len(body) >= 12:
        at = 0 if proto == 50 else 4
        line += " spi=%#x seq=%d" % struct.unpack("!II", body[at:at + 8])
    return "%s proto=%d" % (line, proto)


class Capture:
    """What arrives at a device, written down as text."""

    def __init__(self, ns, dev, path, kind):
        enter(ns)
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(kind))
        self.sock.bind((dev, kind if kind != 3 else 0))
        self.sock.settimeout(0.1)
        self.out = open(path, "w")
        self.stopping = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                packet, who = self.sock.recvfrom(65535)
            except socket.timeout:
                if self.stopping:
                    return
                continue
            if who[2] != 4:     # PACKET_OUTGOING
                self.out.write(describe(packet) + "\n")

    def stop(self):
        self.stopping = True
        self.thread.join()
        self.sock.close()
        self.out.close()
