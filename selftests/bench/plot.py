#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""plot.py FOLDER DOCUMENTATION: draws what the parts of the benchmark have left in
FOLDER as bars, an SVG a part, named performance-PART.svg."""

import pathlib
import sys
from html import escape

from report import beyond, group, read_rows

# what the bars of each part are
CHARTS = {
    "sizes": "AES-GCM-128: instructions beyond plain forwarding, out and in",
    "algs": "Inner packets of 512 octets: instructions beyond plain forwarding",
    "tax": "Cleartext that no policy names: instructions a gateway",
    "tcp": "Bulk TCP: instructions per 1448 octets, the whole path",
    "install": "Instructions to install one more object at so many",
    "scale": "So many SAs and policies: instructions beyond plain forwarding, 50 octets",
}
BARS = (("xfrm", "xfrm", "#b0b7bf"), ("offload", "xfrm, esp4_offload", "#7d8792"),
        ("nf", "nf_ipsec", "#1f6fb4"))
LEFT, WIDTH, RIGHT, BAR, GAP, TOP = 230, 460, 90, 13, 9, 58


def text(x, y, what, more=""):
    """One line of text"""
    return f'<text x="{x:.0f}" y="{y:.0f}"{more}>{escape(what)}</text>'


def rows_of(part, rows):
    """(label, {variant: value}) of what is drawn"""
    for (_, case, family, size), variants in group(rows).items():
        if (part == "algs" and size != "512") or case.startswith("octets-"):
            continue
        values = {name: beyond(variants, name) for name, *_ in BARS}
        values = {name: value for name, value in values.items() if value is not None}
        if values:
            family = "" if part in ("install", "scale") else f" IPv{family}"
            yield f"{case}{family} {'' if part == 'algs' else size}".strip(), values


def bars(label, values, y, scale):
    """One group"""
    parts = [text(LEFT - 8, y + BAR * len(values) / 2 + 4, label, ' text-anchor="end"')]
    for name, _, colour in BARS:
        if name not in values:
            continue
        width = max(values[name], 0) * scale
        parts.append(f'<rect x="{LEFT}" y="{y}" width="{width:.1f}" '
                     f'height="{BAR - 2}" fill="{colour}"/>')
        parts.append(text(LEFT + width + 5, y + BAR - 3, f"{values[name]:,.0f}"))
        y += BAR
    return parts


def draw(part, rows):
    """The chart of a part, or None if there is nothing in it"""
    groups = list(rows_of(part, rows))
    if not groups:
        return None
    scale = WIDTH / max(max(values.values()) for _, values in groups)
    parts = [text(10, 20, CHARTS[part], ' font-weight="bold"')]
    x = LEFT
    for name, title, colour in BARS:
        if any(name in values for _, values in groups):
            parts.append(f'<rect x="{x}" y="32" width="11" height="11" fill="{colour}"/>')
            parts.append(text(x + 16, 42, title))
            x += 40 + 7 * len(title)
    y = TOP
    for label, values in groups:
        parts.extend(bars(label, values, y, scale))
        y += BAR * len(values) + GAP
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + RIGHT}" '
        f'height="{y + 6}" font-family="sans-serif" font-size="12">',
        "<!-- SPDX-License-Identifier: GPL-2.0-only; drawn by make bench PLOT=1 -->",
        '<rect width="100%" height="100%" fill="#ffffff"/>', *parts, "</svg>", ""])


def main():
    """See above"""
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    for part in CHARTS:
        svg = draw(part, read_rows(pathlib.Path(sys.argv[1]) / part))
        if svg:
            path = pathlib.Path(sys.argv[2]) / f"performance-{part}.svg"
            path.write_text(svg, encoding="utf-8")
            print(f"drawn: {path}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
