#!/usr/bin/env python3
"""How long others take to lay the demo's police grids over its grids, beside `cargo bench --bench overlay`. By hand.

usage: overlap_peers.py LAND.geojson POLICE.geojson [postgres://…]

The files are those of `wangge export land LAND.geojson`. GeoPandas `overlay` and, with an address, PostGIS
`ST_Intersection` over a GiST join: the pieces and their planar areas, processor seconds of one thread, median of three.
Reading the files and filling the tables is not counted. Needs: pip install geopandas, and psycopg2-binary for PostGIS.
"""

import statistics
import sys
import time
import warnings

import geopandas

warnings.filterwarnings("ignore", message="Geometry is in a geographic CRS")

ROUNDS = 3


def read(path):
    frame = geopandas.read_file(path)
    return frame[frame.geometry.notna()][["code", "geometry"]]


def by_geopandas(land, police):
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        pieces = geopandas.overlay(land, police, how="intersection", keep_geom_type=True)
        area = pieces.geometry.area.sum()
        times.append(time.process_time() - start)
    print(f"GeoPandas {geopandas.__version__}: {statistics.median(times):.2f} s, {len(pieces)} pieces, {area:.9f} square degrees")


def by_postgis(land, police, address):
    import psycopg2

    connection = psycopg2.connect(address)
    connection.autocommit = True
    cursor = connection.cursor()
    cursor.execute("create extension if not exists postgis")
    for name, frame in (("peer_land", land), ("peer_police", police)):
        cursor.execute(f"drop table if exists {name}; create table {name} (code text, shape geometry)")
        rows = [(code, shape.wkb) for code, shape in zip(frame["code"], frame.geometry)]
        cursor.executemany(f"insert into {name} values (%s, st_geomfromwkb(%s))", rows)
        cursor.execute(f"create index on {name} using gist (shape); analyze {name}")
    cursor.execute("set max_parallel_workers_per_gather = 0; set jit = off")
    query = """select count(*), sum(st_area(piece)) from (
        select st_collectionextract(st_intersection(a.shape, b.shape), 3) as piece
        from peer_land a join peer_police b on st_intersects(a.shape, b.shape)) pieces where not st_isempty(piece)"""
    times = []
    for _ in range(ROUNDS):
        cursor.execute(f"explain (analyze, timing off, summary on) {query}")
        lines = [line for (line,) in cursor.fetchall()]
        times.append(float(next(line for line in lines if "Execution Time" in line).split()[2]) / 1000)
    cursor.execute(query)
    count, area = cursor.fetchone()
    cursor.execute("select postgis_lib_version()")
    version = cursor.fetchone()[0]
    print(f"PostGIS {version}: {statistics.median(times):.2f} s on the wall, {count} pieces, {area:.9f} square degrees")


land_file, police_file, *rest = sys.argv[1:]
land, police = read(land_file), read(police_file)
by_geopandas(land, police)
if rest:
    by_postgis(land, police, rest[0])
