"""A second opinion on tables of columns, by pyarrow: columns.py write|plain|strip|same|show …

columns.py write FILE [PACKING]    writes a table of points of the sample village with columns of many types
columns.py plain FILE OTHER        copies a table without the columns that text cannot hold
columns.py strip FILE              takes the answers out of a table
columns.py same FILE OTHER         whether OTHER is FILE with the answers behind it, types and notes and all
columns.py show FILE               how many rows have which answers, separated by tabs

A file whose name ends in .arrows is a stream of Arrow's IPC format, any other is Parquet.
"""

import sys
from datetime import date, datetime, timezone
from decimal import Decimal

import pyarrow as pa
import pyarrow.ipc
import pyarrow.parquet as pq

ANSWERS = ["outcome", "land", "water", "police", "responsible", "error"]
ROWS = 50_000


def table():
    """Points inside, outside, null, not finite, swapped; every sixth is each."""
    six = [(110.401, 25.601), (110.5, 25.7), (None, 25.6), (float("nan"), 25.6), (25.601, 110.401), (110.401, float("inf"))]
    lon, lat = zip(*(six[i % 6] for i in range(ROWS)))
    some = lambda values: [None if i % 7 == 3 else values(i) for i in range(ROWS)]
    columns = {
        "编号": pa.array(range(ROWS), pa.int64()),
        "Lon": pa.array(lon, pa.float64()),
        "lat": pa.array(lat, pa.float64()),
        "text": pa.array(some(lambda i: f"第{i}号, \"x\"\n={i % 5}"), pa.string()),
        "large": pa.array(some(lambda i: "y" * (i % 50)), pa.large_string()),
        "kind": pa.array(some(lambda i: f"kind {i % 9}")).dictionary_encode(),
        "yes": pa.array(some(lambda i: i % 2 == 0), pa.bool_()),
        "small": pa.array(some(lambda i: i % 100 - 50), pa.int8()),
        "money": pa.array(some(lambda i: Decimal(i) / 100), pa.decimal128(12, 2)),
        "day": pa.array(some(lambda i: date(2026, 1, 1 + i % 28)), pa.date32()),
        "time": pa.array(some(lambda i: datetime(2026, 1, 1, i % 24, tzinfo=timezone.utc)), pa.timestamp("us", "UTC")),
        "clock": pa.array(some(lambda i: datetime(2026, 1, 1, i % 24)), pa.timestamp("ms")),
        "bytes": pa.array(some(lambda i: bytes([i % 256] * (i % 5))), pa.binary()),
        "pair": pa.array(some(lambda i: {"a": i, "b": str(i)}), pa.struct([("a", pa.int32()), ("b", pa.string())])),
    }
    return pa.table(columns).replace_schema_metadata({"note": "示意"})


def read(path):
    if path.endswith(".arrows"):
        return pa.ipc.open_stream(path).read_all()
    return pq.read_table(path)


def write(path, *how):
    made = table()
    if path.endswith(".arrows"):
        options = pa.ipc.IpcWriteOptions(compression=how[0] if how else None)
        with pa.ipc.new_stream(path, made.schema, options=options) as stream:
            stream.write_table(made, max_chunksize=8_000)
    else:
        pq.write_table(made, path, row_group_size=20_000, compression=how[0] if how else "snappy")


def same(path, other):
    made, answered = read(path), read(other)
    assert answered.column_names == made.column_names + ANSWERS, answered.column_names
    kept = answered.drop_columns(ANSWERS)
    assert kept.schema.equals(made.schema), f"{kept.schema}\n{made.schema}"
    for name in made.column_names:
        left, right = made[name].combine_chunks(), kept[name].combine_chunks()
        if pa.types.is_dictionary(left.type):
            left, right = left.cast(pa.string()), right.cast(pa.string())
        # NaN is not equal to itself.
        alike = repr(left.to_pylist()) == repr(right.to_pylist()) if pa.types.is_floating(left.type) else left.equals(right)
        assert alike, name
    assert (kept.schema.metadata or {}).get(b"note") == "示意".encode(), kept.schema.metadata
    for name in ANSWERS:
        assert answered.schema.field(name).type == pa.string(), name


def show(path):
    answered = read(path).select(ANSWERS)
    counts = {}
    for row in zip(*(answered[name].to_pylist() for name in ANSWERS)):
        counts[row] = counts.get(row, 0) + 1
    for row, count in sorted(counts.items(), key=str):
        print(count, *("-" if cell is None else cell for cell in row), sep="\t")


def plain(path, other):
    pq.write_table(read(path).drop_columns(["bytes", "pair"]), other)


def strip(path):
    pq.write_table(read(path).drop_columns(ANSWERS), path)


{"write": write, "plain": plain, "strip": strip, "same": same, "show": show}[sys.argv[1]](*sys.argv[2:])
