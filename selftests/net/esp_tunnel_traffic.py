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
    queue NAME NS1 SRC NS2 DST [same]
        a datagram that arrives, and is not read before "unqueue NAME"
    partly NS1 SRC NS2 DST arrive= gso= size= [same]
        one super-packet, of which the first so many datagrams arrive
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
import errno
import os
import select
import socket
import struct
import sys
import time

from traffic_background import Blast, Capture, Stream
from traffic_connection import Connection, pump
from traffic_socket import (ABSENCE, IP_RECVERR, IPV6_RECVERR, POOL, SLOWNESS, TIMEOUT,
                            Failure, data_of, errors_of, headers_of, is6, make, receive, send_one,
                            udp_pair, want_headers)


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


queued = {}


def cmd_queue(name, ns1, src, ns2, dst, **opt):
    one, two = udp_pair(ns1, src, ns2, dst, opt)
    with one:
        send_one(one, POOL[:64], opt)
    queued[name] = two
    if not select.select([two], [], [], TIMEOUT)[0]:
        raise Failure("a datagram did not arrive")


def cmd_unqueue(name):
    with queued.pop(name) as two:
        receive(two, POOL[:64], "what was queued")


def cmd_partly(ns1, src, ns2, dst, **opt):
    data, step = data_of(int(opt["size"])), int(opt["gso"])
    one, two = udp_pair(ns1, src, ns2, dst, opt)
    seen = ""
    with one, two:
        try:
            send_one(one, data, opt)
        except OSError as e:
            seen = "error=" + errno.errorcode[e.errno]
        for n in range(int(opt["arrive"])):
            receive(two, data[n * step:(n + 1) * step], "a datagram")
        two.settimeout(ABSENCE)
        try:
            two.recvfrom(65535)
            raise Failure("more datagrams arrived")
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

def cmd_tcp(ns1, src, ns2, dst, **opt):
    c = Connection(ns1, src, ns2, dst, opt)
    try:
        pump(c.one, c.two, int(opt.get("size", 1 << 20)),
             opt.get("how", "send"), SLOWNESS * float(opt.get("timeout", 60)))
        return "from=%s port=%d" % c.peer[:2]
    finally:
        c.close()


connections = {}


def cmd_open(name, ns1, src, ns2, dst, **opt):
    connections[name] = Connection(ns1, src, ns2, dst, opt)
    return "from=%s port=%d" % connections[name].peer[:2]


def cmd_xfer(name, **opt):
    c = connections[name]
    size = int(opt.get("size", 100000))
    timeout = SLOWNESS * float(opt.get("timeout", 20))
    pump(c.one, c.two, size, "send", timeout)
    pump(c.two, c.one, size, "send", timeout)


def cmd_close(name):
    connections.pop(name).close()


# --- in the background ---

background = {}


def cmd_stream(name, ns1, src, ns2, dst, **opt):
    one, two = udp_pair(ns1, src, ns2, dst, opt)
    background[name] = Stream(one, two, float(opt.get("rate", 200)),
                              int(opt.get("size", 200)))


def cmd_unstream(name):
    return background.pop(name).stop()


def cmd_blast(ns, src, dst, state):
    if state == "off":
        return background.pop("blast " + dst).stop()
    sock = make(ns, src, socket.SOCK_DGRAM)
    sock.connect((dst, 9))
    background["blast " + dst] = Blast(sock)


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


if __name__ == "__main__":
    main()
