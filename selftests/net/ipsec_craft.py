# SPDX-License-Identifier: GPL-2.0-only
"""Packets as the words of a command describe them, right or wrong.

ipsec_wire.py has the formats; here is what a packet is like unless told.
"""

import random
import struct

import ipsec_udp
import ipsec_wire as w

PORT = 4660
# far is behind the peer, near behind the router
FAR = {4: "10.2.0.2", 6: "2001:db8:b::2"}
NEAR = {4: "10.1.0.2", 6: "2001:db8:a::2"}
NUMBERS = ("v", "len", "sport", "dport", "tos", "ttl", "id", "df", "mf", "off",
           "ver", "ihl", "total", "badsum", "flow", "next", "padlen", "tfc",
           "flip", "cut", "chop", "spi", "seq", "ofrag", "n", "seed", "proto",
           "otos", "ottl", "oid", "odf", "oflow", "type", "code", "mtu", "nest",
           "reserved", "words", "icv_pad", "esn", "inner_tos", "frags", "connect",
           "oproto", "obadsum", "dup", "ostep", "quotelen",
           "inner_ttl", "ulen", "junk", "least", "run",
           "mss", "nop")
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


class Craft:
    """Builds packets, and remembers the last one that went in."""

    def __init__(self):
        self.last = self.built = None
        self.tag = random.randrange(1 << 32)

    def cmd_became(self, *words):
        """The last packet must come out as if it had been sent with these."""
        o, ends = self.built
        self.last = self.build({**o, **options(words)}, ends)

    def payload(self, o):
        """Octets that no other packet has, unless they are given."""
        if "payload" in o:
            return bytes.fromhex(o["payload"])
        self.tag += 1
        return (struct.pack(">Q", self.tag) * (o.get("len", 16) // 8 + 1))[:o.get("len", 16)]

    @staticmethod
    def quoting(o, src, dst, proto):
        """An ICMP error about a packet quotes=SRC,DST,PROTO[,SPORT,DPORT]."""
        about = o["quotes"].split(",")
        kind = PROTOS.get(about[2]) or int(about[2])
        ports = [int(p) for p in about[3:]] or [PORT, PORT]
        data = w.l4(about[0], about[1], kind, bytes(8), *ports)
        make = w.ipv6 if ":" in about[0] else w.ipv4
        quote = make(about[0], about[1], kind, data)[:o.get("quotelen", 1000)]
        message = struct.pack(">BBHI", o.get("type", 3 if proto == w.ICMP else 1),
                              o.get("code", 1), 0, o.get("mtu", 0)) + quote
        pseudo = b"" if proto == w.ICMP else w.packed(src) + w.packed(dst) + \
            struct.pack(">II", len(message), proto)
        value = w.checksum(pseudo + message)
        return message[:2] + struct.pack(">H", value) + message[4:]

    def build(self, o, ends):
        """A packet in clear: ends are the addresses it has unless told."""
        if "raw" in o:
            return bytes.fromhex(o["raw"])
        self.built = o, ends
        version = o.get("v", 4)
        src, dst = o.get("src", ends[0][version]), o.get("dst", ends[1][version])
        version = 6 if ":" in src else 4
        proto = o.get("proto", w.UDP)
        if "l4" in o:
            data = bytes.fromhex(o["l4"])
        elif "quotes" in o:
            data = self.quoting(o, src, dst, proto)
        elif "mss" in o:
            data = w.syn(src, dst, o["mss"], o.get("nop", 0))
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
            return self.outer(sa, o, *ipsec_udp.wrap(sa, o, self.damage(body, o)))
        blank = w.ah_blank(sa, seq, next_header, o.get("reserved", 0), o.get("words"),
                           bytes.fromhex(o.get("ahpad", "")))
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

    def within(self, sa, packet):
        """A whole packet within ESP of a tunnel."""
        sa.seq += 1
        next_header = w.IPIP if packet[0] >> 4 == 4 else w.IPV6
        return self.outer(sa, {}, w.ESP, self.esp(sa, {}, sa.seq, packet, next_header))

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
