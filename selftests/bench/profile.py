#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""profile.py FOLDER PACKETS TOP SIZE...: what counter.c has counted, by symbol.

FOLDER has "counts" and "kallsyms"; the counts are one run a size without
protection, then one a size with it.  Prints, a packet, what protection adds.
"""

import bisect
import os
import sys
from collections import defaultdict


def symbols(path):
    """Addresses and names of the kernel's text, in order"""
    table = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            addr, kind, name = line.split()[:3]
            if kind in "tTwW":
                module = line.split()[3:]
                table[int(addr, 16)] = name + (" " + module[0] if module else "")
    addrs = sorted(table)
    return addrs, [table[a] for a in addrs]


def runs(path, addrs, names):
    """For each run: symbol -> [instructions, locked, calls]"""
    found = []
    with open(path, encoding="ascii") as lines:
        for line in lines:
            if line.startswith("mark"):
                found.append(defaultdict(lambda: [0, 0, 0]))
                continue
            addr, times, insns, locked = line.split()
            addr, times = int(addr, 16), int(times)
            if addr >> 63:
                at = bisect.bisect_right(addrs, addr) - 1
                name, first = names[at], addrs[at]
            else:
                name, first = "(user)", 0
            sums = found[-1][name]
            sums[0] += times * int(insns)
            sums[1] += times * int(locked)
            sums[2] += times * (addr == first)
    return found


def show(plain, packed, packets, top):
    """One table"""
    rows = []
    for name in set(plain) | set(packed):
        more = [(b - a) / packets for a, b in
                zip(plain.get(name, (0, 0, 0)), packed.get(name, (0, 0, 0)))]
        rows.append((more, name))
    rows.sort(key=lambda row: -row[0][0])
    total = [sum(row[0][i] for row in rows) for i in range(3)]
    print(f"{'instructions':>12} {'locked':>7} {'calls':>6}  function")
    for more, name in rows[:top]:
        print(f"{more[0]:12.0f} {more[1]:7.2f} {more[2]:6.2f}  {name}")
    print(f"{total[0]:12.0f} {total[1]:7.2f}         in all")
    by_module = defaultdict(float)
    for more, name in rows:
        by_module[name.split(" ")[1] if " " in name else "kernel"] += more[0]
    for name, insns in sorted(by_module.items(), key=lambda kv: -kv[1]):
        if abs(insns) >= 1:
            print(f"{insns:12.0f}                 {name}")


def main():
    """See above"""
    folder, packets, top = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    sizes = sys.argv[4:]
    found = runs(os.path.join(folder, "counts"),
                 *symbols(os.path.join(folder, "kallsyms")))
    if len(found) != 2 * len(sizes):
        sys.exit(f"profile: {len(found)} runs for {len(sizes)} sizes")
    for i, size in enumerate(sizes):
        print(f"inner packets of {size} octets, a packet beyond plain:")
        show(found[i], found[len(sizes) + i], packets, top)


if __name__ == "__main__":
    main()
