# SPDX-License-Identifier: GPL-2.0-only
"""IPv4, IPv6, ESP and AH packets, octet by octet.

Written from the RFCs alone and not from the module's code, so that the two can
disagree. Everything that a packet says about itself can be overridden: most of
what is built here is wrong on purpose.
"""

import ipaddress
import os
import struct
from dataclasses import dataclass, field


from ipsec_alg import ALGS, Alg

HOPOPTS, TCP, UDP, IPV6, ROUTING, FRAGMENT = 0, 6, 17, 41, 43, 44
ICMP, IPIP, ESP, AH, ICMPV6, NONE, DSTOPTS = 1, 4, 50, 51, 58, 59, 60
EXTENSIONS = (HOPOPTS, ROUTING, FRAGMENT, DSTOPTS)


def key_len(transform):
    """Octets of key string of "aes-gcm-128" or "aes-cbc-128+hmac-sha256-128"."""
    return sum(ALGS[a].key + ALGS[a].salt for a in transform.split("+"))


class WireError(Exception):
    """A packet is not what it should be."""


def need(condition, text):
    if not condition:
        raise WireError(text)


@dataclass
class Sa:
    """One direction of a security association, as this end sees it."""
    proto: int
    spi: int
    src: str
    dst: str
    transform: str
    key: bytes
    mode: str = "tunnel"
    esn: bool = True
    icv_pad: int = 0
    seq: int = 0
    udp: tuple | None = None
    ivs: set = field(default_factory=set)
    iv_base: int | None = None

    def __post_init__(self):
        self.family = ipaddress.ip_address(self.src).version
        algs = [ALGS[name] for name in self.transform.split("+")]
        need(len(self.key) == key_len(self.transform), "wrong key length")
        self.enc = algs[0] if self.proto == ESP else Alg(0)
        self.auth = algs[-1] if algs[-1].mac or self.proto == AH else None
        cut = self.enc.key
        self.enc_key, rest = self.key[:cut], self.key[cut:]
        self.salt, self.auth_key = rest[:self.enc.salt], rest[self.enc.salt:]
        self.align = max(self.enc.block, 4)
        self.icv_len = self.auth.icv if self.auth else self.enc.icv
        if self.proto == AH and self.auth.gmac:
            # RFC 4543: the IV is a part of the field
            self.icv_len += self.auth.iv
            self.auth_key, self.salt = rest[:self.auth.key], rest[self.auth.key:]
        if self.proto == AH and not self.icv_pad:
            self.icv_pad = 4 if self.family == 4 else 8

    def tail(self, seq):
        """The half of the number that is authenticated but not sent."""
        return struct.pack(">I", seq >> 32) if self.esn else b""

    def nonce(self, seq, iv):
        if self.enc.implicit:
            return self.salt + struct.pack(">Q", seq)
        return self.salt + iv

    def mac(self, data):
        return self.auth.mac(self.auth_key, data)[:self.auth.icv]


# --- ESP ---

def esp_trailer(sa, length, next_header, pad=None, pad_len=None):
    """Padding 1, 2, 3..., its length, next header; wrong ones on request."""
    if pad is None:
        pad = bytes(range(1, 1 + -(length + 2) % sa.align))
    return pad + bytes([len(pad) if pad_len is None else pad_len, next_header])


def esp_seal(sa, seq, plain, iv=None):
    """plain is the payload with its trailer."""
    if iv is None:
        iv = os.urandom(sa.enc.iv)
    low = struct.pack(">I", seq & 0xffffffff)
    spi = struct.pack(">I", sa.spi)
    if not sa.auth:
        aad = spi + sa.tail(seq) + low
        return spi + low + iv + sa.enc.aead(sa).seal(sa.nonce(seq, iv), plain, aad)
    packet = spi + low + iv + sa.enc.cipher(sa, iv).encrypt(plain)
    return packet + sa.mac(packet + sa.tail(seq))


def esp_open(sa, packet, high=0):
    """Returns sequence number, IV, payload with trailer."""
    need(len(packet) >= 8 + sa.enc.iv + sa.icv_len + 2, "ESP packet too short")
    spi, low = struct.unpack(">II", packet[:8])
    need(spi == sa.spi, f"SPI {spi:#x}, not {sa.spi:#x}")
    seq = high << 32 | low
    iv, body = packet[8:8 + sa.enc.iv], packet[8 + sa.enc.iv:]
    if not sa.auth:
        aad = packet[:4] + sa.tail(seq) + packet[4:8]
        plain = sa.enc.aead(sa).open(sa.nonce(seq, iv), body, aad)
        need(plain is not None, "bad ICV")
        return seq, iv, plain
    covered, icv = packet[:-sa.icv_len], packet[-sa.icv_len:]
    need(sa.mac(covered + sa.tail(seq)) == icv, "bad ICV")
    plain = body[:-sa.icv_len]
    need(len(plain) % sa.enc.block == 0, "ciphertext is no multiple of the block")
    return seq, iv, sa.enc.cipher(sa, iv).decrypt(plain)


def esp_unpad(sa, plain):
    """Checks the trailer as RFC 4303 section 2.4 wants it; payload, next."""
    pad = plain[-2]
    need(pad <= len(plain) - 2, "pad length beyond the payload")
    payload, padding = plain[:len(plain) - 2 - pad], plain[len(plain) - 2 - pad:-2]
    need(padding == bytes(range(1, pad + 1)), f"padding {padding.hex()}")
    need(pad == -(len(payload) + 2) % sa.align, f"{pad} octets of padding")
    return payload, plain[-1]


# --- AH ---

V4_IMMUTABLE = (130, 133, 134, 148, 149)


def v4_for_icv(header):
    """RFC 4302 section 3.3.3.1.1 and appendix A1: as it will arrive."""
    h = bytearray(header)
    h[1] = h[8] = 0
    h[6:8] = h[10:12] = b"\0\0"
    at = 20
    while at < len(h) and h[at] != 0:
        if h[at] == 1:
            at += 1
            continue
        need(at + 1 < len(h) and h[at + 1] >= 2, "broken IPv4 option")
        length = h[at + 1]
        if h[at] not in V4_IMMUTABLE:
            h[at:at + length] = bytes(length)
        at += length
    return bytes(h)


def v6_options_for_icv(ext):
    """Options whose third bit is set may change on the way."""
    e, at = bytearray(ext), 2
    while at < len(e):
        if e[at] == 0:
            at += 1
            continue
        length = e[at + 1]
        if e[at] & 0x20:
            e[at + 2:at + 2 + length] = bytes(length)
        at += 2 + length
    return bytes(e)


def v6_for_icv(header):
    """RFC 4302 section 3.3.3.1.2; routing headers are used up here. A fragment
    header that is there for nothing does not count.
    """
    h = bytearray(header)
    h[0:4] = b"\x60\0\0\0"
    h[7] = 0
    kind, before, at = h[6], 6, 40
    while at < len(h):
        if kind == FRAGMENT:
            h[before] = kind = h[at]
            h[4:6] = struct.pack(">H", struct.unpack(">H", h[4:6])[0] - 8)
            del h[at:at + 8]
            continue
        end = at + (h[at + 1] + 1) * 8
        if kind in (HOPOPTS, DSTOPTS):
            h[at:end] = v6_options_for_icv(h[at:end])
        kind, before, at = h[at], at, end
    return bytes(h)


def ah_blank(sa, seq, next_header, reserved=0, words=None, pad=b""):
    """The header with zeros for the ICV and for its padding, unless told."""
    length = -(-(12 + sa.icv_len) // sa.icv_pad) * sa.icv_pad
    if words is None:
        words = length // 4 - 2
    return struct.pack(">BBHII", next_header, words, reserved, sa.spi,
                       seq & 0xffffffff) + bytes(length - 12 - len(pad)) + pad


def ah_icv(sa, seq, ip_header, blank, payload, iv):
    """What stands in the field, without padding."""
    fixed = v4_for_icv(ip_header) if ip_header[0] >> 4 == 4 else v6_for_icv(ip_header)
    data = fixed + blank + payload + sa.tail(seq)
    if sa.auth.gmac:
        return iv + sa.auth.gmac(sa.auth_key, sa.salt + iv, data)
    return sa.mac(data)


def ah_seal(sa, seq, ip_header, blank, payload):
    icv = ah_icv(sa, seq, ip_header, blank, payload, os.urandom(sa.auth.iv))
    return blank[:12] + icv + blank[12 + len(icv):] + payload


def ah_open(sa, ip_header, packet, high=0, any_pad=False):
    """Returns sequence number, next header, payload. ICV padding may hold
    anything (RFC 4302 section 2.6), but we want to send zeros.
    """
    need(len(packet) >= 12 + sa.icv_len, "AH packet too short")
    next_header, words, reserved, spi, low = struct.unpack(">BBHII", packet[:12])
    need(spi == sa.spi, f"SPI {spi:#x}, not {sa.spi:#x}")
    need(reserved == 0, f"reserved field {reserved:#x}")
    seq = high << 32 | low
    blank = ah_blank(sa, seq, next_header)
    need((words + 2) * 4 == len(blank), f"AH length field {words}")
    icv, rest = packet[12:12 + sa.icv_len], packet[12 + sa.icv_len:len(blank)]
    need(any_pad or rest == bytes(len(rest)), "ICV padding is not zero")
    payload = packet[len(blank):]
    blank = packet[:12] + bytes(sa.icv_len) + rest
    need(ah_icv(sa, seq, ip_header, blank, payload, icv[:sa.auth.iv]) == icv, "bad ICV")
    return seq, next_header, payload


# --- IP ---

def checksum(data):
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff


def packed(address):
    return ipaddress.ip_address(address).packed


def ipv4(src, dst, proto, payload, *, tos=0, ttl=64, ident=1, df=0, mf=0,
         offset=0, options=b"", version=4, ihl=None, total=None, bad_sum=0):
    options += bytes(-len(options) % 4)
    ihl = 5 + len(options) // 4 if ihl is None else ihl
    total = 20 + len(options) + len(payload) if total is None else total
    head = struct.pack(">BBHHHBBH4s4s", version << 4 | ihl, tos, total & 0xffff,
                       ident, df << 14 | mf << 13 | offset // 8, ttl, proto, 0,
                       packed(src), packed(dst)) + options
    # as far as the header says it goes
    value = checksum((head + payload)[:max(ihl, 1) * 4]) ^ bad_sum
    return head[:10] + struct.pack(">H", value) + head[12:] + payload


def extension(kind, next_header):
    """One extension header of each kind, by its name."""
    if kind in ("hbh", "dst"):
        return bytes([next_header, 0, 1, 4, 0, 0, 0, 0])
    if kind == "hbh-mutable":
        return bytes([next_header, 0, 0x3e, 4, 1, 2, 3, 4])
    if kind == "rt":
        return bytes([next_header, 2, 0, 0, 0, 0, 0, 0]) + packed("2001:db8::77")
    if kind == "rt-left":
        return bytes([next_header, 2, 0, 1, 0, 0, 0, 0]) + packed("2001:db8::77")
    if kind == "atomic":
        return bytes([next_header, 0, 0, 0]) + b"\x12\x34\x56\x78"
    if kind == "later":
        # a fragment from further back
        return bytes([next_header, 0, 0, 8]) + b"\x12\x34\x56\x78"
    if kind == "first":
        return bytes([next_header, 0, 0, 1]) + b"\x12\x34\x56\x78"
    if kind.startswith("frag-"):
        # frag-OFFSET-MORE-ID
        at, more, ident = (int(n, 0) for n in kind.split("-")[1:])
        return struct.pack(">BBHI", next_header, 0, at | more, ident)
    if kind == "long":
        # says that it goes on for 256 octets
        return bytes([next_header, 31, 1, 4, 0, 0, 0, 0])
    raise WireError(f"no extension header '{kind}'")


EXT_NUMBER = {"hbh": HOPOPTS, "hbh-mutable": HOPOPTS, "dst": DSTOPTS,
              "rt": ROUTING, "rt-left": ROUTING, "atomic": FRAGMENT, "later": FRAGMENT, "first": FRAGMENT,
              "long": DSTOPTS}


def extensions(kinds, last):
    """Returns the first header's number and all of them together."""
    out, next_header = b"", last
    for kind in reversed(kinds):
        out = extension(kind, next_header) + out
        next_header = FRAGMENT if kind.startswith("frag-") else EXT_NUMBER[kind]
    return next_header, out


def ipv6(src, dst, proto, payload, *, tos=0, ttl=64, flow=0, ext=(),
         version=6, total=None):
    proto, chain = extensions(ext, proto)
    total = len(chain) + len(payload) if total is None else total
    return struct.pack(">IHBB16s16s", version << 28 | tos << 20 | flow,
                       total & 0xffff, proto, ttl, packed(src),
                       packed(dst)) + chain + payload


def ip_split(packet):
    """A whole IP packet into header (with extensions), proto, payload."""
    if packet[0] >> 4 == 4:
        ihl = (packet[0] & 15) * 4
        total = struct.unpack(">H", packet[2:4])[0]
        need(total == len(packet), f"total length {total} of {len(packet)}")
        need(checksum(packet[:ihl]) == 0, "IPv4 header checksum")
        return packet[:ihl], packet[9], packet[ihl:]
    total = struct.unpack(">H", packet[4:6])[0]
    need(total + 40 == len(packet), f"payload length {total} of {len(packet) - 40}")
    proto, at = packet[6], 40
    while proto in EXTENSIONS:
        size = 8 if proto == FRAGMENT else (packet[at + 1] + 1) * 8
        proto, at = packet[at], at + size
    return packet[:at], proto, packet[at:]


def ip_fields(packet):
    """What the tests ask of a header."""
    if packet[0] >> 4 == 4:
        frag = struct.unpack(">H", packet[6:8])[0]
        return {"version": 4, "tos": packet[1], "ttl": packet[8],
                "id": struct.unpack(">H", packet[4:6])[0], "df": frag >> 14 & 1,
                "mf": frag >> 13 & 1, "offset": (frag & 0x1fff) * 8,
                "src": str(ipaddress.ip_address(packet[12:16])),
                "dst": str(ipaddress.ip_address(packet[16:20])),
                "len": len(packet)}
    word = struct.unpack(">I", packet[:4])[0]
    return {"version": 6, "tos": word >> 20 & 255, "flow": word & 0xfffff,
            "ttl": packet[7], "src": str(ipaddress.ip_address(packet[8:24])),
            "dst": str(ipaddress.ip_address(packet[24:40])), "len": len(packet)}


def fragments(packet, size, step=None):
    """An IP packet cut into pieces with size octets of payload each; they
    overlap if step is less.
    """
    if packet[0] >> 4 == 4:
        header, proto, payload = ip_split(packet)
    else:
        # what extension headers there are go behind the fragment header
        proto, payload = packet[6], packet[40:]
    ident = os.urandom(4)
    pieces = []
    for at in range(0, len(payload), step or size):
        more = at + size < len(payload)
        part = payload[at:at + size]
        f = ip_fields(packet)
        if f["version"] == 4:
            pieces.append(ipv4(f["src"], f["dst"], proto, part, tos=f["tos"],
                               ttl=f["ttl"], ident=f["id"], mf=more, offset=at,
                               options=header[20:]))
        else:
            frag = struct.pack(">BBH", proto, 0, at | more) + ident
            pieces.append(ipv6(f["src"], f["dst"], FRAGMENT, frag + part,
                               tos=f["tos"], ttl=f["ttl"]))
    return pieces


def l4(src, dst, proto, payload, sport=4660, dport=4660):
    """A UDP datagram, a TCP SYN, an ICMP echo request, or just octets."""
    head = struct.pack(">HH", sport, dport)
    if proto == UDP:
        data = head + struct.pack(">HH", 8 + len(payload), 0) + payload
        at = 6
    elif proto == TCP:
        data = head + struct.pack(">IIHHHH", 1, 0, 0x5002, 8192, 0, 0) + payload
        at = 16
    elif proto in (ICMP, ICMPV6):
        kind = 8 if proto == ICMP else 128
        data = struct.pack(">BBHHH", kind, 0, 0, 1, 1) + payload
        at = 2
    else:
        return payload
    pseudo = packed(src) + packed(dst) + struct.pack(">II", len(data), proto)
    value = checksum(data if proto == ICMP else pseudo + data)
    return data[:at] + struct.pack(">H", value or 0xffff) + data[at + 2:]


def syn(src, dst, mss, nops=0):
    """A TCP SYN that offers a segment size, behind so many NOPs."""
    options = b"\1" * nops + struct.pack(">BBH", 2, 4, mss)
    options += b"\1" * (-len(options) % 4)
    words = 5 + len(options) // 4
    data = struct.pack(">HHIIBBHHH", 4660, 4660, 1, 0, words << 4, 2, 8192, 0, 0) + options
    pseudo = packed(src) + packed(dst) + struct.pack(">II", len(data), TCP)
    return data[:16] + struct.pack(">H", checksum(pseudo + data)) + data[18:]
