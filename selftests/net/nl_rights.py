#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Who may say what: nothing without CAP_NET_ADMIN in the user namespace that owns
the network namespace, and everything with it."""

import ctypes
import errno
import os
import sys

from nl_genl import (DUMP, N, REPLACE, Ktap, Nl, be32, in_child, named, sa,
                     sa_id, sp, sp_id, u8, u64)

KEY = {"FINGERPRINT": bytes(8), "SEQ": u64(1), "IV_BASE": u64(2)}
CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000

ktap = Ktap()
nl = Nl()


def unshare(flags):
    if ctypes.CDLL(None, use_errno=True).unshare(flags):
        raise OSError(ctypes.get_errno(), "unshare")


def become_root_of_userns(flags):
    uid, gid = os.getuid(), os.getgid()
    unshare(CLONE_NEWUSER | flags)
    with open("/proc/self/setgroups", "w", encoding="ascii") as file:
        file.write("deny")
    for name, number in (("uid_map", uid), ("gid_map", gid)):
        with open("/proc/self/" + name, "w", encoding="ascii") as file:
            file.write(f"0 {number} 1")


def all_denied():
    mine = Nl()
    for cmd, body in (("SA_NEW", sa(SPI=be32(0x6000))), ("SA_DEL", sa_id()), ("SA_GET", sa_id()), ("SA_FLUSH", b""),
                      ("POLICY_NEW", sp()), ("POLICY_DEL", sp_id()), ("POLICY_GET", sp_id()), ("POLICY_FLUSH", b""),
                      ("STATS_GET", b""), ("TXN_BEGIN", b""), ("TXN_COMMIT", b""), ("TXN_ABORT", b""),
                      ("DROP_GET", b""), ("DROP_SET", named("DROP_A_", {"RECORD": u8(0)})),
                      ("KEY_SET", named("KEY_A_", KEY))):
        answer = mine.do(cmd, body)
        assert answer.errno == errno.EPERM, f"{cmd}: {answer}"
    for kind in ("SA", "POLICY", "DROP", "KEY"):
        answer = mine.do(kind + "_GET", b"", DUMP)
        assert answer.errno == errno.EPERM, f"dump of {kind}: {answer}"
    for group in ("events", "drops"):
        try:
            mine.join(group)
        except PermissionError:
            continue
        raise AssertionError(f"joined the group {group}")


@ktap.case("denied: everything, to who is not root")
def nobody():
    def child():
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)
        all_denied()
    in_child(child)


@ktap.case("denied: everything, to root of a user namespace in our network namespace")
def userns_outside():
    def child():
        become_root_of_userns(0)
        all_denied()
    in_child(child)


@ktap.case("root of a user namespace rules its own network namespace")
def userns_inside():
    def child():
        become_root_of_userns(CLONE_NEWNET)
        mine = Nl()
        mine.join()
        mine.join("drops")
        mine.ok("DROP_SET", named("DROP_A_", {"RECORD": u8(0)}))
        assert mine.ok("DROP_GET").objects[0][1] == named("DROP_A_", {"RECORD": u8(0)})
        assert mine.state()[1:] == ([], [])
        mine.ok("SA_NEW", sa())
        mine.ok("POLICY_NEW", sp())
        assert len(mine.dump("SA")[0]) == 1 and len(mine.dump("POLICY")[0]) == 1
    before = nl.state()
    in_child(child)
    assert nl.state() == before
    assert nl.ok("DROP_GET").objects[0][1] == named("DROP_A_", {"RECORD": u8(1)})


@ktap.case("root of a user namespace: 4096 SAs, those held back among them")
def userns_many():
    def child():
        become_root_of_userns(CLONE_NEWNET)
        mine = Nl()
        mine.ok("TXN_BEGIN")
        for spi in range(0x1000, 0x1000 + 4095):
            mine.send(mine.message(N["CMD_SA_NEW"], sa(SPI=be32(spi))))
        mine.ok("SA_NEW", sa(SPI=be32(0x9000)))
        other = Nl()
        answer = other.do("SA_NEW", sa(SPI=be32(0x9001)))
        assert answer.errno == errno.ENOSPC and "4096" in answer.message, answer
        assert mine.commit().errno == 0
        assert mine.do("SA_NEW", sa(SPI=be32(0x9001))).errno == errno.ENOSPC
        mine.ok("SA_NEW", sa(SPI=be32(0x9000), KEY=None), REPLACE)
        mine.ok("SA_DEL", sa_id(SPI=be32(0x9000)))
        mine.ok("SA_NEW", sa(SPI=be32(0x9001)))
        mine.ok("SA_FLUSH")
        mine.ok("SA_NEW", sa(SPI=be32(0x9002)))
    in_child(child)


def main():
    nl.ok("SA_NEW", sa())
    nl.ok("POLICY_NEW", sp())
    return ktap.run()


sys.exit(main())
