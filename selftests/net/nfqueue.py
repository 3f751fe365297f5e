#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""nfqueue.py NUMBER: lets every packet of an NFQUEUE go on.

Says "ready", then a line "N" for each packet that has gone on: the N-th.  What
is behind the queue runs in this program's context.
"""

import os
import socket
import struct
import sys

NETLINK_NETFILTER = 12
PACKET, VERDICT, CONFIG = (3 << 8 | n for n in range(3))
CFG_CMD, CFG_PARAMS, PACKET_HDR, VERDICT_HDR = 1, 2, 1, 2
BIND, COPY_META, NF_ACCEPT = 1, 1, 1
REQUEST, ACK = 1, 4


def attr(kind, data):
    """One attribute, padded"""
    return struct.pack("=HH", 4 + len(data), kind) + data + bytes(-len(data) % 4)


def send(sock, queue, kind, body, flags=REQUEST):
    """One message of nfnetlink_queue's"""
    body = struct.pack("=BBH", 0, 0, socket.htons(queue)) + body
    sock.send(struct.pack("=IHHII", 16 + len(body), kind, flags, 0, 0) + body)


def configure(sock, queue, body):
    """What the kernel must agree to"""
    send(sock, queue, CONFIG, body, REQUEST | ACK)
    err = -struct.unpack_from("=i", sock.recv(65536), 16)[0]
    if err:
        sys.exit("nfqueue: " + os.strerror(err))


def packet_id(message):
    """Of the first attribute that has it"""
    at = 20
    while at + 4 <= len(message):
        size, kind = struct.unpack_from("=HH", message, at)
        if kind & 0x3fff == PACKET_HDR:
            return message[at + 4:at + 8]
        at += (size + 3) & ~3
    sys.exit("nfqueue: a packet without an id")


def main():
    """See above"""
    queue = int(sys.argv[1])
    sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_NETFILTER)
    sock.bind((0, 0))
    configure(sock, queue, attr(CFG_CMD, struct.pack("=BBH", BIND, 0, 0)))
    configure(sock, queue, attr(CFG_PARAMS, struct.pack(">IB", 0, COPY_META)))
    print("ready", flush=True)
    passed = 0
    while True:
        message = sock.recv(65536)
        if struct.unpack_from("=H", message, 4)[0] != PACKET:
            continue
        send(sock, queue, VERDICT, attr(VERDICT_HDR, struct.pack(">I", NF_ACCEPT) +
                                        packet_id(message)))
        passed += 1
        print(passed, flush=True)


if __name__ == "__main__":
    main()
