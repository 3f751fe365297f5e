#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Objects and requests by the thousand, and dumps beside changes."""

import contextlib
import os
import signal
import sys
import threading
import time

from nl_genl import N, Nl, named, sel, text
from nl_objects import begin, case, commit, in_, ktap, nl, number, policies, rule, spis

# the times are for a machine where BUSYWAIT_TIMEOUT is the usual one
SLOWNESS = int(os.environ.get("BUSYWAIT_TIMEOUT", "10000")) / 10000


@case("ten thousand policies: in one transaction, in a dump, away again")
def many():
    total = 10000
    begin(nl)
    for i in range(total):
        nl.send(nl.message(N["CMD_POLICY_NEW"], rule(
            i, SEL=sel("10.1.0.0/16", f"10.{i >> 8 & 255}.{i & 255}.0/{24 + i % 9}" if not i % 9
                       else f"10.{i >> 8 & 255}.{i & 255}.0/24"))))
    commit(nl)
    assert len(policies()) == total
    assert number(nl.stats()["POLICIES"]) == total
    nl.ok("POLICY_FLUSH")
    assert policies() == {} and number(nl.stats()["POLICIES"]) == 0
    for spi in range(1000, 3000):
        nl.ok("SA_NEW", in_(spi))
    assert spis() == list(range(1000, 3000))


@case("many flushes cost what one does, and mean the same")
def flushes():
    for i in range(1000):
        nl.send(nl.message(N["CMD_POLICY_NEW"], rule(i)))
    for tunnel in ({}, {"TUNNEL": text("t")}):
        begin(nl)
        for _ in range(20000):
            nl.send(nl.message(N["CMD_POLICY_FLUSH"], named("POLICY_A_", tunnel)))
        nl.ok("POLICY_NEW", rule(1))
        nl.ok("POLICY_NEW", rule(2))
        nl.ok("POLICY_FLUSH", named("POLICY_A_", tunnel))
        nl.ok("POLICY_FLUSH")
        nl.ok("POLICY_NEW", rule(3))
        start = time.monotonic()
        commit(nl)
        assert time.monotonic() - start < 5 * SLOWNESS
        assert list(policies()) == [3]


@case("a process that is killed in the midst of thousands of requests ends soon")
def killed():
    def child():
        mine = Nl()
        one = mine.message(N["CMD_POLICY_FLUSH"], named("POLICY_A_", {"TUNNEL": text("u")}))
        while True:
            mine.send(one * 7000)

    for i in range(2000):
        nl.send(nl.message(N["CMD_POLICY_NEW"], rule(i)))
    pid = os.fork()
    if not pid:
        with contextlib.suppress(BaseException):
            child()
        os._exit(1)
    time.sleep(2 * SLOWNESS)
    os.kill(pid, signal.SIGKILL)
    start = time.monotonic()
    status = os.waitpid(pid, 0)[1]
    assert time.monotonic() - start < 3 * SLOWNESS, "it is served to its end"
    assert os.WIFSIGNALED(status), "it had ended before"
    assert len(policies()) == 2000


@case("dumps beside changes: consistent, or marked as torn")
def torn():
    stop = threading.Event()
    troubles = []

    def turn():
        mine = Nl()
        mark = 0
        try:
            while not stop.is_set():
                mark += 1
                begin(mine, REPLACE_ALL=b"")
                for i in range(150):
                    mine.send(mine.message(N["CMD_POLICY_NEW"], rule(
                        mark % 1000 + 1, SEL=sel("10.0.0.0/8", f"10.0.{i}.0/24"))))
                commit(mine)
        except Exception as trouble:
            troubles.append(trouble)

    thread = threading.Thread(target=turn)
    thread.start()
    clean = marked = 0
    try:
        while clean < 20 and clean + marked < 400 and not troubles:
            found, interrupted = nl.dump("POLICY")
            marked += interrupted
            if not interrupted and found:
                clean += 1
                assert len(found) == 150, len(found)
                assert len({o["PRIORITY"] for o in found}) == 1
    finally:
        stop.set()
        thread.join()
    assert not troubles, troubles
    assert clean, f"{marked} torn dumps and none that was not"


sys.exit(ktap.run())
