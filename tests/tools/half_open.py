"""Writes tests/cases/half_open.csv from half_open.wkt, by fractions and nothing of the program.

The rule: a point belongs to the polygon that holds p + (e, e*e) for every small enough e > 0. On paper
this small e = 1/1000 is small enough: a coordinate is at most 13, so a side of a line that is not 0 is at
least 1 and moves by less than 0.03, and a slope that is not 0 outweighs e by more than 80 times.
"""

import re
import sys
from fractions import Fraction
from pathlib import Path

CASES = Path(__file__).resolve().parent.parent / "cases"
E = Fraction(1, 1000)


def rings(wkt):
    return [
        [tuple(map(int, pair.split())) for pair in ring.split(",")]
        for ring in re.findall(r"\(([^()]+)\)", wkt)
    ]


def holds(ring, x, y):
    """Even-odd, by the ray to the west."""
    odd = False
    for (ax, ay), (bx, by) in zip(ring, ring[1:]):
        if (ay < y) != (by < y):
            odd ^= ax + (y - ay) * Fraction(bx - ax, by - ay) < x
    return odd


def main():
    units = {}
    for line in (CASES / "half_open.wkt").read_text().splitlines():
        if line.startswith("in "):
            _, unit, wkt = line.split(" ", 2)
            units[unit] = rings(wkt)
    rows = ["x,y,owner"]
    for y in range(-1, 14):
        for x in range(-1, 14):
            inside = lambda ring: holds(ring, x + E, y + E * E)
            owners = [unit for unit, parts in units.items() if sum(map(inside, parts)) % 2]
            if len(owners) > 1:
                sys.exit(f"({x} {y}) has the owners {owners}")
            rows.append(f"{x},{y},{''.join(owners)}")
    (CASES / "half_open.csv").write_text("\n".join(rows) + "\n")


main()
