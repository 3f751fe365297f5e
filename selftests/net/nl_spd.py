#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Which policy a packet meets: the kernel's answer against a plain search of
the whole list, for random policies and random packets."""

import ipaddress
import random
import socket
import subprocess
import sys

from nl_genl import N, Ktap, Nl, attrs_of, fields, named, sel, sp, u8, u16, u32

ktap = Ktap()
nl = Nl()
rng = random.Random(1601)
# a source that is not ours
IP_TRANSPARENT = 19
POLICIES, PACKETS, CHANGES = 400, 300, 60
ANY = (0, 65535)
NETS = {4: ("10.0.0.0/8", "10.200.0.0/16"), 6: ("fd00::/16", "fd00:c8::/32")}


class Policy:
    """A random discard policy, and the search that is the reference."""

    def __init__(self, version):
        base = ipaddress.ip_network(NETS[version][0])
        self.src, self.dst = self.prefix(base), self.prefix(base)
        self.proto = rng.choice((None, None, 17, 6))
        self.sport = self.ports()
        self.dport = self.ports()
        self.priority = rng.randrange(8) * 10
        self.id = None

    def prefix(self, base):
        bits = base.max_prefixlen
        plen = rng.choice((base.prefixlen, base.prefixlen + 8, bits - 8, bits - 4, bits))
        return ipaddress.ip_network((random_address(base), plen), strict=False)

    def ports(self):
        if self.proto is None or rng.randrange(3):
            return ANY
        low = rng.randrange(1, 12)
        return low, low + rng.randrange(6)

    def matches(self, src, dst, sport, dport):
        return src in self.src and dst in self.dst and self.proto in (None, 17) and \
            self.sport[0] <= sport <= self.sport[1] and self.dport[0] <= dport <= self.dport[1]

    def body(self):
        more = {}
        if self.proto:
            more["PROTO"] = u8(self.proto)
        for name, ports in (("SPORT", self.sport), ("DPORT", self.dport)):
            if ports != ANY:
                more.update({name + "_MIN": u16(ports[0]), name + "_MAX": u16(ports[1])})
        return sp(PRIORITY=u32(self.priority), ACTION=u8(N["ACTION_DISCARD"]), TUNNEL=None,
                  SEL=sel(str(self.src), str(self.dst), **more))


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


def send(version, src, dst, sport, dport):
    family = socket.AF_INET if version == 4 else socket.AF_INET6
    with socket.socket(family, socket.SOCK_DGRAM) as udp:
        udp.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if version == 4:
            udp.setsockopt(socket.IPPROTO_IP, IP_TRANSPARENT, 1)
        udp.bind((str(src), sport))
        try:
            udp.sendto(b"x", (str(dst), dport))
        except OSError:
            pass


def expected(policies, *packet):
    found = [p for p in policies if p.matches(*packet)]
    return min(found, key=lambda p: (p.priority, p.id)).id if found else None


def compare(policies, version):
    base = ipaddress.ip_network(NETS[version][0])
    before = drops()
    wanted = dict.fromkeys(before, 0)
    for _ in range(PACKETS):
        packet = (random_address(base), random_address(base), rng.randrange(1, 18), rng.randrange(1, 18))
        hit = expected(policies, *packet)
        if hit:
            wanted[hit] += 1
        send(version, *packet)
    got = {number: total - before[number] for number, total in drops().items()}
    wrong = {number: (wanted[number], got[number]) for number in wanted if wanted[number] != got[number]}
    assert not wrong, f"policy: (wanted, got) {wrong}"
    assert sum(wanted.values()) > PACKETS // 4, "hardly a packet met a policy"


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
link set d0 up
addr add 10.255.255.254/8 dev d0
addr add fd00::ffff/16 dev d0 nodad
""")
    for name in ("ipv4.ip_nonlocal_bind", "ipv6.ip_nonlocal_bind"):
        with open("/proc/sys/net/" + name.replace(".", "/"), "w", encoding="ascii") as file:
            file.write("1")
    # no neighbour is asked for
    subprocess.run(["ip", "link", "set", "d0", "arp", "off"], check=True)


ktap.case("IPv4: the first policy of the list, for every packet")(lambda: against_list(4))
ktap.case("IPv6: the first policy of the list, for every packet")(lambda: against_list(6))
set_up()
sys.exit(ktap.run())
