#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0-only
"""The other end of a tunnel, one packet at a time.

Runs in the namespace of the router under test ("gate"), reads commands from
standard input, one a line, and answers each with one line: "ok TEXT" or "no
TEXT". Packets go out of and come in at packet sockets in the namespaces of the
peer ("wan") and of a host behind the router ("lan"); what the router delivers
to itself arrives at UDP and raw sockets of this process. peer.sh starts it and
has the commands' shell side.

	sa NAME k=v...		what send and wire protect with
	send SA k=v...		a protected packet arrives from the peer
	clear k=v...		a packet arrives from the peer in clear
	gso DEV k=v...		a super-packet that nobody can cut, at a tun device
	lan k=v...		the host sends a packet
	local k=v...		the router itself sends a datagram
	took lan|udp|raw|ping|wan	the last packet comes out there, unchanged
	wire SA k=v...		the last packet leaves, protected as it must be
	icmp wan|lan k=v...	an ICMP message comes out there
	quiet			nothing has come out anywhere
	mark			remember all counters
	drop REASON k=v...	that counter, and no other, has gone up
	hidden			it was dropped or protected; never in clear
	stopped			it was dropped for some reason
	drops REASON=N...	these have gone up so much
	count NAME k=v...	a counter that is no drop has gone up, no drop has
	neighbour ADDRESS	the router asks for it and is answered
	stream OUT IN k=v...	packets in both directions, none lost
	truncate SA k=v...	every length of a packet from none to whole
	fuzz SA k=v...		broken packets by the thousand
"""

import ctypes
import errno
import fcntl
import json
import os
import random
import select
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

import ipsec_wire as w
from ipsec_wire import need

TIMEOUT = int(os.environ.get("BUSYWAIT_TIMEOUT", "10000")) / 1000
NFIPSEC = os.environ.get("NFIPSEC", "nfipsec")
PORT = 4660
# what the router itself listens on: also IKE and DHCP
PORTS = (PORT, 500, 4500, 67, 68, 546)
CLONE_NEWNET = 0x40000000
# far is behind the peer, near behind the router
FAR = {4: "10.2.0.2", 6: "2001:db8:b::2"}
NEAR = {4: "10.1.0.2", 6: "2001:db8:a::2"}
NUMBERS = ("v", "len", "sport", "dport", "tos", "ttl", "id", "df", "mf", "off",
           "ver", "ihl", "total", "badsum", "flow", "next", "padlen", "tfc",
           "flip", "cut", "chop", "spi", "seq", "ofrag", "n", "seed", "proto",
           "otos", "ottl", "oid", "odf", "oflow", "type", "code", "mtu", "nest",
           "reserved", "words", "icv_pad", "esn", "inner_tos", "frags", "connect",
           "oproto", "obadsum", "dup", "ostep")
PROTOS = {"esp": w.ESP, "ah": w.AH, "udp": w.UDP, "tcp": w.TCP, "icmp": w.ICMP,
          "icmpv6": w.ICMPV6}


def options(words):
    """Words "k=v" into a dictionary; numbers as such."""
    out = {}
    for word in words:
        name, _, value = word.partition("=")
        if name in NUMBERS:
            value = PROTOS[value] if value in PROTOS else int(value, 0)
        out[name] = value
    return out


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


class Counters:
    """Everything nf_ipsec counts, and what has changed since."""

    def __init__(self):
        self.old = None

    @staticmethod
    def ask(*words):
        done = subprocess.run([NFIPSEC, *words, "-j"], capture_output=True,
                              check=False)
        need(done.returncode == 0, f"nfipsec {words}: {done.stderr.decode()}")
        return json.loads(done.stdout)

    @classmethod
    def total(cls):
        stats = cls.ask("stats")
        return {"drops": stats["drops"], "counters": stats["counters"]}

    @classmethod
    def objects(cls):
        """Drops of all SAs and of all policies, added up."""
        found = {"sa": {}, "policy": {}}

        def visit(item):
            mine = found.get(item["object"])
            for reason, n in item.get("drops", {}).items():
                mine[reason] = mine.get(reason, 0) + n
            for inside in item.get("sas", []) + item.get("policies", []):
                visit(inside)

        for item in cls.ask("-s", "list"):
            visit(item)
        return found

    @classmethod
    def read(cls):
        return {**cls.total(), **cls.objects()}

    def mark(self):
        self.old = self.read()

    def delta(self, now, kind):
        old = self.old[kind]
        return {k: n - old.get(k, 0) for k, n in now[kind].items()
                if n != old.get(k, 0)}


class Peer:
    """One method a command."""

    def __init__(self, wan, lan, wan_mac, lan_mac):
        self.wan = Port(wan, wan_mac)
        self.lan = Port(lan, lan_mac)
        both = (socket.AF_INET, socket.AF_INET6)
        self.udp = Local(socket.SOCK_DGRAM, 0, (socket.AF_INET6,), PORTS)
        self.raw = Local(socket.SOCK_RAW, w.ESP, both)
        self.raw.socks += Local(socket.SOCK_RAW, w.AH, both).socks
        self.ping = Local(socket.SOCK_RAW, w.ICMP, (socket.AF_INET,))
        self.sinks = {"wan": self.wan, "lan": self.lan, "udp": self.udp,
                      "raw": self.raw, "ping": self.ping}
        self.counters = Counters()
        self.no_id = 0
        self.sas = {}
        self.last = None
        self.hops = 0
        self.tag = random.randrange(1 << 32)

    # --- building ---

    def payload(self, o):
        """Octets that no other packet has."""
        self.tag += 1
        return (struct.pack(">Q", self.tag) * (o.get("len", 16) // 8 + 1))[:o.get("len", 16)]

    def build(self, o, ends):
        """A packet in clear: ends are the addresses it has unless told."""
        if "raw" in o:
            return bytes.fromhex(o["raw"])
        version = o.get("v", 4)
        src, dst = o.get("src", ends[0][version]), o.get("dst", ends[1][version])
        version = 6 if ":" in src else 4
        proto = o.get("proto", w.UDP)
        if "l4" in o:
            data = bytes.fromhex(o["l4"])
        else:
            data = w.l4(src, dst, proto, self.payload(o), o.get("sport", PORT),
                        o.get("dport", PORT))
        more = {"tos": o.get("tos", 0), "ttl": o.get("ttl", 64)}
        if version == 6:
            if "total" in o:
                more["total"] = len(data) + o["total"]
            return w.ipv6(src, dst, proto, data, version=o.get("ver", 6),
                          flow=o.get("flow", 0),
                          ext=[e for e in o.get("ext", "").split(",") if e], **more)
        if "total" in o:
            more["total"] = 20 + len(data) + o["total"]
        return w.ipv4(src, dst, proto, data, ident=o.get("id", 1), ihl=o.get("ihl"),
                      version=o.get("ver", 4), df=o.get("df", 0), mf=o.get("mf", 0),
                      offset=o.get("off", 0), bad_sum=o.get("badsum", 0),
                      options=bytes.fromhex(o.get("opt", "")), **more)

    def outer(self, sa, o, proto, payload):
        """The IP header of a protected packet around its payload."""
        src, dst = o.get("osrc", sa.src), o.get("odst", sa.dst)
        more = {"tos": o.get("otos", 0), "ttl": o.get("ottl", 64)}
        if sa.family == 6:
            ext = [e for e in o.get("oext", "").split(",") if e]
            return w.ipv6(src, dst, proto, payload, ext=ext,
                          flow=o.get("oflow", 0), **more)
        return w.ipv4(src, dst, proto, payload, ident=o.get("oid", 7),
                      df=o.get("odf", 0), bad_sum=o.get("obadsum", 0),
                      options=bytes.fromhex(o.get("oopt", "")), **more)

    def inner(self, sa, o):
        """What goes into an SA: payload and next header; sets self.last."""
        if sa.mode == "tunnel":
            packet = self.last = self.build(o, (FAR, NEAR))
            need_v6 = packet and packet[0] >> 4 == 6
            next_header = w.IPV6 if need_v6 else w.IPIP
        else:
            o = {"src": sa.src, "dst": sa.dst, **o}
            next_header = o.get("proto", w.UDP)
            if "l4" in o:
                packet = bytes.fromhex(o["l4"])
            else:
                packet = w.l4(o["src"], o["dst"], next_header, self.payload(o),
                              o.get("sport", PORT), o.get("dport", PORT))
            self.last = self.outer(sa, o, next_header, packet)
        return packet + bytes(o.get("tfc", 0)), o.get("next", next_header)

    def protect(self, sa, o, seq):
        """The whole packet as the peer would send it."""
        payload, next_header = self.inner(sa, o)
        for _ in range(o.get("nest", 0)):
            payload = self.outer(sa, {}, w.ESP, self.esp(sa, {}, seq, payload, next_header))
            next_header = w.IPIP if sa.family == 4 else w.IPV6
            seq += 1
        sa.seq = max(sa.seq, seq)
        if sa.proto == w.ESP:
            body = self.esp(sa, o, seq, payload, next_header)
            body = self.damage(body, o)
            return self.outer(sa, o, w.ESP, body)
        blank = w.ah_blank(sa, seq, next_header, o.get("reserved", 0), o.get("words"))
        header = w.ip_split(self.outer(sa, o, w.AH, blank + payload))[0]
        try:
            body = w.ah_seal(sa, seq, header, blank, payload)
        except w.WireError:
            body = blank + payload
        return self.outer(sa, o, w.AH, self.damage(body, o))

    def esp(self, sa, o, seq, payload, next_header):
        pad = bytes.fromhex(o["pad"]) if "pad" in o else None
        plain = payload + w.esp_trailer(sa, len(payload), next_header, pad,
                                        o.get("padlen"))
        if "plain" in o:
            plain = bytes.fromhex(o["plain"])
        iv = bytes.fromhex(o["iv"]) if "iv" in o else None
        body = w.esp_seal(sa, seq, plain, iv)
        if "spi" in o:
            body = struct.pack(">I", o["spi"]) + body[4:]
        return body

    @staticmethod
    def damage(body, o):
        if "flip" in o:
            at = o["flip"] % len(body)
            body = body[:at] + bytes([body[at] ^ 1]) + body[at + 1:]
        return body[:o.get("cut", len(body))]

    @staticmethod
    def alter(packet, o):
        """alter=OFFSET:VALUE: something on the way changes an octet of the IP
        header.
        """
        if "alter" not in o:
            return packet
        at, value = (int(n, 0) for n in o["alter"].split(":"))
        packet = packet[:at] + bytes([value]) + packet[at + 1:]
        if packet[0] >> 4 == 6:
            return packet
        size = (packet[0] & 15) * 4
        value = w.checksum(packet[:10] + b"\0\0" + packet[12:size])
        return packet[:10] + struct.pack(">H", value) + packet[12:]

    def sequence(self, sa, o):
        return o["seq"] if "seq" in o else sa.seq + 1

    # --- commands that send ---

    def cmd_sa(self, name, *words):
        o = options(words)
        self.sas[name] = w.Sa(proto=PROTOS[o["protocol"]], spi=o["spi"], src=o["src"],
                              dst=o["dst"], transform=o["alg"],
                              key=bytes.fromhex(o["key"]), mode=o.get("mode", "tunnel"),
                              esn=bool(o.get("esn", 1)), icv_pad=o.get("icv_pad", 0),
                              seq=o.get("seq", 0))

    def cmd_send(self, name, *words):
        sa, o = self.sas[name], options(words)
        packet = self.protect(sa, o, self.sequence(sa, o))
        self.hops = 1
        if "ofrag" in o:
            pieces = w.fragments(packet, o["ofrag"], o.get("ostep"))
            if "order" in o:
                pieces = [pieces[int(i)] for i in o["order"].split(",")]
        else:
            pieces = [self.alter(packet, o)]
        for piece in pieces * o.get("dup", 1):
            self.wan.send(piece, o.get("chop"))

    def cmd_clear(self, *words):
        o = options(words)
        self.hops = 1
        packet = self.last = self.build(o, (FAR, NEAR))
        if "expect" in o:
            self.last = bytes.fromhex(o["expect"])
        if o.get("fix") == "sum":
            packet, self.last = (self.alter(p, {"alter": "8:64"})
                                 for p in (packet, self.last))
        self.wan.send(packet, o.get("chop"))

    def cmd_lan(self, *words):
        o = options(words)
        self.hops = 1
        self.last = self.build(o, (NEAR, FAR))
        self.lan.send(self.last, o.get("chop"))

    def cmd_local(self, *words):
        """A datagram or, with raw, a packet from the router's own sockets."""
        o = options(words)
        family = socket.AF_INET6 if ":" in o["dst"] else socket.AF_INET
        self.hops = 0
        if "src" in o and "via" in o:
            self.last = self.build(o, (NEAR, FAR))
            with socket.socket(family, socket.SOCK_RAW, socket.IPPROTO_RAW) as s:
                self.try_send(s, self.last, (o["dst"], 0), o)
            return
        payload = self.last = self.payload(o)
        with socket.socket(family, socket.SOCK_DGRAM) as s:
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            if "src" in o:
                s.bind((o["src"], o.get("sport", 0)))
            if family == socket.AF_INET:
                s.setsockopt(socket.IPPROTO_IP, socket.IP_TOS, o.get("tos", 0))
                s.setsockopt(socket.IPPROTO_IP, 10, 2 if o.get("df") else 0)
            else:
                s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_TCLASS, o.get("tos", 0))
            self.try_send(s, payload, (o["dst"], o.get("dport", PORT)), o)

    @staticmethod
    def try_send(sock, data, to, o):
        try:
            if "fault" in o:
                Path("/proc/self/make-it-fail").write_text("1", "ascii")
            sock.sendto(data, to)
        except OSError as error:
            need(errno.errorcode[error.errno] == o.get("error"), f"send: {error}")
            return
        need("error" not in o, "sending should have failed")

    def cmd_gso(self, dev, *words):
        """A TCP super-packet whose header has no length arrives at a tun
        device: whoever has to cut it cannot.
        """
        o = options(words)
        src, dst = o.get("src", NEAR[4]), o.get("dst", FAR[4])
        tcp = bytearray(w.l4(src, dst, w.TCP, bytes(o.get("len", 4000))))
        tcp[12] = 0
        packet = w.ipv4(src, dst, w.TCP, bytes(tcp))
        with open("/dev/net/tun", "r+b", buffering=0) as tun:
            # IFF_TUN | IFF_NO_PI | IFF_VNET_HDR
            fcntl.ioctl(tun, 0x400454ca, struct.pack("16sH22x", dev.encode(), 0x5001))
            # needs a checksum, TCP over IPv4
            tun.write(struct.pack("=BBHHHH", 1, 1, 40, 1000, 20, 16) + packet)

    # --- commands that look ---

    def wait(self, sink):
        """The next packet at a sink."""
        port, end = self.sinks[sink], time.monotonic() + TIMEOUT
        socks = getattr(port, "socks", [port])
        while True:
            packet = port.receive()
            if packet is not None:
                return packet
            left = end - time.monotonic()
            need(left > 0, f"nothing came out at {sink}")
            select.select(socks, [], [], min(left, 0.2))

    def expected(self, tos=None):
        """The last packet as it must come out."""
        p = bytearray(self.last)
        if p[0] >> 4 == 6:
            p = p[:40 + struct.unpack(">H", p[4:6])[0]]
            p[7] -= self.hops
            if tos is not None:
                word = struct.unpack(">I", p[:4])[0]
                p[:4] = struct.pack(">I", word & ~0xff00000 | tos << 20)
            return bytes(p)
        p = p[:struct.unpack(">H", p[2:4])[0]]
        p[8] -= self.hops
        p[1] = p[1] if tos is None else tos
        size = (p[0] & 15) * 4
        p[10:12] = b"\0\0"
        p[10:12] = struct.pack(">H", w.checksum(bytes(p[:size])))
        return bytes(p)

    def cmd_took(self, sink, *words):
        o = options(words)
        packet = self.wait(sink)
        if sink == "raw":
            return
        if sink == "udp":
            want = w.ip_split(self.last)[2][8:]
        elif sink == "ping":
            packet, want = w.ip_split(packet)[2], w.ip_split(self.last)[2]
        elif self.hops == 0 and len(self.last) < 20:
            packet, want = w.ip_split(packet)[2][8:], self.last
        else:
            want = self.expected(o.get("tos"))
        need(packet == want, f"{sink}: {packet.hex()} instead of {want.hex()}")

    def unprotect(self, sa, packet, any_pad):
        """Returns sequence number, IV, payload, next header."""
        header, proto, body = w.ip_split(packet)
        need(proto == sa.proto, f"protocol {proto} on the wire")
        high = (sa.seq + 1) >> 32
        if proto == w.AH:
            seq, next_header, payload = w.ah_open(sa, header, body, high, any_pad)
            return seq, None, payload, next_header
        seq, iv, plain = w.esp_open(sa, body, high)
        payload, next_header = w.esp_unpad(sa, plain)
        return seq, iv, payload, next_header

    def same_inner(self, sa, packet, payload, next_header, o):
        if sa.mode == "tunnel":
            need(next_header == (w.IPIP if payload[0] >> 4 == 4 else w.IPV6),
                 f"next header {next_header}")
            if len(self.last) < 20 or self.hops == 0:
                need(w.ip_split(payload)[2][8:] == self.last, "another datagram")
            else:
                want = self.expected(o.get("inner_tos"))
                need(payload == want, f"inner {payload.hex()} instead of {want.hex()}")
        else:
            need(next_header == w.UDP, f"next header {next_header}")
            f = w.ip_fields(packet)
            need(payload[8:] == self.last, "another datagram")
            need(w.l4(f["src"], f["dst"], w.UDP, payload[8:],
                      *struct.unpack(">HH", payload[:4])) == payload, "UDP header")

    def cmd_wire(self, name, *words):
        sa, o = self.sas[name], options(words)
        packet = self.wait("wan")
        while o.get("skip") == "icmp" and \
                w.ip_split(packet)[1] in (w.ICMP, w.ICMPV6):
            packet = self.wait("wan")
        seq, iv, payload, next_header = self.unprotect(sa, packet, o.get("pad") == "any")
        need(seq == sa.seq + 1, f"number {seq} after {sa.seq}")
        sa.seq = seq
        need(not iv or iv not in sa.ivs, "an IV comes again")
        sa.ivs.add(iv)
        self.same_inner(sa, packet, payload, next_header, o)
        got = {**w.ip_fields(packet), "next": next_header, "seq": seq}
        need((got["src"], got["dst"]) == (sa.src, sa.dst), f"ends {got}")
        need(got.get("flow", 0) == 0 or sa.mode != "tunnel", "flow label")
        for field in ("tos", "ttl", "df", "id", "len", "next", "seq"):
            if field in o:
                need(got[field] == o[field], f"{field} is {got[field]}, not {o[field]}")
        if got["version"] == 4 and not got["df"] and sa.mode == "tunnel":
            # counted up: 0 is one of 65536, but not twice in a row
            self.no_id = self.no_id + 1 if got["id"] == 0 else 0
            need(self.no_id < 2, "may be fragmented, and has no identification")

    def cmd_neighbour(self, address):
        """Answers the solicitation that the router sends for it."""
        end = time.monotonic() + TIMEOUT
        while True:
            need(time.monotonic() < end, "no neighbour solicitation")
            select.select([self.wan], [], [], 0.2)
            packet = self.wan.receive(chatter=True)
            if packet and packet[0] >> 4 == 6 and packet[6] == w.ICMPV6 and \
               packet[40] == 135 and packet[48:64] == w.packed(address):
                break
        asking = w.ip_fields(packet)["src"]
        answer = struct.pack(">BBHI", 136, 0, 0, 0x60000000) + w.packed(address) + \
            b"\2\1" + self.wan.mac
        pseudo = w.packed(address) + w.packed(asking) + struct.pack(">II", len(answer), w.ICMPV6)
        value = w.checksum(pseudo + answer)
        answer = answer[:2] + struct.pack(">H", value) + answer[4:]
        self.wan.send(w.ipv6(address, asking, w.ICMPV6, answer, ttl=255))

    def cmd_stream(self, out, into, *words):
        """Packets one by one in both directions, while something else goes on:
        none may be lost, and none may be seen in clear.
        """
        o = options(words)
        for _ in range(o.get("n", 300)):
            self.cmd_lan(*words)
            self.cmd_wire(out)
            self.cmd_send(into, *words)
            self.cmd_took("lan")

    def cmd_icmp(self, sink, *words):
        o = options(words)
        while True:
            _, proto, data = w.ip_split(self.wait(sink))
            if proto in (w.ICMP, w.ICMPV6):
                break
        need(data[0] == o["type"], f"ICMP type {data[0]} code {data[1]}")
        need(data[1] == o.get("code", data[1]), f"ICMP code {data[1]}")
        mtu = struct.unpack(">I", data[4:8])[0]
        need(mtu == o.get("mtu", mtu), f"MTU {mtu}")

    def cmd_quiet(self, *words):
        for name in words or self.sinks:
            packet = self.sinks[name].receive()
            need(packet is None, f"came out at {name}: {packet and packet.hex()}")

    def cmd_flush(self, *words):
        for name in words or self.sinks:
            while self.sinks[name].receive() is not None:
                pass

    def cmd_mark(self):
        self.counters.mark()

    def settle(self, done):
        """Reads the totals until they are as they should be, or time is up."""
        end = time.monotonic() + TIMEOUT
        while True:
            now = self.counters.total()
            if done(now) or time.monotonic() > end:
                return {**now, **self.counters.objects()}
            time.sleep(0.02)

    def cmd_drop(self, reason, *words):
        """by=sa,policy says under which objects it is counted as well."""
        o = options(words)
        n, c = o.get("n", 1), self.counters
        now = self.settle(lambda t: sum(c.delta(t, "drops").values()) >= n)
        drops = c.delta(now, "drops")
        by = o.get("by", "").split(",")
        objects = {kind: c.delta(now, kind) for kind in ("sa", "policy")}
        c.old = now
        need(drops == {reason: n}, f"drops {drops}")
        for kind in ("sa", "policy"):
            want = {reason: n} if kind in by else {}
            need(objects[kind] == want, f"drops of the {kind}: {objects[kind]}")
        self.cmd_quiet(*[s for s in self.sinks if s != o.get("but")])

    def cmd_drops(self, *words):
        """Like drop, of several reasons: REASON=N..."""
        want = {k: int(n) for k, _, n in (word.partition("=") for word in words)}
        c = self.counters
        now = self.settle(lambda t: sum(c.delta(t, "drops").values()) >=
                          sum(want.values()))
        drops, c.old = c.delta(now, "drops"), now
        need(drops == want, f"drops {drops}")

    def cmd_count(self, name, *words):
        o, c = options(words), self.counters
        n = o.get("n", 1)
        now = self.settle(lambda t: c.delta(t, "counters").get(name, 0) >= n)
        got, drops = c.delta(now, "counters"), c.delta(now, "drops")
        c.old = now
        need(got.get(name, 0) == n, f"counters {got}, drops {drops}")
        need(not drops, f"drops {drops}")

    def cmd_hidden(self):
        """The last packet was dropped or protected, but is not seen in clear."""
        before, end = self.counters.old["drops"], time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            packet = self.wan.receive()
            if packet is not None:
                _, proto, _ = w.ip_split(packet)
                need(proto in (w.ESP, w.AH), f"in clear: {packet.hex()}")
                return
            now = self.counters.total()["drops"]
            if now != before:
                self.counters.old["drops"] = now
                return
        raise w.WireError("neither dropped nor sent")

    def cmd_stopped(self):
        """The last packet was dropped, whatever for."""
        before, end = self.counters.old["drops"], time.monotonic() + TIMEOUT
        while time.monotonic() < end:
            self.cmd_quiet()
            now = self.counters.total()["drops"]
            if now != before:
                self.counters.old["drops"] = now
                return
        raise w.WireError("neither dropped nor delivered")

    # --- many packets ---

    def cmd_truncate(self, name, *words):
        """Every length but the whole; answers what was counted. With
        how=frame the packet says it is longer than it is: that is for the
        stack, which drops it in front of us.
        """
        sa, o = self.sas[name], options(words)
        self.cmd_mark()
        packet = self.protect(sa, o, self.sequence(sa, o))
        header, proto, body = w.ip_split(packet)
        whole = len(packet) if o.get("how") == "frame" else len(body)
        for n in range(whole):
            if o.get("how") == "frame":
                self.wan.frame(0x0800 if sa.family == 4 else 0x86dd, packet[:n])
            else:
                self.wan.send(self.outer(sa, o, proto, body[:n]))
        self.hops = 1
        self.wan.send(packet)
        self.cmd_took(o.get("sink", "lan"))
        self.cmd_quiet("lan", "udp")
        now = self.counters.read()
        got = {**self.counters.delta(now, "drops")}
        unknown = self.counters.delta(now, "counters").get("in-unknown-spi", 0)
        self.cmd_flush()
        return f"{whole} " + " ".join(f"{k}={n}" for k, n in sorted(got.items())) + \
            (f" unknown={unknown}" if unknown else "")

    def mutation(self, sa, rng, base, header_len):
        """One broken packet. base has been received already: a copy of it that
        happens to be whole is a replay.
        """
        kind = rng.randrange(6)
        data = bytearray(base)
        if kind == 0:
            for _ in range(rng.randrange(1, 8)):
                data[rng.randrange(header_len, len(data))] = rng.randrange(256)
        elif kind == 1:
            data = data[:rng.randrange(header_len, len(data))]
        elif kind == 2:
            data[header_len:] = rng.randbytes(rng.randrange(200))
        elif kind == 3:
            # authentic, with rubbish inside
            size = rng.randrange(1, 12) * 16
            plain = rng.randbytes(size - 2) + bytes([rng.randrange(4), rng.choice((4, 41))])
            sa.seq += 1
            if sa.proto == w.ESP:
                return self.outer(sa, {}, w.ESP, w.esp_seal(sa, sa.seq, plain))
            blank = w.ah_blank(sa, sa.seq, plain[-1])
            header = self.outer(sa, {}, w.AH, blank + plain)[:header_len]
            return self.outer(sa, {}, w.AH, w.ah_seal(sa, sa.seq, header, blank, plain))
        elif kind == 4:
            ext = [rng.choice(list(w.EXT_NUMBER)) for _ in range(rng.randrange(1, 12))]
            if sa.family == 6:
                return w.ipv6(sa.src, sa.dst, sa.proto, bytes(data[header_len:]), ext=ext)
            opt = rng.randbytes(rng.randrange(1, 40))
            return w.ipv4(sa.src, sa.dst, sa.proto, bytes(data[header_len:]), options=opt)
        else:
            for _ in range(rng.randrange(1, 4)):
                data[rng.randrange(len(data))] = rng.randrange(256)
        if kind != 5 and sa.family == 4:
            return self.outer(sa, {}, sa.proto, bytes(data[header_len:]))
        return bytes(data)

    def cmd_fuzz(self, name, *words):
        sa, o = self.sas[name], options(words)
        rng = random.Random(o.get("seed", 1))
        whole = {"v": o.get("v", 4)}
        base = self.protect(sa, whole, sa.seq + 1)
        header_len = len(w.ip_split(base)[0])
        self.hops = 1
        self.wan.send(base)
        self.cmd_took(o.get("sink", "lan"))
        kind = 0x0800 if sa.family == 4 else 0x86dd
        for _ in range(o.get("n", 2000)):
            self.wan.frame(kind, self.mutation(sa, rng, base, header_len))
        # what comes behind all of them shows that they have been dealt with
        self.cmd_send(name, f"v={whole['v']}")
        self.cmd_took(o.get("sink", "lan"))
        self.cmd_quiet("lan", "udp")
        self.cmd_flush()


def main():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    peer = Peer(*sys.argv[1:])
    print("ok ready", flush=True)
    for line in sys.stdin:
        words = line.split()
        if not words:
            continue
        try:
            command = getattr(peer, "cmd_" + words[0])
            print("ok", command(*words[1:]) or "", flush=True)
        except w.WireError as error:
            print("no", str(error).replace("\n", " "), flush=True)
        except (KeyError, IndexError, TypeError, ValueError, OSError,
                AttributeError, struct.error) as error:
            print("no", f"{line.strip()}: {error!r}", flush=True)


if __name__ == "__main__":
    main()
