# SPDX-License-Identifier: GPL-2.0-only
"""Packets that wait for an SA, who is asked for one, and what senders are told.

More commands of ipsec_peer.py:

	listen, deaf		somebody listens to acquires; nobody does any more
	asked N			that many acquires, at the least, have been heard
	keep			the last packet is looked at later
	burst k=v...		the host sends n packets, pause milliseconds between
				them, of which those up to keep are looked at later
	wires SA k=v...		those kept leave, protected, in order
	told SA k=v...		an ICMP message leaves, protected, as for icmp
	few SINK N		some ICMP messages come out there, at most N
"""

import time

import ipsec_wire as w
from ipsec_craft import options
from ipsec_wire import need
from nl_genl import Nl


class Waiting:
    """The commands, for a peer that has cmd_lan() and cmd_wire()."""

    def __init__(self):
        super().__init__()
        self.ear = None
        self.kept = []

    def cmd_listen(self):
        self.ear = Nl()
        self.ear.join()

    def cmd_deaf(self):
        self.ear.close()

    def cmd_asked(self, n):
        heard = [cmd for cmd, _ in self.ear.events() if cmd == "ACQUIRE_NTF"]
        need(len(heard) >= int(n), f"{len(heard)} acquires")

    def cmd_keep(self):
        self.kept.append((self.last, self.hops))

    def cmd_burst(self, *words):
        o = options(words)
        for i in range(o["n"]):
            self.cmd_lan(*words)
            if i < int(o.get("keep", o["n"])):
                self.cmd_keep()
            time.sleep(int(o.get("pause", 0)) / 1000)

    def cmd_wires(self, name, *words):
        kept, self.kept = self.kept, []
        now = self.last, self.hops
        need(kept, "none has been kept")
        for self.last, self.hops in kept:
            self.cmd_wire(name, *words)
        self.last, self.hops = now

    def cmd_told(self, name, *words):
        sa = self.sas[name]
        seq, _, payload, _ = self.unprotect(sa, self.wait("wan"), False)
        sa.seq = seq
        need(w.ip_split(payload)[1] in (w.ICMP, w.ICMPV6), f"inside {payload.hex()}")
        self.check_icmp(payload, options(words))

    def cmd_few(self, sink, most):
        heard, end = 0, time.monotonic() + 0.5
        while time.monotonic() < end:
            packet = self.sinks[sink].receive()
            if packet is None:
                time.sleep(0.02)
                continue
            heard += w.ip_split(packet)[1] in (w.ICMP, w.ICMPV6)
        need(1 <= heard <= int(most), f"{heard} ICMP messages")
