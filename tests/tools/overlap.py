"""A second opinion on what two layers have in common, by Shapely (GEOS): overlap.py FIRST SECOND CELLS

FIRST, SECOND  lines of `unit<TAB>WKT` in whole lattice units (1e-7 degree)
CELLS          lines of `unit of FIRST,unit of SECOND,square metres`, without what lies outside of either

Every pair of polygons is intersected, and what comes of it measured as the program does: the integral of the authalic
q (Snyder 3-12) along edges that are straight in longitude and latitude. A pair agrees within 0.01 m² or 1e-6 of its
area. Prints how many pairs there are and those that disagree. Coordinates are shifted to the first point of all, as
GEOS counts in doubles.
"""

import sys

import numpy as np
import shapely

A, F = 6378137.0, 1 / 298.257222101
E2 = F * (2 - F)
E = E2**0.5
NODES, WEIGHTS = np.polynomial.legendre.leggauss(5)


def q(phi):
    s = np.sin(phi)
    return (1 - E2) * (s / (1 - E2 * s * s) + np.arctanh(E * s) / E)


def square_metres(shapes, origin):
    """Areas of polygons; lines and points have none."""
    areas = np.zeros(len(shapes))
    parts, owner = shapely.get_parts(shapes, return_index=True)
    is_polygon = shapely.get_type_id(parts) == 3
    parts, owner = shapely.orient_polygons(parts[is_polygon]), owner[is_polygon]
    rings, of_part = shapely.get_rings(parts, return_index=True)
    points, of_ring = shapely.get_coordinates(rings, return_index=True)
    points = np.radians((points + origin) / 1e7)
    inside = of_ring[:-1] == of_ring[1:]
    start, end = points[:-1][inside], points[1:][inside]
    middle, half = (start[:, 1] + end[:, 1]) / 2, (end[:, 1] - start[:, 1]) / 2
    # The difference to a latitude nearby keeps the digits.
    base = q(middle[:1])[0] if len(middle) else 0.0
    mean = sum(w * (q(middle + half * t) - base) for t, w in zip(NODES, WEIGHTS)) / 2
    integral = -mean * (end[:, 0] - start[:, 0])
    np.add.at(areas, owner[of_part[of_ring[:-1][inside]]], A * A / 2 * integral)
    return areas


def read(path):
    rows = [line.rstrip("\n").split("\t") for line in open(path)]
    return np.array([int(unit) for unit, _ in rows]), shapely.from_wkt([wkt for _, wkt in rows])


def main(first_file, second_file, cells_file):
    (a_ids, a), (b_ids, b) = read(first_file), read(second_file)
    origin = np.round(shapely.get_coordinates(a)[0])
    a, b = (shapely.transform(shapes, lambda xy: xy - origin) for shapes in (a, b))
    pairs = shapely.STRtree(b).query(a, predicate="intersects")
    theirs = {}
    both = square_metres(shapely.intersection(a[pairs[0]], b[pairs[1]]), origin)
    for i, j, area in zip(a_ids[pairs[0]], b_ids[pairs[1]], both):
        theirs[(i, j)] = theirs.get((i, j), 0.0) + area
    ours = {}
    for line in open(cells_file):
        i, j, area = line.split(",")
        ours[(int(i), int(j))] = float(area)
    wrong = []
    for key in sorted(set(ours) | set(theirs)):
        got, want = ours.get(key, 0.0), theirs.get(key, 0.0)
        if abs(got - want) > max(1e-6 * want, 0.01):
            wrong.append((key, got, want))
    print(f"{len(ours)} pairs, {len(wrong)} disagree (shapely {shapely.__version__})")
    for key, got, want in wrong[:10]:
        print(f"{key[0]} {key[1]}: {got}, by shapely {want}")
    sys.exit(len(wrong) > 0)


main(*sys.argv[1:])
