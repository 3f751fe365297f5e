# SPDX-License-Identifier: GPL-2.0-only
"""A packet socket that sees only what should not be there.

The kernel sorts: the socket's filter refuses ESP, ESP in UDP (by its ports: of a
datagram in pieces, by the first one's), AH and what a link needs to work (ARP,
neighbour and multicast listener discovery), so that reading is left for what
went in clear, of which there should be nothing. It looks at what a
device sends: what one receives is seen once more when it has been decrypted.
"""
import ctypes
import errno
import os
import socket
import struct

ETH_P_ALL = 3
SO_ATTACH_FILTER = 26
IP, ARP, IPV6 = 0x0800, 0x0806, 0x86dd
ESP, AH, FRAGMENT, HOPOPTS, ICMPV6, UDP = 50, 51, 44, 0, 58, 17
ENCAP_PORT = 4500
# instructions of the classic filter machine, and where it keeps what it knows
# beside the packet
LOAD, LOAD_HALF, LOAD_OCTET = 0x20, 0x28, 0x30
EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x15, 0x35, 0x45, 0x06
ETHERTYPE, PACKET_TYPE = 0xfffff000, 0xfffff004

# (what, operand, go there if true, if false); offsets are from the IP header
PROGRAM = [
    (None, LOAD, PACKET_TYPE),
    (None, EQUAL, socket.PACKET_OUTGOING, None, "refuse"),
    (None, LOAD, ETHERTYPE),
    (None, EQUAL, ARP, "refuse", None),
    (None, EQUAL, IPV6, "ipv6", None),
    (None, EQUAL, IP, None, "take"),
    (None, LOAD_OCTET, 9),
    (None, EQUAL, ESP, "refuse", None),
    (None, EQUAL, AH, "refuse", None),
    (None, EQUAL, UDP, None, "take"),
    (None, LOAD_HALF, 6),
    (None, ANY_BIT, 0x1fff, "refuse", None),
    (None, LOAD, 20),
    (None, EQUAL, ENCAP_PORT << 16 | ENCAP_PORT, "refuse", "take"),
    ("ipv6", LOAD_OCTET, 6),
    (None, EQUAL, ESP, "refuse", None),
    (None, EQUAL, AH, "refuse", None),
    (None, EQUAL, FRAGMENT, "behind", None),
    (None, EQUAL, UDP, "ports", None),
    (None, EQUAL, HOPOPTS, "multicast", None),
    (None, EQUAL, ICMPV6, None, "take"),
    # router solicitation to redirect
    (None, LOAD_OCTET, 40),
    (None, AT_LEAST, 133, None, "take"),
    (None, AT_LEAST, 138, "take", "refuse"),
    ("ports", LOAD, 40),
    (None, EQUAL, ENCAP_PORT << 16 | ENCAP_PORT, "refuse", "take"),
    ("behind", LOAD_OCTET, 40),
    (None, EQUAL, ESP, "refuse", None),
    (None, EQUAL, AH, "refuse", None),
    (None, EQUAL, UDP, None, "take"),
    (None, LOAD_HALF, 42),
    (None, ANY_BIT, 0xfff8, "refuse", None),
    (None, LOAD, 48),
    (None, EQUAL, ENCAP_PORT << 16 | ENCAP_PORT, "refuse", "take"),
    # reports of listeners go to ff02::16
    ("multicast", LOAD_HALF, 24),
    (None, EQUAL, 0xff02, "refuse", "take"),
    ("take", RETURN, 128),
    ("refuse", RETURN, 0),
]


def assemble():
    labels = {line[0]: i for i, line in enumerate(PROGRAM) if line[0]}
    code = b""
    for i, (_label, what, operand, *jumps) in enumerate(PROGRAM):
        yes, no = [0 if to is None else labels[to] - i - 1
                   for to in jumps or (None, None)]
        code += struct.pack("HBBI", what, yes, no, operand)
    return code


def open_socket(dev):
    """What dev sends."""
    code = ctypes.create_string_buffer(assemble())
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM,
                         socket.htons(ETH_P_ALL))
    sock.setsockopt(socket.SOL_SOCKET, SO_ATTACH_FILTER,
                    struct.pack("HL", len(PROGRAM), ctypes.addressof(code)))
    sock.bind((dev, ETH_P_ALL))
    sock.setblocking(False)
    # what came before the filter or by another device
    passed(sock)
    return sock


def describe(packet, ethertype):
    if ethertype == IP and len(packet) >= 20:
        family, at, size, proto = socket.AF_INET, 12, 4, packet[9]
    elif ethertype == IPV6 and len(packet) >= 40:
        family, at, size, proto = socket.AF_INET6, 8, 16, packet[6]
    else:
        return "of EtherType 0x%04x" % ethertype
    ends = [socket.inet_ntop(family, packet[i:i + size])
            for i in (at, at + size)]
    return "%s > %s, protocol %d" % (ends[0], ends[1], proto)


def passed(sock):
    """The packets in clear since it was last asked."""
    found = []
    while True:
        try:
            packet, address = sock.recvfrom(128)
        except OSError as error:
            if error.errno == errno.EAGAIN:
                return found
            raise OSError(error.errno, os.strerror(error.errno)) from error
        found.append(describe(packet, address[1]))
