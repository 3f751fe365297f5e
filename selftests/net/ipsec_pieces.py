# SPDX-License-Identifier: GPL-2.0-only
"""Fragments that take different ways, and fragments on the wire put together.

Two more commands of ipsec_peer.py:

	pieces SA OTHER LIST k=v...	a packet over SA, cut; LIST names the pieces
					in the order in which they are sent, those
					with an i inside of OTHER
	gather				the fragments that leave are one packet, which
					wire or took then looks at
"""

import struct

import ipsec_wire as w
from ipsec_craft import options
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
