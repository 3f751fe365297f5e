# SPDX-License-Identifier: GPL-2.0-only
"""SAs and policies in few words, for tests of what becomes of many of them. A case
begins and ends with nothing there. The tests import all of this."""

import contextlib
import os
import socket
import subprocess
import sys

from nl_genl import SA, Ktap, Nl, be32, fields, named, sa, sa_id, sp, text, u8, u32

ktap = Ktap()
nl = Nl()


def number(data):
    return int.from_bytes(data, sys.byteorder)


def spis(tunnel=None):
    body = named("SA_A_", {"TUNNEL": text(tunnel)}) if tunnel else b""
    return [int.from_bytes(o["SPI"], "big") for o in nl.dump("SA", body)[0]]


def policies(tunnel=None):
    """{priority: (id, action)}"""
    body = named("POLICY_A_", {"TUNNEL": text(tunnel)}) if tunnel else b""
    return {number(o["PRIORITY"]): (number(o["ID"]), number(o["ACTION"]))
            for o in nl.dump("POLICY", body)[0]}


def in_(spi, **more):
    return sa(SPI=be32(spi), **more)


def out(spi, **more):
    # a key of its own each: what was sent under a key is remembered
    key = spi.to_bytes(4, "big") + os.urandom(16)
    return sa(**{"SPI": be32(spi), "DIR": u8(2), "KEY": key, **more})


def out_id(spi):
    return sa_id(SPI=be32(spi), DIR=u8(2), LOCAL=None, REMOTE=SA["REMOTE"])


def rule(priority, **more):
    return sp(PRIORITY=u32(priority), **more)


def begin(sock, **options):
    sock.ok("TXN_BEGIN", named("TXN_A_", options))


def commit(sock, wanted=0, word=""):
    answer = sock.commit()
    assert answer.errno == wanted and word in answer.message, answer


def flush():
    for kind in ("SA", "POLICY"):
        nl.ok(kind + "_FLUSH")


def case(name):
    """A case that begins and ends with nothing there."""
    def register(function):
        def clean():
            flush()
            function()
            flush()
        ktap.case(name)(clean)
        return function
    return register


def seq_of(spi):
    return number(fields("SA", Nl().ok("SA_GET", out_id(spi)).objects[0][1])["SEQ"])


@contextlib.contextmanager
def wire():
    """A device for what tunnel t protects and for its ESP; gives a function that sends packets."""
    subprocess.run(["ip", "-batch", "-"], check=True, input=b"link add d0 type dummy\nlink set d0 up\n"
                   b"addr add 192.0.2.1/24 dev d0\naddr add 10.1.0.1/16 dev d0\nroute add 10.2.0.0/16 dev d0\n")
    udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    udp.bind(("10.1.0.1", 4000))

    def send(count):
        for _ in range(count):
            try:
                udp.sendto(b"x", ("10.2.0.5", 5000))
            except OSError:
                pass

    try:
        yield send
    finally:
        udp.close()
        subprocess.run(["ip", "link", "del", "d0"], check=True)
