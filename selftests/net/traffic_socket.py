# SPDX-License-Identifier: GPL-2.0-only
"""Sockets in network namespaces, with what a test wants to have in the IP header
and what the network has told them."""
import ctypes
import os
import socket
import struct

CLONE_NEWNET = 0x40000000
PMTUDISC = {"dont": 0, "want": 1, "do": 2, "probe": 3}
IP_MTU_DISCOVER, IP_RECVERR, IP_RECVTTL, IP_RECVTOS = 10, 11, 12, 13
IPV6_MTU_DISCOVER, IPV6_RECVERR, IPV6_DONTFRAG = 23, 25, 62
SO_RCVBUFFORCE, SO_NO_CHECK, SO_BINDTODEVICE = 33, 11, 25
MSG_ERRQUEUE = 0x2000
UDP_SEGMENT = 103
# the tests' times are for a machine where BUSYWAIT_TIMEOUT is the usual one
SLOWNESS = int(os.environ.get("BUSYWAIT_TIMEOUT", "10000")) / 10000
# seconds for what must arrive, for what must not
TIMEOUT = 10 * SLOWNESS
ABSENCE = 0.3 * SLOWNESS
POOL = os.urandom(1 << 20)
libc = ctypes.CDLL(None, use_errno=True)


class Failure(Exception):
    """What the test is there to find."""


def enter(ns):
    fd = os.open("/run/netns/" + ns, os.O_RDONLY)
    try:
        if libc.setns(fd, CLONE_NEWNET) < 0:
            raise OSError(ctypes.get_errno(), "setns")
    finally:
        os.close(fd)


def is6(addr):
    return ":" in addr


def data_of(size, skew=0):
    return (POOL[skew:] + POOL * (size // len(POOL) + 1))[:size]


def set_options(sock, six, opt):
    """What a test wants to have in the IP header."""
    if "df" in opt:
        if six:
            sock.setsockopt(41, IPV6_MTU_DISCOVER, PMTUDISC[opt["df"]])
            sock.setsockopt(41, IPV6_DONTFRAG, int(opt["df"] == "do"))
        else:
            sock.setsockopt(0, IP_MTU_DISCOVER, PMTUDISC[opt["df"]])
    if "ttl" in opt:
        sock.setsockopt(41 if six else 0, 16 if six else 2, int(opt["ttl"]))
    if "tos" in opt:
        sock.setsockopt(41 if six else 0, 67 if six else 1, int(opt["tos"]))
    if "opts" in opt:
        sock.setsockopt(0, 4, bytes.fromhex(opt["opts"]))
    if "hbh" in opt:
        sock.setsockopt(41, 54, bytes([0, 0, 1, 4, 0, 0, 0, 0]))
    if "dstopt" in opt:
        sock.setsockopt(41, 59, bytes([0, 0, 1, 4, 0, 0, 0, 0]))
    if "dev" in opt:
        sock.setsockopt(socket.SOL_SOCKET, SO_BINDTODEVICE,
                        opt["dev"].encode())
    if "nocsum" in opt:
        sock.setsockopt(socket.SOL_SOCKET, SO_NO_CHECK, 1)


def want_headers(sock, six):
    if six:
        sock.setsockopt(41, 51, 1)      # hop limit
        sock.setsockopt(41, 66, 1)      # traffic class
    else:
        sock.setsockopt(0, IP_RECVTTL, 1)
        sock.setsockopt(0, IP_RECVTOS, 1)


def make(ns, addr, kind, proto=0, port=0, opt=None):
    six = is6(addr)
    enter(ns)
    sock = socket.socket(socket.AF_INET6 if six else socket.AF_INET, kind,
                         proto)
    sock.settimeout(TIMEOUT)
    if port:
        # not without: two sockets might be given the same one
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, 8 << 20)
    if opt:
        set_options(sock, six, opt)
    if kind == socket.SOCK_DGRAM:
        want_headers(sock, six)
    sock.bind((addr, port))
    return sock


def headers_of(anc):
    ttl = tos = -1
    for level, kind, data in anc:
        value = data[0] if len(data) < 4 else struct.unpack("i", data[:4])[0]
        if (level, kind) in ((0, 2), (41, 52)):
            ttl = value
        elif (level, kind) in ((0, 1), (41, 67)):
            tos = value
    return ttl, tos


def errors_of(sock):
    """(errno, info, offender) that the network has told the socket."""
    found = []
    while True:
        try:
            _, anc, _, _ = sock.recvmsg(65535, 512,
                                        MSG_ERRQUEUE | socket.MSG_DONTWAIT)
        except BlockingIOError:
            return found
        for level, kind, data in anc:
            if (level, kind) not in ((0, IP_RECVERR), (41, IPV6_RECVERR)):
                continue
            err, origin, _, _, _, info, _ = struct.unpack("=IBBBBII",
                                                          data[:16])
            who = data[16:]
            name = "local" if origin == 1 else "?"
            if origin == 2:
                name = socket.inet_ntop(socket.AF_INET, who[4:8])
            elif origin == 3:
                name = socket.inet_ntop(socket.AF_INET6, who[8:24])
            found.append((err, info, name))


def target(opt, port, dst):
    if "to" not in opt:
        return (dst, port)
    addr, to_port = opt["to"].rsplit(":", 1)
    return (addr, int(to_port))


def receive(sock, data, what):
    try:
        got, anc, _, who = sock.recvmsg(65535, 256)
    except socket.timeout:
        raise Failure("%s of %d octets did not arrive" % (what, len(data)))
    if got != data:
        raise Failure("%s of %d octets arrived as %d others"
                      % (what, len(data), len(got)))
    return anc, who


def udp_pair(ns1, src, ns2, dst, opt):
    # who lets routers cut wants the answer to come back, too
    back = {"df": "dont"} if opt.get("df") == "dont" else {}
    two = make(ns2, dst, socket.SOCK_DGRAM, 0, int(opt.get("port", 0)), back)
    one = make(ns1, src, socket.SOCK_DGRAM, 0, int(opt.get("sport", 0)), opt)
    one.connect(target(opt, two.getsockname()[1], dst))
    return one, two


def send_one(sock, data, opt):
    if "gso" in opt:
        sock.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, int(opt["gso"]))
    sock.send(data)
