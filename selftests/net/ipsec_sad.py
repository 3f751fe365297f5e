# SPDX-License-Identifier: GPL-2.0-only
"""How SAs are found, moved and nested. More commands of ipsec_peer.py:

	hop SA src=A dst=B	while packets go, the SA moves there and back: each
				has the ends of before or of after
	crowd FILE KEYFILE	lines of SAs with few SPIs, ends and ways to be
				matched, all with one key
	crowded			packets to them, each of which must have been taken
				by the SA that a linear search finds
	within OUTER SA k=v...	a packet of one SA in one of another arrives
	nested OUTER SA k=v...	such a packet leaves; for the inner one as wire
	fits OUTER		a packet of an SA leaves, and fits the link
"""

import random
import time
from pathlib import Path

import ipsec_wire as w
from ipsec_craft import options
from ipsec_wire import need

SPIS = range(0x1000, 0x1004)
LOCALS = {4: ("192.0.2.1", "192.0.2.3", "192.0.2.4"),
          6: ("2001:db8:1::1", "2001:db8:1::3", "2001:db8:1::4")}
REMOTES = {4: ("192.0.2.2", "192.0.2.5", "192.0.2.6"),
           6: ("2001:db8:1::2", "2001:db8:1::5", "2001:db8:1::6")}
ALG = "aes-gcm-128"
HOPS_TIME = 60


class Sad:
    """One method a command."""

    def cmd_hop(self, name, *words):
        o, sa = options(words), self.sas[name]
        here, there = (sa.src, sa.dst), (o["src"], o["dst"])
        hops, end = 0, time.monotonic() + HOPS_TIME
        while hops < o.get("n", 4):
            need(time.monotonic() < end, f"{hops} moves")
            self.cmd_lan()
            packet = self.wait("wan")
            f = w.ip_fields(packet)
            if (f["src"], f["dst"]) == there:
                here, there = there, here
                sa.src, sa.dst = here
                hops += 1
            self.wan.gathered.insert(0, packet)
            self.cmd_wire(name)

    def around(self, sa, packet):
        """A packet in one of another SA."""
        _, proto, payload = w.ip_split(packet)
        if sa.mode == "tunnel":
            payload, proto = packet, w.IPV6 if packet[0] >> 4 == 6 else w.IPIP
        sa.seq += 1
        if sa.proto == w.ESP:
            return self.outer(sa, {}, w.ESP, self.esp(sa, {}, sa.seq, payload, proto))
        blank = w.ah_blank(sa, sa.seq, proto)
        header = w.ip_split(self.outer(sa, {}, w.AH, blank + payload))[0]
        return self.outer(sa, {}, w.AH, w.ah_seal(sa, sa.seq, header, blank, payload))

    def cmd_within(self, outer, inner, *words):
        sa, o = self.sas[inner], options(words)
        packet = self.protect(sa, o, self.sequence(sa, o))
        self.hops = 1
        self.wan.send(self.around(self.sas[outer], packet))

    def peeled(self, name):
        """The next packet without its outer layer."""
        sa, packet = self.sas[name], self.wait("wan")
        need(len(packet) <= 1500, f"{len(packet)} octets")
        f = w.ip_fields(packet)
        need((f["src"], f["dst"]) == (sa.src, sa.dst), f"outer ends {f}")
        seq, _, payload, proto = self.unprotect(sa, packet, False)
        need(seq == sa.seq + 1, f"outer number {seq} after {sa.seq}")
        sa.seq = seq
        if sa.mode == "tunnel":
            need(proto == (w.IPV6 if payload[0] >> 4 == 6 else w.IPIP), f"next header {proto}")
            return payload
        return self.outer(sa, {}, proto, payload)

    def cmd_nested(self, outer, inner, *words):
        self.wan.gathered.insert(0, self.peeled(outer))
        self.cmd_wire(inner, *words)

    def cmd_fits(self, outer):
        self.peeled(outer)

    def cmd_crowd(self, file, key_file, *words):
        """The set is another one each time, and the seed is told."""
        o = options(words)
        seed = o.get("seed", random.randrange(1 << 16))
        rng = random.Random(seed)
        every = [(how, v, spi, local, remote) for v in (4, 6) for spi in SPIS
                 for local in LOCALS[v] for remote in REMOTES[v]
                 for how in ("src-dst", "dst", "spi")]
        rng.shuffle(every)
        self.crowd, self.crowd_seed, taken = [], seed, set()
        for sa in every:
            how, v, spi, local, remote = sa
            name = {"src-dst": (local, remote), "dst": local, "spi": v}[how], spi
            # some of those with few names must be missing, too
            if name not in taken and rng.random() < (0.5 if how == "spi" else 0.4):
                taken.add(name)
                self.crowd.append(sa)
        lines = [f"sa tunnel t dir in local {local} remote {remote} spi {spi} esp {ALG}"
                 f" match {how} replay-window 8192 key-file {key_file}"
                 for how, v, spi, local, remote in self.crowd]
        with open(file, "a", encoding="ascii") as out:
            out.write("\n".join(lines) + "\n")
        self.crowd_key = bytes.fromhex(Path(key_file).read_text("ascii"))
        return f"{len(lines)} SAs, seed {seed}"

    def find(self, v, spi, local, remote):
        """RFC 4301 section 4.1, one SA after the other, three times."""
        for want in ("src-dst", "dst", "spi"):
            for i, (how, version, number, to, come) in enumerate(self.crowd):
                if how == want and (version, number) == (v, spi) and \
                   (how == "spi" or to == local) and (how != "src-dst" or come == remote):
                    return i
        return None

    def cmd_crowded(self):
        want, unknown, seq = [0] * len(self.crowd), 0, 0
        for v in (4, 6):
            for spi in (*SPIS, SPIS[-1] + 1):
                for local in LOCALS[v]:
                    for remote in (*REMOTES[v], REMOTES[v][0][:-1] + "9"):
                        seq += 1
                        sa = w.Sa(proto=w.ESP, spi=spi, src=remote, dst=local,
                                  transform=ALG, key=self.crowd_key)
                        self.wan.send(self.protect(sa, {}, seq))
                        found = self.find(v, spi, local, remote)
                        if found is None:
                            unknown += 1
                            continue
                        want[found] += 1
                        self.hops = 1
                        self.cmd_took("lan")
        got = {(sa.get("match", "dst"), int(sa["spi"], 16), sa["local"], sa["remote"]):
               sa["packets"] for sa in self.counters.ask("-s", "sa", "list")}
        for i, (how, _, spi, local, remote) in enumerate(self.crowd):
            n = got[how, spi, local, remote]
            need(n == want[i], f"seed {self.crowd_seed}: match {how} {local} {remote} "
                               f"{spi:#x}: {n} packets, not {want[i]}")
        need(min(sum(n for n, sa in zip(want, self.crowd) if sa[0] == how)
                 for how in ("src-dst", "dst", "spi")) > 0, "a way that nothing goes")
        self.cmd_count("in-unknown-spi", f"n={unknown}")
        return f"{seq} packets, {unknown} unknown"
