#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Frames that a program writes itself, past all of the IP stack.

Usage: guard_frames.py DEV KIND...

Sends one frame of each kind by the device. The addresses are those of
esp_tunnel_lib.sh: what is not said to be anything else goes from hosta to hostb.
"""
import socket
import struct
import sys

TYPE4, TYPE6, TYPE_ARP = 0x0800, 0x86dd, 0x0806
# an Ethernet type for experiments
TYPE_OTHER = 0x88b5
UDP, ESP, ICMP6, FRAGMENT = 17, 50, 58, 44


def ip4(src, dst, proto=UDP, data=None, frag=0):
    data = udp(7, 7) if data is None else data
    return struct.pack("!BBHHHBBH4s4s", 0x45, 0, 20 + len(data), 1, frag, 64, proto, 0,
                       socket.inet_aton(src), socket.inet_aton(dst)) + data


def ip6(src, dst, proto=UDP, data=None, hops=64):
    data = udp(7, 7) if data is None else data
    return struct.pack("!IHBB", 6 << 28, len(data), proto, hops) + \
        socket.inet_pton(socket.AF_INET6, src) + \
        socket.inet_pton(socket.AF_INET6, dst) + data


def udp(sport, dport, data=b"\0" * 8):
    return struct.pack("!HHHH", sport, dport, 8 + len(data), 0) + data


def tagged(ethertype, data):
    return 0x8100, struct.pack("!HH", 5, ethertype) + data


A4, B4, A6, B6 = "10.1.0.2", "10.2.0.2", "fd01::2", "fd02::2"
# quotes a packet from hostb to hosta
QUOTE = struct.pack("!BBHI", 3, 1, 0, 0) + ip4(B4, A4)

KINDS = {
    "v4": (TYPE4, ip4(A4, B4)),
    "v6": (TYPE6, ip6(A6, B6)),
    "vlan": tagged(TYPE4, ip4(A4, B4)),
    "vlan6": tagged(TYPE6, ip6(A6, B6)),
    "piece": (TYPE4, ip4(A4, B4, frag=100)),
    "error": (TYPE4, ip4("192.0.2.1", B4, 1, QUOTE)),
    "cut4": (TYPE4, ip4(A4, B4)[:18]),
    "cut6": (TYPE6, ip6(A6, B6)[:30]),
    "options": (TYPE4, b"\x42" + ip4(A4, B4)[1:]),
    # what passes whatever is discarded
    "arp": (TYPE_ARP, b"\0\1\x08\0\6\4\0\1" + b"\0" * 20),
    "other": (TYPE_OTHER, ip4(A4, B4)),
    "dhcp": (TYPE4, ip4("0.0.0.0", "255.255.255.255", UDP, udp(68, 67))),
    "nd": (TYPE6, ip6("fe80::1", "ff02::1", ICMP6, b"\x87\0" + b"\0" * 22, hops=255)),
    "ike": (TYPE4, ip4("192.0.2.1", "198.51.100.1", UDP, udp(500, 500))),
    # and what looks like it
    "dhcp-far": (TYPE4, ip4("10.1.0.2", "10.9.0.1", UDP, udp(68, 67))),
    "nd-far": (TYPE6, ip6("fd01::2", "ff02::1", ICMP6, b"\x87\0" + b"\0" * 22)),
    "ike-far": (TYPE4, ip4("10.1.0.2", "198.51.100.1", UDP, udp(500, 500))),
    "esp-far": (TYPE4, ip4("192.0.2.1", "198.51.100.1", ESP,
                           struct.pack("!II", 0xdeadbeef, 1) + b"\0" * 40)),
}


def main():
    dev = sys.argv[1]
    for word in sys.argv[2:]:
        # "lie:KIND" says in the socket's address that it is something else
        lie = word.startswith("lie:")
        ethertype, data = KINDS[word[4:] if lie else word]
        frame = b"\xff" * 6 + b"\x02\0\0\0\0\x01" + struct.pack("!H", ethertype) + data
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0) as sock:
            try:
                sock.sendto(frame, (dev, TYPE_OTHER if lie else ethertype))
            except OSError as e:
                # how a drop at the device is told
                print(word, e.strerror)


main()
