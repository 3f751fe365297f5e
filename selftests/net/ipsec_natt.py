# SPDX-License-Identifier: GPL-2.0-only
"""NAT traversal, and reports about what was sent. More commands of ipsec_peer.py:

	keepalive SA		one of it leaves
	at SA k=v...		from now on its packets have other ends: src=A dst=A
				udp=S:D|off
	toobig mtu=N k=v...	a router says so of the packet that wire saw
	rawless			no raw socket of the router takes ESP and AH any more:
				the stack would believe reports for its sake
"""

import struct

import ipsec_udp
import ipsec_wire as w
from ipsec_craft import options
from ipsec_wire import need


class Natt:
    """One method a command."""

    def cmd_keepalive(self, name):
        sa, packet = self.sas[name], self.wait("wan")
        f, body = w.ip_fields(packet), ipsec_udp.payload(sa, packet)[1]
        need((f["src"], f["dst"]) == (sa.src, sa.dst), f"ends {f}")
        need(body == b"\xff", f"no keepalive, but {body.hex()}")

    def cmd_at(self, name, *words):
        o, sa = options(words), self.sas[name]
        sa.src, sa.dst = o.get("src", sa.src), o.get("dst", sa.dst)
        if "udp" in o:
            sa.udp = ipsec_udp.ports(o["udp"])

    def cmd_rawless(self):
        while self.raw.socks:
            self.raw.socks.pop().close()

    def cmd_toobig(self, *words):
        """alter=OFFSET:VALUE changes an octet of what is quoted."""
        o, f = options(words), w.ip_fields(self.seen)
        quote = bytearray(self.seen[:o.get("len", 200)])
        if "alter" in o:
            at, value = (int(n, 0) for n in o["alter"].split(":"))
            quote[at] = value
        build, router = (w.ipv4, "192.0.2.77") if f["version"] == 4 else \
            (w.ipv6, "2001:db8:1::77")
        proto, kind = (w.ICMP, b"\3\4") if f["version"] == 4 else (w.ICMPV6, b"\2\0")
        data = kind + struct.pack(">HI", 0, o["mtu"]) + quote
        pseudo = w.packed(router) + w.packed(f["src"]) + struct.pack(">II", len(data), proto)
        value = w.checksum(data if proto == w.ICMP else pseudo + data)
        self.wan.send(build(router, f["src"], proto, data[:2] + struct.pack(">H", value) + data[4:]))
