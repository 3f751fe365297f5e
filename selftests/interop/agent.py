#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Does things in network namespaces, one process that stays.

Usage: agent.py NETNS0 NETNS1 [NETNS2...]

On an emulated machine starting a program takes longer than most of what is to
be tested, so this one is started once and told what to do, a command a line.
FROM is the number of the namespace that begins; traffic is between the first
two of them:

    ping FROM SRC DST SIZE      an ICMP echo with SIZE octets of data
    udp FROM SRC DST SIZE       a datagram, and the same one back
    gso FROM SRC DST SIZE       SIZE octets in one call, cut by the kernel, or
                                "refused"
    burst FROM SRC DST COUNT    COUNT datagrams one way, all must arrive
    lost FROM SRC DST SIZE      a datagram that must not arrive
    tcp FROM SRC DST SIZE       SIZE octets, and their SHA-256 back
    pmtu FROM SRC DST           the largest packet that arrives with DF
    encap FROM                  the kernel's IPsec takes ESP in UDP from now on
    watch FROM DEV              look at what DEV sends from now on
    clear                       fail if a packet in clear was among it
    cat FROM FILE OUT           copy /proc/net/FILE to OUT
    run FROM OUT WORD...        a program; OUT gets what it prints

Every command is answered by one line, "ok" or "fail" and why. No packet is
sent twice, except by tcp and pmtu: what is lost is a failure.
"""
import ctypes
import errno
import hashlib
import os
import socket
import struct
import subprocess
import sys
import threading
import time

import watch

CLONE_NEWNET = 0x40000000
# setsockopt: the option for IPv4 and the one for IPv6
MTU_DISCOVER = {socket.AF_INET: (socket.IPPROTO_IP, 10),
                socket.AF_INET6: (socket.IPPROTO_IPV6, 23)}
MTU = {socket.AF_INET: (socket.IPPROTO_IP, 14),
       socket.AF_INET6: (socket.IPPROTO_IPV6, 24)}
PMTUDISC_DONT, PMTUDISC_DO = 0, 2
HEADERS = {socket.AF_INET: 20 + 8, socket.AF_INET6: 40 + 8}
UDP_SEGMENT = 103
UDP_ENCAP, UDP_ENCAP_ESPINUDP, ENCAP_PORT = 100, 2, 4500
# setsockopt: a policy of the socket's own
XFRM_POLICY = {socket.AF_INET: (socket.IPPROTO_IP, 17),
               socket.AF_INET6: (socket.IPPROTO_IPV6, 35)}
# seconds for what must arrive, for what must not
TIMEOUT = int(os.environ.get("BUSYWAIT_TIMEOUT", "10000")) / 1000
ABSENCE = 0.03 * TIMEOUT
CHUNK = os.urandom(1 << 18)

libc = ctypes.CDLL(None, use_errno=True)
watched = []
encap_sockets = []


class Failure(Exception):
    """What the test is there to find."""


class Hosts:
    """The namespaces."""

    def __init__(self, names):
        self.fds = [os.open("/run/netns/" + name, os.O_RDONLY)
                    for name in names]

    def enter(self, which):
        if libc.setns(self.fds[which], CLONE_NEWNET) < 0:
            raise OSError(ctypes.get_errno(), "setns")

    def socket(self, which, addr, kind, proto=0):
        """A socket of that namespace, bound to addr, that sets no DF."""
        family = socket.AF_INET6 if ":" in addr else socket.AF_INET
        self.enter(which)
        sock = socket.socket(family, kind, proto)
        sock.settimeout(TIMEOUT)
        if kind == socket.SOCK_DGRAM:
            sock.setsockopt(*MTU_DISCOVER[family], PMTUDISC_DONT)
        sock.bind((addr, 0))
        return sock

    def pair(self, begin, src, dst):
        """Two UDP sockets that are connected to each other."""
        one = self.socket(begin, src, socket.SOCK_DGRAM)
        two = self.socket(1 - begin, dst, socket.SOCK_DGRAM)
        one.connect(two.getsockname())
        two.connect(one.getsockname())
        return one, two


def data_of(size):
    return (CHUNK * (size // len(CHUNK) + 1))[:size]


def expect(sock, data, what):
    try:
        got = sock.recv(65535)
    except socket.timeout:
        raise Failure("%s of %d octets did not arrive" % (what, len(data)))
    if got != data:
        raise Failure("%s of %d octets arrived as %d others"
                      % (what, len(data), len(got)))


def cmd_ping(hosts, begin, src, dst, size):
    if ":" in dst:
        proto, request, reply = socket.IPPROTO_ICMPV6, 128, 129
    else:
        proto, request, reply = socket.IPPROTO_ICMP, 8, 0
    data = data_of(size)
    with hosts.socket(begin, src, socket.SOCK_DGRAM, proto) as sock:
        sock.sendto(struct.pack("!BBHHH", request, 0, 0, 0, 1) + data,
                    (dst, 0))
        try:
            got = sock.recv(65535)
        except socket.timeout:
            raise Failure("no reply to an echo of %d octets" % size)
    if got[0] != reply or got[8:] != data:
        raise Failure("a wrong reply to an echo of %d octets" % size)


def cmd_udp(hosts, begin, src, dst, size):
    data = data_of(size)
    one, two = hosts.pair(begin, src, dst)
    with one, two:
        one.send(data)
        expect(two, data, "a datagram")
        two.send(data)
        expect(one, data, "the datagram back")


def cmd_gso(hosts, begin, src, dst, size):
    data = data_of(size)
    segment = 500
    one, two = hosts.pair(begin, src, dst)
    with one, two:
        one.setsockopt(socket.IPPROTO_UDP, UDP_SEGMENT, segment)
        try:
            one.send(data)
        except OSError as error:
            # the kernel's own IPsec does not offer it
            if error.errno == errno.EIO:
                return "refused"
            raise
        for start in range(0, size, segment):
            expect(two, data[start:start + segment], "a segment")
    return None


def cmd_burst(hosts, begin, src, dst, count):
    one, two = hosts.pair(begin, src, dst)
    with one, two:
        two.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        for i in range(count):
            one.send(struct.pack("!I", i))
        seen = set()
        try:
            while len(seen) < count:
                seen.add(two.recv(64))
        except socket.timeout:
            raise Failure("%d of %d datagrams arrived" % (len(seen), count))


def cmd_lost(hosts, begin, src, dst, size):
    one, two = hosts.pair(begin, src, dst)
    with one, two:
        two.settimeout(ABSENCE)
        try:
            one.send(data_of(size))
            two.recv(65535)
        except OSError:
            return
    raise Failure("a datagram of %d octets arrived" % size)


def cmd_pmtu(hosts, begin, src, dst):
    one, two = hosts.pair(begin, src, dst)
    end = time.monotonic() + TIMEOUT
    with one, two:
        family = one.family
        one.setsockopt(*MTU_DISCOVER[family], PMTUDISC_DO)
        two.settimeout(ABSENCE)
        while time.monotonic() < end:
            mtu = one.getsockopt(*MTU[family])
            try:
                one.send(data_of(mtu - HEADERS[family]))
                # a late one may be smaller
                while len(two.recv(65535)) < mtu - HEADERS[family]:
                    pass
            except OSError:
                continue
            try:
                one.send(data_of(mtu - HEADERS[family] + 1))
            except OSError as error:
                if error.errno == errno.EMSGSIZE:
                    return mtu
            raise Failure("one octet more than %d was sent" % mtu)
    raise Failure("nothing arrives that has %d octets" % mtu)


def abort_on_close(sock, abort=True):
    """What has failed must not send for minutes into the tests that follow."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER,
                    struct.pack("ii", abort, 0))


def answer_digest(listener):
    """The server of one connection: read all, answer with the digest."""
    digest = hashlib.sha256()
    try:
        conn = listener.accept()[0]
        with conn:
            conn.settimeout(TIMEOUT)
            abort_on_close(conn)
            data = conn.recv(1 << 18)
            while data:
                digest.update(data)
                data = conn.recv(1 << 18)
            abort_on_close(conn, False)
            conn.sendall(digest.digest())
    except OSError:
        pass


def send_all(sock, size):
    digest = hashlib.sha256()
    while size:
        data = CHUNK[:min(size, len(CHUNK))]
        digest.update(data)
        sock.sendall(data)
        size -= len(data)
    sock.shutdown(socket.SHUT_WR)
    return digest.digest()


def read_all(sock):
    got = part = sock.recv(64)
    while part:
        part = sock.recv(64)
        got += part
    return got


def cmd_tcp(hosts, begin, src, dst, size):
    with hosts.socket(1 - begin, dst, socket.SOCK_STREAM) as listener, \
            hosts.socket(begin, src, socket.SOCK_STREAM) as sock:
        listener.listen(1)
        server = threading.Thread(target=answer_digest, args=(listener,))
        server.start()
        try:
            sock.connect(listener.getsockname())
            sent = send_all(sock, size)
            got = read_all(sock)
        except socket.timeout:
            abort_on_close(sock)
            raise Failure("a transfer of %d octets stood still" % size)
        finally:
            # else the server would wait for its time to run out
            sock.close()
            server.join()
    if got != sent:
        raise Failure("%d octets did not arrive as they were sent" % size)


def bypass_policy(family, direction):
    """struct xfrm_userpolicy_info: whatever the socket has to do with passes."""
    selector = struct.pack("=32x8xHBBB3xII", family, 0, 0, 0, 0, 0)
    return selector + struct.pack("=64x32xIIBBBB4x", 0, 0, direction, 0, 0, 0)


def cmd_encap(hosts, which):
    """As an IKE daemon does it: the kernel's IPsec reads no port by itself."""
    hosts.enter(which)
    for family in (socket.AF_INET, socket.AF_INET6):
        sock = socket.socket(family, socket.SOCK_DGRAM)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        for direction in (0, 1):
            sock.setsockopt(*XFRM_POLICY[family],
                            bypass_policy(family, direction))
        sock.setsockopt(socket.IPPROTO_UDP, UDP_ENCAP, UDP_ENCAP_ESPINUDP)
        sock.bind(("", ENCAP_PORT))
        encap_sockets.append(sock)


def cmd_watch(hosts, begin, dev):
    hosts.enter(begin)
    watched.append(watch.open_socket(dev))


def cmd_clear(_hosts):
    found = []
    for sock in watched:
        found += watch.passed(sock)
    if found:
        raise Failure("%d packets in clear, the first one %s"
                      % (len(found), found[0]))


def cmd_cat(hosts, begin, name, out):
    hosts.enter(begin)
    with open("/proc/thread-self/net/" + name, encoding="ascii") as source, \
            open(out, "w", encoding="ascii") as copy:
        copy.write(source.read())


def cmd_run(hosts, begin, out, *words):
    # a child starts in the namespace of the thread that makes it
    hosts.enter(begin)
    done = subprocess.run([str(word) for word in words], check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, close_fds=False)
    with open(out, "wb") as file:
        file.write(done.stdout)
    if done.returncode:
        raise Failure("%d: %s" % (done.returncode, " / ".join(
            done.stdout.decode("utf-8", "replace").splitlines())))


def obey(hosts, line):
    name, *words = line.split()
    words = [int(word) if word.isdigit() else word for word in words]
    try:
        answer = globals()["cmd_" + name](hosts, *words)
    except Failure as error:
        return "fail %s" % error
    except OSError as error:
        return "fail %s" % (error.strerror or error)
    return "ok" if answer is None else "ok %s" % answer


def main():
    hosts = Hosts(sys.argv[1:])
    for line in sys.stdin:
        print(obey(hosts, line), flush=True)


if __name__ == "__main__":
    main()
