# SPDX-License-Identifier: GPL-2.0-only
"""ESP in UDP (RFC 3948), octet by octet: from the RFC, not from the module."""

import struct

import ipsec_wire as w
from ipsec_wire import need


def ports(text):
    """"SPORT:DPORT" as a pair; nothing if there is no UDP."""
    return tuple(int(port) for port in text.split(":")) if text and text != "off" else None


def datagram_sum(src, dst, data):
    """The checksum that the datagram must have, its own field left out."""
    blank = data[:6] + b"\0\0" + data[8:]
    pseudo = w.packed(src) + w.packed(dst) + struct.pack(">II", len(blank), w.UDP)
    return w.checksum(pseudo + blank) or 0xffff


def wrap(sa, o, body):
    """Puts a UDP header in front of ESP: protocol and payload. usum=zero, right
    or wrong; ulen is added to the length it says; junk stands behind it.
    """
    pair = ports(o["udp"]) if "udp" in o else sa.udp
    if not pair:
        return w.ESP, body
    length = 8 + len(body) + o.get("ulen", 0)
    data = struct.pack(">HHHH", *pair, length, 0) + body
    how = o.get("usum", "zero" if sa.family == 4 else "right")
    if how != "zero":
        value = datagram_sum(o.get("osrc", sa.src), o.get("odst", sa.dst), data)
        data = data[:6] + struct.pack(">H", value ^ (how == "wrong")) + data[8:]
    return w.UDP, data + bytes(o.get("junk", 0))


def unwrap(sa, packet, body):
    """Checks the UDP header of a packet of an SA and returns what is behind."""
    need(len(body) >= 8, "UDP header cut off")
    sport, dport, length, value = struct.unpack(">HHHH", body[:8])
    need((sport, dport) == sa.udp, f"ports {sport}:{dport}, not {sa.udp}")
    need(length == len(body), f"UDP length {length} of {len(body)}")
    f = w.ip_fields(packet)
    right = 0 if sa.family == 4 else datagram_sum(f["src"], f["dst"], body)
    need(value == right, f"UDP checksum {value:#x}, not {right:#x}")
    return body[8:]


def payload(sa, packet):
    """Protocol and payload of a packet of an SA, without the UDP header."""
    _, proto, body = w.ip_split(packet)
    if not sa.udp:
        return proto, body
    need(proto == w.UDP, f"protocol {proto} on the wire")
    return w.ESP, unwrap(sa, packet, body)
