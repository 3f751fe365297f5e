# SPDX-License-Identifier: GPL-2.0-only
"""Fragments that take different ways, and fragments on the wire put together.

More commands of ipsec_peer.py:

	pieces SA OTHER LIST k=v...	a packet over SA, cut; LIST names the pieces
					in the order in which they are sent, those
					with an i inside of OTHER
	gather				the fragments that leave are one packet, which
					wire or took then looks at
	cut SIZE k=v...		a packet arrives in clear, in pieces of that size
	firsts FROM TO k=v...	first fragments arrive in clear, with each of these
				identifications
	gso DEV k=v...			a super-packet that nobody can cut arrives at a
					tun device
"""

import fcntl
import struct

import ipsec_wire as w
from ipsec_craft import FAR, NEAR, options
from ipsec_wire import need


def put_together(pieces):
    """One IPv4 packet out of all its fragments, in order."""
    first, at, data = w.ip_fields(pieces[0]), 0, b""
    for piece in pieces:
        f, (_, proto, part) = w.ip_fields(piece), w.ip_split(piece)
        need(f["offset"] == at, f"a fragment at {f['offset']} instead of {at}")
        need(f["id"] == first["id"], "fragments with different identifications")
        need(f["mf"] == (piece is not pieces[-1]), "more fragments to come")
        data, at = data + part, at + len(part)
    return w.ipv4(first["src"], first["dst"], proto, data, tos=first["tos"],
                  ttl=first["ttl"], ident=first["id"])


class Pieces:
    """The commands, for a peer that has sas, protect(), wait()..."""

    def cmd_pieces(self, name, other, which, *words):
        sa, over, o = self.sas[name], self.sas[other], options(words)
        packet = self.protect(sa, o, self.sequence(sa, o))
        self.hops = 1
        cut = w.fragments(packet, o["ofrag"])
        for word in which.split(","):
            piece = cut[int(word.rstrip("i"))]
            if word.endswith("i"):
                # what comes out in the end is still the packet in sa
                last = self.last
                piece = self.protect(over, {"raw": piece.hex()}, over.seq + 1)
                self.last = last
            self.wan.send(piece)

    def cmd_gather(self):
        pieces = [self.wait("wan")]
        while w.ip_fields(pieces[-1])["mf"]:
            pieces.append(self.wait("wan"))
        need(len(pieces) > 1, "it is whole")
        packet = put_together(pieces)
        ident = struct.unpack(">H", packet[4:6])[0]
        need(ident and ident not in self.idents, f"identification {ident} again")
        self.idents.add(ident)
        self.wan.gathered.append(packet)

    def cmd_cut(self, size, *words):
        self.hops = 1
        self.last = self.build(options(words), (FAR, NEAR))
        for piece in w.fragments(self.last, int(size)):
            self.wan.send(piece)

    def cmd_firsts(self, begin, end, *words):
        o = options(words)
        o["l4"] = w.ip_split(self.build(o, (FAR, NEAR)))[2].hex()
        for ident in range(int(begin), int(end)):
            o.update({"id": ident, "mf": 1, "ext": f"frag-0-1-{ident}"})
            self.wan.send(self.build(o, (FAR, NEAR)))

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
