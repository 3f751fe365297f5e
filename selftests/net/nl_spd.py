#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Which policy a packet meets: the kernel's answer against a plain search of
the whole list, for random policies and random packets."""

import ipaddress
import random
import socket
import struct
import subprocess
import sys

from nl_genl import N, Ktap, Nl, addr, attrs_of, fields, named, sel, sp, text, u8, u16, u32

ktap = Ktap()
nl = Nl()
rng = random.Random(1601)
POLICIES, PACKETS, CHANGES = 400, 300, 60
ANY = (0, 65535)
NETS = {4: ("10.0.0.0/8", "10.200.0.0/16"), 6: ("fd00::/16", "fd00:c8::/32")}
UDP, TCP, MH = 17, 6, 135
ICMP = {4: 1, 6: 58}
OPAQUE_PROTO, OPAQUE_SPORT, OPAQUE_DPORT, OPAQUE_TYPE = 1, 2, 4, 8
FRAGMENT_HEADER = 44


class Packet:
    """A random packet: whole, or a later fragment that has no ports."""

    def __init__(self, version):
        base = ipaddress.ip_network(NETS[version][0])
        self.version = version
        self.src, self.dst = random_address(base), random_address(base)
        self.proto = rng.choice((UDP, UDP, UDP, ICMP[version], MH))
        self.fragment = rng.randrange(4) == 0
        self.ports = rng.randrange(1, 18), rng.randrange(1, 18)
        # of types that no exemption is for; a code is as good as a port
        self.type = rng.randrange(1, 12) << 8 | (rng.randrange(3) if self.proto != MH else 0)
        self.mark = rng.randrange(4)
        self.dev = "d1" if self.dst in ipaddress.ip_network(NETS[version][1]) else "d0"

    def octets(self):
        data = struct.pack(">HHHH", *self.ports, 16, 0)
        if self.proto == ICMP[self.version]:
            data = struct.pack(">HHI", self.type, 0, 0)
        elif self.proto == MH:
            data = struct.pack(">BBHI", 59, 0, self.type, 0)
        data += bytes(8)
        if self.version == 4:
            return struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(data), 7, 100 if self.fragment else 0,
                               64, self.proto, 0) + self.src.packed + self.dst.packed + data
        proto = self.proto
        if self.fragment:
            data = struct.pack(">BBHI", proto, 0, 800, 7) + data
            proto = FRAGMENT_HEADER
        return struct.pack(">IHBB", 6 << 28, len(data), proto, 64) + self.src.packed + self.dst.packed + data


class Policy:
    """A random policy that discards or bypasses."""

    def __init__(self, version):
        base = ipaddress.ip_network(NETS[version][0])
        self.version = version
        self.src, self.dst = self.side(base), self.side(base)
        self.proto = rng.choice((None, None, UDP, UDP, TCP, ICMP[version], MH if version == 6 else UDP))
        self.opaque = 0
        self.sport, self.dport = self.ports(), self.ports()
        self.type = self.types()
        if self.proto is None and version == 6 and not rng.randrange(4):
            self.opaque = OPAQUE_PROTO
        elif not rng.randrange(5):
            self.make_opaque()
        self.mark = self.mask = 0
        if not rng.randrange(4):
            self.mask = rng.randrange(1, 4)
            self.mark = rng.randrange(4) & self.mask
        self.dev = rng.choice((None, None, None, "d0", "d1"))
        self.action = N["ACTION_BYPASS"] if not rng.randrange(4) else N["ACTION_DISCARD"]
        self.priority = rng.randrange(8) * 10
        self.id = None

    def side(self, base):
        """First and last address: those of a prefix, or any."""
        bits = base.max_prefixlen
        if not rng.randrange(3):
            return sorted((random_address(base), random_address(base)))
        plen = rng.choice((base.prefixlen, base.prefixlen + 8, bits - 8, bits - 4, bits))
        net = ipaddress.ip_network((random_address(base), plen), strict=False)
        return [net[0], net[-1]]

    def has_type(self):
        return self.proto in (MH, ICMP[self.version])

    def ports(self):
        if self.proto not in (UDP, TCP) or rng.randrange(3):
            return ANY
        low = rng.randrange(1, 12)
        return low, low + rng.randrange(6)

    def types(self):
        if not self.has_type() or rng.randrange(3):
            return ANY
        low = rng.randrange(1, 8) << 8
        if self.proto == MH:
            return low, low + 0x3ff
        return low + rng.randrange(3), low + rng.randrange(0x100, 0x404)

    def make_opaque(self):
        if self.has_type():
            self.type, self.opaque = ANY, OPAQUE_TYPE
        elif self.proto is not None:
            self.sport = self.dport = ANY
            self.opaque = rng.choice((OPAQUE_SPORT, OPAQUE_DPORT, OPAQUE_SPORT | OPAQUE_DPORT))

    def around(self, p):
        """All but protocol and ports"""
        return self.src[0] <= p.src <= self.src[1] and self.dst[0] <= p.dst <= self.dst[1] and \
            p.mark & self.mask == self.mark and self.dev in (None, p.dev)

    def of_proto(self, p):
        if self.opaque & OPAQUE_PROTO:
            return p.fragment
        return self.proto in (None, p.proto)

    def in_ports(self, p):
        if p.fragment:
            return (self.sport, self.dport, self.type) == (ANY, ANY, ANY)
        if self.opaque & ~OPAQUE_PROTO:
            return False
        if self.has_type():
            return self.type[0] <= p.type <= self.type[1]
        return self.proto is None or all(low <= port <= high for port, (low, high)
                                         in zip(p.ports, (self.sport, self.dport)))

    def matches(self, p):
        return self.around(p) and self.of_proto(p) and self.in_ports(p)

    def may_match(self, p):
        """Of a fragment: the first one of it could."""
        return self.action == N["ACTION_DISCARD"] and self.around(p) and (p.version == 6 or self.of_proto(p))

    def order(self):
        return self.priority, self.id

    def body(self):
        more = {}
        if self.proto is not None:
            more["PROTO"] = u8(self.proto)
        for name, ports in (("SPORT", self.sport), ("DPORT", self.dport), ("TYPE", self.type)):
            if ports != ANY:
                more.update({name + "_MIN": u16(ports[0]), name + "_MAX": u16(ports[1])})
        for name, ends in (("SRC", self.src), ("DST", self.dst)):
            more[name + "_MAX"] = addr(str(ends[1]))
        if self.opaque:
            more["OPAQUE"] = u32(self.opaque)
        if self.mask:
            more.update(MARK=u32(self.mark), MARK_MASK=u32(self.mask))
        if self.dev:
            more["DEV"] = text(self.dev)
        return sp(PRIORITY=u32(self.priority), ACTION=u8(self.action), TUNNEL=None,
                  SEL=sel(str(self.src[0]), str(self.dst[0]), **more))


def random_address(base):
    """Few different ones, so that much matches."""
    octets = [rng.choice((0, 1, 200)) for _ in range(base.max_prefixlen // 8)]
    number = int.from_bytes(bytes(octets), "big") & int(base.hostmask)
    return base[0] + number


def add(policies, version):
    for _ in range(100):
        policy = Policy(version)
        answer = nl.do("POLICY_NEW", policy.body(), 8)
        if answer.errno:
            continue
        policy.id = int.from_bytes(fields("POLICY", answer.objects[0][1])["ID"], sys.byteorder)
        policies.append(policy)
        return
    raise AssertionError(f"no policy is taken: {answer}")


def drops():
    """{id: packets that the policy has discarded}"""
    found = {}
    for policy in nl.dump("POLICY")[0]:
        total = 0
        for _, _, counter in attrs_of(policy.get("DROPS", b"")):
            total += sum(int.from_bytes(data, sys.byteorder)
                         for _, kind, data in attrs_of(counter) if kind == N["COUNTER_A_VALUE"])
        found[int.from_bytes(policy["ID"], sys.byteorder)] = total
    return found


def senders(version):
    """For each mark a socket that sends what it is given."""
    socks = {}
    for mark in range(4):
        socks[mark] = socket.socket(socket.AF_INET if version == 4 else socket.AF_INET6,
                                    socket.SOCK_RAW, socket.IPPROTO_RAW)
        socks[mark].setsockopt(socket.SOL_SOCKET, socket.SO_MARK, mark)
    return socks


def expected(policies, packet):
    """The policy that decides, and for a fragment that no policy is made for the
    one that it may be a piece of."""
    found = min((p for p in policies if p.matches(packet)), key=Policy.order, default=None)
    if not packet.fragment:
        return found
    may = min((p for p in policies if p.may_match(packet)), key=Policy.order, default=None)
    if not may or found and found.order() <= may.order():
        return found
    if found and (found.action == N["ACTION_DISCARD"] or found.opaque):
        return found
    return may


def compare(policies, version):
    socks = senders(version)
    before = drops()
    wanted = dict.fromkeys(before, 0)
    for _ in range(PACKETS):
        packet = Packet(version)
        hit = expected(policies, packet)
        if hit and hit.action == N["ACTION_DISCARD"]:
            wanted[hit.id] += 1
        try:
            socks[packet.mark].sendto(packet.octets(), (str(packet.dst), 0))
        except OSError:
            pass
    got = {number: total - before[number] for number, total in drops().items()}
    wrong = {number: (wanted[number], got[number]) for number in wanted if wanted[number] != got[number]}
    assert not wrong, f"policy: (wanted, got) {wrong}"
    assert sum(wanted.values()) > PACKETS // 4, "hardly a packet met a policy"
    for sock in socks.values():
        sock.close()


def against_list(version):
    nl.ok("POLICY_FLUSH")
    policies = []
    for _ in range(POLICIES):
        add(policies, version)
    compare(policies, version)
    for _ in range(3):
        for _ in range(CHANGES):
            gone = policies.pop(rng.randrange(len(policies)))
            nl.ok("POLICY_DEL", named("POLICY_A_", {"ID": u32(gone.id)}))
        for _ in range(CHANGES // 2):
            add(policies, version)
        compare(policies, version)
    nl.ok("POLICY_FLUSH")


def set_up():
    subprocess.run(["ip", "-batch", "-"], check=True, input=b"""
link add d0 type dummy
link add d1 type dummy
link set d0 up arp off
link set d1 up arp off
addr add 10.255.255.254/8 dev d0
addr add fd00::ffff/16 dev d0 nodad
route add 10.200.0.0/16 dev d1
route add fd00:c8::/32 dev d1
""")


ktap.case("IPv4: the first policy of the list, for every packet")(lambda: against_list(4))
ktap.case("IPv6: the first policy of the list, for every packet")(lambda: against_list(6))
set_up()
sys.exit(ktap.run())
