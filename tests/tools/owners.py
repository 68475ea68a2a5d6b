"""A second opinion on owners, by Shapely (GEOS): owners.py SHAPES POINTS

SHAPES  lines of `owner<TAB>WKT`        POINTS  lines of `x,y,owner`, owner 0 for nobody
Coordinates are whole lattice units, which a double holds exactly, and no point lies on a border. Prints
the number of points and of those with another owner, and the first few of them.
"""

import sys

import numpy as np
import shapely


def main(shapes_file, points_file):
    owners, shapes = [], []
    with open(shapes_file) as lines:
        for line in lines:
            owner, wkt = line.rstrip("\n").split("\t")
            owners.append(int(owner))
            shapes.append(shapely.from_wkt(wkt))
    rows = np.loadtxt(points_file, delimiter=",", dtype=np.int64, ndmin=2)
    points = shapely.points(rows[:, :2].astype(float))
    shapely.prepare(shapes)
    at, holder = shapely.STRtree(shapes).query(points, predicate="within")
    expected = np.zeros(len(rows), dtype=np.int64)
    expected[at] = np.array(owners)[holder]
    if len(np.unique(at)) != len(at):
        sys.exit("some point lies within two shapes")
    wrong = np.flatnonzero(expected != rows[:, 2])
    print(f"{len(rows)} points, {len(wrong)} wrong (shapely {shapely.__version__})")
    for i in wrong[:5]:
        print(f"{rows[i, 0]} {rows[i, 1]}: {rows[i, 2]}, by shapely {expected[i]}")
    sys.exit(len(wrong) > 0)


main(*sys.argv[1:])
