# SPDX-License-Identifier: GPL-2.0-only
"""What hides how much is said: padding behind packets, and dummies. More commands
of ipsec_peer.py, and what wire needs for tfc=LENGTH:

	dummies SA n=N len=LENGTH tos=T least=MS
				the next N packets that leave are dummies of LENGTH
				octets before protection, in no less time
	sized SA n=N len=LENGTH next=PROTOCOL
				the next N packets have that inside
"""

import struct
import time

import ipsec_wire as w
from ipsec_craft import options
from ipsec_wire import need


def strip(packet, payload, next_header, length):
    """The payload without the zeros behind it that make the packet, header
    included where that stays, LENGTH octets long. What is inside must tell how
    long it is itself.
    """
    head = 0
    if next_header not in (w.IPIP, w.IPV6):
        head = len(w.ip_split(packet)[0])
    need(head + len(payload) == length, f"{head + len(payload)} octets, not {length}")
    if not head and payload[0] >> 4 == 4:
        own = struct.unpack(">H", payload[2:4])[0]
    elif not head:
        own = 40 + struct.unpack(">H", payload[4:6])[0]
    else:
        need(next_header == w.UDP, f"padding behind protocol {next_header}")
        own = struct.unpack(">H", payload[4:6])[0]
    rest = payload[own:]
    need(rest == bytes(len(rest)), f"behind the packet: {rest.hex()}")
    return payload[:own]


class Tfc:
    """The commands, for a peer that has sas, wait()..."""

    def cmd_sized(self, name, *words):
        sa, o = self.sas[name], options(words)
        for _ in range(o.get("n", 1)):
            packet = self.wait("wan")
            seq, _, payload, next_header = self.unprotect(sa, packet, False)
            need(next_header == o["next"], f"next header {next_header}")
            need(seq == sa.seq + 1, f"number {seq} after {sa.seq}")
            sa.seq = seq
            f, size = w.ip_fields(packet), len(payload)
            need((f["src"], f["dst"]) == (sa.src, sa.dst), f"ends {f}")
            if sa.mode == "transport":
                size += len(w.ip_split(packet)[0])
            need(size == o.get("len", size), f"{size} octets")
            need(f["tos"] == o.get("tos", 0), f"tos {f['tos']}")

    def cmd_dummies(self, name, *words):
        """Some may have gone before."""
        sa, o = self.sas[name], options(words)
        self.cmd_flush("wan")
        begin = time.monotonic()
        packet = self.wait("wan")
        sa.seq = self.unprotect(sa, packet, False)[0]
        self.cmd_sized(name, "next=59", *words)
        took = (time.monotonic() - begin) * 1000
        need(took >= o.get("least", 0), f"all of them within {took} ms")
