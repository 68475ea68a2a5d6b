#!/usr/bin/env python3
"""Ten million rows located in one run, and how long others take for the same file. By hand.

usage: locate_bulk.py WANGGE CITY.gpkg [ROWS] [csv|parquet] [--peers]

WANGGE is the program, CITY a file of its demo. Makes a CSV of points over the city (and as Parquet, if asked), one in
a thousand of them unreadable, has it located, and checks that each row is accounted for: what the program says, and
the answers counted again in its output. The resident memory is read each 0.2 s and must be flat: the last half of the
run at most a tenth above the first. With --peers DuckDB spatial and GeoPandas join the same file with the same grids
(land, water, police; contains, no nearest border, nobody responsible) and write the same columns. Each runs in a
process of its own; seconds on the wall from the start of the process, output written.

Needs for the peers: pip install duckdb==1.5.5 duckdb-extension-spatial==1.5.5 geopandas pyarrow
(that DuckDB, as its extension can be had from PyPI for no later one; it is loaded from the package, not downloaded).
"""

import collections
import csv
import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path

LAYERS = ["land", "water", "police"]


def points(path, rows):
    """Half of the points lie in the districts, half anywhere around; every thousandth cannot be read."""
    dice = random.Random(6)
    bad = ["", "north", "nan", "1e999"]
    with open(path, "w") as out:
        out.write("id,lon,lat\n")
        for i in range(rows):
            if i % 1000 == 999:
                out.write(f"{i},{bad[i // 1000 % 4]},25.27\n")
            elif i % 2:
                out.write(f"{i},{dice.gauss(110.29, 0.05):.7f},{dice.gauss(25.27, 0.05):.7f}\n")
            else:
                out.write(f"{i},{dice.uniform(109.6, 111.5):.7f},{dice.uniform(24.25, 26.4):.7f}\n")


def watched(command, folder):
    """Runs a program; its seconds, its resident megabytes over time, and what it said."""
    start = time.monotonic()
    with open(folder / "said", "w+") as said:
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=said)
        memory = []
        while child.poll() is None:
            try:
                status = Path(f"/proc/{child.pid}/status").read_text()
                memory.append(int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024)
            except (FileNotFoundError, TypeError):
                pass
            time.sleep(0.2)
        seconds = time.monotonic() - start
        said.seek(0)
        text = said.read()
    assert child.returncode == 0, text
    return seconds, memory, text


def outcomes(path):
    if path.suffix == ".parquet":
        import pyarrow.parquet as pq

        counts = collections.Counter()
        for batch in pq.ParquetFile(path).iter_batches(columns=["outcome"]):
            for pair in batch["outcome"].value_counts().to_pylist():
                counts[pair["values"]] += pair["counts"]
        return counts
    with open(path, newline="") as answers:
        return collections.Counter(row["outcome"] for row in csv.DictReader(answers))


def ours(program, city, source, rows, folder):
    out = folder / f"answers{source.suffix}"
    command = [program, "locate", str(source), "--crs", "wgs84", "-o", str(out), "--database", city]
    seconds, memory, said = watched(command, folder)
    summary = said.strip().splitlines()[-1]
    print(f"wangge, {source.suffix[1:]}: {seconds:.1f} s, {rows / seconds:,.0f} rows/s; {summary}")
    half = len(memory) // 2
    first, last = max(memory[:half], default=0), max(memory[half:], default=0)
    print(f"  resident: at most {first:.0f} MB in the first half, {last:.0f} MB in the last, {len(memory)} samples")
    named = {name: int(count) for count, name in re.findall(r"(\d+) (inside|nearby|outside|unreadable)", summary)}
    counted = outcomes(out)
    counted["unreadable"] = counted.pop("error")
    assert named == dict(counted), (named, counted)
    assert sum(named.values()) == rows, (named, rows)
    assert last <= first * 1.1, "memory grows with the rows"
    print(f"  the answers counted again: {dict(counted)}, together {sum(counted.values()):,}")


def duckdb_join(source, folder):
    import duckdb
    import duckdb_extension_spatial

    base = Path(duckdb_extension_spatial.__file__).parent
    extension = next(base.rglob("spatial.duckdb_extension"))
    db = duckdb.connect(config={"allow_unsigned_extensions": True, "threads": os.cpu_count()})
    db.execute(f"load '{extension}'")
    for layer in LAYERS:
        db.execute(f"create table {layer} as select code, geom from st_read('{folder}/{layer}.geojson') where geom is not null")
    joins = "\n".join(f"left join {layer} on st_contains({layer}.geom, p.geom)" for layer in LAYERS)
    db.execute(f"""
        copy (
          with p as (
            select *, st_point(try_cast(lon as double), try_cast(lat as double)) as geom
            from read_csv('{source}', all_varchar = true, header = true))
          select p.id, p.lon, p.lat, {", ".join(f"{layer}.code as {layer}" for layer in LAYERS)} from p {joins}
        ) to '{folder}/duckdb.csv' (header true)""")
    print(f"DuckDB {duckdb.__version__}")


def geopandas_join(source, folder):
    import geopandas
    import pandas

    grids = {layer: geopandas.read_file(folder / f"{layer}.geojson")[["code", "geometry"]] for layer in LAYERS}
    head = True
    for part in pandas.read_csv(source, chunksize=500_000, dtype=str, keep_default_na=False):
        numbers = [pandas.to_numeric(part[name], errors="coerce") for name in ("lon", "lat")]
        frame = geopandas.GeoDataFrame(part, geometry=geopandas.points_from_xy(*numbers), crs=4326)
        for layer in LAYERS:
            found = geopandas.sjoin(frame[["geometry"]], grids[layer].to_crs(4326), how="inner", predicate="within")
            frame[layer] = found["code"].groupby(level=0).first()
        frame.drop(columns="geometry").to_csv(folder / "geopandas.csv", mode="w" if head else "a", header=head, index=False)
        head = False
    print(f"GeoPandas {geopandas.__version__}")


def peer(name, source, rows, folder):
    command = [sys.executable, __file__, f"--{name}", str(source), str(folder)]
    seconds, memory, said = watched(command, folder)
    print(f"{name}: {seconds:.1f} s, {rows / seconds:,.0f} rows/s; resident at most {max(memory):.0f} MB {said}".rstrip())
    with open(folder / f"{name}.csv", newline="") as answers:
        written = collections.Counter(bool(row["land"]) for row in csv.DictReader(answers))
    print(f"  rows with a land grid {written[True]:,}, without {written[False]:,}, together {written.total():,}")


def main(program, city, *rest):
    numbers = [int(word) for word in rest if word.isdigit()]
    rows = numbers[0] if numbers else 10_000_000
    folder = Path("locate-bulk")
    folder.mkdir(exist_ok=True)
    source = folder / f"points-{rows}.csv"
    if not source.exists():
        points(source, rows)
    if "parquet" in rest:
        import pyarrow as pa
        import pyarrow.csv
        import pyarrow.parquet as pq

        kinds = pa.csv.ConvertOptions(column_types={"lon": pa.string(), "lat": pa.float64()})
        table = source.with_suffix(".parquet")
        with pa.csv.open_csv(source, convert_options=kinds) as read, pq.ParquetWriter(table, read.schema) as write:
            for batch in read:
                write.write_batch(batch)
        ours(program, city, table, rows, folder)
    else:
        ours(program, city, source, rows, folder)
    if "--peers" in rest:
        for layer in LAYERS:
            command = [program, "export", layer, str(folder / f"{layer}.geojson"), "--force", "--database", city]
            subprocess.run(command, check=True, capture_output=True)
        for name in ("duckdb", "geopandas"):
            peer(name, source, rows, folder)


if sys.argv[1] in ("--duckdb", "--geopandas"):
    (duckdb_join if sys.argv[1] == "--duckdb" else geopandas_join)(sys.argv[2], Path(sys.argv[3]))
else:
    main(*sys.argv[1:])
