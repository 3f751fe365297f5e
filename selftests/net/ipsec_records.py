# SPDX-License-Identifier: GPL-2.0-only
"""What "nfipsec drops" remembers of a packet, held against that packet."""

import datetime
import time

import ipsec_wire as w
from ipsec_counters import Counters
from ipsec_craft import options
from ipsec_wire import need

PLAIN = ("object", "first", "last", "reason", "count")


def when(text):
    """Seconds since 1970 of "2026-11-21T03:12:44.123Z"."""
    return datetime.datetime.strptime(text + "+0000", "%Y-%m-%dT%H:%M:%S.%fZ%z").timestamp()


class Records:
    """Commands that look at records; the packet is self.last, the SA in self.sas."""

    since = 0.0

    def cmd_now(self):
        """What is dropped from here on is what record asks for."""
        self.since = time.time() - 0.002

    @staticmethod
    def records():
        return Counters.ask("drops")

    @staticmethod
    def word(value):
        """A range of ports as "4660-4660"."""
        return "-".join(map(str, value)) if isinstance(value, list) else str(value)

    def wanted(self, o):
        """The fields that the record must have, and no others."""
        want = {"dir": o.get("dir", "in"), "dev": o.get("dev", "wan0")}
        if "sa" in o:
            sa = self.sas[o["sa"]]
            want.update(outer_src=o.get("osrc", sa.src), outer_dst=sa.dst,
                        protocol="ah" if sa.proto == w.AH else "esp")
            if "nospi" not in o:
                want["spi"] = f"0x{sa.spi:08x}"
        if "inner" in o:
            f = w.ip_fields(self.last)
            _, proto, data = w.ip_split(self.last)
            want.update(src=f["src"], dst=f["dst"], proto=proto)
            if o["inner"] != "portless":
                want.update(sport=int.from_bytes(data[:2]), dport=int.from_bytes(data[2:4]))
        for name in ("seq", "flow", "policy"):
            if name in o:
                want[name] = int(o[name])
        if "tunnel" in o:
            want["tunnel"] = o["tunnel"]
        if want["dev"] == "none":
            del want["dev"]
        return want

    def newest(self, reason, count):
        """The last record of all, once it is of that reason and counts so many."""
        end = time.monotonic() + 5
        while True:
            last = (self.records() or [{}])[-1]
            if last.get("reason") == reason and last["count"] >= count:
                return last
            need(time.monotonic() < end, f"the last record is {last}")
            time.sleep(0.02)

    def cmd_record(self, reason, *words):
        """The newest record is of this packet: each field is right, none is
        missing, none is there that should not be. sa=SA: as what it was sent;
        inner=1: what was in it; what else is given is so.
        """
        o = options(words)
        count = o.get("n", 1)
        last = self.newest(reason, count)
        got = {k: v for k, v in last.items() if k not in (*PLAIN, "allowed")}
        want = self.wanted(o)
        need(got == want, f"{reason}: {got} instead of {want}")
        need(last["count"] == count, f"{reason}: counted {last['count']}")
        now = time.time()
        need(self.since <= when(last["last"]) <= now, f"at {last['last']}, it is {now}")
        need(count > 1 or last["first"] == last["last"], f"first {last['first']}")
        need(when(last["first"]) <= when(last["last"]), f"first {last['first']}")
        allowed = last.get("allowed", {})
        for name in ("src", "dst", "proto", "dport"):
            if "sel-" + name in o:
                need(self.word(allowed.get(name)) == o["sel-" + name], f"allowed: {allowed}")
        need(("sel-src" in o) == bool(allowed), f"allowed: {allowed}")
        self.cmd_now()

    def cmd_counted(self, *words):
        """NAME=N...: the counters that are no drops, since they were marked."""
        end = time.monotonic() + 5
        for word in words:
            name, _, n = word.partition("=")
            got = -1
            while got < int(n) and time.monotonic() < end:
                got = self.counters.delta(Counters.total(), "counters").get(name, 0)
            need(got == int(n), f"{name}: {got}")

    def cmd_spis(self, name, *words):
        """A packet for each of many SPIs that nobody has."""
        for i in range(options(words)["n"]):
            self.wan.send(self.protect(self.sas[name], {"spi": 0x20000 + i}, i + 1))

    def cmd_in_order(self):
        """The newest is the last one; no kind is there twice."""
        records = self.records()
        times = [r["last"] for r in records]
        need(times == sorted(times), f"order {times}")
        kinds = [tuple(sorted((k, str(v)) for k, v in r.items()
                              if k not in ("first", "last", "count", "seq", "sport", "dport",
                                           "flow", "allowed")))
                 for r in records]
        need(len(set(kinds)) == len(kinds), "a kind is there twice")
