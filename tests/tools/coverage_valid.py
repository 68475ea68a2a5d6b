#!/usr/bin/env python3
"""A second opinion on coverages: GEOS, through Shapely 2.2 or newer.

usage: coverage_valid.py FILE.geojson … [--outline FILE.geojson]

Says of each file how many polygons it has, whether each is valid by OGC and whether all together are a
coverage (no gap of a shared border, no overlap, every shared vertex shared); with --outline also whether
their union is that ground. Exit code 1 when something is not so. Needs: pip install 'shapely>=2.2'.
"""

import argparse
import json
import sys

import numpy
import shapely
from shapely.geometry import shape


def shapes(path):
    with open(path, encoding="utf-8") as file:
        data = json.load(file)
    found = [f["geometry"] for f in data["features"]] if "features" in data else [data.get("geometry", data)]
    return numpy.array([shape(g) for g in found if g is not None])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("files", nargs="+")
    parser.add_argument("--outline", help="the ground that each file must fill")
    args = parser.parse_args()
    outline = shapely.union_all(shapes(args.outline)) if args.outline else None
    sound = True
    for path in args.files:
        polygons = shapes(path)
        valid = int(shapely.is_valid(polygons).sum())
        coverage = bool(shapely.coverage_is_valid(polygons))
        line = f"{path}: {len(polygons)} polygons, {valid} valid, coverage {'valid' if coverage else 'INVALID'}"
        ok = coverage and valid == len(polygons)
        if outline is not None:
            fills = bool(shapely.coverage_union_all(polygons).equals(outline))
            line += f", outline {'filled' if fills else 'NOT filled'}"
            ok = ok and fills
        print(line)
        sound = sound and ok
    print(f"shapely {shapely.__version__}, GEOS {shapely.geos_version_string}")
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
