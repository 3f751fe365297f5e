#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the audit log says of an SA that protects nothing. It is heard where the
machine began, and the SA is asked for in a namespace."""

import contextlib
import ctypes
import os
import re
import socket
import struct
import sys
import time

from nl_genl import N, Ktap, Nl, addr, be32, in_child, sa, u8, u16

NETLINK_AUDIT, SOL_NETLINK, ADD_MEMBERSHIP, READLOG = 9, 270, 1, 1
AUDIT_SET, CONFIG_CHANGE, IPSEC_EVENT = 1001, 1305, 1415
STATUS_ENABLED, STATUS_BYTES = 1, 40
ACK_REQUEST = 5
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000


libc = ctypes.CDLL(None, use_errno=True)


@contextlib.contextmanager
def first_namespace():
    """There alone the log is read."""
    with open("/proc/self/ns/net", "rb") as here, open("/proc/1/ns/net", "rb") as first:
        assert not libc.setns(first.fileno(), CLONE_NEWNET)
        try:
            yield
        finally:
            assert not libc.setns(here.fileno(), CLONE_NEWNET)


class Log:
    """The audit log."""

    def __init__(self):
        self.ear = self.open()
        self.ear.setsockopt(SOL_NETLINK, ADD_MEMBERSHIP, READLOG)
        self.ear.settimeout(20)
        self.mouth = self.open()

    @staticmethod
    def open():
        sock = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_AUDIT)
        sock.bind((0, 0))
        return sock

    def turn(self, on):
        body = struct.pack("=II", STATUS_ENABLED, on).ljust(STATUS_BYTES, b"\0")
        self.mouth.send(struct.pack("=IHHII", 16 + len(body), AUDIT_SET, ACK_REQUEST, 1, 0) + body)
        error = struct.unpack_from("=i", self.mouth.recv(4096), 16)[0]
        assert not error, os.strerror(-error)

    def records(self):
        """Those of IPsec up to now: a change of the log's own comes behind them."""
        found = []
        self.turn(1)
        self.turn(0)
        while True:
            data = self.ear.recv(16384)
            kind = struct.unpack_from("=IH", data)[1]
            text = data[16:].rstrip(b"\0").decode()
            if kind == IPSEC_EVENT:
                found.append(text)
            elif kind == CONFIG_CHANGE and "audit_enabled=0 " in text:
                return found


ktap = Ktap()
nl = Nl()
with first_namespace():
    log = Log()
NULL, CBC = u16(N["ALG_NULL"]), u16(N["ALG_AES_CBC_128"])
SIX = {"LOCAL": addr("2001:db8::1"), "REMOTE": addr("2001:db8::2")}
NEITHER = {
    "NULL alone, IPv4, in": ({"ENC": NULL}, "192.0.2.2", "192.0.2.1"),
    "no algorithm, IPv4, out": ({"ENC": None, "DIR": u8(2)}, "192.0.2.1", "192.0.2.2"),
    "NULL alone, IPv6, out": ({"ENC": NULL, "DIR": u8(2), **SIX}, "2001:db8::1", "2001:db8::2"),
    "AH without integrity, IPv6, in": ({"ENC": None, "PROTO": u8(51), **SIX}, "2001:db8::2", "2001:db8::1"),
}


def ask(change, sock=nl):
    answer = sock.do("SA_NEW", sa(**{"SPI": be32(0x1234), "KEY": b"", **change}))
    assert answer.errno == 22 and answer.message, answer


@contextlib.contextmanager
def auditing():
    """Gives a function that says what was recorded."""
    log.records()
    log.turn(1)
    try:
        yield log.records
    finally:
        log.turn(0)


for what, (wanted, src, dst) in NEITHER.items():
    @ktap.case(f"an SA of neither is recorded: {what}")
    def recorded(wanted=wanted, src=src, dst=dst):
        with auditing() as records:
            before = time.time()
            ask(wanted)
            found = records()
        assert len(found) == 1, found
        text = found[0]
        for field in (f"src={src}", f"dst={dst}", "spi=4660(0x1234)", "op=nf_ipsec-sa-new",
                      f"pid={os.getpid()}", "res=0"):
            assert f" {field} " in f" {text} ", (field, text)
        assert re.search(r" auid=\d+ ", text) and re.search(r" ses=\d+ ", text), text
        when = float(re.search(r"audit\((\d+\.\d+):\d+\)", text)[1])
        assert before - 1 <= when <= time.time() + 1, (before, text)


@ktap.case("an SA of one of them is not recorded, refused or not")
def one():
    with auditing() as records:
        ask({"ENC": CBC})
        ask({})
        nl.ok("SA_NEW", sa())
        nl.ok("SA_FLUSH")
        assert records() == []


@ktap.case("nothing is recorded while the log is off")
def off():
    log.records()
    for wanted, _, _ in NEITHER.values():
        ask(wanted)
    assert log.records() == []


@ktap.case("nobody but the host's own administrator fills its log")
def stranger():
    def child():
        assert not libc.unshare(CLONE_NEWUSER | CLONE_NEWNET)
        ask({"ENC": NULL}, Nl())
    with auditing() as records:
        in_child(child)
        assert records() == []


sys.exit(ktap.run())
