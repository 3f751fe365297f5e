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
	lan k=v...		the host sends a packet
	local k=v...		the router itself sends a datagram
	took lan|udp|raw|ping|wan	the last packet comes out there, unchanged
	wire SA k=v...		the last packet leaves, protected as it must be
	icmp wan|lan k=v...	an ICMP message comes out there; with quotes=last it
				goes to who has sent the last packet, and quotes it
	quiet			nothing has come out anywhere
	mark			remember all counters
	drop REASON k=v...	that counter, and no other, has gone up
	hidden			it was dropped or protected; never in clear
	stopped			it was dropped for some reason
	drops REASON=N...	these have gone up so much
	count NAME k=v...	a counter that is no drop has gone up, no drop has,
				or only one, drop=REASON
	neighbour ADDRESS	the router asks for it and is answered
	stream OUT IN k=v...	packets in both directions, none lost
	truncate SA k=v...	every length of a packet from none to whole
	fuzz SA k=v...		broken packets by the thousand
	ivs SA n=N		so many packets leave with IVs that are random

The classes that Peer is made of have more commands, each in a file of its own.
"""

import errno
import os
import random
import select
import socket
import struct
import sys
import time
from pathlib import Path

import ipsec_tfc
import ipsec_udp
import ipsec_wire as w
from ipsec_counters import Counters
from ipsec_craft import FAR, NEAR, PORT, PROTOS, Craft, options
from ipsec_fault import Fault
from ipsec_holds import Holds
from ipsec_ivs import Ivs
from ipsec_mss import Mss
from ipsec_natt import Natt
from ipsec_notices import Notices
from ipsec_pieces import Pieces
from ipsec_ports import Local, Port
from ipsec_records import Records
from ipsec_sad import Sad
from ipsec_waiting import Waiting
from ipsec_wire import need

TIMEOUT = int(os.environ.get("BUSYWAIT_TIMEOUT", "10000")) / 1000
# what the router itself listens on: also IKE, L2TP and DHCP
PORTS = (PORT, 500, 1701, 4500, 67, 68, 546)


class Peer(Waiting, Craft, Fault, Holds, Ivs, Mss, Natt, Notices, Pieces, Records, Sad,
           ipsec_tfc.Tfc):
    """One method a command."""

    def __init__(self, wan, lan, wan_mac, lan_mac):
        super().__init__()
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
        self.idents = set()
        self.seen = None
        self.sas = {}
        self.hops = 0

    # --- commands that send ---

    def cmd_sa(self, name, *words):
        o = options(words)
        self.sas[name] = w.Sa(proto=PROTOS[o["protocol"]], spi=o["spi"], src=o["src"],
                              dst=o["dst"], transform=o["alg"],
                              key=bytes.fromhex(o["key"]), mode=o.get("mode", "tunnel"),
                              esn=bool(o.get("esn", 1)), icv_pad=o.get("icv_pad", 0),
                              seq=o.get("seq", 0), udp=ipsec_udp.ports(o.get("udp")))

    def cmd_send(self, name, *words):
        sa, o = self.sas[name], options(words)
        self.run_up(sa, o)
        for _ in range(o.get("n", 1)):
            self.send(sa, dict(o))

    def send(self, sa, o):
        packet = self.protect(sa, o, self.sequence(sa, o))
        if "over" in o:
            packet = self.within(self.sas[o["over"]], packet)
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
                # 1: it must not be cut; 2: DF as the stack sets it
                s.setsockopt(socket.IPPROTO_IP, 10, (0, 2, 1)[o.get("df", 0)])
                s.setsockopt(socket.IPPROTO_IP, socket.IP_OPTIONS,
                             bytes.fromhex(o.get("opt", "")))
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
            need(packet[1] == o.get("tos", packet[1]), f"tos {packet[1]}")
            packet, want = w.ip_split(packet)[2], w.ip_split(self.last)[2]
        elif self.hops == 0 and len(self.last) < 20:
            packet, want = w.ip_split(packet)[2][8:], self.last
        else:
            want = self.expected(o.get("tos"))
        need(packet == want, f"{sink}: {packet.hex()} instead of {want.hex()}")

    def unprotect(self, sa, packet, any_pad):
        """Returns sequence number, IV, payload, next header."""
        header = w.ip_split(packet)[0]
        proto, body = ipsec_udp.payload(sa, packet)
        need(proto == sa.proto, f"protocol {proto} on the wire")
        high = (sa.seq + 1) >> 32
        if proto == w.AH:
            seq, next_header, payload = w.ah_open(sa, header, body, high, any_pad)
            return seq, body[12:12 + sa.auth.iv], payload, next_header
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
            if "whole" in o:
                # the router's own packet; a fragment header stays in
                want = self.last[40:] if next_header == w.FRAGMENT else \
                    w.ip_split(self.last)[2]
                need(payload == want, f"payload {payload.hex()}")
                return
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
        self.seen = packet
        seq, iv, payload, next_header = self.unprotect(sa, packet, o.get("pad") == "any")
        need(seq == sa.seq + 1 or ("jump" in o and seq > sa.seq), f"number {seq} after {sa.seq}")
        sa.seq = seq
        need(not iv or iv not in sa.ivs, "an IV comes again")
        sa.ivs.add(iv)
        if o.get("iv") == "counts":
            # the number plus what belongs to the key
            base = (int.from_bytes(iv) - seq) % 2**64
            need(sa.iv_base in (None, base), "the IV does not count with the number")
            sa.iv_base = base
        if "tfc" in o:
            payload = ipsec_tfc.strip(packet, payload, next_header, o["tfc"])
        self.same_inner(sa, packet, payload, next_header, o)
        got = {**w.ip_fields(packet), "next": next_header, "seq": seq}
        if sa.mode == "tunnel":
            # nothing of the inner header's options
            need(len(w.ip_split(packet)[0]) == (20 if sa.family == 4 else 40),
                 "an outer header with options")
            got["inner_ttl"] = w.ip_fields(payload)["ttl"]
        need((got["src"], got["dst"]) == (sa.src, sa.dst), f"ends {got}")
        if "oopt" in o:
            opt = w.ip_split(packet)[0][20:].hex()
            need(opt == o["oopt"], f"options {opt}")
        need(got.get("flow", 0) == 0 or sa.mode != "tunnel", "flow label")
        for field in ("tos", "ttl", "df", "id", "len", "next", "seq", "inner_ttl"):
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
        each = [word for word in words if not word.startswith("n=")]
        for _ in range(options(words).get("n", 300)):
            self.cmd_lan(*each)
            self.cmd_wire(out)
            self.cmd_send(into, *each)
            self.cmd_took("lan")

    def cmd_icmp(self, sink, *words):
        while True:
            packet = self.wait(sink)
            if w.ip_split(packet)[1] in (w.ICMP, w.ICMPV6):
                break
        self.check_icmp(packet, options(words))

    def check_icmp(self, packet, o):
        _, _, data = w.ip_split(packet)
        need(data[0] == o["type"], f"ICMP type {data[0]} code {data[1]}")
        need(data[1] == o.get("code", data[1]), f"ICMP code {data[1]}")
        mtu = struct.unpack(">I", data[4:8])[0]
        need(mtu == o.get("mtu", mtu), f"MTU {mtu}")
        if o.get("quotes") == "last":
            want = self.expected()
            need(want.startswith(data[8:36]), f"quotes {data[8:].hex()}")
            need(w.ip_fields(packet)["dst"] == w.ip_fields(want)["src"], "to somebody else")

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
        need(drops == ({o["drop"]: 1} if "drop" in o else {}), f"drops {drops}")

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
