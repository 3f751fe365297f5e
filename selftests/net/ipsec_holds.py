# SPDX-License-Identifier: GPL-2.0-only
"""Ways in and out that no ordinary packet takes. More commands of ipsec_peer.py:

	overheard SA k=v...	a packet of an SA while others listen on the link: what
				they hear stays as it came
	merged SA n= k=v...	packets that a device merges; the one after bad= is
				damaged
	spoofed SA k=v...	a datagram for the router in three pieces over an SA,
				and a middle one of somebody else's in clear
	refused SA		the router says, protected, that nobody listens there
	join GROUP		listen as a program of the router's
	hello SA		it says something to its group: once in clear to
				itself, once protected to the others
	greet SA|clear k=v...	somebody else does
	heard			what was said last, and just once
	layers SA...		a datagram that left through tunnels in each other
	dhcp 4|6		what a client says that has no address leaves in clear
	resolve ADDRESS		the router asks by ARP and is answered
	solicit			the router answers who asks for its address
	assign FILE		makes a program for tc: packets get our own socket
"""

import ctypes
import os
import platform
import select
import socket
import struct
import time

import ipsec_wire as w
from ipsec_craft import FAR, NEAR, PORT, options
from ipsec_wire import need

OSPF = 89
ETH_ALL, ETH_ARP = 3, 0x0806
DEV = "wan0"
# how long to wait for what must not come
ABSENCE = 0.2
# of bpf(): commands, the kind of program, and helpers
BPF_PROG_LOAD, BPF_OBJ_PIN, BPF_SCHED_CLS = 5, 6, 3
SK_LOOKUP_UDP, SK_RELEASE, SK_ASSIGN = 85, 86, 124


def frames_of(tap):
    """The packets that a packet socket has seen come in."""
    found = []
    while True:
        try:
            frame, address = tap.recvfrom(1 << 17)
        except BlockingIOError:
            return found
        if address[2] != socket.PACKET_OUTGOING:
            found.append(frame[14:])


def tap_of(kind):
    """Hears what comes in at the router's link."""
    tap = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(kind))
    tap.bind((DEV, kind))
    tap.setblocking(False)
    return tap


class Group:
    """A program of the router's that has joined a multicast group."""

    def __init__(self, group):
        self.group, self.six = group, ":" in group
        self.index = socket.if_nametoindex(DEV)
        self.sock, self.sender = self.open(), self.open()
        self.sock.setblocking(False)
        if self.six:
            self.sock.setsockopt(41, socket.IPV6_JOIN_GROUP,
                                 w.packed(group) + struct.pack("=I", self.index))
            self.sender.setsockopt(41, socket.IPV6_MULTICAST_IF, self.index)
        else:
            here = struct.pack("=4s4xi", w.packed(group), self.index)
            self.sock.setsockopt(0, socket.IP_ADD_MEMBERSHIP, here)
            self.sender.setsockopt(0, socket.IP_MULTICAST_IF, here)

    def open(self):
        return socket.socket(socket.AF_INET6 if self.six else socket.AF_INET,
                             socket.SOCK_RAW, OSPF)

    def fileno(self):
        return self.sock.fileno()

    def say(self, data):
        self.sender.sendto(data, (self.group, 0))

    def receive(self):
        try:
            data = self.sock.recv(1 << 16)
        except BlockingIOError:
            return None
        return data if self.six else w.ip_split(data)[2]


def assembled():
    """A program that gives a packet the socket which has our port."""
    def op(code, dst=0, src=0, off=0, imm=0):
        return struct.pack("<BBhi", code, dst | src << 4, off, imm)

    address, = struct.unpack("<i", w.packed("192.0.2.1"))
    port, = struct.unpack("<i", struct.pack(">HH", 0, PORT))
    return b"".join((
        op(0xbf, 6, 1),                         # r6 = the packet
        op(0x62, 10, off=-12),                  # from anybody
        op(0x62, 10, off=-8, imm=address),
        op(0x62, 10, off=-4, imm=port),
        op(0xbf, 1, 6), op(0xbf, 2, 10), op(0x07, 2, imm=-12), op(0xb7, 3, imm=12),
        op(0xb7, 4, imm=-1), op(0xb7, 5),       # in this namespace
        op(0x85, imm=SK_LOOKUP_UDP),
        op(0x15, 0, off=7),                     # none: on
        op(0xbf, 7),                            # r7 = the socket
        op(0xbf, 1, 6), op(0xbf, 2, 7), op(0xb7, 3),
        op(0x85, imm=SK_ASSIGN),
        op(0xbf, 1, 7),
        op(0x85, imm=SK_RELEASE),
        op(0xb7, 0), op(0x95)))


def bpf(command, attributes):
    """The system call, which libc has no name for."""
    number = {"x86_64": 321, "aarch64": 280}[platform.machine()]
    data = ctypes.create_string_buffer(attributes, 128)
    libc = ctypes.CDLL(None, use_errno=True)
    done = libc.syscall(number, command, data, len(data))
    if done < 0:
        raise OSError(ctypes.get_errno(), f"bpf({command})")
    return done


class Holds:
    """One method a command."""

    said = b""

    # --- in ---

    def cmd_overheard(self, name, *words):
        sa, o = self.sas[name], options(words)
        packet = self.protect(sa, o, self.sequence(sa, o))
        self.hops = 1
        with tap_of(ETH_ALL) as every, tap_of(0x0800 if sa.family == 4 else 0x86dd) as one:
            self.wan.send(packet)
            self.cmd_took(o.get("sink", "lan"))
            for tap in (every, one):
                heard = frames_of(tap)
                need(heard == [packet], f"heard {[h.hex() for h in heard]}, sent {packet.hex()}")

    def cmd_merged(self, name, *words):
        sa, o = self.sas[name], options(words)
        bad, sent, inside = o.pop("bad", None), [], []
        for i in range(o.get("n", 8)):
            wrong = {"flip": -1} if str(i) == bad else {}
            # IPv4's are merged only if they count
            sent.append(self.protect(sa, {**o, **wrong, "oid": i + 1}, sa.seq + 1))
            if not wrong:
                inside.append(self.last)
        self.hops = 1
        with tap_of(ETH_ALL) as tap:
            for packet in sent:
                self.wan.send(packet)
            for self.last in inside:
                self.cmd_took("lan")
            need(max(map(len, frames_of(tap))) > len(sent[0]), "nothing was merged")

    def cmd_spoofed(self, name, *words):
        sa, o = self.sas[name], options(words)
        whole = self.build(o, (FAR, NEAR))
        first, middle, last = w.fragments(whole, o["ofrag"])
        for piece in (first, last, None, middle):
            if piece:
                self.wan.send(self.protect(sa, {"raw": piece.hex()}, sa.seq + 1))
            else:
                self.wan.send(middle[:-8] + b"spoofed!")
        self.last, self.hops = whole, 1

    def cmd_refused(self, name):
        sa = self.sas[name]
        sa.seq, _, inner, _ = self.unprotect(sa, self.wait("wan"), False)
        _, proto, data = w.ip_split(inner)
        need((proto, data[:2]) in ((w.ICMP, b"\3\3"), (w.ICMPV6, b"\1\4")),
             f"inside {inner.hex()}")
        self.cmd_quiet()

    # --- groups ---

    def cmd_join(self, group):
        self.sinks["group"] = Group(group)

    def cmd_leave(self):
        group = self.sinks.pop("group")
        group.sock.close()
        group.sender.close()

    def cmd_hello(self, name):
        sa, group = self.sas[name], self.sinks["group"]
        self.said = self.payload({"len": 48})
        group.say(self.said)
        packet = self.wait("wan")
        seq, _, inner, _ = self.unprotect(sa, packet, False)
        need(seq == sa.seq + 1, f"number {seq} after {sa.seq}")
        sa.seq = seq
        f, (_, proto, data) = w.ip_fields(inner), w.ip_split(inner)
        need((f["dst"], f["ttl"], proto, data) == (group.group, 1, OSPF, self.said),
             f"inside {inner.hex()}")
        self.cmd_heard()

    def cmd_greet(self, name, *words):
        group = self.sinks["group"]
        self.said = self.payload({"len": 48})
        words = (f"dst={group.group}", f"proto={OSPF}", "ttl=1", f"l4={self.said.hex()}", *words)
        if name == "clear":
            self.cmd_clear(*words)
        else:
            self.cmd_send(name, *words)

    def cmd_heard(self):
        got = self.wait("group")
        need(got == self.said, f"heard {got.hex()}")
        time.sleep(ABSENCE)
        self.cmd_quiet()

    # --- out ---

    def cmd_layers(self, *names):
        packet = self.wait("wan")
        for name in names:
            sa, f = self.sas[name], w.ip_fields(packet)
            need((f["src"], f["dst"]) == (sa.src, sa.dst), f"{name}: ends {f}")
            sa.seq, _, inner, _ = self.unprotect(sa, packet, False)
            _, proto, packet = w.ip_split(inner)
            need(proto in (w.IPIP, w.IPV6), f"{name}: protocol {proto} inside")
        need(w.ip_split(packet)[2][8:] == self.last, "another datagram")

    # --- what a link needs ---

    def cmd_dhcp(self, version):
        family, here, there, port = {
            "4": (socket.AF_INET, ("", 68), ("255.255.255.255", 67), 67),
            "6": (socket.AF_INET6, ("::", 546), ("ff02::1:2", 547), 547)}[version]
        said = self.payload({"len": 100})
        with socket.socket(family, socket.SOCK_DGRAM) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, 1)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, DEV.encode())
            s.bind(here)
            s.sendto(said, there)
        packet = self.wait("wan")
        _, proto, data = w.ip_split(packet)
        need(proto == w.UDP and w.ip_fields(packet)["dst"] == there[0] and data[8:] == said and
             data[2:4] == struct.pack(">H", port), f"on the wire {packet.hex()}")
        # a broadcast is for us, too
        self.cmd_flush("udp")

    def cmd_resolve(self, address):
        end, wanted = time.monotonic() + 10, w.packed(address)
        while True:
            need(time.monotonic() < end, f"nobody asks for {address}")
            select.select([self.wan], [], [], 0.2)
            for frame in self.arp_frames():
                if frame[20:22] == b"\0\1" and frame[38:42] == wanted:
                    self.wan.frame(ETH_ARP, frame[14:20] + b"\0\2" + self.wan.mac + wanted +
                                   frame[22:32])
                    return

    def arp_frames(self):
        """ARP that has come; what else has is lost."""
        while True:
            try:
                frame, address = self.wan.sock.recvfrom(1 << 16)
            except BlockingIOError:
                return
            if address[1] == ETH_ARP and address[2] != socket.PACKET_OUTGOING:
                yield frame

    def cmd_solicit(self):
        src, asked, to = (w.packed(a) for a in ("2001:db8:1::2", "2001:db8:1::1",
                                                 "ff02::1:ff00:1"))
        data = struct.pack(">BBHI", 135, 0, 0, 0) + asked + b"\1\1" + self.wan.mac
        pseudo = src + to + struct.pack(">II", len(data), w.ICMPV6)
        value = w.checksum(pseudo + data)
        self.wan.send(w.ipv6("2001:db8:1::2", "ff02::1:ff00:1", w.ICMPV6,
                             data[:2] + struct.pack(">H", value) + data[4:], ttl=255))
        end = time.monotonic() + 10
        while True:
            need(time.monotonic() < end, "no neighbour advertisement")
            select.select([self.wan], [], [], 0.2)
            packet = self.wan.receive(chatter=True)
            if packet and packet[6] == w.ICMPV6 and packet[40] == 136:
                need(packet[48:64] == asked, f"on the wire {packet.hex()}")
                return

    # --- a socket of somebody's choice ---

    @staticmethod
    def cmd_assign(path):
        code, lic = assembled(), ctypes.create_string_buffer(b"GPL")
        insns = ctypes.create_string_buffer(code, len(code))
        program = bpf(BPF_PROG_LOAD, struct.pack("=IIQQ", BPF_SCHED_CLS, len(code) // 8,
                                                 ctypes.addressof(insns),
                                                 ctypes.addressof(lic)))
        name = ctypes.create_string_buffer(path.encode())
        bpf(BPF_OBJ_PIN, struct.pack("=QI", ctypes.addressof(name), program))
        os.close(program)
