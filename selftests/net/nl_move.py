#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Names of SAs: which are the same, and what becomes of them when SAs move."""

import errno
import sys

from nl_genl import NLA_F_NESTED, REPLACE, Nl, addr, attr, N, named, sa_id, sel, text, u8, u16
from nl_objects import begin, case, commit, in_, ktap, nl, out

A, B, C = (addr(f"192.0.2.{n}") for n in (11, 12, 13))
SPI = 0x1000
SPI_ONLY, SRC_DST = u8(N["MATCH_SPI"]), u8(N["MATCH_SRC_DST"])


def from_(**what):
    return attr(N["SA_A_FROM"] | NLA_F_NESTED, named("SA_A_", what))


def move(local, to, sock=nl, **more):
    """An inbound SA from one address of ours to another."""
    return sock.do("SA_NEW", in_(SPI, LOCAL=to, KEY=None, **more) + from_(LOCAL=local), REPLACE)


def ports(rport):
    return {} if rport is None else {"ENCAP_LPORT": u16(4500), "ENCAP_RPORT": u16(rport)}


def out_(rport, **more):
    return out(SPI, REMOTE=A, **ports(rport), **more)


def out_id(rport):
    port = {} if rport is None else {"ENCAP_RPORT": u16(rport)}
    return sa_id(DIR=u8(2), LOCAL=None, REMOTE=A, **port)


def where():
    """Fingerprints by the local address."""
    return {sa["LOCAL"]: sa["FINGERPRINT"] for sa in nl.dump("SA")[0]}


def rports():
    return [int.from_bytes(sa.get("ENCAP_RPORT", b""), sys.byteorder) for sa in nl.dump("SA")[0]]


def two():
    nl.ok("SA_NEW", in_(SPI, LOCAL=A))
    nl.ok("SA_NEW", in_(SPI, LOCAL=B, KEY=bytes(range(1, 21))))
    return where()


@case("a move, and what is in its way")
def simple():
    keys = two()
    before = nl.state()
    answer = move(A, B)
    assert answer.errno == errno.EEXIST and "exists" in answer.message, answer
    answer = move(C, C)
    assert answer.errno == errno.ENOENT and answer.bad_offset, answer
    answer = move(A, addr("2001:db8::1"), REMOTE=addr("2001:db8::2"))
    assert answer.errno == errno.EINVAL and "family" in answer.message, answer
    answer = nl.do("SA_NEW", in_(SPI, LOCAL=C) + from_(LOCAL=A))
    assert answer.errno == errno.EINVAL and "added" in answer.message, answer
    answer = nl.do("SA_NEW", in_(SPI, LOCAL=C, KEY=bytes(20)) + from_(LOCAL=A), REPLACE)
    assert answer.errno == errno.EEXIST and "another key" in answer.message, answer
    answer = nl.do("SA_NEW", in_(SPI, LOCAL=C, KEY=None) + from_(), REPLACE)
    assert answer.errno == errno.EINVAL and answer.message, answer
    answer = nl.do("SA_NEW", in_(SPI, LOCAL=C, KEY=None) + from_(LOCAL=A, MATCH=u8(3)), REPLACE)
    assert answer.errno and nl.state() == before
    assert move(A, C).errno == 0 and where() == {C: keys[A], B: keys[B]}


@case("two change places in one transaction, and one that comes takes a free name")
def swap():
    keys = two()
    begin(nl)
    for source, to in ((A, C), (B, A), (C, B)):
        assert move(source, to).errno == 0
    assert move(C, B).errno == errno.ENOENT
    commit(nl, errno.ECANCELED, "refused")
    assert where() == keys
    begin(nl)
    for source, to in ((A, C), (B, A), (C, B)):
        assert move(source, to).errno == 0
    nl.ok("SA_NEW", in_(SPI, LOCAL=C, KEY=bytes(20)))
    commit(nl)
    assert (where()[A], where()[B], len(where())) == (keys[B], keys[A], 3)


@case("a name that is left is gone for the rest of the transaction")
def left():
    keys = two()
    begin(nl)
    assert move(A, C).errno == 0
    assert nl.do("SA_DEL", sa_id(LOCAL=A)).errno == errno.ENOENT
    nl.ok("TXN_ABORT")
    begin(nl)
    assert move(A, C).errno == 0
    nl.ok("SA_DEL", sa_id(LOCAL=C))
    commit(nl)
    assert where() == {B: keys[B]}
    begin(nl, REPLACE_ALL=b"")
    assert move(B, A).errno == 0
    commit(nl)
    assert where() == {A: keys[B]}


@case("a move that others have made meanwhile is refused whole")
def meanwhile():
    two()
    other = Nl()
    begin(nl)
    assert move(A, C).errno == 0
    nl.ok("SA_NEW", in_(SPI + 1))
    assert move(A, addr("192.0.2.14"), other).errno == 0
    before = other.state()
    answer = nl.commit()
    assert answer.errno == errno.EAGAIN, answer
    assert other.state() == before
    begin(nl)
    assert move(B, A).errno == 0
    assert move(addr("192.0.2.14"), A, other).errno == 0
    before = other.state()
    answer = nl.commit()
    assert answer.errno == errno.EEXIST and other.state() == before, answer


@case("one event a move, with the ends it had")
def events():
    two()
    ear = Nl()
    ear.join()
    assert move(A, C).errno == 0
    (cmd, about), = ear.events()
    assert cmd == "SA_MOVE_NTF" and about["LOCAL"] == C and "FROM" in about, about
    assert A in about["FROM"], about
    begin(nl)
    assert move(C, A).errno == 0
    assert move(A, C).errno == 0
    nl.ok("SA_DEL", sa_id(LOCAL=C))
    commit(nl)
    assert [cmd for cmd, _ in ear.events()] == ["SA_DEL_NTF"]


@case("matched in three ways: three names")
def matches():
    nl.ok("SA_NEW", in_(SPI))
    nl.ok("SA_NEW", in_(SPI, MATCH=SPI_ONLY))
    for end in (A, B):
        nl.ok("SA_NEW", in_(SPI, MATCH=SRC_DST, REMOTE=end))
    for more in ({}, {"MATCH": SPI_ONLY}, {"MATCH": SPI_ONLY, "LOCAL": A},
                 {"MATCH": SRC_DST, "REMOTE": B}):
        assert nl.do("SA_NEW", in_(SPI, **more)).errno == errno.EEXIST, more
    assert nl.do("SA_DEL", sa_id(MATCH=SRC_DST, REMOTE=C)).errno == errno.ENOENT
    nl.ok("SA_DEL", sa_id(MATCH=SRC_DST, REMOTE=A))
    nl.ok("SA_DEL", sa_id(MATCH=SPI_ONLY, LOCAL=C))
    assert [sa.get("MATCH") for sa in nl.dump("SA")[0]] == [None, SRC_DST]
    body = in_(SPI, LOCAL=A, MATCH=SPI_ONLY, KEY=None)
    nl.ok("SA_NEW", body + from_(LOCAL=addr("192.0.2.1")), REPLACE)
    assert [sa.get("MATCH") for sa in nl.dump("SA")[0]] == [SPI_ONLY, SRC_DST]


@case("peers behind one NAT: the port tells them apart")
def peers():
    for rport in (None, 1024, 1025):
        nl.ok("SA_NEW", out_(rport))
    assert nl.do("SA_NEW", out_(1024)).errno == errno.EEXIST
    assert nl.do("SA_DEL", out_id(7)).errno == errno.ENOENT
    nl.ok("SA_GET", out_id(1024))
    nl.ok("SA_DEL", out_id(None))
    assert rports() == [1024, 1025]
    answer = nl.do("SA_DEL", out_id(None))
    assert answer.errno == errno.ENOENT, "which of both?"
    nl.ok("SA_DEL", out_id(1025))
    nl.ok("SA_GET", out_id(None))
    # another port of the only one is a replacement, in its own tunnel
    nl.ok("SA_NEW", out_(2000, KEY=None), REPLACE)
    assert rports() == [2000]
    assert nl.do("SA_NEW", out_(3000, KEY=None, TUNNEL=text("u")), REPLACE).errno == errno.ENOENT
    nl.ok("SA_NEW", out_(3000, TUNNEL=text("u")), REPLACE)
    nl.ok("SA_NEW", out_(None, KEY=None), REPLACE)
    assert rports() == [0, 3000]


@case("in transport mode no other address, but other ports")
def transport():
    words = {"MODE": u8(2), "SEL": sel("192.0.2.0/24", "192.0.2.0/24")}
    nl.ok("SA_NEW", in_(SPI, LOCAL=A, **words))
    answer = move(A, B, **words)
    assert answer.errno == errno.EEXIST and "another host" in answer.message, answer
    nl.ok("SA_NEW", in_(SPI, LOCAL=A, KEY=None, **words, **ports(7)) + from_(LOCAL=A), REPLACE)
    assert rports() == [7]


sys.exit(ktap.run())
