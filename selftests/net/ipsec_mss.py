# SPDX-License-Identifier: GPL-2.0-only
"""What the router's own sockets are told of sizes.

	pmtu_error dst=A len=N mtu=M	a datagram that must not be cut is refused,
					and the socket's queue of errors says M
	pieces_of_own			what leaves is in pieces, all of them ESP or AH
"""

import errno
import socket
import struct

import ipsec_wire as w
from ipsec_craft import PORT, options
from ipsec_wire import need

# setsockopt: ask for errors, and how to find a path's size
RECVERR = {socket.AF_INET: (socket.IPPROTO_IP, 11), socket.AF_INET6: (socket.IPPROTO_IPV6, 25)}
DISCOVER = {socket.AF_INET: (socket.IPPROTO_IP, 10), socket.AF_INET6: (socket.IPPROTO_IPV6, 23)}
PMTUDISC_DO = 2


class Mss:
    """Commands about sizes."""

    @staticmethod
    def cmd_pmtu_error(*words):
        o = options(words)
        family = socket.AF_INET6 if ":" in o["dst"] else socket.AF_INET
        with socket.socket(family, socket.SOCK_DGRAM) as s:
            s.setsockopt(*DISCOVER[family], PMTUDISC_DO)
            s.setsockopt(*RECVERR[family], 1)
            try:
                s.sendto(bytes(o["len"]), (o["dst"], PORT))
                raise w.WireError("it was sent")
            except OSError as error:
                need(error.errno == errno.EMSGSIZE, f"send: {error}")
            _, control, _, _ = s.recvmsg(0, 512, socket.MSG_ERRQUEUE)
        # struct sock_extended_err: errno, origin, type, code, pad, info, data
        number, origin, info = struct.unpack("=IBxxxI", control[0][2][:12])
        need(number == errno.EMSGSIZE and origin == 1, f"error {number} of {origin}")
        need(info == o["mtu"], f"MTU {info}")

    def cmd_pieces_of_own(self):
        for _ in range(2):
            packet = self.wait("wan")
            kind = packet[6] if packet[0] >> 4 == 6 else packet[9]
            if kind == w.FRAGMENT:
                kind = packet[40]
            need(kind in (w.ESP, w.AH), f"in clear: {packet.hex()}")
