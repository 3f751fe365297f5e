# SPDX-License-Identifier: GPL-2.0-only
"""What can be told of many IVs of one SA.

RFC 3602 section 3: an IV of CBC is random and cannot be foreseen, so it is no
counter, and nothing that has been seen on the wire before. Of numbers that are
random each sum below is within eight of its standard deviations: who sees one that
is not has seen a defect.
"""

import math

import ipsec_udp
import ipsec_wire as w
from ipsec_craft import FAR, NEAR, options
from ipsec_wire import need

DEVIATIONS = 8
# sent at a time, so that no queue overflows
BURST = 32


def ones(value):
    return value.bit_count()


def near(value, mean, deviation, what):
    need(abs(value - mean) <= DEVIATIONS * deviation,
         f"{what} is {value:.2f}, not about {mean:.2f}")


def distances(pairs, bits, what):
    """The Hamming distances of pairs of random numbers."""
    all_of = [ones(a ^ b) for a, b in pairs]
    near(sum(all_of) / len(all_of), bits / 2, math.sqrt(bits / 4 / len(all_of)),
         f"mean distance {what}")
    for n in (min(all_of), max(all_of)):
        # of thousands one may be further off than a single one
        need(abs(n - bits / 2) <= DEVIATIONS * math.sqrt(bits / 4),
             f"a distance {what} of {n} bits of {bits}")


def judge(ivs, blocks, size):
    bits = 8 * size
    need(len(set(ivs)) == len(ivs), "an IV comes again")
    steps = {(b - a) % 2**bits for a, b in zip(ivs, ivs[1:])}
    need(len(steps) > len(ivs) * 0.99, f"only {len(steps)} differences: a counter")
    distances(list(zip(ivs, ivs[1:])), bits, "from one IV to the next")
    for bit in range(bits):
        near(sum(iv >> bit & 1 for iv in ivs), len(ivs) / 2, math.sqrt(len(ivs) / 4),
             f"count of ones in bit {bit}")
    need(not set(ivs) & set(blocks), "an IV is a last block")
    distances(list(zip(blocks, ivs[1:])), bits, "from a last block to the next IV")


class Ivs:
    """A mixin of ipsec_peer.Peer."""

    def run_up(self, sa, o):
        """send run=N: so many packets before, with numbers that go up to its own."""
        for _ in range(o.get("run", 0)):
            self.wan.send(self.protect(sa, o, o["seq"]))
            o["seq"] += 1

    def cmd_ivs(self, name, *words):
        """Sends packets of one plaintext, and judges the IVs they leave with."""
        sa, o = self.sas[name], options(words)
        size, ivs, blocks = sa.enc.iv, [], []
        packet = self.build({"payload": "00" * 32}, (NEAR, FAR))
        for _ in range(o["n"] // BURST):
            for _ in range(BURST):
                self.lan.send(packet)
            for _ in range(BURST):
                proto, body = ipsec_udp.payload(sa, self.wait("wan"))
                need(proto == w.ESP, f"protocol {proto} on the wire")
                sa.seq += 1
                need(int.from_bytes(body[4:8]) == sa.seq, "a number is missing")
                ivs.append(int.from_bytes(body[8:8 + size]))
                end = len(body) - sa.icv_len
                blocks.append(int.from_bytes(body[end - size:end]))
        # the last one as it must be
        w.esp_open(sa, body)
        judge(ivs, blocks, size)
