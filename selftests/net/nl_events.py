#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""What the module tells of its own accord: the echo of a change, and events."""

import sys

from nl_genl import (ECHO, N, REPLACE, Nl, attrs_of, be32, fields, named, sa_id, sel, sp_id,
                     text, u8, u16, u32)
from nl_objects import begin, case, commit, flush, in_, ktap, nl, number, policies, rule, wire

BYPASS = u8(N["ACTION_BYPASS"])


@case("an echo gives the object, a policy's id among it")
def echo():
    answer = nl.ok("POLICY_NEW", rule(1), ECHO)
    assert len(answer.objects) == 1, answer
    given = number(fields("POLICY", answer.objects[0][1])["ID"])
    assert policies()[1][0] == given
    got = nl.ok("POLICY_GET", named("POLICY_A_", {"ID": u32(given)}))
    assert fields("POLICY", got.objects[0][1])["PRIORITY"] == u32(1)
    nl.ok("POLICY_DEL", named("POLICY_A_", {"ID": u32(given)}))
    assert policies() == {}
    answer = nl.ok("SA_NEW", in_(0x1000), ECHO)
    assert fields("SA", answer.objects[0][1])["SPI"] == be32(0x1000)


@case("events: one an object, after the commit, none for what never was")
def events():
    ear = Nl()
    ear.join()
    nl.ok("SA_NEW", in_(0x1000))
    nl.ok("SA_NEW", in_(0x1000, KEY=None), REPLACE)
    begin(nl)
    nl.ok("SA_NEW", in_(0x1001))
    nl.ok("SA_NEW", in_(0x1002))
    nl.ok("SA_DEL", sa_id(SPI=be32(0x1002)))
    nl.ok("POLICY_NEW", rule(1))
    assert [cmd for cmd, _ in ear.events()] == ["SA_NEW_NTF", "SA_NEW_NTF"]
    commit(nl)
    assert [cmd for cmd, _ in ear.events()] == ["SA_NEW_NTF", "POLICY_NEW_NTF"]
    begin(nl)
    nl.ok("SA_NEW", in_(0x1003))
    nl.ok("TXN_ABORT")
    flush()
    seen = ear.events()
    assert [cmd for cmd, _ in seen] == ["SA_DEL_NTF"] * 2 + ["POLICY_DEL_NTF"], seen
    assert all("KEY" not in about for _, about in seen)


@case("events: what is replaced and then deleted in one transaction has gone")
def events_replaced():
    ear = Nl()
    ear.join()
    for away in ("DEL", "FLUSH"):
        nl.ok("SA_NEW", in_(0x1000))
        nl.ok("POLICY_NEW", rule(1))
        ear.events()
        begin(nl)
        nl.ok("SA_NEW", in_(0x1000, KEY=None), REPLACE)
        nl.ok("SA_" + away, sa_id() if away == "DEL" else b"")
        nl.ok("POLICY_NEW", rule(1, ACTION=BYPASS), REPLACE)
        nl.ok("POLICY_" + away, sp_id(PRIORITY=u32(1)) if away == "DEL" else b"")
        commit(nl)
        seen = [cmd for cmd, _ in ear.events()]
        assert seen == ["SA_DEL_NTF", "POLICY_DEL_NTF"], seen
    nl.ok("SA_NEW", in_(0x1000))
    ear.events()
    begin(nl)
    nl.ok("SA_NEW", in_(0x1000, KEY=None), REPLACE)
    nl.ok("SA_NEW", in_(0x1000, KEY=None), REPLACE)
    commit(nl)
    assert [cmd for cmd, _ in ear.events()] == ["SA_NEW_NTF"]


@case("an acquire event for a packet without an SA, and not one a packet")
def acquire():
    ear = Nl()
    ear.join()
    nl.ok("POLICY_NEW", rule(5))
    ear.events()
    with wire() as send:
        send(200)
    seen = [about for cmd, about in ear.events() if cmd == "ACQUIRE_NTF"]
    assert 1 <= len(seen) <= 64, len(seen)
    # what the policy has, and the packet
    assert seen[0]["SEL"] == nl.dump("POLICY")[0][0]["SEL"]
    flow = {kind: data for _, kind, data in attrs_of(seen[0]["PACKET"])}
    wanted = {kind: data for _, kind, data in attrs_of(
        sel("10.1.0.1/32", "10.2.0.5/32", PROTO=u8(17), SPORT_MIN=u16(4000), SPORT_MAX=u16(4000),
            DPORT_MIN=u16(5000), DPORT_MAX=u16(5000)))}
    assert flow == wanted and seen[0]["TUNNEL"] == text("t"), seen[0]


sys.exit(ktap.run())
