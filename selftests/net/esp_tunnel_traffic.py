#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Traffic among network namespaces, by one process that stays.

Usage: esp_tunnel_traffic.py

Reads a command a line and answers each with one line: "ok", with what was
seen as NAME=VALUE, or "fail" and why. NS is the name of a namespace; words of
the form NAME=VALUE are optional. No packet is sent twice: what is lost is a
failure.

    ping NS SRC DST [size= count= ttl= tos= df=do|dont|want hbh=1 dstopt=1
            opts=HEX]
        echo requests, one after the other; answers with ttl and tos of the
        last reply
    udp NS1 SRC NS2 DST [size= count= tos= ttl= df= hbh=1 dstopt=1 opts=HEX
            dev= gso= to=ADDR:PORT sport= port= nocsum=1 oneway=1]
        datagrams of size octets and each one back, unless it is oneway; answers with the source,
        tos and ttl that arrived at NS2. gso= hands over size octets in one
        call, to be cut to datagrams of that many
    lost NS1 SRC NS2 DST [same]
        the same, but nothing may arrive
    mtu NS SRC DST [size= port=]
        a datagram that must not be fragmented: answers with the mtu that the
        network said, and who said so
    forge NS SRC DST QUOTED-SRC QUOTED-DST [mtu= spi= seq= proto= cut=]
        an ICMP "too big" that quotes an ESP packet, cut off after so many
        octets behind its IP header
    tcp NS1 SRC NS2 DST [size= to= port= how=send|sendfile|zerocopy|small
            proto=sctp df= timeout=]
        size octets from NS1 to NS2, compared by SHA-256; the connection is
        made by NS1
    open NAME NS1 SRC NS2 DST [port=]    a connection that stays
    xfer NAME [size= timeout=]           octets over it, in both directions
    close NAME
    stream NAME NS1 SRC NS2 DST [rate= size=]
        datagrams in the background; "unstream NAME" stops and answers with
        sent, received, and lost
    capture NAME NS DEV FILE [type=0x0800]
        what arrives there, a line a packet, of one Ethernet type or of all
    uncapture NAME
    blast NS SRC DST on|off              datagrams to nobody, in the background
    fragment NS SRC DST [next= off= more= data=HEX]
        one IPv6 fragment: its next header, offset, and octets
    multicast NS SRC GROUP DEV
        one datagram, which a listener in NS itself gets just once
    flood NS1 SRC NS2 DST [procs= rounds= flows= size= ports=]
        many flows from several processes, one pinned to each CPU
"""
import ctypes
import errno
import hashlib
import os
import select
import socket
import struct
import sys
import threading
import time

CLONE_NEWNET = 0x40000000
PMTUDISC = {"dont": 0, "want": 1, "do": 2, "probe": 3}
IP_MTU_DISCOVER, IP_RECVERR, IP_RECVTTL, IP_RECVTOS = 10, 11, 12, 13
IPV6_MTU_DISCOVER, IPV6_RECVERR, IPV6_DONTFRAG = 23, 25, 62
SO_RCVBUFFORCE, SO_SNDBUFFORCE, SO_NO_CHECK, SO_ZEROCOPY = 33, 32, 11, 60
SO_BINDTODEVICE = 25
MSG_ZEROCOPY, MSG_ERRQUEUE = 0x4000000, 0x2000
UDP_SEGMENT = 103
SCTP = 132
# ms for what must arrive, for what must not
TIMEOUT = float(os.environ.get("TRAFFIC_TIMEOUT", "10"))
ABSENCE = 0.3
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


# --- ping ---

def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    while total >> 16:
        total = (total & 0xffff) + (total >> 16)
    return struct.pack("!H", ~total & 0xffff)


def echo(six, ident, seq, data):
    head = struct.pack("!BBHHH", 128 if six else 8, 0, 0, ident, seq)
    if six:
        return head + data
    return head[:2] + checksum(head + data) + head[4:] + data


def echo_reply(sock, six, ident, seq, data):
    """Wait for the reply, skipping what else a raw socket sees."""
    end = time.monotonic() + TIMEOUT
    while time.monotonic() < end:
        got, anc, _, who = sock.recvmsg(65535, 256)
        ttl, tos = headers_of(anc)
        if not six:
            ttl, tos = got[8], got[1]
            got = got[(got[0] & 15) * 4:]
        if got[0] != (129 if six else 0) or got[4:8] != struct.pack(
                "!HH", ident, seq):
            continue
        if got[8:] != data:
            raise Failure("a wrong reply to an echo of %d octets" % len(data))
        return "ttl=%d tos=%d from=%s" % (ttl, tos, who[0])
    raise socket.timeout


def cmd_ping(ns, src, dst, **opt):
    six, size = is6(src), int(opt.get("size", 56))
    ident, seen = os.getpid() & 0xffff, ""
    with make(ns, src, socket.SOCK_RAW, 58 if six else 1, 0, opt) as sock:
        if six:
            want_headers(sock, True)
        for seq in range(int(opt.get("count", 1))):
            data = data_of(size, seq)
            sock.sendto(echo(six, ident, seq, data), (dst, 0))
            try:
                seen = echo_reply(sock, six, ident, seq, data)
            except socket.timeout:
                raise Failure("no reply to echo %d of %d octets" % (seq, size))
    return seen


# --- datagrams ---

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


def cmd_udp(ns1, src, ns2, dst, **opt):
    size = int(opt.get("size", 64))
    step, seen = int(opt.get("gso", size)) or 1, ""
    one, two = udp_pair(ns1, src, ns2, dst, opt)
    with one, two:
        for seq in range(int(opt.get("count", 1))):
            data = data_of(size, seq)
            send_one(one, data, opt)
            for at in range(0, max(size, 1), step):
                part = data[at:at + step]
                anc, who = receive(two, part, "a datagram")
                if "oneway" in opt:
                    continue
                two.sendto(part, who)
                receive(one, part, "the datagram back")
            seen = "from=%s port=%d ttl=%d tos=%d" % ((who[:2]) +
                                                      headers_of(anc))
    return seen


def cmd_lost(ns1, src, ns2, dst, **opt):
    data = data_of(int(opt.get("size", 64)))
    one, two = udp_pair(ns1, src, ns2, dst, opt)
    two.settimeout(ABSENCE)
    seen = ""
    with one, two:
        for _ in range(int(opt.get("count", 1))):
            try:
                send_one(one, data, opt)
            except OSError as e:
                seen = "error=" + errno.errorcode[e.errno]
        try:
            _, who = two.recvfrom(65535)
            raise Failure("a datagram from %s arrived" % (who,))
        except socket.timeout:
            return seen


def cmd_mtu(ns, src, dst, **opt):
    six = is6(src)
    with make(ns, src, socket.SOCK_DGRAM, 0, 0, dict(opt, df="do")) as sock:
        sock.setsockopt(41 if six else 0, IPV6_RECVERR if six else IP_RECVERR,
                        1)
        sock.connect((dst, int(opt.get("port", 9))))
        data, sent = data_of(int(opt.get("size", 1400))), "ok"
        try:
            sock.send(data)
        except OSError as e:
            sent = errno.errorcode[e.errno]
        poll = select.poll()
        poll.register(sock, select.POLLERR)
        poll.poll(TIMEOUT * 1000)
        sock.setblocking(False)
        for err, info, who in errors_of(sock):
            if err == errno.EMSGSIZE and info:
                return "mtu=%d from=%s send=%s" % (info, who, sent)
        raise Failure("nobody said that %d octets are too big" % len(data))


def quoted_header(six, src, dst, proto):
    if six:
        return struct.pack("!IHBB", 6 << 28, 1000, proto, 60) + \
            socket.inet_pton(socket.AF_INET6, src) + \
            socket.inet_pton(socket.AF_INET6, dst)
    return struct.pack("!BBHHHBBH", 0x45, 0, 1020, 1, 0x4000, 60, proto, 0) + \
        socket.inet_aton(src) + socket.inet_aton(dst)


def cmd_forge(ns, src, dst, quoted_src, quoted_dst, **opt):
    six, proto = is6(src), int(opt.get("proto", 50))
    mtu = int(opt.get("mtu", 1300))
    body = struct.pack("!II", int(opt.get("spi", "0"), 0),
                       int(opt.get("seq", 1))) + bytes(100)
    if proto == 51:
        body = bytes([4, 4, 0, 0]) + body
    body = quoted_header(six, quoted_src, quoted_dst, proto) + \
        body[:int(opt.get("cut", len(body)))]
    if six:
        message = struct.pack("!BBHI", 2, 0, 0, mtu) + body
    else:
        message = struct.pack("!BBHI", 3, 4, 0, mtu) + body
        message = message[:2] + checksum(message) + message[4:]
    with make(ns, src, socket.SOCK_RAW, 58 if six else 1) as sock:
        sock.sendto(message, (dst, 0))


# --- connections ---

class Connection:
    """Both ends of one."""

    def __init__(self, ns1, src, ns2, dst, opt):
        proto = SCTP if opt.get("proto") == "sctp" else socket.IPPROTO_TCP
        with make(ns2, dst, socket.SOCK_STREAM, proto,
                  int(opt.get("port", 0))) as server:
            server.listen(1)
            port = server.getsockname()[1]
            self.one = make(ns1, src, socket.SOCK_STREAM, proto, 0, opt)
            try:
                self.one.connect(target(opt, port, dst))
                self.two, self.peer = server.accept()
            except socket.timeout:
                raise Failure("no connection")
        for sock in (self.one, self.two):
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, 1 << 20)

    def close(self):
        self.one.close()
        self.two.close()


def sender(sock, size, how):
    """A function that sends some more, and says how much is left."""
    left = [size]
    if how == "sendfile":
        fd = os.memfd_create("traffic")
        os.write(fd, POOL)
    if how == "zerocopy":
        sock.setsockopt(socket.SOL_SOCKET, SO_ZEROCOPY, 1)

    def step():
        at = (size - left[0]) % len(POOL)
        n = min(left[0], len(POOL) - at)
        if how == "sendfile":
            left[0] -= os.sendfile(sock.fileno(), fd, at, n)
        elif how == "zerocopy":
            errors_of(sock)
            # no copy: the kernel reads these octets until they are acknowledged
            part = memoryview(POOL)[at:at + min(n, 65536)]
            left[0] -= sock.send(part, MSG_ZEROCOPY)
        elif how == "small":
            left[0] -= sock.send(POOL[at:at + min(n, 777)])
        else:
            left[0] -= sock.send(POOL[at:at + n])
        return left[0]
    return step


def pump(one, two, size, how, timeout):
    """size octets from one to two."""
    step, got, left = sender(one, size, how), 0, size
    digest = hashlib.sha256()
    end = time.monotonic() + timeout
    poll = select.poll()
    poll.register(two, select.POLLIN)
    poll.register(one, select.POLLOUT)
    while got < size:
        if time.monotonic() > end:
            raise Failure("%d of %d octets arrived in %d s"
                          % (got, size, timeout))
        for fd, _ in poll.poll(1000):
            try:
                if fd == two.fileno():
                    data = two.recv(1 << 18)
                    if not data:
                        raise Failure("the connection was closed")
                    digest.update(data)
                    got += len(data)
                elif left:
                    left = step()
                    if not left:
                        poll.modify(one, 0)
            except BlockingIOError:
                pass
    whole, rest = divmod(size, len(POOL))
    expected = hashlib.sha256(POOL * whole + POOL[:rest])
    if digest.digest() != expected.digest():
        raise Failure("%d octets arrived as others" % size)


def cmd_tcp(ns1, src, ns2, dst, **opt):
    c = Connection(ns1, src, ns2, dst, opt)
    try:
        pump(c.one, c.two, int(opt.get("size", 1 << 20)),
             opt.get("how", "send"), float(opt.get("timeout", 60)))
        return "from=%s port=%d" % c.peer[:2]
    finally:
        c.close()


connections = {}


def cmd_open(name, ns1, src, ns2, dst, **opt):
    connections[name] = Connection(ns1, src, ns2, dst, opt)
    return "from=%s port=%d" % connections[name].peer[:2]


def cmd_xfer(name, **opt):
    c = connections[name]
    size, timeout = int(opt.get("size", 100000)), float(opt.get("timeout", 20))
    pump(c.one, c.two, size, "send", timeout)
    pump(c.two, c.one, size, "send", timeout)


def cmd_close(name):
    connections.pop(name).close()


# --- in the background ---

class Stream:
    """Datagrams at a steady rate, counted at the other end."""

    def __init__(self, one, two, rate, size):
        self.one, self.two, self.rate, self.size = one, two, rate, size
        self.sent = self.failed = self.got = 0
        self.stopping = False
        self.two.settimeout(ABSENCE)
        self.threads = [threading.Thread(target=f, daemon=True)
                        for f in (self.send, self.receive)]
        for thread in self.threads:
            thread.start()

    def send(self):
        data, due = data_of(self.size), time.monotonic()
        while not self.stopping:
            try:
                self.one.send(data)
                self.sent += 1
            except OSError:
                self.failed += 1
            due += 1 / self.rate
            time.sleep(max(0, due - time.monotonic()))

    def receive(self):
        while True:
            try:
                self.two.recv(65535)
                self.got += 1
            except socket.timeout:
                if self.stopping:
                    return

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()
        self.one.close()
        self.two.close()
        return "sent=%d received=%d lost=%d failed=%d" % (
            self.sent, self.got, self.sent - self.got, self.failed)


background = {}


def cmd_stream(name, ns1, src, ns2, dst, **opt):
    one, two = udp_pair(ns1, src, ns2, dst, opt)
    background[name] = Stream(one, two, float(opt.get("rate", 200)),
                              int(opt.get("size", 200)))


def cmd_unstream(name):
    return background.pop(name).stop()


class Blast:
    """Datagrams to a port where nobody listens."""

    def __init__(self, sock):
        self.sock, self.stopping, self.sent = sock, False, 0
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()
        while self.sent < 20:
            time.sleep(0.001)

    def run(self):
        while not self.stopping:
            try:
                self.sock.send(b"x" * 100)
            except OSError:
                pass
            self.sent += 1
            time.sleep(0.001)

    def stop(self):
        self.stopping = True
        self.thread.join()
        self.sock.close()


def cmd_blast(ns, src, dst, state):
    if state == "off":
        return background.pop("blast " + dst).stop()
    sock = make(ns, src, socket.SOCK_DGRAM)
    sock.connect((dst, 9))
    background["blast " + dst] = Blast(sock)


def describe(packet):
    """One line for an Ethernet frame."""
    kind = struct.unpack("!H", packet[12:14])[0]
    p = packet[14:]
    if kind == 0x800:
        total, ident, frag = struct.unpack("!HHH", p[2:8])
        proto, body = p[9], p[(p[0] & 15) * 4:]
        line = "4 len=%d tos=%d ttl=%d df=%d mf=%d off=%d src=%s dst=%s" % (
            total, p[1], p[8], frag >> 14 & 1, frag >> 13 & 1,
            (frag & 0x1fff) * 8, socket.inet_ntop(socket.AF_INET, p[12:16]),
            socket.inet_ntop(socket.AF_INET, p[16:20]))
    elif kind == 0x86dd:
        word, plen, proto = struct.unpack("!IHB", p[:7])
        body, frag = p[40:], 0
        if proto == 44:
            proto, frag = body[0], struct.unpack("!H", body[2:4])[0]
            body = body[8:]
        line = "6 len=%d tos=%d ttl=%d mf=%d off=%d src=%s dst=%s" % (
            plen + 40, word >> 20 & 255, p[7], frag & 1, frag & 0xfff8,
            socket.inet_ntop(socket.AF_INET6, p[8:24]),
            socket.inet_ntop(socket.AF_INET6, p[24:40]))
    else:
        return "eth %#x" % kind
    if proto in (50, 51) and len(body) >= 12:
        at = 0 if proto == 50 else 4
        line += " spi=%#x seq=%d" % struct.unpack("!II", body[at:at + 8])
    return "%s proto=%d" % (line, proto)


class Capture:
    """What arrives at a device, written down as text."""

    def __init__(self, ns, dev, path, kind):
        enter(ns)
        self.sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW,
                                  socket.htons(kind))
        self.sock.bind((dev, kind if kind != 3 else 0))
        self.sock.settimeout(0.1)
        self.out = open(path, "w")
        self.stopping = False
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def run(self):
        while True:
            try:
                packet, who = self.sock.recvfrom(65535)
            except socket.timeout:
                if self.stopping:
                    return
                continue
            if who[2] != 4:     # PACKET_OUTGOING
                self.out.write(describe(packet) + "\n")

    def stop(self):
        self.stopping = True
        self.thread.join()
        self.sock.close()
        self.out.close()


def cmd_capture(name, ns, dev, path, **opt):
    background[name] = Capture(ns, dev, path, int(opt.get("type", "3"), 0))


def cmd_uncapture(name):
    background.pop(name).stop()


# --- packets that no socket sends by itself ---

def cmd_fragment(ns, src, dst, **opt):
    head = struct.pack("!BBHI", int(opt.get("next", 6)), 0,
                       int(opt.get("off", 0)) | int(opt.get("more", 0)), 7)
    with make(ns, src, socket.SOCK_RAW, 44) as sock:
        sock.sendto(head + bytes.fromhex(opt.get("data", "00" * 64)), (dst, 0))


def cmd_multicast(ns, src, group, dev):
    local = socket.inet_aton(src)
    with make(ns, "", socket.SOCK_DGRAM) as two, \
            make(ns, src, socket.SOCK_DGRAM) as one:
        two.setsockopt(0, socket.IP_ADD_MEMBERSHIP,
                       socket.inet_aton(group) + local)
        one.setsockopt(0, socket.IP_MULTICAST_IF, local)
        one.sendto(b"to all", (group, two.getsockname()[1]))
        receive(two, b"to all", "our own copy")
        two.settimeout(ABSENCE)
        try:
            two.recvfrom(100)
        except socket.timeout:
            return
        raise Failure("the datagram came twice")


# --- many flows on all CPUs ---

def flood_child(ns1, src, ns2, dst, cpu, opt):
    """Echoes over several flows, a burst at a time; none may be lost."""
    cpus = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {cpus[cpu % len(cpus)]})
    first = int(opt.get("ports", 0))
    pairs = [udp_pair(ns1, src, ns2, dst, {"port": first + n if first else 0})
             for n in range(int(opt.get("flows", 16)))]
    size = int(opt.get("size", 300))
    for turn in range(int(opt.get("rounds", 20))):
        for one, _ in pairs:
            one.send(data_of(size, turn))
        for one, two in pairs:
            _, who = receive(two, data_of(size, turn), "a datagram")
            two.sendto(data_of(size, turn + 1), who)
        for one, _ in pairs:
            receive(one, data_of(size, turn + 1), "the datagram back")


def cmd_flood(ns1, src, ns2, dst, **opt):
    children = []
    for cpu in range(int(opt.get("procs", 2))):
        read, write = os.pipe()
        pid = os.fork()
        if not pid:
            text = "ok"
            try:
                flood_child(ns1, src, ns2, dst, cpu, opt)
            except Exception as e:
                text = "%s: %s" % (type(e).__name__, e)
            os.write(write, text.encode())
            os._exit(0)
        os.close(write)
        children.append((pid, read))
    bad = []
    for pid, read in children:
        with os.fdopen(read) as f:
            text = f.read()
        os.waitpid(pid, 0)
        if text != "ok":
            bad.append(text or "died")
    if bad:
        raise Failure("; ".join(bad))


def run(words):
    opt = dict(w.split("=", 1) for w in words[1:] if "=" in w)
    args = [w for w in words[1:] if "=" not in w]
    return globals()["cmd_" + words[0]](*args, **opt)


def main():
    for line in sys.stdin:
        words = line.split()
        try:
            answer = ("ok " + (run(words) or "")).strip()
        except Failure as e:
            answer = "fail %s" % e
        except Exception as e:
            answer = "fail %s: %s" % (type(e).__name__, e)
        print(answer.replace("\n", " "), flush=True)


main()
