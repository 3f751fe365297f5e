#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Settings over netlink: what changes, what is refused, transactions, namespaces."""

import ctypes
import os
import struct
import sys

from nl_genl import N, Nl, attr, fields, named, text
from nl_objects import begin, commit, in_, ktap, nl, policies, rule

CLONE_NEWNET = 0x40000000
DISCARD, NO_IKE, UNKNOWN, ALWAYS, NEVER = (
    N["SETTING_" + name] for name in
    ("DISCARD", "NO_IKE", "UNKNOWN_SPI", "SECPATH_ALWAYS", "SECPATH_NEVER"))
LISTS = ("ICMP_CLEAR", "ICMPV6_CLEAR", "ICMP_PROTECTED", "ICMPV6_PROTECTED", "ICMP_NOTICES",
         "ICMPV6_NOTICES")
REDIRECT = bytes([1 << 5]) + bytes(31)


def flags(value, mask=None):
    return struct.pack("=II", value, value if mask is None else mask)


def change(**more):
    return named("SETTINGS_A_", more)


def case(name):
    """A case that ends with nothing there."""
    def register(function):
        def clean():
            try:
                function()
            finally:
                nl.do("TXN_ABORT")
                begin(nl, REPLACE_ALL=b"")
                commit(nl)
        ktap.case(name)(clean)
        return function
    return register


def now(sock=nl):
    """The flags and the lists."""
    got = fields("SETTINGS", sock.ok("SETTINGS_GET").objects[0][1])
    value, mask = struct.unpack("=II", got["FLAGS"])
    assert not value & ~mask
    return value, {name: got[name] for name in LISTS}


NONE = (0, {name: bytes(32) for name in LISTS})


@case("settings: each is changed alone, and stays as it is")
def alone():
    assert now() == NONE
    nl.ok("SETTINGS_SET", change(FLAGS=flags(UNKNOWN | DISCARD)))
    nl.ok("SETTINGS_SET", change(FLAGS=flags(NO_IKE, NO_IKE | DISCARD)))
    assert now() == (UNKNOWN | NO_IKE, NONE[1])
    for name in LISTS:
        nl.ok("SETTINGS_SET", change(**{name: REDIRECT}))
    assert now() == (UNKNOWN | NO_IKE, {name: REDIRECT for name in LISTS})
    nl.ok("SETTINGS_SET", change(ICMPV6_CLEAR=bytes(32)))
    assert now()[1] == {name: REDIRECT if name != "ICMPV6_CLEAR" else bytes(32)
                        for name in LISTS}
    nl.ok("SETTINGS_SET")
    assert now()[0] == UNKNOWN | NO_IKE


@case("settings: one of two that exclude each other ends the other one")
def exclusive():
    nl.ok("SETTINGS_SET", change(FLAGS=flags(ALWAYS | UNKNOWN)))
    nl.ok("SETTINGS_SET", change(FLAGS=flags(NEVER)))
    assert now()[0] == NEVER | UNKNOWN
    nl.ok("SETTINGS_SET", change(FLAGS=flags(0, ALWAYS)))
    assert now()[0] == UNKNOWN


@case("settings: what is refused, and changes nothing")
def refused():
    for body in (change(FLAGS=flags(1 << 31)), change(FLAGS=flags(DISCARD, 0)),
                 change(FLAGS=flags(DISCARD)[:4]), change(ICMP_CLEAR=bytes(31)),
                 change(ICMPV6_NOTICES=bytes(31)), change(ICMP_NOTICES=bytes(33)),
                 change(ICMP_CLEAR=bytes(33)), change(FLAGS=flags(DISCARD)) * 2,
                 change(FLAGS=flags(ALWAYS | NEVER))):
        answer = nl.do("SETTINGS_SET", body)
        assert answer.errno in (22, 34) and answer.message, answer
        assert now() == NONE
    answer = nl.do("SETTINGS_GET", change(FLAGS=flags(DISCARD)))
    assert answer.errno == 22, answer


@case("settings: a change has a generation, what changes nothing has none")
def generations():
    first = nl.generation()
    nl.ok("SETTINGS_SET", change(FLAGS=flags(UNKNOWN)))
    assert nl.generation() == first + 1
    nl.ok("SETTINGS_SET", change(FLAGS=flags(UNKNOWN)))
    nl.ok("SETTINGS_SET", change(FLAGS=flags(0, NO_IKE)))
    assert nl.generation() == first + 1
    # and a change of something else leaves them alone, whatever the parity
    nl.ok("POLICY_NEW", rule(1))
    assert now()[0] == UNKNOWN
    nl.ok("SA_NEW", in_(0x1000))
    assert now()[0] == UNKNOWN


@case("settings: part of a transaction, all of it or nothing")
def transaction():
    begin(nl)
    nl.ok("SETTINGS_SET", change(FLAGS=flags(DISCARD)))
    nl.ok("POLICY_NEW", rule(1))
    nl.ok("SETTINGS_SET", change(FLAGS=flags(UNKNOWN), ICMP_CLEAR=REDIRECT))
    assert now() == NONE
    commit(nl)
    assert now() == (DISCARD | UNKNOWN, {**NONE[1], "ICMP_CLEAR": REDIRECT})
    assert list(policies()) == [1]
    begin(nl)
    nl.ok("SETTINGS_SET", change(FLAGS=flags(0, DISCARD)))
    nl.ok("TXN_ABORT")
    assert now()[0] == DISCARD | UNKNOWN
    # refused when it is published: another socket was faster
    other = Nl()
    begin(other)
    other.ok("SETTINGS_SET", change(FLAGS=flags(0, DISCARD)))
    other.ok("POLICY_NEW", rule(2))
    nl.ok("POLICY_NEW", rule(2))
    commit(other, 17)
    other.close()
    assert now()[0] == DISCARD | UNKNOWN
    nl.ok("SETTINGS_SET", change(FLAGS=flags(NO_IKE)))
    assert now()[0] == DISCARD | UNKNOWN | NO_IKE


@case("settings: what replaces all begins without, within a tunnel they stay")
def replaced():
    nl.ok("SETTINGS_SET", change(FLAGS=flags(DISCARD), ICMP_CLEAR=REDIRECT))
    begin(nl, REPLACE_ALL=b"", TUNNEL=text("t"))
    answer = nl.do("SETTINGS_SET", change(FLAGS=flags(UNKNOWN)))
    assert answer.errno == 18 and "another tunnel" in answer.message, answer
    nl.ok("TXN_ABORT")
    begin(nl, REPLACE_ALL=b"", TUNNEL=text("t"))
    commit(nl)
    assert now()[0] == DISCARD
    begin(nl, REPLACE_ALL=b"")
    nl.ok("SETTINGS_SET", change(FLAGS=flags(UNKNOWN)))
    commit(nl)
    assert now() == (UNKNOWN, NONE[1])
    begin(nl, REPLACE_ALL=b"")
    commit(nl)
    assert now() == NONE


def devices(*names):
    return b"".join(attr(N["GUARD_A_DEV"], text(name)) for name in names)


def guarded():
    return fields("SETTINGS", nl.ok("SETTINGS_GET").objects[0][1]).get("GUARD")


@case("settings: guarded devices are named all at once")
def guards():
    two = devices("wan0", "a-name-of-15-oc")
    nl.ok("SETTINGS_SET", change(GUARD=two))
    nl.ok("SETTINGS_SET", change(FLAGS=flags(UNKNOWN)))
    assert guarded() == two
    for bad in (devices("wan0", "wan1", "wan0"), devices("a/b"), devices(""),
                devices(".."), devices("a-name-of-16-oct"),
                devices(*(f"wan{i}" for i in range(17))),
                attr(N["GUARD_A_DEV"], b"wan0"), attr(7, b"")):
        answer = nl.do("SETTINGS_SET", change(GUARD=bad))
        assert answer.errno in (7, 22, 34) and answer.message, (bad, answer)
        assert guarded() == two
    begin(nl)
    nl.ok("SETTINGS_SET", change(GUARD=devices("lo")))
    nl.ok("TXN_ABORT")
    assert guarded() == two
    most = devices(*(f"wan{i}" for i in range(16)))
    nl.ok("SETTINGS_SET", change(GUARD=most))
    assert guarded() == most
    nl.ok("SETTINGS_SET", change(GUARD=b""))
    assert guarded() is None


@case("settings: an event for each change")
def events():
    ear = Nl()
    ear.join()
    nl.ok("SETTINGS_SET", change(FLAGS=flags(UNKNOWN)))
    nl.ok("SETTINGS_SET", change(FLAGS=flags(UNKNOWN)))
    begin(nl)
    nl.ok("SETTINGS_SET", change(FLAGS=flags(DISCARD)))
    nl.ok("SETTINGS_SET", change(FLAGS=flags(NO_IKE), ICMP_CLEAR=REDIRECT))
    commit(nl)
    seen = [about for cmd, about in ear.events() if cmd == "SETTINGS_NTF"]
    ear.close()
    assert [struct.unpack("=II", got["FLAGS"])[0] for got in seen] == \
        [UNKNOWN, UNKNOWN | DISCARD | NO_IKE], seen
    assert seen[1]["ICMP_CLEAR"] == REDIRECT


@case("settings: each namespace has its own")
def namespaces():
    nl.ok("SETTINGS_SET", change(FLAGS=flags(UNKNOWN)))
    libc = ctypes.CDLL(None, use_errno=True)
    with open("/proc/self/ns/net", encoding="ascii") as here:
        assert libc.unshare(CLONE_NEWNET) == 0, os.strerror(ctypes.get_errno())
        try:
            there = Nl()
        finally:
            assert libc.setns(here.fileno(), CLONE_NEWNET) == 0
    assert now(there) == NONE
    there.ok("SETTINGS_SET", change(FLAGS=flags(DISCARD)))
    assert now(there)[0] == DISCARD
    assert now()[0] == UNKNOWN
    # the namespace goes with its last socket, and what holds the module with it
    there.close()


sys.exit(ktap.run())
