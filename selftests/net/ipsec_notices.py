# SPDX-License-Identifier: GPL-2.0-only
"""What "nfipsec monitor notices" tells of packets.

	hear_notices		tell what comes from here on
	notice k=v...		the next notice has these fields; sa=SA: it came over that
				one; quoted=SA: it is about a packet of that one; inner=1:
				the packet is the last one
	no_notice		there is no other
	pairs SA v=4|6		all pairs of ECN fields: each is delivered as RFC 6040 has
				it, and the four that no sender makes are told of
	flood SA n=N k=v...	so many packets: few are told of, the rest is counted
	report k=v...		an ICMP error about the last packet that left
	reports SA n=N v=4|6 k=v...	many of them, and other notices are none the fewer
"""

import json
import os
import select
import struct
import subprocess
import time
from pathlib import Path

import ipsec_wire as w
from ipsec_counters import NFIPSEC
from ipsec_craft import options
from ipsec_wire import need

TIMEOUT = int(os.environ.get("BUSYWAIT_TIMEOUT", "10000")) / 1000
# long enough for what is on its way to arrive
QUIET = 0.3
# notices of a kind in a second
RATE = 16
WORDS = ("not-ect", "ect1", "ect0", "ce")
# RFC 6040 figure 4, inner by outer, by the bits; None is dropped
FIGURE4 = ((0, 0, 0, None), (1, 1, 1, 3), (2, 1, 2, 3), (3, 3, 3, 3))
# the pairs marked there that are delivered: inner, outer
MARKED = {(0, 1), (0, 2), (1, 2), (3, 1)}
NUMBERS = ("icmp_type", "icmp_code", "mtu", "left_out", "proto", "seq")


class Notices:
    """The packet is self.last, SAs are in self.sas."""

    teller = None
    pending = b""

    def cmd_hear_notices(self):
        self.teller = subprocess.Popen([NFIPSEC, "monitor", "notices", "-j"],
                                        stdout=subprocess.PIPE)
        os.set_blocking(self.teller.stdout.fileno(), False)
        # it has joined the group once it sleeps in its socket
        waits = Path(f"/proc/{self.teller.pid}/wchan")
        end = time.monotonic() + TIMEOUT
        while "more_packets" not in waits.read_text("ascii"):
            need(time.monotonic() < end, "the monitor does not listen")
            time.sleep(0.01)

    def notice(self, timeout):
        """The next one, or None."""
        end = time.monotonic() + timeout
        while b"\n" not in self.pending:
            left = max(end - time.monotonic(), 0)
            if not select.select([self.teller.stdout], [], [], left)[0]:
                return None
            data = os.read(self.teller.stdout.fileno(), 1 << 16)
            need(data, "the monitor has ended")
            self.pending += data
        line, _, self.pending = self.pending.partition(b"\n")
        return json.loads(line)

    def all_notices(self):
        """Those that come until it is quiet."""
        return list(iter(lambda: self.notice(QUIET), None))

    def fields_of(self, o):
        """What the words want, and nothing else may be there."""
        want = {k: int(v, 0) if k in NUMBERS and isinstance(v, str) else v for k, v in o.items()
                if k not in ("sa", "quoted", "inner", "v")}
        if "sa" in o:
            sa = self.sas[o["sa"]]
            want.update(outer_src=sa.src, outer_dst=sa.dst, spi=f"0x{sa.spi:08x}",
                        protocol="ah" if sa.proto == w.AH else "esp", seq=sa.seq)
        if "quoted" in o:
            sa = self.sas[o["quoted"]]
            want["quoted"] = {"protocol": "ah" if sa.proto == w.AH else "esp", "dst": sa.dst,
                              "spi": f"0x{sa.spi:08x}", "tunnel": o["quoted"].split(".")[0]}
        if "inner" in o:
            f = w.ip_fields(self.last)
            _, want["proto"], data = w.ip_split(self.last)
            want.update(src=f["src"], dst=f["dst"])
            if want["proto"] == w.UDP:
                want.update(sport=int.from_bytes(data[:2]), dport=int.from_bytes(data[2:4]))
        return {"object": "notice", "event": "notice", "count": 1, "dir": "in", "dev": "wan0",
                "left_out": 0, **want}

    def cmd_notice(self, *words):
        """All fields but the policy's id, which nobody here knows."""
        want, got = self.fields_of(options(words)), self.notice(TIMEOUT)
        need(got, "no notice")
        need(got.pop("first") == got.pop("last"), "at two times")
        got.pop("policy", None)
        need(got == want, f"{got} instead of {want}")

    def cmd_no_notice(self):
        got = self.notice(QUIET)
        need(got is None, f"a notice: {got}")

    def cmd_pairs(self, name, *words):
        sa, o = self.sas[name], options(words)
        self.cmd_mark()
        told = []
        for inner, row in enumerate(FIGURE4):
            for outer, out in enumerate(row):
                self.send(sa, {**o, "tos": inner | 0x28, "otos": outer | 0x50})
                if out is not None:
                    self.cmd_took("lan", f"tos={out | 0x28}")
                if (inner, outer) in MARKED:
                    told.append((inner, outer, sa.seq))
        self.cmd_counted(f"in-ecn-unused={len(MARKED)}")
        self.cmd_drops("ecn=1")
        got = [(WORDS.index(n["ecn_inner"]), WORDS.index(n["ecn_outer"]), n["seq"])
               for n in self.all_notices()]
        need(got == told, f"{got} instead of {told}")

    def cmd_flood(self, name, *words):
        """The last notice of all says how many there were before it."""
        sa, o = self.sas[name], options(words)
        # what takes time is done before
        packets = [self.protect(sa, dict(o), sa.seq + 1) for _ in range(o["n"])]
        start = time.monotonic()
        for packet in packets:
            self.wan.send(packet)
        told = self.all_notices()
        took, count, sent = time.monotonic() - start, len(told), len(packets)
        need(count <= RATE * (took + 1), f"{count} notices in {took} s")
        need(count < sent / 2, f"{count} notices of {sent} packets")
        while sum(n["left_out"] + 1 for n in told) < sent:
            need(time.monotonic() - start < 2 * TIMEOUT, f"{told} of {sent}")
            self.send(sa, dict(o))
            sent += 1
            told += self.all_notices()
        need(sum(n["left_out"] + 1 for n in told) == sent, f"{told} of {sent}")
        self.cmd_flush("lan")
        return f"{count} notices of {o['n']} packets in {took:.1f} s"

    def cmd_reports(self, name, *words):
        """Many of them, and behind them ECN that no sender makes, which is told of
        as if they were not there; then each of them is accounted for.
        """
        sa, o = self.sas[name], options(words)
        start, sent = time.monotonic(), 0
        for sent in range(1, o["n"] + 1):
            self.cmd_report(*words)
        self.send(sa, {"v": o["v"], "otos": 2})
        got = self.all_notices()
        ecn = [n["left_out"] for n in got if n["kind"] == "ecn"]
        need(ecn == [0], f"ECN: {ecn}")
        told = [n["left_out"] + 1 for n in got if n["kind"] == "icmp"]
        need(len(told) <= RATE * (time.monotonic() - start + 1), f"{len(told)} notices")
        while sum(told) < sent:
            need(time.monotonic() - start < TIMEOUT, f"{sum(told)} of {sent}")
            self.cmd_report(*words)
            sent += 1
            told += [n["left_out"] + 1 for n in self.all_notices()]
        need(sum(told) == sent and len(told) < sent, f"{told} of {sent}")
        self.cmd_flush()

    def cmd_report(self, *words):
        """About self.seen, to who has sent it; seq=N: as if it had that number."""
        o = options(words)
        about, proto = bytearray(self.seen), w.ICMP if self.seen[0] >> 4 == 4 else w.ICMPV6
        dst = w.ip_fields(self.seen)["src"]
        if "seq" in o:
            at = len(w.ip_split(self.seen)[0]) + 4
            about[at:at + 4] = struct.pack(">I", o["seq"])
        message = struct.pack(">BBHI", o["type"], o.get("code", 0), 0, o.get("mtu", 0)) + \
            bytes(about[:512])
        pseudo = b"" if proto == w.ICMP else w.packed(o["src"]) + w.packed(dst) + \
            struct.pack(">II", len(message), proto)
        value = struct.pack(">H", w.checksum(pseudo + message))
        make = w.ipv4 if proto == w.ICMP else w.ipv6
        self.hops = 1
        self.last = make(o["src"], dst, proto, message[:2] + value + message[4:])
        self.wan.send(self.last)
