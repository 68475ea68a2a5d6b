#!/usr/bin/env python3
"""Second opinion on tiles: decodes them with two programs that are not ours.

    tests/tools/tiles.py FOLDER          # FOLDER/{z}/{x}/{y}.mvt, as `cargo bench --bench tiles -- --write FOLDER`

With mapbox-vector-tile: every edge of a polygon has its twin in a neighbour or on the rim, rings are
simple and turned the right way, ids and fields are there. With GDAL's MVT driver (ogrinfo): the same
layers with the same numbers of features. Exit code 1 when anything differs.

A unit that rounding leaves no area is drawn as the smallest triangle, which has no twin: the two sides of
its ground lie on each other, so its neighbours are each other's twins there. These are counted and told.
"""

import collections
import pathlib
import subprocess
import sys

import mapbox_vector_tile

LEVELS = ["county", "township", "village", "grid", "water", "station", "police"]
LAYER = {"water": "water", "station": "police", "police": "police"}
TOP = {"city", "bureau"}  # the level of a layer's rim
SIDES_FROM = 12
LOW, HIGH = -64, 4096 + 64


def rings(geometry):
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    for polygon in polygons:
        for number, ring in enumerate(polygon):
            yield number == 0, [tuple(p) for p in ring]


def lines(geometry):
    parts = geometry["coordinates"]
    return [parts] if geometry["type"] == "LineString" else parts


def twice_area(ring):
    return sum(a[0] * b[1] - a[1] * b[0] for a, b in zip(ring, ring[1:]))


def on_side(p, q):
    return any(p[i] == q[i] == side for i in (0, 1) for side in (LOW, HIGH))


def rim(tile, layer):
    """Edges of border lines of a layer with nothing on one side."""
    edges = set()
    for feature in tile.get("border", {}).get("features", []):
        fields = feature["properties"]
        if fields["layer"] == layer and fields["level"] in TOP:
            for line in lines(feature["geometry"]):
                edges.update(frozenset((tuple(p), tuple(q))) for p, q in zip(line, line[1:]))
    return edges


def smallest(geometry):
    """Whether a unit's ground is the smallest triangle, which stands for no area."""
    (_, ring), *more = rings(geometry)
    x, y = min(ring)
    return not more and len(ring) == 4 and set(ring) == {(x, y), (x + 1, y), (x, y + 1)}


def check_level(tile, level):
    edges, faults, vanished = collections.Counter(), [], 0
    for feature in tile[level]["features"]:
        fields = feature["properties"]
        if "id" not in feature or not {"code", "name"} <= fields.keys():
            faults.append(f"{level}: a feature without id or fields: {fields}")
        for outer, ring in rings(feature["geometry"]):
            if len(set(ring)) != len(ring) - 1 or (twice_area(ring) > 0) != outer:
                faults.append(f"{level} {feature.get('id')}: a ring that is not simple, or turned wrongly")
            edges.update((p, q) for p, q in zip(ring, ring[1:]) if not on_side(p, q))
    for feature in filter(lambda f: smallest(f["geometry"]), tile[level]["features"]):
        [(_, ring)] = rings(feature["geometry"])
        own = list(zip(ring, ring[1:]))
        # With a twin anywhere it is ground of that shape.
        if all(edges[(p, q)] == 1 and edges[(q, p)] == 0 for p, q in own):
            vanished += 1
            for edge in own:
                del edges[edge]
    outside = rim(tile, LAYER.get(level, "land"))
    for (p, q), count in edges.items():
        if count != 1 or (edges[(q, p)] != 1 and frozenset((p, q)) not in outside):
            faults.append(f"{level}: the edge {p} {q} is there {count} times, {edges[(q, p)]} times across")
    return faults, len(edges), vanished


def check_sides(tile, zoom):
    """A border names its sides from a zoom on; two, or one on the rim."""
    faults = []
    for feature in tile.get("border", {}).get("features", []):
        fields = feature["properties"]
        named = ("left" in fields) + ("right" in fields)
        wanted = 0 if zoom < SIDES_FROM else 2 - (fields["level"] in TOP)
        if named != wanted:
            faults.append(f"a border of level {fields['level']} names {named} sides, not {wanted}")
    return faults


def ogr_counts(path):
    command = ["ogrinfo", "-ro", "-al", "-so", "-oo", "CLIP=NO", str(path)]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    name, counts = None, {}
    for line in text.splitlines():
        if line.startswith("Layer name: "):
            name = line.removeprefix("Layer name: ")
        elif line.startswith("Feature Count: "):
            counts[name] = int(line.removeprefix("Feature Count: "))
    return counts


def main(folder):
    faults, edges, tiles, features, vanished = [], 0, 0, 0, 0
    for path in sorted(pathlib.Path(folder).glob("*/*/*.mvt")):
        data = path.read_bytes()
        tile = mapbox_vector_tile.decode(data, default_options={"y_coord_down": True})
        tiles += 1
        features += sum(len(layer["features"]) for layer in tile.values())
        faults += [f"{path}: {fault}" for fault in check_sides(tile, int(path.parts[-3]))]
        for level in LEVELS:
            if level in tile:
                found, count, gone = check_level(tile, level)
                faults += [f"{path}: {fault}" for fault in found]
                edges += count
                vanished += gone
        if tiles % 25 == 1:
            ours = {name: len(layer["features"]) for name, layer in tile.items()}
            theirs = ogr_counts(path)
            if ours != theirs:
                faults.append(f"{path}: GDAL counts {theirs}, mapbox-vector-tile {ours}")
    print(
        f"{tiles} tiles, {features} features, {edges} edges, {vanished} units without area, {len(faults)} faults"
    )
    for fault in faults[:20]:
        print(fault)
    return 1 if faults or not tiles else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
