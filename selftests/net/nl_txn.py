#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Transactions: all of it or nothing, in order, and undone on any error."""

import errno
import os
import subprocess
import sys
import threading

from nl_genl import (ACK, CREATE, N, REPLACE, SA, Nl, addr, attr, be32, fields, in_child,
                     named, sa_id, sp_id, text, u8, u32, u64)
from nl_objects import (begin, case, commit, flush, in_, ktap, nl, number, out, out_id,
                        policies, rule, seq_of, spis, wire)

BYPASS, DISCARD = u8(N["ACTION_BYPASS"]), u8(N["ACTION_DISCARD"])


def active():
    """The SPI that tunnel t sends on."""
    found = [o for o in nl.dump("SA")[0] if "ACTIVE" in o]
    assert len(found) <= 1, found
    return int.from_bytes(found[0]["SPI"], "big") if found else None


@case("nothing is there before the commit, all after it")
def visible():
    begin(nl)
    before = Nl().state()
    nl.ok("SA_NEW", in_(0x1000))
    nl.ok("SA_NEW", out(0x2000))
    nl.ok("POLICY_NEW", rule(1))
    assert Nl().state() == before
    commit(nl)
    assert spis() == [0x1000, 0x2000] and list(policies()) == [1]
    assert nl.generation() != before[0]


@case("an abort leaves all as it was")
def abort():
    nl.ok("SA_NEW", in_(0x1000))
    before = nl.state()
    begin(nl)
    nl.ok("SA_NEW", in_(0x1001))
    nl.ok("SA_DEL", sa_id())
    nl.ok("POLICY_NEW", rule(1))
    nl.ok("TXN_ABORT")
    assert nl.state() == before


@case("a socket that is closed takes its transaction with it")
def close():
    before = nl.state()
    other = Nl()
    begin(other, REPLACE_ALL=b"")
    for spi in range(0x1000, 0x1040):
        other.ok("SA_NEW", in_(spi))
    other.ok("POLICY_NEW", rule(1))
    other.close()
    assert nl.state() == before


@case("a process that dies takes its transaction with it")
def die():
    def child():
        mine = Nl()
        begin(mine)
        mine.ok("SA_NEW", in_(0x1000))
        mine.ok("POLICY_FLUSH")
        mine.sock.detach()
    nl.ok("POLICY_NEW", rule(1))
    before = nl.state()
    in_child(child)
    assert nl.state() == before


@case("one transaction a socket, any number of sockets")
def nesting():
    begin(nl)
    answer = nl.do("TXN_BEGIN")
    assert answer.errno == errno.EBUSY and answer.message, answer
    other = Nl()
    begin(other)
    nl.ok("SA_NEW", in_(0x1000))
    other.ok("SA_NEW", in_(0x1001))
    commit(other)
    assert spis() == [0x1001]
    commit(nl)
    assert spis() == [0x1001, 0x1000]


@case("one bad operation: nothing of the transaction happens")
def poisoned():
    nl.ok("SA_NEW", in_(0x1000))
    before = nl.state()
    for cmd, body in (("SA_NEW", in_(0x1000)), ("SA_DEL", sa_id(SPI=be32(0x7777))),
                      ("SA_NEW", in_(5)), ("POLICY_NEW", rule(2, ACTION=u8(9)))):
        begin(nl)
        nl.ok("SA_NEW", in_(0x1001))
        nl.ok("POLICY_NEW", rule(1))
        answer = nl.do(cmd, body)
        assert answer.errno and answer.message, answer
        nl.ok("SA_DEL", sa_id())
        commit(nl, errno.ECANCELED, "refused")
        assert nl.state() == before
        assert nl.commit().errno == errno.ENOENT


@case("an operation that never came to the module: the commit misses it")
def missed():
    for spi in (0x1000, 0x1001):
        nl.ok("SA_NEW", in_(spi))
    nl.ok("POLICY_NEW", rule(1))
    before = nl.state()
    for bad in ({"body": in_(0x1001) + attr(60, u32(1))}, {"body": in_(0x1001), "reserved": 1}):
        nl.send(nl.message(N["CMD_TXN_BEGIN"], named("TXN_A_", {"REPLACE_ALL": b""}))
                + nl.message(N["CMD_SA_NEW"], in_(0x1000, KEY=None)) + nl.message(N["CMD_SA_NEW"], **bad)
                + nl.message(N["CMD_TXN_COMMIT"], named("TXN_A_", {"OPS": u32(2)}), ACK))
        answer = nl.answer(nl.seq)
        assert answer.errno == errno.ECANCELED and answer.message, answer
        assert nl.state() == before
        assert nl.do("TXN_ABORT").errno == errno.ENOENT, "it is over"


@case("a commit that does not say how many, or not as many as there are")
def how_many():
    before = nl.state()
    for ops in (0, 1, 3, 1 << 31):
        begin(nl)
        nl.ok("SA_NEW", in_(0x1000))
        nl.ok("SA_FLUSH")
        answer = nl.commit(ops)
        assert answer.errno == errno.ECANCELED and "as many" in answer.message, answer
        assert nl.state() == before and nl.commit().errno == errno.ENOENT
    begin(nl)
    nl.ok("SA_NEW", in_(0x1000))
    answer = nl.do("TXN_COMMIT")
    assert answer.errno == errno.EINVAL and answer.missing == N["TXN_A_OPS"], answer
    commit(nl)
    assert spis() == [0x1000]


@case("what somebody else did meanwhile makes the commit fail, and undo")
def overtaken():
    nl.ok("SA_NEW", in_(0x1000))
    nl.ok("POLICY_NEW", rule(1))
    other = Nl()
    for cmd, body, wanted in (("SA_NEW", in_(0x1001), errno.EEXIST), ("SA_DEL", sa_id(), errno.ENOENT),
                              ("POLICY_NEW", rule(2), errno.EEXIST), ("POLICY_DEL", sp_id(PRIORITY=u32(1)), errno.ENOENT)):
        begin(nl)
        for spi in range(0x3000, 0x3010):
            nl.ok("SA_NEW", out(spi))
        nl.ok("POLICY_FLUSH" if cmd.startswith("SA") else "SA_FLUSH")
        nl.ok("POLICY_NEW", rule(50))
        nl.ok(cmd, body)
        nl.ok("SA_NEW", in_(0x4000))
        other.ok(cmd, body)
        before = nl.state()
        commit(nl, wanted)
        assert nl.state() == before


@case("a replacement of what went away or came back with another key")
def other_key():
    nl.ok("SA_NEW", in_(0x1000))
    other = Nl()
    begin(nl)
    nl.ok("SA_NEW", in_(0x1000, REMOTE=addr("192.0.2.9")), REPLACE)
    other.ok("SA_DEL", sa_id())
    commit(nl, errno.EAGAIN, "again")
    begin(nl)
    nl.ok("SA_NEW", in_(0x1000), REPLACE)
    other.ok("SA_NEW", in_(0x1000, KEY=bytes(20)))
    commit(nl, errno.EAGAIN, "again")


@case("a generation that has passed is refused")
def generation():
    then = nl.generation()
    begin(nl, GENERATION=u32(then))
    nl.ok("SA_NEW", in_(0x1000))
    commit(nl)
    assert nl.generation() != then
    begin(nl, GENERATION=u32(then))
    nl.ok("SA_NEW", in_(0x1001))
    commit(nl, errno.EAGAIN, "generation")
    assert spis() == [0x1000]
    now = nl.generation()
    begin(nl, GENERATION=u32(now))
    commit(nl)
    assert nl.generation() == now, "an empty transaction changes nothing"


@case("operations see those before them")
def order():
    nl.ok("SA_NEW", in_(0x1000, REMOTE=addr("192.0.2.9")))
    nl.ok("POLICY_NEW", rule(1))
    begin(nl)
    nl.ok("SA_DEL", sa_id())
    assert nl.do("SA_DEL", sa_id()).errno == errno.ENOENT
    nl.ok("TXN_ABORT")
    begin(nl)
    nl.ok("SA_DEL", sa_id())
    nl.ok("SA_NEW", in_(0x1000))
    nl.ok("SA_NEW", in_(0x1001))
    nl.ok("SA_DEL", sa_id(SPI=be32(0x1001)))
    nl.ok("POLICY_DEL", sp_id(PRIORITY=u32(1)))
    nl.ok("POLICY_NEW", rule(1, ACTION=BYPASS))
    nl.ok("POLICY_NEW", rule(2))
    nl.ok("POLICY_NEW", rule(2, ACTION=DISCARD), REPLACE)
    commit(nl)
    assert [o["REMOTE"] for o in nl.dump("SA")[0]] == [SA["REMOTE"]]
    assert {k: v[1] for k, v in policies().items()} == {1: 1, 2: 2}


@case("a flush within a transaction, and what comes after it")
def flush_inside():
    for tunnel, spi in (("t", 0x1000), ("u", 0x1001)):
        nl.ok("SA_NEW", in_(spi, TUNNEL=text(tunnel)))
        nl.ok("POLICY_NEW", rule(spi, TUNNEL=text(tunnel)))
    begin(nl)
    nl.ok("SA_NEW", in_(0x1002))
    nl.ok("SA_FLUSH", named("SA_A_", {"TUNNEL": text("t")}))
    answer = nl.do("SA_NEW", in_(0x1001))
    assert answer.errno == errno.EEXIST, "that of the other tunnel is there"
    nl.ok("TXN_ABORT")
    begin(nl)
    nl.ok("SA_NEW", in_(0x1002))
    nl.ok("SA_FLUSH", named("SA_A_", {"TUNNEL": text("t")}))
    nl.ok("SA_NEW", in_(0x1000, KEY=bytes(20)))
    nl.ok("SA_NEW", in_(0x1003))
    nl.ok("POLICY_FLUSH")
    nl.ok("POLICY_NEW", rule(0x1000))
    commit(nl)
    assert sorted(spis()) == [0x1000, 0x1001, 0x1003] and list(policies()) == [0x1000]


@case("replace-all: what is not named goes, what is as it should be stays")
def replace_all():
    for spi in (0x1000, 0x1001):
        nl.ok("SA_NEW", in_(spi))
    for priority in (1, 2, 3):
        nl.ok("POLICY_NEW", rule(priority))
    ids = policies()
    begin(nl, REPLACE_ALL=b"")
    nl.ok("SA_NEW", in_(0x1001, KEY=None))
    nl.ok("SA_NEW", in_(0x1002))
    nl.ok("POLICY_NEW", rule(2))
    nl.ok("POLICY_NEW", rule(3, ACTION=BYPASS))
    nl.ok("POLICY_NEW", rule(4))
    commit(nl)
    assert spis() == [0x1001, 0x1002]
    now = policies()
    assert now[2] == ids[2] and now[3] == (ids[3][0], 1), (ids, now)
    assert sorted(now) == [2, 3, 4]
    before = nl.generation()
    begin(nl, REPLACE_ALL=b"")
    commit(nl)
    assert spis() == [] and policies() == {} and nl.generation() != before


@case("replace-all replaces what was there, not what it has added itself")
def replace_twice():
    nl.ok("SA_NEW", in_(0x1000))
    nl.ok("POLICY_NEW", rule(1))
    for cmd, body in (("SA_NEW", in_(0x1000, KEY=None)), ("POLICY_NEW", rule(1)), ("POLICY_NEW", rule(2))):
        begin(nl, REPLACE_ALL=b"")
        nl.ok(cmd, body)
        assert nl.do(cmd, body).errno == errno.EEXIST
        commit(nl, errno.ECANCELED)
    begin(nl, REPLACE_ALL=b"")
    nl.ok("SA_NEW", in_(0x1000, KEY=None))
    nl.ok("SA_NEW", in_(0x1000, KEY=None), REPLACE)
    nl.ok("SA_DEL", sa_id())
    nl.ok("SA_NEW", in_(0x1000))
    commit(nl)
    assert spis() == [0x1000] and policies() == {}


@case("replace-all of one tunnel leaves the others alone")
def replace_tunnel():
    for tunnel, spi in (("t", 0x1000), ("u", 0x1001)):
        nl.ok("SA_NEW", in_(spi, TUNNEL=text(tunnel)))
        nl.ok("POLICY_NEW", rule(spi, TUNNEL=text(tunnel)))
    nl.ok("POLICY_NEW", rule(9, ACTION=BYPASS, TUNNEL=None))
    begin(nl, REPLACE_ALL=b"", TUNNEL=text("t"))
    nl.ok("SA_NEW", in_(0x1002))
    commit(nl)
    assert spis("t") == [0x1002] and spis("u") == [0x1001]
    assert sorted(policies()) == [9, 0x1001]
    before = nl.state()
    for cmd, body, flags in (
            ("SA_NEW", in_(0x1005, TUNNEL=text("u")), 0), ("SA_NEW", in_(0x1001), 0),
            ("SA_NEW", in_(0x1001, KEY=None), REPLACE), ("SA_DEL", sa_id(SPI=be32(0x1001)), 0),
            ("SA_FLUSH", b"", 0), ("SA_FLUSH", named("SA_A_", {"TUNNEL": text("u")}), 0),
            ("POLICY_NEW", rule(0x1001), REPLACE), ("POLICY_NEW", rule(9), REPLACE),
            ("POLICY_DEL", sp_id(PRIORITY=u32(0x1001)), 0), ("POLICY_DEL", sp_id(PRIORITY=u32(9)), 0),
            ("POLICY_FLUSH", b"", 0)):
        begin(nl, REPLACE_ALL=b"", TUNNEL=text("t"))
        answer = nl.do(cmd, body, flags)
        assert answer.errno == errno.EXDEV and "another tunnel" in answer.message, (cmd, answer)
        commit(nl, errno.ECANCELED)
    begin(nl, REPLACE_ALL=b"", TUNNEL=text("t"))
    nl.ok("SA_FLUSH", named("SA_A_", {"TUNNEL": text("t")}))
    nl.ok("TXN_ABORT")
    assert nl.state() == before


@case("a replacement is as old as what it replaces; numbers go on")
def replace_age():
    nl.ok("SA_NEW", out(0x2000, SEQ=(77).to_bytes(8, sys.byteorder)))
    nl.ok("SA_NEW", out(0x2001))
    assert active() == 0x2001
    nl.ok("SA_NEW", out(0x2000, KEY=None, TTL=u8(9)), CREATE | REPLACE)
    assert active() == 0x2001 and spis() == [0x2000, 0x2001]
    found = fields("SA", nl.ok("SA_GET", out_id(0x2000)).objects[0][1])
    assert number(found["SEQ"]) == 77 and number(found["TTL"]) == 9, found
    nl.ok("SA_DEL", out_id(0x2001))
    assert active() == 0x2000
    begin(nl)
    nl.ok("SA_NEW", out(0x2002))
    nl.ok("SA_DEL", out_id(0x2000))
    commit(nl)
    assert active() == 0x2002 and spis() == [0x2002]


@case("a key that comes back in one transaction goes on behind what its old SA sends meanwhile")
def key_again():
    key = os.urandom(20)
    with wire() as send:
        for away in (("SA_DEL", out_id(0x2000)), ("SA_FLUSH", b"")):
            nl.ok("POLICY_NEW", rule(5))
            nl.ok("SA_NEW", out(0x2000, KEY=key))
            start = seq_of(0x2000)
            begin(nl)
            nl.ok(*away)
            nl.ok("SA_NEW", out(0x2000, KEY=key, SEQ=u64(start + 3)))
            send(20)
            assert seq_of(0x2000) == start + 20
            commit(nl)
            assert seq_of(0x2000) == start + 20
            send(5)
            assert seq_of(0x2000) == start + 25
            flush()


@case("a key under two SPIs has one counter")
def one_counter():
    key = os.urandom(20)
    nl.ok("SA_NEW", out(0x2000, KEY=key, SEQ=u64(100)))
    nl.ok("SA_NEW", out(0x2001, KEY=key))
    assert seq_of(0x2001) == 100
    begin(nl)
    nl.ok("SA_NEW", out(0x2002, KEY=key, SEQ=u64(5000)))
    assert seq_of(0x2000) == 100, "not before the commit"
    commit(nl)
    assert [seq_of(spi) for spi in (0x2000, 0x2001, 0x2002)] == [5000] * 3
    assert nl.do("SA_NEW", out(0x2003, KEY=key, SEQ=u64(4999))).errno == errno.EKEYREJECTED


@case("a number that was never published is not held against the key")
def mistyped():
    key = os.urandom(20)
    begin(nl)
    nl.ok("SA_NEW", out(0x2000, KEY=key, SEQ=u64(1 << 31)))
    nl.ok("TXN_ABORT")
    begin(nl)
    nl.ok("SA_NEW", out(0x2000, KEY=key, SEQ=u64(1 << 31)))
    nl.ok("SA_DEL", out_id(0x2000))
    commit(nl)
    nl.ok("SA_NEW", out(0x2000, KEY=key, SEQ=u64(7)))
    assert seq_of(0x2000) == 7


@case("the module stays while a policy protects")
def stays():
    nl.ok("POLICY_NEW", rule(1))
    done = subprocess.run(["rmmod", "nf_ipsec"], capture_output=True, check=False)
    assert done.returncode and b"in use" in done.stderr, done


@case("threads that share a socket: one that is refused spoils the transaction")
def threads():
    begin(nl)
    sent = [nl.message(N["CMD_SA_NEW"], in_(0x1000 + i), ACK) for i in range(64)]
    workers = [threading.Thread(target=nl.send, args=(data,)) for data in sent]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    answers = {}
    while len(answers) < len(sent):
        for kind, _, seq, body in nl.messages():
            if kind == 2:
                answers[seq] = -int.from_bytes(body[:4], sys.byteorder, signed=True)
    assert set(answers.values()) <= {0, errno.EBUSY}, answers
    spoilt = any(answers.values())
    commit(nl, errno.ECANCELED if spoilt else 0)
    assert len(spis()) == (0 if spoilt else 64), answers


sys.exit(ktap.run())
