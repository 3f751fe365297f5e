#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""report.py table|compare|record FOLDER...: what the benchmark has measured.

A FOLDER is what one part has left: rows.tsv, and of runs that the plugin has
counted, counts, kallsyms and packets.  "table" prints everything beside the
kernel's own IPsec, "compare" holds nf_ipsec against figures.tsv and fails where it
is slower, "record" writes that file.
"""

import pathlib
import sys
from collections import defaultdict

# the one beside this file, not Python's
from profile import runs, symbols

FIGURES = pathlib.Path(__file__).with_name("figures.tsv")
# what may be slower than recorded: so much of it, and no less than so much
TOLERANCE = 0.02
LEAST = {"instructions": 25, "locked": 0.25, "allocations": 0.1}
UNITS = {"instructions": "{:,.0f}", "locked": "{:.2f}", "allocations": "{:.2f}"}
# each of them is one object; pages are counted where slabs and fragments are not
ALLOCATORS = {"kmem_cache_alloc", "kmem_cache_alloc_node", "kmem_cache_alloc_lru",
              "kmalloc_trace", "kmalloc_node_trace", "__kmalloc", "__kmalloc_node",
              "__kmalloc_node_track_caller", "kmem_cache_alloc_bulk",
              "kmalloc_large", "kmalloc_large_node", "page_frag_alloc_align"}
# parts whose figures are not those beyond plain forwarding
WHOLE = {"tcp": "instructions, the whole path",
         "install": "instructions, or octets of memory"}
PARTS = {
    "sizes": "AES-GCM-128",
    "quick": "AES-GCM-128",
    "algs": "other algorithms",
    "tax": "cleartext that no policy names, per gateway",
    "tcp": "bulk TCP, per 1448 octets of payload",
    "scale": "many SAs and policies, packets of 50 octets",
    "install": "what an object costs to install, up to so many",
}


class Row:
    """One measurement of a part"""

    def __init__(self, line):
        self.part, self.case, self.family, self.size, self.variant, value = \
            line.rstrip("\n").split("\t")
        self.void = value == "void"
        self.instructions = 0 if self.void else float(value)
        self.locked = self.allocations = None

    def key(self):
        """What it shares with the other variants of its row"""
        return self.part, self.case, self.family, self.size


def read_rows(folder):
    """The rows of one part, with what the plugin has counted of them"""
    folder = pathlib.Path(folder)
    try:
        text = (folder / "rows.tsv").read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    rows = [Row(line) for line in text.splitlines()]
    if (folder / "counts").exists():
        add_counts(folder, rows)
    return rows


def add_counts(folder, rows):
    """What the plugin has counted: a run for each row, in their order"""
    packets = int((folder / "packets").read_text(encoding="ascii"))
    found = runs(folder / "counts", *symbols(folder / "kallsyms"))
    if len(found) != len(rows):
        sys.exit(f"report: {len(found)} runs were counted for {len(rows)} rows")
    for row, sums in zip(rows, found):
        row.locked = sum(one[1] for one in sums.values()) / packets
        row.allocations = sum(one[2] for name, one in sums.items()
                              if name in ALLOCATORS) / packets


def group(rows):
    """(part, case, family, size) -> variant -> row, in the order of the rows"""
    found = defaultdict(dict)
    for row in rows:
        found[row.key()][row.variant] = row
    return found


def beyond(variants, variant, what="instructions"):
    """What a variant costs beyond plain forwarding, or None; of some parts all of it"""
    row, plain = variants.get(variant), variants.get("plain")
    if row and row.part in WHOLE:
        plain = None
    if not row or row.void or getattr(row, what) is None:
        return None
    if not plain:
        return getattr(row, what)
    if plain.void:
        return None
    return (getattr(row, what) - getattr(plain, what)) / \
        (2 if row.part == "tax" or row.case == "tax" else 1)


def show(value, width=9, form="{:,.0f}"):
    """A figure in a column"""
    return f"{'-' if value is None else form.format(value):>{width}}"


def ratio(value, base):
    """How many times less"""
    if not value or not base:
        return f"{'-':>8}"
    return f"{base / value:>7.2f}x"


def against_one(ones, case, variants):
    """Of many SAs: the whole path against that with one, of xfrm and of nf_ipsec;
    what the sender has more to do is taken off"""
    ids = (case.startswith("hub"), case.replace("hub ", "").split(" ")[0])
    now = {name: beyond(variants, name) for name in ("xfrm", "nf")}
    if ids not in ones:
        ones[ids] = now, variants["plain"].instructions
    one, plain = ones[ids]
    return "".join(f"{(now[name] + plain) / (one[name] + plain):>8.3f}x"
                   if now[name] and one[name] else f"{'-':>9}" for name in now)


def table_of(part, rows, what):
    """One part's table"""
    print(f"\n{PARTS.get(part, part)}: "
          f"{WHOLE.get(part, what + ' beyond plain forwarding, out and in')}")
    print(f"{'':36}{'plain':>9}{'xfrm':>9}{'+offload':>9}{'nf_ipsec':>9}"
          f"{'vs xfrm':>8}{'vs +offl':>9}{' xfrm and nf against 1' if part == 'scale' else ''}")
    ones = {}
    for (_, case, family, size), variants in group(rows).items():
        label = f"{case} IPv{family} {size}"
        if part in ("scale", "install"):
            label = f"{case} {int(size):,}"
        void = any(row.void for row in variants.values())
        plain = variants.get("plain")
        ours = beyond(variants, "nf", what)
        xfrm = beyond(variants, "xfrm", what)
        offload = beyond(variants, "offload", what)
        form = UNITS[what]
        print(f"{label:36}{show(plain and getattr(plain, what), 9, form)}"
              f"{show(xfrm, 9, form)}{show(offload, 9, form)}{show(ours, 9, form)}"
              f"{ratio(ours, xfrm)}{ratio(ours, offload):>9}"
              f"{against_one(ones, case, variants) if part == 'scale' else ''}"
              f"{'  void: not all arrived' if void else ''}")


def table(folders):
    """All that was measured"""
    bad = 0
    for folder in folders:
        rows = read_rows(folder)
        if not rows:
            print(f"\n{folder}: nothing was measured")
            bad = 1
            continue
        for what in UNITS:
            if getattr(rows[0], what) is not None:
                table_of(rows[0].part, rows, what)
        bad |= any(row.void for row in rows)
    return bad


def figures(rows):
    """What compare and record are about: name -> (unit, value)"""
    found = {}
    for (_, case, family, size), variants in group(rows).items():
        for what in UNITS:
            value = beyond(variants, "nf", what)
            if value is not None:
                found[f"{case} IPv{family} {size} {what}"] = (what, value)
    return found


def conditions(folder):
    """What else decides how many instructions there are, one a line"""
    return (pathlib.Path(folder) / "conditions").read_text(encoding="utf-8").splitlines()


def record(folders):
    """Write figures.tsv"""
    lines = ["# SPDX-License-Identifier: GPL-2.0-only",
             "# What nf_ipsec costs beyond plain forwarding, a packet, out and in; of",
             "# cleartext that no policy names, a gateway. make bench-quick RECORD=1",
             "# writes this file. Measured with:"]
    lines += [f"#: {line}" for line in conditions(folders[0])]
    for name, (what, value) in figures(read_rows(folders[0])).items():
        lines.append(f"{name}\t{UNITS[what].format(value).replace(',', '')}")
    FIGURES.write_text("\n".join(lines) + "\n", encoding="ascii")
    print("\n".join(lines))
    return 0


def recorded():
    """The conditions of figures.tsv, and its figures by name"""
    lines = FIGURES.read_text(encoding="ascii").splitlines()
    then = [line[3:] for line in lines if line.startswith("#: ")]
    values = dict(line.split("\t") for line in lines if not line.startswith("#"))
    return then, {name: float(value) for name, value in values.items()}


def judge(what, value, was):
    """Is it slower than it may be?"""
    return value > was + max(TOLERANCE * abs(was), LEAST[what])


def compare(folders):
    """Hold the figures against those of the tree, as KTAP"""
    rows = read_rows(folders[0])
    then, values = recorded()
    now = conditions(folders[0])
    found = figures(rows)
    same = now == then
    lost = not rows or any(row.void for row in rows)
    print(f"KTAP version 1\n1..{len(values) + 1 if same else 2}")
    print(f"{'not ok' if lost else 'ok'} 1 all that was sent has arrived")
    if not same:
        for name, (what, value) in found.items():
            print(f"# {name}: {UNITS[what].format(value)}")
        print(f"ok 2 the figures # SKIP they are of {'; '.join(then)}; here is {'; '.join(now)}")
        return 1 if lost else 0
    bad = lost
    for number, (name, was) in enumerate(values.items(), 2):
        if name not in found:
            print(f"not ok {number} {name}: not measured")
            bad = True
            continue
        what, value = found[name]
        form = UNITS[what]
        slow = judge(what, value, was)
        bad |= slow
        more = f" ({(value - was) / was:+.1%})" if was else ""
        print(f"{'not ok' if slow else 'ok'} {number} {name}: {form.format(value)}, "
              f"recorded {form.format(was)}{more}")
    return 1 if bad else 0


def main():
    """See above"""
    todo = {"table": table, "compare": compare, "record": record}
    if len(sys.argv) < 3 or sys.argv[1] not in todo:
        sys.exit(__doc__)
    return todo[sys.argv[1]](sys.argv[2:])


if __name__ == "__main__":
    sys.exit(main())
