# SPDX-License-Identifier: GPL-2.0-only
"""Connections between network namespaces, and octets over them."""
import hashlib
import os
import select
import socket
import time

from traffic_socket import POOL, Failure, errors_of, make, target

SO_SNDBUFFORCE, SO_ZEROCOPY = 32, 60
MSG_ZEROCOPY = 0x4000000
SCTP = 132


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
