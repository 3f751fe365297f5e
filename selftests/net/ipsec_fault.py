# SPDX-License-Identifier: GPL-2.0-only
"""Packets while a function of the kernel fails: ipsec_fault.ko, see there."""

import errno
import select
import struct
import time
from pathlib import Path

import ipsec_wire as w
from ipsec_wire import need

PARAMETERS = Path("/sys/module/ipsec_fault/parameters")
# more calls than a packet makes
CALLS_MAX = 200
# seconds for a packet that may have been lost without a word
LOST = 0.3


def parameter(name, value):
    (PARAMETERS / name).write_text(str(value), "ascii")


class Fault:
    """Commands that fail the n-th call under a packet, for each n there is."""

    def cmd_fault(self, site, value):
        parameter("n", 0)
        parameter("value", value)
        try:
            parameter("site", site)
        except OSError as error:
            raise w.WireError(f"{site}: {errno.errorcode[error.errno]}") from error

    def outcome(self):
        """What came out, {sink: [packets]}, as soon as it is clear that no more
        will come: something did, or a drop was counted, or time is up.
        """
        before, end, out = self.counters.total()["drops"], time.monotonic() + LOST, {}
        while not out and time.monotonic() < end:
            select.select([self.wan, self.lan], [], [], 0.02)
            for name, sink in self.sinks.items():
                packet = sink.receive()
                while packet is not None:
                    out.setdefault(name, []).append(packet)
                    packet = sink.receive()
            if self.counters.total()["drops"] != before:
                break
        return out

    def judge(self, kind, out):
        """Is it what may come of that packet when something fails?"""
        said = struct.pack(">Q", self.tag)
        for packet in out.get("wan", []):
            proto = w.ip_split(packet)[1]
            need(proto in (w.ESP, w.AH), f"in clear: {packet.hex()}")
            need(proto == w.AH or said not in packet, f"legible: {packet.hex()}")
        inside = [p for name in ("lan", "udp", "raw", "ping") for p in out.get(name, [])]
        if kind == "send":
            right = (self.expected(), w.ip_split(self.last)[2][8:])
            inside = [p for p in inside if p not in right]
        if kind != "clear" and kind != "send":
            # only what tells the sender a size
            inside = [p for p in inside if w.ip_split(p)[1] not in (w.ICMP, w.ICMPV6)]
        need(not inside, f"let in: {[p.hex() for p in inside]}")

    def cmd_sweep(self, *words):
        """sweep lan|local|clear|send WORD...: each call of the site fails once.
        Answers how many failed.
        """
        kind = words[0]
        for n in range(1, CALLS_MAX):
            self.cmd_flush()
            parameter("n", n)
            try:
                getattr(self, "cmd_" + kind)(*words[1:])
            except w.WireError as error:
                # what a socket is told of it
                need(str(error).startswith("send: "), str(error))
            out = self.outcome()
            calls = int((PARAMETERS / "calls").read_text("ascii"))
            parameter("n", 0)
            try:
                self.judge(kind, out)
            except w.WireError as error:
                raise w.WireError(f"call {n}: {error}") from error
            if calls < n:
                return str(n - 1)
        raise w.WireError("there is no end of calls")
