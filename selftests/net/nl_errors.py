#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Every message that must be refused: with the right errno, a message and the
attribute at fault, and nothing is changed by it."""

import errno
import os
import random
import socket
import struct
import sys

from nl_genl import (ACK, CREATE, DUMP, ECHO, EXCL, N, NAMES, NLA_F_NESTED,
                     REPLACE, SA, Ktap, Nl, addr, attr, attrs_of, be32, fields,
                     named, sa, sa_id, sel, sp, sp_id, text, u8, u16,
                     u32, u64)

ktap = Ktap()
nl = Nl()
INVAL, EXIST, NOENT = errno.EINVAL, errno.EEXIST, errno.ENOENT
CBC = {"ENC": u16(N["ALG_AES_CBC_128"]), "AUTH": u16(N["ALG_HMAC_SHA256_128"])}
AH = {"PROTO": u8(51), "ENC": None, "AUTH": u16(N["ALG_HMAC_SHA256_128"]),
      "KEY": bytes(32)}
OUT = {"DIR": u8(2), "SPI": be32(0x2000)}
HOST = "10.1.0.1", "10.2.0.1"
PORT = u16(80)
UDP = {"ENCAP_LPORT": u16(4500), "ENCAP_RPORT": u16(4500)}
ORIG = "ORIG_LOCAL", "ORIG_REMOTE"
ALIVE = {"KEEPALIVE": u16(20)}
MAP, SET = {"DSCP_MAP": bytes(range(64))}, {"DSCP_SET": u64(1 << 46)}
DUMMIES = {"DUMMY_EVERY": u32(1000)}
ECN_CLEAR, FRAG_AFTER, WRAP = (N["SA_F_" + name] for name in ("ECN_CLEAR", "FRAG_AFTER", "WRAP"))



def key(**changes):
    """How far a key has sent."""
    whole = {"FINGERPRINT": bytes(8), "SEQ": u64(1), "IV_BASE": u64(2)}
    return named("KEY_A_", {**whole, **changes})


# name, command, attributes, errno, attribute at fault, word of the message;
# "-NAME": the attribute that is missing
REFUSED = [
    *((f"an SA without {name}", "SA_NEW", sa(**{name: None}), INVAL, "-" + name, "missing")
      for name in ("TUNNEL", "DIR", "PROTO", "MODE", "SPI", "LOCAL", "REMOTE")),
    ("an SA without KEY", "SA_NEW", sa(SPI=be32(0x7777), KEY=None), NOENT, "-KEY", "key"),
    ("an empty tunnel's name", "SA_NEW", sa(TUNNEL=text("")), INVAL, "TUNNEL", "1 to 31"),
    ("a tunnel's name of 32 octets", "SA_NEW", sa(TUNNEL=text("x" * 32)), INVAL, "TUNNEL", ""),
    ("a tunnel's name without its end", "SA_NEW", sa(TUNNEL=b"x" * 8), INVAL, "TUNNEL", ""),
    ("a tunnel's name with a space", "SA_NEW", sa(TUNNEL=text("a b")), INVAL, "TUNNEL", "A-Z"),
    *((f"a tunnel's name with {char!r}", "SA_NEW", sa(TUNNEL=b"a" + char + b"\0"), INVAL, "TUNNEL", "A-Z")
      for char in (b"\n", b"#", b"/", b'"', b"'", b"{", b"\xe9")),
    *((f"direction {value}", "SA_NEW", sa(DIR=u8(value)), INVAL, "DIR", "expected 1") for value in (0, 3, 255)),
    *((f"protocol {value}", "SA_NEW", sa(PROTO=u8(value)), INVAL, "PROTO", "expected 50") for value in (0, 49, 52)),
    *((f"mode {value}", "SA_NEW", sa(MODE=u8(value)), INVAL, "MODE", "expected 1") for value in (0, 3)),
    *((f"SPI {value}", "SA_NEW", sa(SPI=be32(value)), INVAL, "SPI", "256") for value in (0, 1, 255)),
    *((f"local {value}", "SA_NEW", sa(LOCAL=addr(value)), INVAL, "LOCAL", "unicast")
      for value in ("0.0.0.0", "224.0.0.1", "255.255.255.255")),
    *((f"local {value}", "SA_NEW", sa(LOCAL=addr(value), REMOTE=addr("2001:db8::1")), INVAL, "LOCAL", "unicast")
      for value in ("::", "ff02::1")),
    ("remote 0.0.0.0", "SA_NEW", sa(REMOTE=addr("0.0.0.0")), INVAL, "REMOTE", "unicast"),
    ("an address of 5 octets", "SA_NEW", sa(LOCAL=bytes(5)), INVAL, "LOCAL", "4 or 16"),
    ("an address of no octet", "SA_NEW", sa(LOCAL=b""), INVAL, "LOCAL", "4 or 16"),
    ("an address of 17 octets", "SA_NEW", sa(LOCAL=bytes(17)), errno.ERANGE, "LOCAL", ""),
    ("ends of two families", "SA_NEW", sa(REMOTE=addr("2001:db8::1")), INVAL, "REMOTE", "famil"),
    ("two ends of one address", "SA_NEW", sa(REMOTE=SA["LOCAL"]), INVAL, "REMOTE", "same"),
    ("an unknown cipher", "SA_NEW", sa(ENC=u16(200)), INVAL, "ENC", "algorithm"),
    ("an unknown integrity algorithm", "SA_NEW", sa(AUTH=u16(200)), INVAL, "AUTH", "algorithm"),
    ("ESP without any algorithm", "SA_NEW", sa(ENC=None), INVAL, "*", ""),
    ("a cipher without integrity", "SA_NEW", sa(ENC=CBC["ENC"]), INVAL, "ENC", "without integrity"),
    ("an AEAD with integrity beside it", "SA_NEW", sa(AUTH=CBC["AUTH"]), INVAL, "*", ""),
    ("integrity in place of a cipher", "SA_NEW", sa(ENC=CBC["AUTH"]), INVAL, "ENC", ""),
    ("AH with a cipher", "SA_NEW", sa(**{**AH, "ENC": CBC["ENC"]}), INVAL, "*", ""),
    ("AH without integrity", "SA_NEW", sa(PROTO=u8(51), ENC=None), INVAL, "*", ""),
    *((f"an AES-GCM-128 key of {n} octets", "SA_NEW", sa(KEY=bytes(n)), INVAL, "KEY", "20 octets") for n in (0, 19, 21, 96)),
    ("an AES-CBC key of 47 octets", "SA_NEW", sa(**CBC, KEY=bytes(47)), INVAL, "KEY", "48 octets"),
    ("an AH key of 31 octets", "SA_NEW", sa(**{**AH, "KEY": bytes(31)}), INVAL, "KEY", "32 octets"),
    ("a key of 101 octets", "SA_NEW", sa(KEY=bytes(101)), errno.ERANGE, "KEY", ""),
    *((f"a fingerprint of {n} octets", "SA_NEW", sa(FINGERPRINT=bytes(n)), errno.ERANGE, "FINGERPRINT", "") for n in (0, 7, 9)),
    ("a fingerprint of another key", "SA_NEW", sa(SPI=be32(0x7777), FINGERPRINT=bytes(8)), INVAL, "FINGERPRINT", "fingerprint"),
    ("an unknown flag", "SA_NEW", sa(FLAGS=u32(1 << 30)), INVAL, "FLAGS", "flags"),
    ("ICV padding with ESP", "SA_NEW", sa(FLAGS=u32(2)), INVAL, "FLAGS", "AH"),
    ("ICV padding with IPv6", "SA_NEW",
     sa(**AH, FLAGS=u32(2), LOCAL=addr("2001:db8::1"), REMOTE=addr("2001:db8::2")), INVAL, "FLAGS", "IPv4"),
    ("unchecked padding with AH", "SA_NEW", sa(**AH, FLAGS=u32(4)), INVAL, "FLAGS", "ESP"),
    ("unchecked padding, outbound", "SA_NEW", sa(**OUT, FLAGS=u32(4)), INVAL, "FLAGS", "inbound"),
    ("numbers that start over, inbound", "SA_NEW", sa(FLAGS=u32(WRAP)), INVAL, "FLAGS", "outbound"),
    ("numbers that start over, 64 bits", "SA_NEW", sa(**OUT, FLAGS=u32(WRAP | 1)), INVAL, "FLAGS", "never start over"),
    ("numbers that start over, implicit IV", "SA_NEW",
     sa(**OUT, ENC=u16(N["ALG_AES_GCM_128_IIV"]), FLAGS=u32(WRAP)), INVAL, "FLAGS", "implicit IV"),
    ("a segment of 47 octets", "SA_NEW", sa(MSS=u16(47)), INVAL, "MSS", "48 octets"),
    ("a window of 8193", "SA_NEW", sa(REPLAY_WINDOW=u32(8193)), INVAL, "REPLAY_WINDOW", "8192"),
    ("a window, outbound", "SA_NEW", sa(**OUT, REPLAY_WINDOW=u32(64)), INVAL, "REPLAY_WINDOW", "outbound"),
    ("a number of 33 bits without ESN", "SA_NEW", sa(SEQ=u64(1 << 32)), INVAL, "SEQ", "ESN"),
    *((f"{name}, inbound", "SA_NEW", sa(**{name: u8(1)}), INVAL, name, "outbound") for name in ("DF", "DSCP", "TTL")),
    ("AH in UDP", "SA_NEW", sa(**AH, **UDP), INVAL, "ENCAP_LPORT", "only ESP"),
    *((f"ESP in UDP without {name}", "SA_NEW", sa(**{**UDP, name: None}), INVAL, "-" + name, "missing") for name in UDP),
    *((f"{name} {port}", "SA_NEW", sa(**{**UDP, name: u16(port)}), INVAL, name, word)
      for name in UDP for port, word in ((0, "no port 0"), (500, "IKE"))),
    *((f"{name} without UDP", "SA_NEW", sa(**{name: addr("10.0.0.9")}), INVAL, name, "UDP") for name in ORIG),
    *((f"{name}, outbound", "SA_NEW", sa(**OUT, **UDP, **{name: addr("10.0.0.9")}), INVAL, name, "inbound") for name in ORIG),
    *((f"{name} of another family", "SA_NEW", sa(**UDP, **{name: addr("fd00::9")}), INVAL, name, "family") for name in ORIG),
    *((f"keepalives of {n} seconds", "SA_NEW", sa(**OUT, **UDP, KEEPALIVE=u16(n)), INVAL, "KEEPALIVE", "3600") for n in (0, 3601)),
    ("a peer not followed, without UDP", "SA_NEW", sa(FLAGS=u32(8)), INVAL, "FLAGS", "UDP"),
    ("a peer not followed, outbound", "SA_NEW", sa(**OUT, **UDP, FLAGS=u32(8)), INVAL, "FLAGS", "inbound"),
    ("keepalives without UDP", "SA_NEW", sa(**OUT, **ALIVE), INVAL, "KEEPALIVE", "UDP"),
    ("keepalives, inbound", "SA_NEW", sa(**UDP, **ALIVE), INVAL, "KEEPALIVE", "outbound"),
    *((f"match {value}", "SA_NEW", sa(MATCH=u8(value)), INVAL, "MATCH", "expected 0") for value in (3, 255)),
    ("match, outbound", "SA_NEW", sa(**OUT, MATCH=u8(1)), INVAL, "MATCH", "inbound"),
    ("through itself", "SA_NEW", sa(VIA=text("t")), INVAL, "VIA", "itself"),
    ("through a name that is none", "SA_NEW", sa(VIA=text("a b")), INVAL, "VIA", "A-Z"),
    ("a source that is missing in a name", "SA_DEL", sa_id(MATCH=u8(2)), INVAL, "-REMOTE", "missing"),
    *((f"{next(iter(what))}, inbound", "SA_NEW", sa(**what), INVAL, next(iter(what)), "outbound")
      for what in ({"TFC": u16(9)}, DUMMIES, MAP, SET)),
    *((f"{name} with AH", "SA_NEW", sa(**{**OUT, **AH}, **what), INVAL, name, "ESP")
      for name, what in (("TFC", {"TFC": u16(9)}), ("DUMMY_EVERY", DUMMIES))),
    ("padding to 0 octets", "SA_NEW", sa(**OUT, TFC=u16(0)), INVAL, "TFC", "65535"),
    *((f"dummies every {n} ms", "SA_NEW", sa(**OUT, DUMMY_EVERY=u32(n)), INVAL, "DUMMY_EVERY", "3600000") for n in (0, 3600001)),
    ("dummies of 39 octets", "SA_NEW", sa(**OUT, **DUMMIES, DUMMY_SIZE=u16(39)), INVAL, "DUMMY_SIZE", "40"),
    ("a dummy's size without dummies", "SA_NEW", sa(**OUT, DUMMY_SIZE=u16(40)), INVAL, "DUMMY_SIZE", "interval"),
    ("a map of DSCPs in transport mode", "SA_NEW", sa(**OUT, **MAP, MODE=u8(2)), INVAL, "DSCP_MAP", "tunnel mode"),
    ("a map of DSCPs and a DSCP", "SA_NEW", sa(**OUT, **MAP, DSCP=u8(1)), INVAL, "DSCP_MAP", "both"),
    ("a map to DSCP 64", "SA_NEW", sa(**OUT, DSCP_MAP=bytes(63) + b"@"), INVAL, "DSCP_MAP", "63"),
    *((f"a map of {n} DSCPs", "SA_NEW", sa(**OUT, DSCP_MAP=bytes(n)), errno.ERANGE, "DSCP_MAP", "") for n in (0, 63, 65)),
    ("an SA for no DSCP", "SA_NEW", sa(**OUT, DSCP_SET=u64(0)), INVAL, "DSCP_SET", "at least"),
    *((f"flag {flag:#x}, {what}", "SA_NEW", sa(**more, FLAGS=u32(flag)), INVAL, "FLAGS", "tunnel mode")
      for flag in (ECN_CLEAR, FRAG_AFTER) for what, more in (("inbound", {}), ("transport mode", {**OUT, "MODE": u8(2)}))),
    *((f"{name} that is no host's", "SA_NEW", sa(**UDP, **{name: addr("224.0.0.9")}), INVAL, name, "unicast") for name in ORIG),
    *((f"{name} in transport mode", "SA_NEW", sa(**OUT, MODE=u8(2), **{name: u8(1)}), INVAL, name, "tunnel mode")
      for name in ("DF", "DSCP", "TTL")),
    ("DF over IPv6", "SA_NEW", sa(**OUT, LOCAL=addr("2001:db8::1"), REMOTE=addr("2001:db8::2"), DF=u8(1)), INVAL, "DF", "IPv6"),
    *((f"DF {value}", "SA_NEW", sa(**OUT, DF=u8(value)), INVAL, "DF", "expected 1") for value in (0, 4)),
    ("DSCP 64", "SA_NEW", sa(**OUT, DSCP=u8(64)), INVAL, "DSCP", "63"),
    ("TTL 0", "SA_NEW", sa(**OUT, TTL=u8(0)), INVAL, "TTL", "255"),
    ("an IPv6 selector in IPv4 transport mode", "SA_NEW", sa(MODE=u8(2), SEL=sel("::/0", "::/0")), INVAL, "SEL", "family"),
    *((f"the read-only {name}", "SA_NEW", sa() + named("SA_A_", {name: data}), INVAL, name, "")
      for name, data in (("PACKETS", u64(1)), ("PMTU", u32(1)), ("PMTU_EXPIRES", u32(1)), ("ADDED", u64(1)), ("DRIVER", text("x")), ("ACTIVE", b""))),
    *((f"{name} of {len(data)} octets", "SA_NEW", sa(**{name: data}), INVAL, name, "")
      for name, data in (("DIR", u16(1)), ("DIR", b""), ("SPI", u64(256)), ("SPI", u16(256)), ("ENC", u32(1)),
                         ("FLAGS", u8(1)), ("SEQ", u32(1)), ("REPLAY_WINDOW", u64(1)))),
    ("an SA that is there", "SA_NEW", sa(), EXIST, "SPI", "exists"),
    ("deleting no SA", "SA_DEL", sa_id(SPI=be32(0x7777)), NOENT, "SPI", "no SA"),
    ("getting no SA", "SA_GET", sa_id(SPI=be32(0x7777)), NOENT, "SPI", "no SA"),
    ("deleting an SA by the wrong end", "SA_DEL", sa_id(LOCAL=None, REMOTE=SA["REMOTE"]), INVAL, "-LOCAL", "missing"),
    ("deleting an SA with a key", "SA_DEL", sa_id(KEY=SA["KEY"]), INVAL, "KEY", ""),
    ("deleting an SA with a tunnel", "SA_DEL", sa_id(TUNNEL=text("t")), INVAL, "TUNNEL", "dump"),
    ("getting an SA with a tunnel", "SA_GET", sa_id(TUNNEL=text("t")), INVAL, "TUNNEL", "dump"),
    ("deleting a policy with a tunnel", "POLICY_DEL", sp_id(TUNNEL=text("t")), INVAL, "TUNNEL", "dump"),
    ("getting a policy with a tunnel", "POLICY_GET", sp_id(TUNNEL=text("t")), INVAL, "TUNNEL", "dump"),
    ("flushing with a direction", "SA_FLUSH", named("SA_A_", {"DIR": u8(1)}), INVAL, "DIR", ""),
    *((f"a policy without {name}", "POLICY_NEW", sp(**{name: None}), INVAL, "-" + name, "")
      for name in ("DIR", "PRIORITY", "ACTION", "TUNNEL", "SEL")),
    *((f"action {value}", "POLICY_NEW", sp(ACTION=u8(value)), INVAL, "ACTION", "bypass") for value in (0, 4)),
    ("a policy with an id", "POLICY_NEW", sp(ID=u32(7)), INVAL, "ID", ""),
    ("a policy that is there", "POLICY_NEW", sp(), EXIST, "SEL", "exists"),
    ("deleting policy 0", "POLICY_DEL", named("POLICY_A_", {"ID": u32(0)}), INVAL, "ID", "id 0"),
    ("deleting no policy, by id", "POLICY_DEL", named("POLICY_A_", {"ID": u32(77777)}), NOENT, "ID", "no such"),
    ("deleting no policy, by name", "POLICY_DEL", sp_id(PRIORITY=u32(7)), NOENT, "SEL", "no such"),
    ("getting no policy", "POLICY_GET", sp_id(PRIORITY=u32(7)), NOENT, "SEL", "no such"),
    ("a policy by id and name", "POLICY_DEL", sp_id(ID=u32(1)), INVAL, "ID", "alone"),
    ("statistics with an attribute", "STATS_GET", attr(1, u32(1)), INVAL, None, ""),
    ("a commit with another attribute", "TXN_COMMIT", named("TXN_A_", {"REPLACE_ALL": b""}), INVAL, "REPLACE_ALL", ""),
    ("a commit without OPS", "TXN_COMMIT", b"", INVAL, "-OPS", "missing"),
    ("a transaction that begins with OPS", "TXN_BEGIN", named("TXN_A_", {"OPS": u32(0)}), INVAL, None, ""),
    ("a commit without a transaction", "TXN_COMMIT", named("TXN_A_", {"OPS": u32(0)}), NOENT, None, "no open"),
    ("an abort without a transaction", "TXN_ABORT", b"", NOENT, None, "no open"),
    ("a transaction's tunnel without replace-all", "TXN_BEGIN", named("TXN_A_", {"TUNNEL": text("t")}), INVAL, "TUNNEL", "limits"),
    ("a switch for records without a value", "DROP_SET", b"", INVAL, "-RECORD", "missing"),
    ("a switch for records with 2", "DROP_SET", named("DROP_A_", {"RECORD": u8(2)}), INVAL, "RECORD", "1 (on)"),
    ("a switch for records of 4 octets", "DROP_SET", named("DROP_A_", {"RECORD": u32(1)}), INVAL, "RECORD", ""),
    ("a switch for records twice", "DROP_SET", named("DROP_A_", {"RECORD": u8(1)}) * 2, INVAL, "RECORD", "twice"),
    ("a switch for records with a reason", "DROP_SET", named("DROP_A_", {"REASON": text("ecn")}), INVAL, "REASON", ""),
    *((f"a key's number without {name}", "KEY_SET", key(**{name: None}), INVAL, "-" + name, "missing")
      for name in ("FINGERPRINT", "SEQ", "IV_BASE")),
    ("a key's number that is 0", "KEY_SET", key(SEQ=u64(0)), INVAL, "SEQ", "above 0"),
    ("a key's fingerprint of 7 octets", "KEY_SET", key(FINGERPRINT=bytes(7)), errno.ERANGE, "FINGERPRINT", ""),
    ("a key's number of 4 octets", "KEY_SET", key(SEQ=u32(1)), INVAL, "SEQ", ""),
    ("a key's number twice", "KEY_SET", key() + named("KEY_A_", {"SEQ": u64(2)}), INVAL, "SEQ", "twice"),
    ("records with an attribute", "DROP_GET", attr(1, u32(1)), INVAL, None, ""),
    ("command 0", 0, b"", errno.EOPNOTSUPP, None, None),
    ("command 200", 200, b"", errno.EOPNOTSUPP, None, None),
    ("a notification as a command", "ACQUIRE_NTF", b"", errno.EOPNOTSUPP, None, None),
]

# selectors: of policies and of SAs alike
SELECTORS = [
    ("without source", named("SEL_A_", {"DST": addr("10.0.0.1")}), "missing"),
    ("without destination", named("SEL_A_", {"SRC": addr("10.0.0.1")}), "missing"),
    ("of two families", sel("10.0.0.1", "2001:db8::1"), "famil"),
    ("with 33 bits of IPv4", sel("10.0.0.0/33", HOST[1]), "longer"),
    ("with 129 bits of IPv6", sel("2001:db8::1/129", "::1"), "longer"),
    ("with bits behind the prefix", sel("10.1.0.1/16", HOST[1]), ""),
    ("with ports upside down", sel(*HOST, PROTO=u8(6), SPORT_MIN=u16(9), SPORT_MAX=u16(8)), ""),
    ("with a highest port only", sel(*HOST, PROTO=u8(6), DPORT_MAX=PORT), "lowest"),
    ("with ports of a protocol without", sel(*HOST, PROTO=u8(1), DPORT_MIN=PORT), ""),
    ("with a prefix twice", sel(*HOST) + attr(N["SEL_A_DST"], addr("10.0.0.2")), "twice"),
    ("with an unknown attribute", sel(*HOST) + attr(60, u32(1)), ""),
    ("with an address of 3 octets", named("SEL_A_", {"SRC": bytes(3), "DST": bytes(4)}), "4 or 16"),
    ("with a port of 4 octets", sel(*HOST, PROTO=u8(6), SPORT_MIN=u32(9)), ""),
    ("with a type of a protocol without", sel(*HOST, PROTO=u8(6), TYPE_MIN=PORT), "no type"),
    ("with a type and no protocol", sel(*HOST, TYPE_MIN=PORT), "no type"),
    ("with ports of ICMP", sel(*HOST, PROTO=u8(1), SPORT_MIN=PORT), "no ports"),
    ("with types upside down", sel(*HOST, PROTO=u8(1), TYPE_MIN=u16(9), TYPE_MAX=u16(8)), "above"),
    ("with a highest type only", sel(*HOST, PROTO=u8(1), TYPE_MAX=PORT), "lowest"),
    ("with the other family's ICMP", sel(*HOST, PROTO=u8(58), TYPE_MIN=PORT), "no type"),
    ("with a code of a Mobility Header", sel("::1", "::2", PROTO=u8(135), TYPE_MIN=u16(0x501)), "code"),
    ("with unknown opaque fields", sel(*HOST, OPAQUE=u32(16)), "no such"),
    ("with opaque ports and a port", sel(*HOST, PROTO=u8(6), SPORT_MIN=PORT, OPAQUE=u32(2)), "opaque"),
    ("with opaque ports of no protocol", sel(*HOST, OPAQUE=u32(4)), "ports"),
    ("with an opaque type of TCP", sel(*HOST, PROTO=u8(6), OPAQUE=u32(8)), "no such"),
    ("with opaque ports of ICMP", sel(*HOST, PROTO=u8(1), OPAQUE=u32(2)), "no such"),
    ("with an opaque protocol of IPv4", sel(*HOST, OPAQUE=u32(1)), "IPv6"),
    ("with an opaque protocol and one", sel("::1", "::2", PROTO=u8(6), OPAQUE=u32(1)), "opaque"),
    ("with a range and a prefix", sel("10.0.0.0/24", HOST[1], SRC_MAX=addr("10.0.0.9")), "prefix"),
    ("with a range of two families", sel(*HOST, DST_MAX=addr("::1")), "famil"),
    ("with a range upside down", sel("10.0.0.9", HOST[1], SRC_MAX=addr("10.0.0.8")), "below"),
    ("with a range's end of 5 octets", sel(*HOST, SRC_MAX=bytes(5)), "4 or 16"),
    ("with a mask and no mark", sel(*HOST, MARK_MASK=u32(1)), "mark"),
    ("with a mask of 0", sel(*HOST, MARK=u32(0), MARK_MASK=u32(0)), "mask"),
    ("with a mark beyond its mask", sel(*HOST, MARK=u32(3), MARK_MASK=u32(1)), "mask"),
    ("with a device of no name", sel(*HOST, DEV=text("")), ""),
    ("with a device of 16 octets", sel(*HOST, DEV=text("x" * 16)), ""),
    ("with a device that has no such name", sel(*HOST, DEV=text("a/b")), "device"),
    ("with a device without its end", sel(*HOST, DEV=b"wan0"), ""),
    ("with octets behind the device", sel(*HOST, DEV=b"wan0\0x\0"), "device"),
    ("that is cut off", sel(*HOST)[:-3], ""),
    ("that is empty", b"", "missing"),
]

SEL = N["POLICY_A_SEL"] | NLA_F_NESTED
V4 = sel(*HOST, PROTO=u8(6))


def sels(*more):
    """A policy's selector and others behind it."""
    return sp(PRIORITY=u32(5), SEL=V4) + b"".join(attr(SEL, data) for data in more)


def pfp(bits, **more):
    return sp(PRIORITY=u32(5), PFP=u32(bits), **more)


SETS = [
    ("65 selectors", sels(*(sel("10.9.0.1", "10.9.0.2", PROTO=u8(n)) for n in range(64))), "SEL", "64"),
    ("one selector twice", sels(V4), "SEL", "within"),
    ("a selector within another one", sels(sel(*HOST, PROTO=u8(6), DPORT_MIN=PORT)), "SEL", "within"),
    ("a selector around another one", sels(sel(*HOST)), "SEL", "within"),
    ("selectors of two families", sels(sel("::1", "::2")), "SEL", "family"),
    ("selectors with two marks", sels(sel("10.9.0.1", HOST[1], MARK=u32(1))), "SEL", "mark"),
    ("selectors with two devices", sels(sel("10.9.0.1", HOST[1], DEV=text("wan0"))), "SEL", "device"),
    ("a bad selector behind a good one", sels(sel("10.9.0.1/33", HOST[1])), "SEL", "longer"),
    ("no fields of the packet", pfp(0), "PFP", "no such"),
    ("unknown fields of the packet", pfp(64), "PFP", "no such"),
    ("fields of the packet, inbound", pfp(1, DIR=u8(1)), "PFP", "way out"),
    ("fields of the packet for a bypass", pfp(1, ACTION=u8(1)), "PFP", "protects"),
    ("ports of the packet without a protocol", pfp(8), "PFP", "ports"),
    ("a type of the packet without a protocol", pfp(32), "PFP", "type"),
    ("a type of the packet with TCP", pfp(32, SEL=V4), "PFP", "type"),
    ("an opaque port of the packet", pfp(16, SEL=sel(*HOST, PROTO=u8(6), OPAQUE=u32(4))), "PFP", "opaque"),
    ("an opaque type of the packet", pfp(32, SEL=sel(*HOST, PROTO=u8(1), OPAQUE=u32(8))), "PFP", "opaque"),
    ("an opaque protocol of the packet", pfp(4, SEL=sel("::1", "::2", OPAQUE=u32(1))), "PFP", "opaque"),
    ("an opaque port of the packet in a later set",
     pfp(8, SEL=V4) + attr(SEL, sel("10.9.0.1", HOST[1], PROTO=u8(6), OPAQUE=u32(2))), "PFP", "opaque"),
]

DES = {"ENC": u16(N["ALG_LEGACY_3DES_CBC"]), "AUTH": u16(N["ALG_HMAC_SHA1_96"]), "KEY": bytes(range(44))}


def life(**limits):
    """BYTES_SOFT and the like."""
    return named("LIFE_A_", {name: u64(value) for name, value in limits.items()})


LIMITS = [
    *((f"of 0 {name}", {}, life(**{name: 0}), "lets nothing pass") for name in ("BYTES_SOFT", "PACKETS_HARD", "USE_HARD")),
    ("whose soft one is beyond the hard one", {}, life(TIME_SOFT=61, TIME_HARD=60), "beyond"),
    ("of time that the clock has not", {}, life(TIME_HARD=1 << 32), "4294967295"),
    ("of use that the clock has not", {}, life(USE_SOFT=1 << 32), "4294967295"),
    ("that 3DES does not bear", DES, life(BYTES_HARD=(1 << 35) + 1), "32Gi"),
    ("beyond that of 3DES itself", DES, life(BYTES_SOFT=(1 << 32) + 1), "algorithm's own"),
    ("that is read only", {}, life(BYTES_HARD=5, BYTES_USED=3), ""),
    ("given twice", {}, life(BYTES_HARD=5) + life(BYTES_HARD=5), "twice"),
    ("of 4 octets", {}, named("LIFE_A_", {"BYTES_HARD": u32(5)}), ""),
    ("that does not exist", {}, attr(60, u64(5)), ""),
]


def type_at(kind, message, offset):
    """The name of the attribute that begins at an offset of a message."""
    for at, number, data in attrs_of(message[20:]):
        if at + 20 == offset:
            return NAMES[kind].get(number, number)
        if at + 20 < offset < at + 24 + len(data):
            return NAMES[kind].get(number, number)
    return None


def refused(cmd, body, wanted, culprit, word, flags=0, **head):
    """The request fails as it should, and leaves all as it was."""
    before = nl.state()
    number = N["CMD_" + cmd] if isinstance(cmd, str) else cmd
    message = nl.message(number, body, flags | ACK, **head)
    nl.send(message)
    answer = nl.answer(nl.seq)
    kind = str(cmd).split("_", maxsplit=1)[0]
    assert answer.errno == wanted, f"wanted errno {wanted}: {answer}"
    if word is not None:
        assert answer.message and word in answer.message, f"wanted {word!r}: {answer}"
    if culprit and culprit.startswith("-"):
        assert answer.missing == N[f"{kind}_A_{culprit[1:]}"], answer
    elif culprit and culprit != "*":
        assert answer.bad_offset, answer
        assert type_at(kind, message, answer.bad_offset) == culprit, answer
    after = nl.state()
    assert before == after, f"changed from {before} to {after}"


for case in REFUSED:
    ktap.case("refused: " + case[0])(lambda case=case: refused(*case[1:]))
for what, more in (("a mark", {"MARK": u32(1)}), ("a device", {"DEV": text("wan0")})):
    ktap.case(f"refused: an SA's selector with {what}")(
        lambda more=more: refused("SA_NEW", sa(SPI=be32(0x5000), SEL=sel(*HOST, **more)), INVAL, "SEL", "policy"))
for what, data, word_ in SELECTORS:
    ktap.case(f"refused: a policy's selector {what}")(
        lambda data=data, word_=word_: refused("POLICY_NEW", sp(PRIORITY=u32(5), SEL=data), INVAL, "SEL", word_))
    ktap.case(f"refused: an SA's selector {what}")(
        lambda data=data, word_=word_: refused("SA_NEW", sa(SPI=be32(0x5000), SEL=data), INVAL, "SEL", word_))

for what, data, name_, word_ in SETS:
    ktap.case(f"refused: a policy with {what}")(
        lambda data=data, name_=name_, word_=word_: refused("POLICY_NEW", data, INVAL, name_, word_))

for what, more, data, word_ in LIMITS:
    ktap.case(f"refused: a limit {what}")(
        lambda more=more, data=data, word_=word_:
        refused("SA_NEW", sa(SPI=be32(0x5000), **more, LIFE=data), INVAL, "LIFE", word_))


@ktap.case("refused: each attribute given twice")
def twice():
    for name, data in SA.items():
        body = sa(SPI=be32(0x6000)) + named("SA_A_", {name: data if name != "SPI" else be32(0x6000)})
        refused("SA_NEW", body, INVAL, name, "twice")


@ktap.case("refused: attributes that do not exist")
def unknown():
    for number in (0, N["SA_A_PAD"], N["__NF_IPSEC_SA_A_MAX"], 63, 64, 0x3FFF):
        refused("SA_NEW", sa(SPI=be32(0x6000)) + attr(number, u32(1)), INVAL, None, "")


@ktap.case("refused: a selector that is not marked as nested")
def not_nested():
    body = sp(PRIORITY=u32(5), SEL=None) + attr(N["POLICY_A_SEL"], sel(*HOST))
    refused("POLICY_NEW", body, INVAL, "SEL", "")


@ktap.case("refused: a simple attribute marked as nested")
def nested():
    body = sa(SPI=be32(0x6000), DIR=None) + attr(N["SA_A_DIR"] | NLA_F_NESTED, u8(1))
    refused("SA_NEW", body, INVAL, None, "")


@ktap.case("refused: a message cut off at each octet")
def truncated():
    before = nl.state()
    for cmd, body in (("SA_NEW", sa(SPI=be32(0x6000))), ("POLICY_NEW", sp(PRIORITY=u32(5)))):
        whole = nl.message(N["CMD_" + cmd], body, ACK)
        for length in range(16, len(whole)):
            nl.send(struct.pack("=I", length) + whole[4:length])
            answer = nl.answer(nl.seq)
            # padding behind the last attribute may be missing
            assert answer.errno or length > len(whole) - 4, f"{cmd} at {length}: {answer}"
    nl.do("POLICY_DEL", sp_id(PRIORITY=u32(5)))
    assert nl.state()[1:] == before[1:]


@ktap.case("refused: an attribute longer than the message")
def too_long():
    body = sa(SPI=be32(0x6000), KEY=None) + struct.pack("=HH", 200, N["SA_A_KEY"]) + bytes(20)
    refused("SA_NEW", body, INVAL, None, None)


@ktap.case("refused: reserved bits and flags of the header")
def header():
    body = sa(SPI=be32(0x6000))
    refused("SA_NEW", body, INVAL, None, "reserved", reserved=1)
    refused("SA_NEW", body, INVAL, None, "flags", flags=0x800)
    refused("POLICY_NEW", sp(PRIORITY=u32(5)), INVAL, None, "reserved", reserved=1)
    refused("POLICY_FLUSH", b"", INVAL, None, "reserved", reserved=1)
    refused("POLICY_FLUSH", b"", INVAL, None, "", flags=REPLACE)


@ktap.case("refused: exclusive and replace at once")
def both():
    refused("SA_NEW", sa(), errno.EOPNOTSUPP, None, None, flags=EXCL | REPLACE)


@ktap.case("refused: a dump selected by something else than a tunnel")
def dump_filter():
    # no place for an attribute at the end of a dump
    refused("SA_GET", named("SA_A_", {"SPI": be32(0x1000)}), INVAL, None, "tunnel", flags=DUMP)
    refused("POLICY_GET", named("POLICY_A_", {"ID": u32(1)}), INVAL, None, "tunnel", flags=DUMP)


@ktap.case("refused: a replacement that changes what belongs to the key")
def keyed():
    for change in ({"KEY": bytes(20)}, {"FLAGS": u32(1)}, {"REPLAY_WINDOW": u32(7)}, {"MODE": u8(2)},
                   {"KEY": None, "FINGERPRINT": bytes(8)},
                   {"LIFE": life(TIME_HARD=3600)}, {"LIFE": life(BYTES_HARD=1 << 60)},
                   {"ENC": u16(N["ALG_AES_GCM_256"]), "KEY": bytes(36)}):
        refused("SA_NEW", sa(**change), EXIST, "SPI", "SPI", flags=CREATE | REPLACE)


@ktap.case("refused: a replacement that raises the numbers")
def raised():
    refused("SA_NEW", sa(SEQ=u64(77)), errno.EKEYREJECTED, "SEQ", "raised", flags=CREATE | REPLACE)
    nl.ok("SA_NEW", sa(SEQ=u64(0)), CREATE | REPLACE)


@ktap.case("refused: a key that has sent higher numbers")
def reused():
    out = {**OUT, "SPI": be32(0x2100), "KEY": bytes(range(40, 60))}
    ident = sa_id(DIR=u8(2), SPI=be32(0x2100), LOCAL=None, REMOTE=SA["REMOTE"])
    nl.ok("SA_NEW", sa(**out, SEQ=u64(1000)))
    nl.ok("SA_DEL", ident)
    refused("SA_NEW", sa(**out, SEQ=u64(999)), errno.EKEYREJECTED, "SEQ", "number")
    nl.ok("SA_NEW", sa(**out, SEQ=u64(1000)))
    nl.ok("SA_DEL", ident)


@ktap.case("numbers at or behind the limit of packets: an SA that has ended")
def no_packets_left():
    ident = sa_id(DIR=u8(2), SPI=be32(0x2101), LOCAL=None, REMOTE=SA["REMOTE"])
    for seq, octet in (5, 60), (4, 61):
        one = sa(DIR=u8(2), SPI=be32(0x2101), LIFE=life(PACKETS_HARD=5), KEY=bytes([octet] * 20), SEQ=u64(seq))
        nl.ok("SA_NEW", one)
        got = fields("SA", nl.ok("SA_GET", ident).objects[0][1])
        assert ("HARD_LIMIT" in got) == (seq == 5), f"{got} at {seq}"
        nl.ok("SA_NEW", one, CREATE | REPLACE)
        nl.ok("SA_DEL", ident)


@ktap.case("no key comes back, neither with an error nor in a dump")
def keys():
    secret = os.urandom(20)
    for body in (sa(SPI=be32(0x6000), KEY=secret, MODE=None), sa(KEY=secret),
                 sa(SPI=be32(0x6000), KEY=secret) + attr(N["SA_A_KEY"], secret)):
        answer = nl.do("SA_NEW", body)
        assert answer.errno and answer.echoed, answer
        assert secret not in answer.echoed, "with an error"
    answer = nl.do("SA_NEW", sa(SPI=be32(0x6000), KEY=secret), ECHO)
    assert answer.errno == 0 and len(answer.objects) == 1, answer
    said = answer.objects + nl.do("SA_GET", b"", DUMP).objects + nl.ok("SA_GET", sa_id(SPI=be32(0x6000))).objects
    for _, data in said:
        assert secret not in data and "KEY" not in fields("SA", data), "in an answer"
    nl.ok("SA_DEL", sa_id(SPI=be32(0x6000)))


@ktap.case("random damage does no harm")
def fuzz():
    rng = random.Random(4301)
    seeds = [("SA_NEW", sa(SPI=be32(0x6000), SEL=sel(*HOST, PROTO=u8(6), SPORT_MIN=PORT))),
             ("SA_NEW", sa(**OUT, DF=u8(1), DSCP=u8(1), TTL=u8(1), SEQ=u64(5))), ("SA_DEL", sa_id()),
             ("POLICY_NEW", sp()), ("POLICY_DEL", sp_id()), ("SA_GET", sa_id()), ("POLICY_GET", sp_id()),
             ("SA_FLUSH", named("SA_A_", {"TUNNEL": text("t")})),
             ("TXN_BEGIN", named("TXN_A_", {"REPLACE_ALL": b"", "TUNNEL": text("t")})), ("TXN_COMMIT", named("TXN_A_", {"OPS": u32(1)}))]
    for _ in range(3000):
        cmd, body = rng.choice(seeds)
        data = bytearray(body)
        for _ in range(rng.randrange(4)):
            if data:
                data[rng.randrange(len(data))] = rng.choice((0, 1, 255, rng.randrange(256)))
        if rng.randrange(4) == 0:
            data = data[:rng.randrange(len(data) + 1)]
        nl.do(cmd, bytes(data), rng.choice((0, 0, REPLACE, CREATE, ECHO)))
    nl.do("TXN_ABORT")
    for kind in ("SA", "POLICY"):
        nl.ok(kind + "_FLUSH")
    assert nl.state()[1:] == ([], [])


@ktap.case("another protocol number of the same name is another SA")
def identity():
    nl.ok("SA_NEW", sa())
    nl.ok("SA_NEW", sa(**AH))
    nl.ok("SA_NEW", sa(DIR=u8(2), REMOTE=SA["LOCAL"], LOCAL=SA["REMOTE"]))
    assert len(nl.dump("SA")[0]) == 3
    nl.ok("SA_FLUSH")


def main():
    assert socket.AF_NETLINK
    nl.ok("SA_NEW", sa())
    nl.ok("POLICY_NEW", sp())
    return ktap.run()


sys.exit(main())
